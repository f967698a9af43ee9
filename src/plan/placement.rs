//! Where in a haystack needles lie.
//!
//! In: the haystack's frames, the needles' frames and gap, draws of a random stream. Out: positions in haystack frames,
//! sorted, never closer than the gap. Draws are relative, so that equal draws give equal relative positions whatever
//! the length.

use crate::seed::Stream;
use crate::time::Depth;

/// Where a cell has a depth and a sample several needles, they lie in a window of this share of the haystack, or as
/// much more as they need; the window's own position is the depth.
pub const WINDOW_PERMILLE: u64 = 200;

/// What holds for all needles of one video.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Frames of the haystack.
    pub(super) frames: u64,
    /// Haystack frames that a needle covers: none where it is inserted.
    pub(super) covered: u64,
    /// Fewest haystack frames between two needles.
    pub(super) gap: u64,
}

impl Rule {
    /// The fewest haystack frames that hold so many needles.
    pub(super) fn needed(self, places: u64) -> u64 {
        (places * self.covered + places.saturating_sub(1) * self.gap).max(1)
    }

    /// The last position that a needle can take; the first is 0.
    pub(super) fn last(self) -> u64 {
        self.frames - self.covered
    }

    /// Positions anywhere in the haystack.
    pub(super) fn anywhere(self, places: u64, stream: &mut Stream) -> Vec<u64> {
        self.within(0, self.frames, places, stream)
    }

    /// Positions at `depth`: the needle itself where there is one, the window of several otherwise.
    pub(super) fn at_depth(self, depth: Depth, places: u64, stream: &mut Stream) -> Vec<u64> {
        if places == 1 {
            return vec![depth.position(self.last())];
        }
        let needed = self.needed(places);
        // Half as much again as they need leaves the needles room to move against each other.
        let window = (self.frames * WINDOW_PERMILLE / 1000).max(needed + needed / 2).min(self.frames);
        self.within(depth.position(self.frames - window), window, places, stream)
    }

    fn within(self, start: u64, window: u64, places: u64, stream: &mut Stream) -> Vec<u64> {
        let slack = window - (places * self.covered + places.saturating_sub(1) * self.gap);
        let mut draws: Vec<u64> = (0..places).map(|_| stream.below(1 << 32)).collect();
        draws.sort_unstable();
        let step = self.covered + self.gap;
        let position = |(index, draw): (u64, u64)| {
            start + ((u128::from(draw) * u128::from(slack + 1)) >> 32) as u64 + index * step
        };
        (0..places).zip(draws).map(position).collect()
    }
}
