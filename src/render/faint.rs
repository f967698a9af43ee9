//! Needles that no video can show: so faint that encoding takes them away wherever they lie.
//!
//! In: a planner. Out: a problem for each type at each setting whose needles are lost even on a still and even ground, where the
//! encoder keeps most, and a warning for each whose needles footage may hide: whether it does, the check of each video finds.

use crate::media::colour::{Layer, Matrix};
use crate::media::encode::Settings;
use crate::media::playing::Playing;
use crate::media::target::Target;
use crate::media::trial;
use crate::media::yuv::Yuv;
use crate::needle::{PixelBox, WayIn};
use crate::plan::{self, PlannedNeedle, PlannedVideo, Planner};
use crate::render::Error;
use crate::render::segment;
use crate::render::verify;
use crate::spec::Screen;
use crate::time::percent;

/// Lumas of the grounds that are tried: black, grey and white.
const GROUNDS: [u8; 3] = [16, 126, 235];
/// Frames of a needle that are tried, at most.
const MOST_FRAMES: u64 = 12;

/// What becomes of a needle on even grounds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is more than encoding may take away.
    Clear,
    /// It is kept, by less than footage may hide.
    Faint,
    /// It is lost on all of them.
    Lost,
}

/// Finds types whose needles cannot be shown; the problem of each names its settings. Gives a warning for each type whose needles
/// are so faint that footage may hide them.
pub fn check(planner: &Planner) -> Result<Result<Vec<String>, plan::Error>, Error> {
    let spec = planner.spec();
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    for index in planner.firsts() {
        let (task, video) = (planner.task(index), planner.video(index).video);
        if task.is_clear(Screen { width: video.width, height: video.height, fps: video.fps }) {
            continue;
        }
        let Some(needle) = video.needles.iter().find(|needle| !needle.effects.is_none()) else { continue };
        let fate = fate(planner, &video, needle)?;
        let (effects, crf) = (needle.effects, spec.wanted().crf);
        let needles = format!(
            "{}: needles of `opacity` {}, `blur` {}, `noise` {} and `tint` {}",
            task.name(),
            percent(effects.opacity_permille),
            percent(effects.blur_permille),
            percent(effects.noise_permille),
            percent(effects.tint_permille)
        );
        let remedy = "make them clearer, or lower `video.quality`";
        match fate {
            Fate::Lost => problems.push(format!(
                "{needles} are lost in encoding at `video.quality` {crf}, whatever they cover; {remedy}"
            )),
            // The ground of what is inserted is even.
            Fate::Faint if needle.mode == WayIn::Overlay => warnings.push(format!(
                "{needles} change a frame by less than half a step of encoding at `video.quality` {crf}: footage may hide them, \
                 which fails their videos; {remedy}"
            )),
            Fate::Faint | Fate::Clear => {}
        }
    }
    let hints = Vec::new();
    Ok(if problems.is_empty() { Ok(warnings) } else { Err(plan::Error { problems, hints }) })
}

/// What becomes of a needle.
fn fate(planner: &Planner, video: &PlannedVideo, needle: &PlannedNeedle) -> Result<Fate, Error> {
    let (width, height) = (video.width, video.height);
    let crf = planner.spec().wanted().crf;
    let settings = Target { width, height, fps: video.fps, crf }.settings();
    let library = planner.spec().library();
    let count = needle.span.count();
    let drawn = if let Some(playing) = Playing::open(library, &needle.look, segment::how(video, needle))? {
        Some((playing.drawing(0, count), needle.place))
    } else if let Some(moving) = library.moving(&needle.look, &needle.effects, height)? {
        // On its first frame a mover may be cut off by a border; it is as faint there as elsewhere.
        moving.tiles(0, count).into_iter().next().map(|tile| (tile.drawing, tile.place))
    } else {
        let drawing = library.draw(&needle.look, needle.place, width, height)?;
        Some((needle.effects.apply(drawing, height), needle.place))
    };
    let Some((drawing, place)) = drawn else { return Ok(Fate::Clear) };
    let layer = Layer::new(&drawing, place.x, place.y, Matrix::Bt709);
    let mut fate = Fate::Lost;
    for luma in GROUNDS {
        let bare = Yuv::filled(width, height, [luma, 128, 128]);
        let shown = count.min(MOST_FRAMES);
        let frame = |at: u64| {
            let mut frame = bare.clone();
            // Of a needle that fades, its clearest frames.
            let at = (count - shown) / 2 + at;
            layer.apply(&mut frame, needle.effects.level(at, count), needle.effects.tint_permille);
            frame
        };
        let ideal: Vec<Yuv> = (0..shown).map(frame).collect();
        match on_ground(&ideal, &bare, place, settings)? {
            Fate::Clear => return Ok(Fate::Clear),
            Fate::Faint => fate = Fate::Faint,
            Fate::Lost => {}
        }
    }
    Ok(fate)
}

/// What becomes of a needle on one ground, as the check of finished videos sees it.
fn on_ground(ideal: &[Yuv], bare: &Yuv, place: PixelBox, settings: Settings) -> Result<Fate, Error> {
    let area = [place.x, place.y, place.w, place.h];
    let strengths: Vec<(u64, u64)> = ideal.iter().map(|frame| frame.difference(bare, area)).collect();
    if strengths.iter().any(|&(sum, count)| sum > 0 && !verify::is_faint(settings.crf, sum, count)) {
        return Ok(Fate::Clear);
    }
    let found = trial::decoded(ideal, settings)?;
    let nearer = found
        .iter()
        .zip(ideal)
        .map(|(found, ideal)| found.difference(bare, area).0 as i64 - found.difference(ideal, area).0 as i64);
    let strength = strengths.iter().map(|strength| strength.0).sum();
    Ok(if verify::is_lost(nearer.sum(), strength) { Fate::Lost } else { Fate::Faint })
}
