//! Motion by its period: how far the frames that are taken lie apart, against how long what moves takes to go round.
//!
//! In: rows. Out: their periods; a line of a table, which [`sums`](super::sums) fills. Frames half a period apart or farther do not show which
//! way a thing moves (Nyquist).

use serde::Serialize;

use super::ceiling::Ceiling;
use crate::dataset::Row;

/// A period in nanoseconds, so that periods of different frame rates have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nanos(u64);

impl Nanos {
    /// How long what moves in a row's video takes to go round once; nothing where nothing does.
    pub(super) fn of_period(row: &Row) -> Option<Self> {
        let frames = row.difficulty_effective.period_frames;
        (frames > 0).then(|| Self((row.fps().secs(frames) * 1e9).round() as u64))
    }

    /// The same in seconds.
    pub(super) fn secs(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// What is seen of a motion of one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodCoverage {
    /// Question family.
    #[serde(rename = "type")]
    pub kind: String,
    /// Seconds in which what moves goes round once.
    pub period_secs: f64,
    /// Shortest and longest mean distance of the frames that are taken of a video, in periods: below a half, motion is seen as it is.
    pub gap_periods: [f64; 2],
    /// Questions.
    pub samples: u64,
    /// Questions all of whose evidence is seen.
    pub seen: u64,
    /// Mean ceiling of its samples.
    pub ceiling: Ceiling,
}
