//! Where in a haystack needles lie.
//!
//! In: the rule of a task, the depth of its cell, what was drawn for its question, a random stream. Out: positions in
//! haystack frames, sorted, never closer than the gap, and what lies at the depth. Draws are relative, so that equal draws
//! give equal relative positions whatever the length.

use crate::question::{Drawn, Family};
use crate::seed::Stream;
use crate::time::Depth;

use super::DepthOf;

/// Where a cell has a depth and a sample several needles, they lie in a window of this share of the haystack, or as
/// much more as they need; the window's own position is the depth.
pub const WINDOW_PERMILLE: u64 = 200;

/// One needle at a depth and others around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Around {
    /// Of all of them, ascending.
    pub(super) positions: Vec<u64>,
    /// How many of the others lie before it.
    pub(super) before: u64,
}

/// What holds for all needles of one video.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Frames of the haystack.
    pub(super) frames: u64,
    /// Haystack frames that a needle covers: none where it is inserted.
    pub(super) covered: u64,
    /// Fewest haystack frames between two needles.
    pub(super) gap: u64,
    /// Whether that is exactly how many there are.
    pub(super) exact: bool,
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
        self.within(Window { start: 0, frames: self.frames }, places, stream)
    }

    /// Positions at `depth`: the needle itself where there is one, the window of several otherwise.
    pub(super) fn at_depth(self, depth: Depth, places: u64, stream: &mut Stream) -> Vec<u64> {
        if places == 1 {
            return vec![depth.position(self.last())];
        }
        self.within(self.window(depth, places), places, stream)
    }

    /// The haystack frames in which so many needles lie at `depth`.
    pub(super) fn window(self, depth: Depth, places: u64) -> Window {
        let needed = self.needed(places);
        // Half as much again as they need leaves the needles room to move against each other.
        let frames = (self.frames * WINDOW_PERMILLE / 1000).max(needed + needed / 2).min(self.frames);
        Window { start: depth.position(self.frames - frames), frames }
    }

    /// The fewest haystack frames that hold so many needles, one of which lies at any depth.
    pub(super) fn needed_around(self, places: u64) -> u64 {
        // Before and behind the one, as much as one more would need may be too short for another.
        self.needed(places) + 2 * (self.covered + self.gap)
    }

    /// Positions of one needle at `depth` and of `others` anywhere around it.
    pub(super) fn around(self, depth: Depth, others: u64, stream: &mut Stream) -> Around {
        let at = depth.position(self.last());
        // Frames before and behind it that are further from it than the gap, if it leaves any.
        let before = at.checked_sub(self.gap);
        let behind = self.frames.checked_sub(at + self.covered + self.gap);
        let room = |frames: Option<u64>| frames.map_or(0, |frames| self.most(frames, others));
        let (least, most) = (others.saturating_sub(room(behind)), room(before).min(others));
        let all = before.unwrap_or(0) + behind.unwrap_or(0) + 1;
        let drawn = (0..others)
            .filter(|_| {
                (u128::from(stream.below(1 << 32)) * u128::from(all)) >> 32 <= u128::from(before.unwrap_or(0))
            })
            .count();
        let first = (drawn as u64).clamp(least.min(most), most);
        if self.exact {
            let step = self.covered + self.gap;
            let positions = (0..=others).map(|index| at + index * step - first * step).collect();
            return Around { positions, before: first };
        }
        let mut positions = self.within(Window { start: 0, frames: before.unwrap_or(0) }, first, stream);
        positions.push(at);
        let rest = Window { start: at + self.covered + self.gap, frames: behind.unwrap_or(0) };
        positions.extend(self.within(rest, others - first, stream));
        Around { positions, before: first }
    }

    /// How many needles, `limit` at most, so many frames hold.
    fn most(self, frames: u64, limit: u64) -> u64 {
        ((frames + self.gap) / (self.covered + self.gap).max(1)).min(limit)
    }

    fn within(self, window: Window, places: u64, stream: &mut Stream) -> Vec<u64> {
        if places == 0 {
            return Vec::new();
        }
        let slack = window.frames - (places * self.covered + places.saturating_sub(1) * self.gap);
        let mut draws: Vec<u64> = (0..places).map(|_| stream.below(1 << 32)).collect();
        draws.sort_unstable();
        if self.exact {
            // All of them move as one.
            draws = vec![draws[0]; places as usize];
        }
        let step = self.covered + self.gap;
        let position = |(index, draw): (u64, u64)| {
            window.start + ((u128::from(draw) * u128::from(slack + 1)) >> 32) as u64 + index * step
        };
        (0..places).zip(draws).map(position).collect()
    }
}

/// Frames of a haystack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// The first.
    pub(super) start: u64,
    /// How many.
    pub(super) frames: u64,
}

/// Where the needles of a sample lie, in haystack frames.
pub(super) struct Placement {
    pub(super) positions: Vec<u64>,
    /// What lies at the depth of the cell, if that has one.
    pub(super) depth_of: Option<DepthOf>,
    /// Where they all lie; absent where there is no such window.
    pub(super) window: Option<Window>,
}

impl Placement {
    /// Of needles whose times are drawn from a law: no position is drawn, and no depth is theirs.
    pub(super) fn none() -> Self {
        Self { positions: Vec::new(), depth_of: None, window: None }
    }

    /// Draws where a sample's needles lie. Where one of several is asked for, it lies at the depth and the others around
    /// it, so that they change their order.
    pub(super) fn draw(
        rule: Rule,
        depth: Option<Depth>,
        family: &Family,
        drawn: &mut Drawn,
        stream: &mut Stream,
    ) -> Self {
        let places = drawn.clips.len() as u64;
        let Some(depth) = depth else {
            return Self { positions: rule.anywhere(places, stream), depth_of: None, window: None };
        };
        if family.asks_for_one_among_others() {
            let Around { positions, before } = rule.around(depth, places - 1, stream);
            let asked = drawn.clips.iter().position(|clip| !clip.is_distractor);
            let clip = drawn.clips.remove(asked.expect("one needle is asked for"));
            drawn.clips.insert(before as usize, clip);
            return Self { positions, depth_of: Some(DepthOf::Needle), window: None };
        }
        let several = places > 1;
        Self {
            positions: rule.at_depth(depth, places, stream),
            depth_of: Some(if several { DepthOf::Window } else { DepthOf::Needle }),
            window: several.then(|| rule.window(depth, places)),
        }
    }
}
