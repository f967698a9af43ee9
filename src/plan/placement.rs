//! Where in a haystack needles lie.
//!
//! In: the rule of a task, the depth of its cell, what was drawn for its question, a random stream. Out: positions in
//! haystack frames, sorted, never closer than the gap, and what lies at the depth. Draws are relative, so that equal draws
//! give equal relative positions whatever the length; where a short one has no room for two at their depths, others.

use crate::question::{Drawn, Family};
use crate::seed::Stream;
use crate::time::Depth;

use super::DepthOf;

/// Where a cell has a depth and its type can have several needles, they lie in a window of this share of the haystack.
///
/// The window is longer where the most of them need more. Its own position is the depth. In the finished video it is one for all numbers of
/// needles: else it would tell the number.
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
    /// Frames that a needle adds: none where it is drawn onto others.
    pub(super) inserted: u64,
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

    /// Positions at `depth` of needles of a type that has `most` at most: the needle itself if that is one, a window otherwise.
    pub(super) fn at_depth(self, depth: Depth, places: u64, most: u64, stream: &mut Stream) -> Vec<u64> {
        if most == 1 {
            return vec![depth.position(self.last())];
        }
        self.within(self.window(depth, places, most), places, stream)
    }

    /// The haystack frames in which `places` needles lie at `depth`, of a type that has `most` at most: as many of the finished video's as
    /// those of the most.
    pub(super) fn window(self, depth: Depth, places: u64, most: u64) -> Window {
        // Haystack frames that more needles would take the place of.
        let spare = (most - places) * self.inserted;
        let haystack = self.frames - spare;
        let needed = self.needed(most);
        // Half as much again as they need leaves the needles room to move against each other.
        let frames = (haystack * WINDOW_PERMILLE / 1000).max(needed + needed / 2).min(haystack);
        Window { start: depth.position(haystack - frames), frames: frames + spare }
    }

    /// The fewest haystack frames that hold so many needles, one of which lies at any depth.
    pub(super) fn needed_around(self, places: u64) -> u64 {
        // Before and behind the one, as much as one more would need may be too short for another.
        self.needed(places) + 2 * (self.covered + self.gap)
    }

    /// Positions of one needle at `depth` and of `others` around it: at other depths of the grid, as far as there are so many, so that
    /// no position tells which is at the depth of its cell; else anywhere.
    pub(super) fn around(
        self,
        depth: Depth,
        depths: &[Option<Depth>],
        others: u64,
        stream: &mut Stream,
    ) -> Around {
        let at = depth.position(self.last());
        if self.exact {
            return self.around_as_one(at, others, stream);
        }
        let mut elsewhere: Vec<Depth> =
            depths.iter().flatten().copied().filter(|other| *other != depth).collect();
        stream.shuffle(&mut elsewhere);
        let step = self.covered + self.gap;
        let mut stated = vec![at];
        for other in elsewhere {
            let place = other.position(self.last());
            if stated.len() as u64 <= others && stated.iter().all(|stated| stated.abs_diff(place) >= step) {
                stated.push(place);
            }
        }
        let room = |stated: &[u64]| -> u64 {
            self.between(stated).into_iter().map(|window| self.most(window.frames, others)).sum()
        };
        // Around the one alone there is room for all others.
        while stated.len() > 1 && room(&stated) + (stated.len() as u64) < others + 1 {
            stated.pop();
        }
        let left = others + 1 - stated.len() as u64;
        let windows = self.between(&stated);
        let mut counts = vec![0; windows.len()];
        for _ in 0..left {
            let open = |at: usize| {
                let window = windows[at];
                if self.most(window.frames, others) > counts[at] { window.frames + 1 } else { 0 }
            };
            let weights: Vec<u64> = (0..windows.len()).map(open).collect();
            let all: u64 = weights.iter().sum();
            let mut drawn = ((u128::from(stream.below(1 << 32)) * u128::from(all)) >> 32) as u64;
            let chosen = weights.iter().position(|&weight| {
                let is_here = drawn < weight;
                drawn = drawn.saturating_sub(weight);
                is_here
            });
            counts[chosen.expect("a check of the haystacks leaves room")] += 1;
        }
        for (window, count) in windows.into_iter().zip(counts) {
            stated.extend(self.within(window, count, stream));
        }
        stated.sort_unstable();
        let before = stated.iter().take_while(|&&place| place < at).count() as u64;
        Around { positions: stated, before }
    }

    /// Positions of one needle and of others before and behind it, each exactly the gap from the next.
    fn around_as_one(self, at: u64, others: u64, stream: &mut Stream) -> Around {
        let step = self.covered + self.gap;
        // Frames before and behind it that are further from it than the gap, if it leaves any.
        let before = at.checked_sub(self.gap);
        let behind = self.frames.checked_sub(at + step);
        let room = |frames: Option<u64>| frames.map_or(0, |frames| self.most(frames, others));
        let (least, most) = (others.saturating_sub(room(behind)), room(before).min(others));
        let all = before.unwrap_or(0) + behind.unwrap_or(0) + 1;
        let is_before = |_: &u64| {
            (u128::from(stream.below(1 << 32)) * u128::from(all)) >> 32 <= u128::from(before.unwrap_or(0))
        };
        let first = ((0..others).filter(is_before).count() as u64).clamp(least.min(most), most);
        let positions = (0..=others).map(|index| at + index * step - first * step).collect();
        Around { positions, before: first }
    }

    /// The frames before, between and behind needles at these positions that are further from them than the gap.
    fn between(self, positions: &[u64]) -> Vec<Window> {
        let mut positions = positions.to_vec();
        positions.sort_unstable();
        let step = self.covered + self.gap;
        let starts = std::iter::once(0).chain(positions.iter().map(|position| position + step));
        let ends = positions.iter().map(|position| position.checked_sub(self.gap)).chain([Some(self.frames)]);
        let window = |(start, end): (u64, Option<u64>)| {
            let frames = end?.checked_sub(start)?;
            Some(Window { start, frames })
        };
        starts.zip(ends).filter_map(window).collect()
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
        (depth, depths): (Option<Depth>, &[Option<Depth>]),
        family: &Family,
        drawn: &mut Drawn,
        stream: &mut Stream,
    ) -> Self {
        let (places, most) = (drawn.clips.len() as u64, family.most_places() as u64);
        let Some(depth) = depth else {
            return Self { positions: rule.anywhere(places, stream), depth_of: None, window: None };
        };
        if family.asks_for_one_among_others() {
            let Around { positions, before } = rule.around(depth, depths, places - 1, stream);
            let asked = drawn.clips.iter().position(|clip| !clip.is_distractor);
            let clip = drawn.clips.remove(asked.expect("one needle is asked for"));
            drawn.clips.insert(before as usize, clip);
            return Self { positions, depth_of: Some(DepthOf::Needle), window: None };
        }
        let several = most > 1;
        Self {
            positions: rule.at_depth(depth, places, most, stream),
            depth_of: Some(if several { DepthOf::Window } else { DepthOf::Needle }),
            window: several.then(|| rule.window(depth, places, most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seed::Seed;

    proptest! {
        #[test]
        fn one_lies_at_its_depth_and_the_others_apart_wherever_there_is_room(
            covered in 0_u64..60,
            gap in 1_u64..60,
            others in 1_u64..12,
            more in 0_u64..2000,
            permille in 0_u16..=1000,
            depths in prop::collection::vec(0_u16..=1000, 0..12),
            seed in 0_u64..1000,
            exact in any::<bool>(),
        ) {
            let rule = Rule { frames: 0, covered, inserted: 0, gap, exact };
            let rule = Rule { frames: rule.needed_around(others + 1) + more, ..rule };
            let of = |permille| Depth::from_permille(permille).unwrap();
            let depths: Vec<Option<Depth>> = depths.into_iter().chain([permille]).map(|at| Some(of(at))).collect();
            let mut stream = Seed::new(seed).stream("around", 0);
            let Around { positions, before } = rule.around(of(permille), &depths, others, &mut stream);
            prop_assert_eq!(positions.len() as u64, others + 1);
            prop_assert_eq!(positions[before as usize], of(permille).position(rule.last()));
            prop_assert!(positions.windows(2).all(|pair| pair[0] + covered + gap <= pair[1]), "{:?}", positions);
            prop_assert!(positions[others as usize] <= rule.last());
        }
    }
}
