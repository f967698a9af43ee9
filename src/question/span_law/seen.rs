//! The span when sampled frames show it: its start and its end each lie in a known range.
//!
//! In: the sums of a law, the room for each border. Out: how probable the observation is, and the best answer.
//!
//! Frames are counted from the first sampled frame that shows the thing. All truths and all answers hold the frames from
//! it to the last that shows it, so the IoU is the least of the ends less the greatest of the starts, over the greatest
//! of the ends less the least of the starts. For each start the mean over the ends is a closed form.

use super::measure::{Best, Measure};
use super::search::{Borders, Bounds, best_on_grid, climb};
use super::sums::Sums;

/// What the sampled frames say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Room {
    /// Number of frames at which it may have started: from after the last frame without it to the first with it.
    pub(super) before: i64,
    /// Frames from the first that shows it to the last that does, both included.
    pub(super) core: i64,
    /// Number of frames after which it may have ended.
    pub(super) after: i64,
}

/// Work in trials of a start that is spent on trying all answers.
const ALL: i64 = 1 << 16;
/// Answers a border on the coarse grid.
const GRID: i64 = 13;
/// Starts that stand for all starts on the coarse grid, and while it is refined.
const COARSE: i64 = 48;
const FINE: i64 = 160;
/// From steps of this many frames on, each start counts.
const EXACT: i64 = 2;

/// The posterior of both borders.
pub(super) struct Seen<'a> {
    sums: &'a Sums,
    starts: Bounds,
    ends: Bounds,
}

impl<'a> Seen<'a> {
    /// `None` if no span of the law looks like that.
    pub(super) fn new(sums: &'a Sums, room: Room) -> Option<Self> {
        let last = room.core + room.after - 1;
        let starts = Bounds { low: 1 - room.before, high: 0 };
        let starts = starts.and(Bounds { low: room.core - sums.most, high: last - sums.least });
        let ends = Bounds { low: room.core, high: last };
        let ends = ends.and(Bounds { low: starts.low + sums.least, high: starts.high + sums.most });
        (starts.count() > 0 && ends.count() > 0).then_some(Self { sums, starts, ends })
    }

    /// Durations of the spans that start at `start`.
    fn durations(&self, start: i64) -> Bounds {
        let ends = Bounds { low: self.ends.low - start, high: self.ends.high - start };
        ends.and(Bounds { low: self.sums.least, high: self.sums.most })
    }

    /// Probability of what was observed.
    pub(super) fn total(&self) -> f64 {
        let starts = self.starts.low..=self.starts.high;
        let durations = starts.map(|start| self.durations(start)).filter(|durations| durations.count() > 0);
        durations.map(|durations| self.sums.plain(durations.low, durations.high)).sum()
    }

    /// The best answer.
    pub(super) fn best(&self, measure: Measure) -> Best {
        let (starts, ends) = (self.starts, self.ends);
        let step = |count: i64| ((starts.count() + count - 1) / count).max(1);
        let borders = if starts.count() * starts.count() * ends.count() <= ALL {
            best_on_grid(starts, ends, ALL, |borders| self.value(measure, borders, 1)).0
        } else {
            let coarse = |borders| self.value(measure, borders, step(COARSE));
            let (from, steps) = best_on_grid(starts, ends, GRID, coarse);
            let fine = |borders| self.value(measure, borders, step(FINE));
            let near = climb(starts, ends, from, steps, EXACT, fine);
            let steps = Borders { start: EXACT, end: EXACT };
            climb(starts, ends, near, steps, 1, |borders| self.value(measure, borders, 1))
        };
        Best { start: borders.start, end: borders.end, value: self.value(measure, borders, 1) }
    }

    /// What `answer` reaches, summed over the truths; one start stands for `step` starts.
    fn value(&self, measure: Measure, answer: Borders, step: i64) -> f64 {
        let mut sum = 0.0;
        let mut low = self.starts.low;
        while low <= self.starts.high {
            let high = (low + step - 1).min(self.starts.high);
            let start = i64::midpoint(low, high);
            sum += (high - low + 1) as f64 * self.over_ends(measure, start, answer);
            low = high + 1;
        }
        sum
    }

    /// What `answer` reaches with the truths that start at `start`.
    fn over_ends(&self, measure: Measure, start: i64, answer: Borders) -> f64 {
        let durations = self.durations(start);
        let (least, greatest) = (start.min(answer.start), start.max(answer.start));
        match measure {
            Measure::Recall(share) => {
                // A truth that ends before the answer has to be long enough, one that ends after it short enough.
                let shortest = (share.num * (answer.end - least) + share.den - 1) / share.den;
                let longest = share.den * (answer.end - greatest) / share.num;
                let (low, high) = (greatest + shortest, least + longest);
                if low > answer.end {
                    return 0.0;
                }
                let hit = durations.and(Bounds { low: low - start, high: high - start });
                if hit.count() == 0 { 0.0 } else { self.sums.plain(hit.low, hit.high) }
            }
            Measure::Iou => {
                let inner = durations.and(Bounds { low: i64::MIN, high: answer.end - start });
                let outer = durations.and(Bounds { low: answer.end - start + 1, high: i64::MAX });
                let mut sum = 0.0;
                if inner.low <= inner.high {
                    let cut = (greatest - start) as f64;
                    let shared = self.sums.times(inner.low, inner.high);
                    let shared = shared - cut * self.sums.plain(inner.low, inner.high);
                    sum += shared / (answer.end - least) as f64;
                }
                if outer.low <= outer.high {
                    let shared = (answer.end - greatest) as f64;
                    let more = start - answer.start;
                    sum += shared
                        * if more > 0 {
                            self.sums.over_sum(outer.low, outer.high, more)
                        } else {
                            self.sums.over(outer.low, outer.high)
                        };
                }
                sum
            }
        }
    }
}
