//! Whether the frames that a model was shown hold the evidence that its question needs.
//!
//! In: rows, the indices that an answer carries, or for answers that carry none the sampler that the user names. Out: seen or
//! not; nothing where neither is known, where a sampler's phase is not published, or where it takes no such video, so that the
//! answer cannot have come through it.

use std::collections::BTreeMap;

use super::sheet::{Sheet, SheetRow};
use crate::question::evidence;
use crate::sampler::Sampler;
use crate::time::FrameRate;

/// What a sampler takes depends on these alone: frames, and the frame rate.
type Shape = (u64, u32, u32);

/// The frames that are taken of each shape of video, where a sampler is named.
pub(super) struct FramesTaken {
    taken: BTreeMap<Shape, Taken>,
}

struct Taken {
    indices: Vec<u64>,
    phase: Option<u64>,
}

fn shape(row: &SheetRow) -> Shape {
    (row.ask_frame, row.fps_num, row.fps_den)
}

impl FramesTaken {
    /// Takes the frames of every shape that occurs in `sheet`.
    pub(super) fn new(sheet: &Sheet, sampler: Option<&Sampler>) -> Self {
        let mut taken = BTreeMap::new();
        for row in sheet.questions().filter(|row| sampler.is_some() && row.ask_frame > 0) {
            if taken.contains_key(&shape(row)) {
                continue;
            }
            let sampled = sampler.zip(FrameRate::new(row.fps_num, row.fps_den)).and_then(|(sampler, fps)| {
                let indices = sampler.indices(row.ask_frame, fps).ok()?;
                Some(Taken { indices, phase: sampler.unknown_phase(fps) })
            });
            taken.insert(shape(row), sampled);
        }
        Self { taken: taken.into_iter().filter_map(|(shape, taken)| Some((shape, taken?))).collect() }
    }

    /// The frames `sent`, ascending, or if these are not known, those of the sampler; nothing where neither is known.
    pub(super) fn indices(&self, row: &SheetRow, sent: Option<&[u64]>) -> Option<Vec<u64>> {
        let known = || self.taken.get(&shape(row)).filter(|taken| taken.phase.is_none());
        let mut indices = sent.map(<[u64]>::to_vec).or_else(|| known().map(|taken| taken.indices.clone()))?;
        indices.sort_unstable();
        Some(indices)
    }

    /// Whether the frames `sent` hold the evidence that `row` needs, or if these are not known, the frames of the sampler.
    pub(super) fn seen(&self, row: &SheetRow, sent: Option<&[u64]>) -> Option<bool> {
        if row.evidence.is_empty() {
            return None;
        }
        if let Some(sent) = sent {
            // Frames stand in the order in which they were sent.
            let mut sent = sent.to_vec();
            sent.sort_unstable();
            return Some(evidence::is_seen(&row.evidence, &sent));
        }
        let taken = self.taken.get(&shape(row))?;
        match taken.phase {
            None => Some(evidence::is_seen(&row.evidence, &taken.indices)),
            Some(distance) => row.evidence.iter().all(|piece| piece.is_surely_seen(distance)).then_some(true),
        }
    }
}
