//! Paths: where something is during a needle, and on which part of its frames.
//!
//! In: the number of a frame of the needle, and how many it has. Out: a place in 65,536ths of a round, across and down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a needle's frames: those `k` of `n` with `from / of <= k / n < to / of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// The first part.
    pub from: u32,
    /// The part after the last.
    pub to: u32,
    /// Number of parts, of equal length.
    pub of: u32,
}

/// What a path is in its area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Shape {
    /// A circle around the middle of the area, as large as the picture leaves room for. The first coordinate is the angle, from the right
    /// and clockwise; the second says nothing.
    Ring,
    /// Across the area's borders: what leaves it on one side comes back on the other. A round is the area's width, or its height.
    Wrap,
    /// To and fro between the area's borders. A round is there and back.
    Bounce,
    /// As it is stated, and no farther than the area's borders. A round is from one to the other.
    Line,
}

/// A part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leg {
    /// How far it leads, across and down, in 65,536ths of a round.
    pub by: [i64; 2],
    /// Its part of the time of the path.
    pub parts: u32,
}

/// Where something is during a needle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Path {
    /// What it is.
    pub shape: Shape,
    /// Where it begins, across and down, in 65,536ths of a round.
    pub start: [i64; 2],
    /// Where it leads, leg by leg, at an even pace each. Afterwards it rests.
    pub legs: Vec<Leg>,
    /// Parts of the needle's time in which legs are stated; at least those of all legs.
    pub parts: u32,
    /// Whether the needle's frames are shown in the other order.
    pub is_reversed: bool,
}

impl Share {
    /// All frames.
    pub const ALL: Self = Self { from: 0, to: 1, of: 1 };

    /// Whether frame `at` of `count` is one of them.
    pub fn holds(self, at: u64, count: u64) -> bool {
        let place = at * u64::from(self.of);
        u64::from(self.from) * count <= place && place < u64::from(self.to) * count
    }

    /// The first of the frames, and the one after the last.
    pub fn frames(self, count: u64) -> [u64; 2] {
        [self.from, self.to].map(|part| (u64::from(part) * count).div_ceil(u64::from(self.of)))
    }
}

impl Path {
    /// A path that stays where it begins.
    pub fn still(at: [i64; 2]) -> Self {
        Self { shape: Shape::Line, start: at, legs: Vec::new(), parts: 1, is_reversed: false }
    }

    /// Where it is on frame `at` of `count`, across and down, in 65,536ths of a round.
    pub fn phase(&self, at: u64, count: u64) -> [i64; 2] {
        let at = if self.is_reversed { count.saturating_sub(at + 1) } else { at };
        let mut phase = self.start.map(i128::from);
        // Times in parts of the path, of which each has `count`.
        let (now, mut before) = (i128::from(at) * i128::from(self.parts), 0);
        for leg in &self.legs {
            let whole = i128::from(leg.parts) * i128::from(count);
            let done = (now - before).clamp(0, whole);
            for (phase, by) in phase.iter_mut().zip(leg.by) {
                *phase += (i128::from(by) * done).div_euclid(whole.max(1));
            }
            before += whole;
        }
        phase.map(|phase| phase as i64)
    }
}

impl Leg {
    /// How far it leads in the coordinate in which it leads farthest, in 65,536ths of a round.
    pub(super) fn travel(&self) -> u64 {
        self.by[0].unsigned_abs().max(self.by[1].unsigned_abs())
    }
}
