//! Whether the frames that a model was shown hold the needles that it was asked for.
//!
//! In: rows, the indices that an answer carries, or for answers that carry none the sampler that the user names. Out: seen or
//! not; nothing where neither is known, where a sampler's phase is not published, or where it takes no such video, so that the
//! answer cannot have come through it.

use std::collections::BTreeMap;

use crate::dataset::Row;
use crate::sampler::{Sampler, Sight, saw};
use crate::time::{FrameRate, FrameSpan};

/// What a sampler takes depends on these alone: frames, and the frame rate.
type Shape = (u64, u32, u32);

/// The frames that are taken of each shape of video, where a sampler is named.
pub(super) struct Frames {
    taken: BTreeMap<Shape, Taken>,
}

struct Taken {
    indices: Vec<u64>,
    phase: Option<u64>,
}

fn shape(row: &Row) -> Shape {
    (row.num_frames, row.fps_num, row.fps_den)
}

impl Frames {
    /// Takes the frames of every shape that occurs in `rows`.
    pub(super) fn new(rows: &[Row], sampler: Option<&Sampler>) -> Self {
        let mut taken = BTreeMap::new();
        for row in rows.iter().filter(|row| sampler.is_some() && row.num_frames > 0) {
            if taken.contains_key(&shape(row)) {
                continue;
            }
            let sampled = sampler.zip(FrameRate::new(row.fps_num, row.fps_den)).and_then(|(sampler, fps)| {
                let indices = sampler.indices(row.num_frames, fps).ok()?;
                Some(Taken { indices, phase: sampler.unknown_phase(fps) })
            });
            taken.insert(shape(row), sampled);
        }
        Self { taken: taken.into_iter().filter_map(|(shape, taken)| Some((shape, taken?))).collect() }
    }

    /// Whether every needle that `row` asks for is in the frames `sent`, or if that is not known, in those of the sampler.
    pub(super) fn seen(&self, row: &Row, sent: Option<&[u64]>) -> Option<bool> {
        let mut spans = row
            .needles
            .iter()
            .filter(|needle| !needle.is_distractor)
            .map(|needle| needle.start_frame..needle.end_frame)
            .peekable();
        spans.peek()?;
        if let Some(sent) = sent {
            return Some(spans.all(|span| sent.iter().any(|index| span.contains(index))));
        }
        let taken = self.taken.get(&shape(row))?;
        // The worst counts: a question needs all of its needles.
        let sight = spans.map(|span| {
            FrameSpan::new(span.start, span.end)
                .map_or(Sight::Unseen, |span| saw(&taken.indices, span, taken.phase))
        });
        sight.min()?.as_bool()
    }
}
