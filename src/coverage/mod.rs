//! Coverage: what each sampler sees of a dataset, and what a perfect model could score on it.
//!
//! In: rows of a dataset and samplers. Out: for each sampler, whether each needle is seen, and the ceiling: the score of a
//! model that answers every question whose evidence it was shown, and guesses the others; of times, the mean of what the best
//! estimates reach. Averages are taken as
//! scores are (types, then tasks, then all), so that a ceiling stands beside a score. No video is opened.

mod ages;
mod ceiling;
mod periods;
mod spans;
mod sums;
#[cfg(test)]
mod tests;

pub use ages::AgeCoverage;
pub use ceiling::Ceiling;
pub use periods::PeriodCoverage;
pub use spans::SpanCeiling;
pub use sums::{CellCoverage, LengthCoverage, SamplerCoverage, SpanCoverage, TypeCoverage};

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::dataset::{self, Row};
use crate::question::Evidence;
use crate::sampler::{Resize, Sampler, Sight, guaranteed_frames, saw};
use crate::time::{FrameRate, FrameSpan};

/// What all samplers see.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// By the sampler's name.
    pub samplers: BTreeMap<String, SamplerCoverage>,
}

/// What is to be measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How frames are resized; absent, as each sampler's library does.
    pub resize: Option<Resize>,
    /// Whether the indices of each video are kept.
    pub indices: bool,
}

/// What a sampler sees of one video.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VideoCoverage {
    /// The video's file name.
    pub file_name: String,
    /// Frames taken, in the order in which they are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indices: Option<Vec<u64>>,
    /// Number of frames taken.
    pub frames: u64,
    /// Of each needle, in the order of the row: whether it is seen; null where the phase is unpublished.
    pub seen: Vec<Option<bool>>,
    /// The shortest needle that is seen wherever it lies, in seconds; null where nothing is taken.
    pub guaranteed_secs: Option<f64>,
    /// Why the library fails on the video; then nothing is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// One sample as a sampler sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<'a> {
    /// Its first row.
    pub row: &'a Row,
    /// Number of its tries.
    pub tries: u32,
    /// The worst of its evidence: a question needs all of it.
    pub sight: Sight,
    /// What the best estimate reaches, where it asks for times.
    pub spans: Option<SpanCeiling>,
    /// Size of the smallest of these needles as the model is given it: width and height in pixels.
    pub smallest: Option<[f64; 2]>,
    /// Of its video.
    pub video: VideoCoverage,
}

/// Measures `samplers` on `rows`.
pub fn measure(rows: &[Row], samplers: &[Sampler], options: Options) -> Coverage {
    let measured = samplers.iter().map(|sampler| {
        let resize = options.resize.unwrap_or(sampler.resize());
        let seen = seen(rows, sampler, resize, options.indices);
        (sampler.name().to_owned(), sums::sum(resize, seen))
    });
    Coverage { samplers: measured.collect() }
}

/// Each sample of `rows` as `sampler` sees it, in the order of its first row.
pub fn seen<'a>(rows: &'a [Row], sampler: &Sampler, resize: Resize, indices: bool) -> Vec<Seen<'a>> {
    let known = spans::Known::default();
    let look = |tries: &Vec<&'a Row>| Seen {
        tries: tries.len() as u32,
        ..one(tries[0], sampler, resize, &known, indices)
    };
    dataset::samples(rows).par_iter().map(look).collect()
}

fn one<'a>(row: &'a Row, sampler: &Sampler, resize: Resize, known: &spans::Known, keep: bool) -> Seen<'a> {
    let fps = FrameRate::new(row.fps_num, row.fps_den);
    let taken = match fps {
        Some(fps) => sampler.indices(row.ask_frame, fps).map_err(|refused| refused.to_string()),
        None => Err("its frame rate is none".to_owned()),
    };
    let (indices, refused) = match taken {
        Ok(indices) => (indices, None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let phase = fps.filter(|_| refused.is_none()).and_then(|fps| sampler.unknown_phase(fps));
    let guaranteed = phase.or_else(|| guaranteed_frames(&indices, row.ask_frame));
    let sights: Vec<Sight> = row
        .needles
        .iter()
        .map(|needle| match FrameSpan::new(needle.start_frame, needle.end_frame) {
            Some(span) if refused.is_none() => saw(&indices, span, phase),
            _ => Sight::Unseen,
        })
        .collect();
    let asked = || row.needles.iter().zip(&sights).filter(|(needle, _)| !needle.is_distractor);
    let (width, height) = resize.size(row.width, row.height, indices.len() as u64);
    let scaled = |needle: &crate::dataset::NeedleRow| {
        [
            f64::from(needle.w) * f64::from(width) / f64::from(row.width.max(1)),
            f64::from(needle.h) * f64::from(height) / f64::from(row.height.max(1)),
        ]
    };
    let smaller = |one: &[f64; 2], other: &[f64; 2]| one[0].min(one[1]).total_cmp(&other[0].min(other[1]));
    let in_order = ascending(&indices);
    Seen {
        row,
        tries: 1,
        sight: evidence_seen(row, &in_order, phase, refused.is_some()),
        spans: known.of(row, &in_order),
        smallest: asked().map(|(needle, _)| scaled(needle)).min_by(smaller),
        video: VideoCoverage {
            file_name: row.file_name.clone(),
            frames: indices.len() as u64,
            seen: sights.iter().map(|sight| sight.as_bool()).collect(),
            guaranteed_secs: guaranteed.zip(fps).map(|(frames, fps)| fps.secs(frames)),
            indices: keep.then_some(indices),
            refused,
        },
    }
}

/// What is seen of each video: of several questions about it, what the first asks for.
fn by_video(seen: &[Seen<'_>]) -> BTreeMap<String, VideoCoverage> {
    let mut videos = BTreeMap::new();
    for sample in seen {
        videos.entry(sample.row.file_name.clone()).or_insert_with(|| sample.video.clone());
    }
    videos
}

/// The indices that were taken, in order.
fn ascending(indices: &[u64]) -> Vec<u64> {
    let mut indices = indices.to_vec();
    indices.sort_unstable();
    indices.dedup();
    indices
}

/// Whether the frames that are taken, which ascend, hold all that a viewer needs.
fn evidence_seen(row: &Row, indices: &[u64], phase: Option<u64>, is_refused: bool) -> Sight {
    let sight = |evidence: &Evidence| match phase {
        _ if is_refused => Sight::Unseen,
        Some(distance) if evidence.is_surely_seen(distance) => Sight::Seen,
        Some(_) => Sight::Unknown,
        None if evidence.is_seen(indices) => Sight::Seen,
        None => Sight::Unseen,
    };
    row.evidence.iter().map(sight).min().unwrap_or(Sight::Seen)
}
