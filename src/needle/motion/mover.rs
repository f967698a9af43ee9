//! Movers: small pictures on paths.
//!
//! In: a mover, the number of a frame of its needle, and how many it has. Out: where its picture is, in 256ths of a pixel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::circle;
use super::path::{Leg, Path, Shape, Share};
use super::units::{PIXEL, ROUND};
use crate::needle::pixel_box::PixelBox;

/// A small picture that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mover {
    /// What it is, in the words of questions and options.
    pub label: String,
    /// Pack that holds the item.
    pub pack: String,
    /// Item of the pack.
    pub item: String,
    /// Width of the picture in pixels; even.
    pub w: u32,
    /// Height of the picture in pixels; even.
    pub h: u32,
    /// The part of the frame in which it moves, in pixels.
    pub area: PixelBox,
    /// Where in it.
    pub path: Path,
    /// On which part of the needle's frames it is drawn.
    pub share: Share,
}

/// Which frames of a needle are shown: what controls leave of a motion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Replay {
    /// For each frame that is shown: the frame of the needle, from 0.
    pub frames: Vec<u64>,
    /// How many frames the needle has.
    pub count: u64,
}

impl Replay {
    /// The frame that the `offset`-th of the frames of `span` shows, and how many there are: of all in order, where there is no replay.
    pub fn shown(replay: Option<&Self>, offset: u64, span: u64) -> (u64, u64) {
        replay.map_or((offset, span), |replay| replay.frame(offset))
    }

    /// The frame that the `offset`-th frame shows, and how many there are. Beyond the end, the last.
    fn frame(&self, offset: u64) -> (u64, u64) {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let shown = self.frames.get(at).or(self.frames.last()).copied().unwrap_or_default();
        (shown, self.count)
    }
}

impl Mover {
    /// The left and upper edge of its picture on frame `at` of `count`, in 256ths of a pixel of the frame.
    pub fn corner(&self, at: u64, count: u64) -> [i64; 2] {
        let phase = self.path.phase(at, count);
        let area = [self.area.w, self.area.h].map(i64::from);
        let size = [self.w, self.h].map(i64::from);
        let start = [self.area.x, self.area.y].map(|edge| i64::from(edge) * PIXEL);
        let room = [0, 1].map(|axis| (area[axis] - size[axis]).max(0) * PIXEL);
        let within = match self.path.shape {
            Shape::Ring => {
                let radius = room[0].min(room[1]) / 2;
                let point = circle::point(phase[0]);
                [0, 1].map(|axis| room[axis] / 2 + ((radius * point[axis]) >> circle::BITS))
            }
            Shape::Wrap => [0, 1].map(|axis| area[axis] * PIXEL * phase[axis].rem_euclid(ROUND) / ROUND),
            Shape::Bounce => [0, 1].map(|axis| {
                let there = phase[axis].rem_euclid(ROUND) * 2;
                room[axis] * there.min(2 * ROUND - there) / ROUND
            }),
            Shape::Line => [0, 1].map(|axis| room[axis] * phase[axis].clamp(0, ROUND) / ROUND),
        };
        [0, 1].map(|axis| start[axis] + within[axis])
    }

    /// The middle of its picture, in 256ths of a pixel; where it wraps, that of its part that comes first.
    pub fn centre(&self, at: u64, count: u64) -> [i64; 2] {
        let corner = self.corner(at, count);
        let centre = [0, 1].map(|axis| corner[axis] + i64::from([self.w, self.h][axis]) * PIXEL / 2);
        if self.path.shape != Shape::Wrap {
            return centre;
        }
        let area = [(self.area.x, self.area.w), (self.area.y, self.area.h)];
        [0, 1].map(|axis| {
            let (start, size) = (i64::from(area[axis].0) * PIXEL, i64::from(area[axis].1) * PIXEL);
            start + (centre[axis] - start).rem_euclid(size.max(1))
        })
    }

    /// Whether frame `at` of `count` shows its whole picture: no border cuts it off.
    pub fn is_whole(&self, at: u64, count: u64) -> bool {
        let corner = self.corner(at, count);
        let (area, size) = ([(self.area.x, self.area.w), (self.area.y, self.area.h)], [self.w, self.h]);
        let is_within = |axis: usize| {
            let (start, length) = area[axis];
            let within = i64::from(start) * PIXEL..=i64::from(start + length - size[axis]) * PIXEL;
            within.contains(&corner[axis])
        };
        self.share.holds(at, count) && is_within(0) && is_within(1)
    }

    /// Frames of a needle of `count` in which it goes round once where it is fastest, rounded down, so that fewer than half of them are less
    /// than half a round; 0 where it stays.
    pub fn round_frames(&self, count: u64) -> u64 {
        let parts = u64::from(self.path.parts.max(1));
        let moving = self.path.legs.iter().filter(|leg| leg.travel() > 0);
        let frames =
            |leg: &Leg| (count * u64::from(leg.parts) * ROUND as u64) / (leg.travel() * parts).max(1);
        moving.map(frames).min().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mover(path: Path) -> Mover {
        let area = PixelBox { x: 10, y: 20, w: 100, h: 60 };
        let (label, pack, item) = ("red star".to_owned(), "shapes".to_owned(), "red-star".to_owned());
        Mover { label, pack, item, w: 20, h: 20, area, path, share: Share::ALL }
    }

    fn path(shape: Shape, start: [i64; 2], by: [i64; 2]) -> Path {
        Path { shape, start, legs: vec![Leg { by, parts: 1 }], parts: 1, is_reversed: false }
    }

    /// Whole pixels, which the places of these tests are.
    fn pixels(mover: &Mover, at: u64, count: u64) -> [i64; 2] {
        mover.corner(at, count).map(|edge| {
            assert_eq!(edge % PIXEL, 0);
            edge / PIXEL
        })
    }

    #[test]
    fn paths_lead_where_they_say() {
        let ring = mover(path(Shape::Ring, [0, 0], [ROUND, 0]));
        // A radius of 20 around the middle, from the right and clockwise: down comes next.
        let corners = [0, 1, 2, 3].map(|at| pixels(&ring, at, 4));
        assert_eq!(corners, [[70, 40], [50, 60], [30, 40], [50, 20]]);
        let wrap = mover(path(Shape::Wrap, [ROUND / 2, 0], [ROUND, 0]));
        assert_eq!([0, 1, 2, 3].map(|at| pixels(&wrap, at, 4)[0]), [60, 85, 10, 35]);
        // Its picture reaches over the border, its middle is on the other side.
        assert_eq!([1, 2].map(|at| wrap.centre(at, 4)[0] / PIXEL), [95, 20]);
        let bounce = mover(path(Shape::Bounce, [0, 0], [ROUND, 0]));
        assert_eq!([0, 1, 2, 3].map(|at| pixels(&bounce, at, 4)[0]), [10, 50, 90, 50]);
        let line = mover(path(Shape::Line, [0, ROUND], [ROUND / 2, -ROUND]));
        assert_eq!([0, 1].map(|at| pixels(&line, at, 2)), [[10, 60], [30, 40]]);
        assert_eq!(ring.round_frames(4), 4);
    }

    #[test]
    fn legs_follow_each_other_and_then_it_rests() {
        let legs = vec![Leg { by: [100, 0], parts: 2 }, Leg { by: [0, -40], parts: 1 }];
        let path = Path { shape: Shape::Line, start: [5, 5], legs, parts: 4, is_reversed: false };
        let phases: Vec<[i64; 2]> = (0..8).map(|at| path.phase(at, 8)).collect();
        let expected = [[5, 5], [30, 5], [55, 5], [80, 5], [105, 5], [105, -15], [105, -35], [105, -35]];
        assert_eq!(phases, expected);
        let reversed = Path { is_reversed: true, ..path };
        assert!((0..8).all(|at| reversed.phase(at, 8) == expected[7 - at as usize]));
    }

    #[test]
    fn shares_are_halves_open() {
        let share = Share { from: 1, to: 2, of: 4 };
        let held: Vec<u64> = (0..10).filter(|&at| share.holds(at, 10)).collect();
        assert_eq!(held, [3, 4]);
        assert_eq!(share.frames(10), [3, 5]);
        let all: u64 = (0..4)
            .map(|part| {
                let [first, end] = Share { from: part, to: part + 1, of: 4 }.frames(10);
                end - first
            })
            .sum();
        assert_eq!(all, 10);
    }
}
