//! What an answer is measured by.
//!
//! In: nothing. Out: the mean IoU and R@k as values that the searches pass about, and the answer with its figures.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::time::FrameSpan;

/// A share as a fraction, so that comparisons with it are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Parts.
    pub num: i64,
    /// Parts of the whole.
    pub den: i64,
}

impl fmt::Display for Share {
    /// As a decimal fraction: `0.3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.num as f64 / self.den as f64)
    }
}

/// An answer counts for R@k if its IoU is at least this: 0.3, 0.5, 0.7.
pub const RECALL_AT: [Share; 3] =
    [Share { num: 3, den: 10 }, Share { num: 1, den: 2 }, Share { num: 7, den: 10 }];

/// What a search maximises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// The mean IoU.
    Iou,
    /// The probability that the IoU is at least this.
    Recall(Share),
}

/// The mean IoU, then R@k in the order of [`RECALL_AT`].
pub(super) const MEASURES: [Measure; 4] = [
    Measure::Iou,
    Measure::Recall(RECALL_AT[0]),
    Measure::Recall(RECALL_AT[1]),
    Measure::Recall(RECALL_AT[2]),
];

/// The best answer of somebody who knows the law, and what it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Guess {
    /// The answer with the highest mean IoU.
    pub span: FrameSpan,
    /// Its mean IoU.
    pub mean_iou: f64,
    /// R@0.3, R@0.5 and R@0.7, each of the answer that is best for it.
    pub recall: [f64; 3],
}

/// What an answer reaches, before it is divided by the probability of what was observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Best {
    /// First frame of the answer.
    pub(super) start: i64,
    /// The frame after its last.
    pub(super) end: i64,
    /// Sum over the truths of their probability times what the answer reaches with each.
    pub(super) value: f64,
}

impl Best {
    /// The better of both; of equals this one.
    pub(super) fn better(self, other: Self) -> Self {
        if other.value > self.value { other } else { self }
    }
}
