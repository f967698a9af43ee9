//! Needles that no video can show: so faint that encoding takes them away wherever they lie.
//!
//! In: a planner. Out: a problem for each type at each setting whose needles are lost even on a still and even ground, where the
//! encoder keeps most. What is kept there may still be lost on footage, which the check of each video finds.

use crate::media::colour::{Layer, Matrix};
use crate::media::encode::Settings;
use crate::media::prepare::Target;
use crate::media::trial;
use crate::media::yuv::Yuv;
use crate::plan::{self, PlannedNeedle, PlannedVideo, Planner};
use crate::render::Error;
use crate::render::verify;
use crate::time::percent;

/// Lumas of the grounds that are tried: black, grey and white.
const GROUNDS: [u8; 3] = [16, 126, 235];
/// Frames of a needle that are tried, at most.
const MOST_FRAMES: u64 = 12;

/// Finds types whose needles cannot be shown; the problem of each names its settings.
pub fn check(planner: &Planner<'_>) -> Result<Result<(), plan::Error>, Error> {
    let spec = planner.spec();
    let mut problems = Vec::new();
    for (task, index) in spec.tasks().iter().zip(planner.firsts()) {
        if task.difficulty.is_clear() {
            continue;
        }
        let video = planner.sample(index).video;
        let Some(needle) = video.needles.iter().find(|needle| !needle.effects.is_none()) else { continue };
        if is_lost(planner, &video, needle)? {
            let (effects, crf) = (needle.effects, spec.wanted().crf);
            problems.push(format!(
                "{}: needles of `opacity` {}, `blur` {}, `noise` {} and `tint` {} are lost in encoding at `video.quality` {crf}, \
                 whatever they cover; make them clearer, or lower `video.quality`",
                task.name(),
                percent(effects.opacity_permille),
                percent(effects.blur_permille),
                percent(effects.noise_permille),
                percent(effects.tint_permille)
            ));
        }
    }
    let hints = Vec::new();
    Ok(if problems.is_empty() { Ok(()) } else { Err(plan::Error { problems, hints }) })
}

/// Whether a needle is lost on every ground.
fn is_lost(planner: &Planner<'_>, video: &PlannedVideo, needle: &PlannedNeedle) -> Result<bool, Error> {
    let (width, height) = (video.width, video.height);
    let crf = planner.spec().wanted().crf;
    let settings = Target { width, height, fps: video.fps, crf }.settings();
    let drawing = planner.spec().library().draw(&needle.look, needle.place, width, height)?;
    let drawing = needle.effects.apply(drawing, height);
    let layer = Layer::new(&drawing, needle.place.x, needle.place.y, Matrix::Bt709);
    for luma in GROUNDS {
        let bare = Yuv::filled(width, height, [luma, 128, 128]);
        let count = needle.span.count();
        let shown = count.min(MOST_FRAMES);
        let frame = |at: u64| {
            let mut frame = bare.clone();
            // Of a needle that fades, its clearest frames.
            let at = (count - shown) / 2 + at;
            layer.apply(&mut frame, needle.effects.level(at, count), needle.effects.tint_permille);
            frame
        };
        let ideal: Vec<Yuv> = (0..shown).map(frame).collect();
        if is_kept(&ideal, &bare, needle, settings)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether encoding keeps enough of a needle on a ground, as the check of finished videos sees it.
fn is_kept(ideal: &[Yuv], bare: &Yuv, needle: &PlannedNeedle, settings: Settings) -> Result<bool, Error> {
    let place = needle.place;
    let area = [place.x, place.y, place.w, place.h];
    let strengths: Vec<(u64, u64)> = ideal.iter().map(|frame| frame.difference(bare, area)).collect();
    if strengths.iter().any(|&(sum, count)| sum > 0 && !verify::is_faint(settings.crf, sum, count)) {
        return Ok(true);
    }
    let found = trial::decoded(ideal, settings)?;
    let nearer = found
        .iter()
        .zip(ideal)
        .map(|(found, ideal)| found.difference(bare, area).0 as i64 - found.difference(ideal, area).0 as i64);
    Ok(!verify::is_lost(nearer.sum(), strengths.iter().map(|strength| strength.0).sum()))
}
