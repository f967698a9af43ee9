//! Two things that go round beside each other, each on a circle of its own.
//!
//! In: a stream; how far each goes. Out: how they move. Which is on which side, and where each begins, is drawn before anything that
//! an answer depends on.

use crate::needle::{Leg, Path, ROUND, Shape, Share};
use crate::question::drawn::{Area, Moving};
use crate::seed::Stream;

/// The places of two circles, and where on them things begin.
pub(super) struct Rings {
    columns: Vec<usize>,
    starts: [i64; 2],
}

impl Rings {
    /// Draws the places.
    pub(super) fn draw(stream: &mut Stream) -> Self {
        let columns = stream.distinct(2, 2);
        Self { columns, starts: [0; 2].map(|_| stream.below(ROUND as u64) as i64) }
    }

    /// How `candidate`, the thing at place `at`, goes round, as far as `by` 65,536ths of a round; backward is against the clock.
    pub(super) fn moving(&self, at: usize, candidate: usize, by: i64, is_reversed: bool) -> Moving {
        let legs = vec![Leg { by: [by, 0], parts: 1 }];
        let path = Path { shape: Shape::Ring, start: [self.starts[at], 0], legs, parts: 1, is_reversed };
        let area = Area::Square { column: self.columns[at] as u32, columns: 2 };
        Moving { candidate, area, path, share: Share::ALL }
    }
}
