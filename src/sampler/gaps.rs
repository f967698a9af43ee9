//! What a list of indices sees.
//!
//! In: indices and a span of frames. Out: whether the span is seen, and the length from which every span is.

use serde::Serialize;

use crate::time::FrameSpan;

/// Whether a needle is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sight {
    /// No index lies in it.
    Unseen,
    /// It is shorter than the distance of two frames of a sampler whose phase is unpublished.
    Unknown,
    /// An index lies in it.
    Seen,
}

impl Sight {
    /// `true`, `false`, or nothing where it is not known.
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Self::Unseen => Some(false),
            Self::Unknown => None,
            Self::Seen => Some(true),
        }
    }
}

/// Whether `span` is seen by `indices`, which ascend. `unknown_phase` is as [`super::Sampler::unknown_phase`] gives it.
pub fn saw(indices: &[u64], span: FrameSpan, unknown_phase: Option<u64>) -> Sight {
    if let Some(distance) = unknown_phase {
        return if span.count() >= distance { Sight::Seen } else { Sight::Unknown };
    }
    let first = indices.partition_point(|&index| index < span.start());
    match indices.get(first) {
        Some(&index) if index < span.end() => Sight::Seen,
        _ => Sight::Unseen,
    }
}

/// The fewest frames that a needle must last to be seen wherever it lies in a video of `frames` frames.
///
/// That is the largest distance between neighbouring indices, those to the ends included. `None` where nothing is taken.
pub fn guaranteed_frames(indices: &[u64], frames: u64) -> Option<u64> {
    let (first, last) = (*indices.first()?, *indices.last()?);
    let between = indices.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or(0);
    Some(between.max(first + 1).max(frames.saturating_sub(last)))
}
