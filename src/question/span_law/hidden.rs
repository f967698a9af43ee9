//! The span when no sampled frame shows it: it lies wholly in one of the gaps between them.
//!
//! In: the sums of a law and the gaps. Out: how probable that is, and the best answer. A video of which nothing is sampled
//! is one gap: that is chance.
//!
//! In one gap the sum over the starts is a closed form for each duration: the IoU is constant where the one span holds the
//! other, and `x / (n - x)` where they share `x` of `n` frames in all, whose sum is one of 1 / k.

use std::collections::BTreeMap;

use super::measure::{Best, Measure, Share};
use super::search::{Borders, Bounds, best_number, best_on_grid, climb};
use super::sums::{Class, Sums};

/// Frames between two sampled frames, from `first` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) first: i64,
    pub(super) end: i64,
}

impl Gap {
    pub(super) fn count(self) -> i64 {
        self.end - self.first
    }
}

/// Of a video of so many frames all answers are tried.
const SMALL: i64 = 64;
/// An answer reaches over at most this many gaps.
const GAPS: usize = 5;
/// Classes of durations while an answer in one gap, or over several, is searched.
const CLASSES: i64 = 128;
const COARSE: i64 = 32;
/// Answers a border on the coarse grid.
const GRID: i64 = 9;

/// The gaps between `sampled` frames, which ascend, of a video of `frames` frames.
pub(super) fn gaps(sampled: &[i64], frames: i64) -> Vec<Gap> {
    let firsts = std::iter::once(0).chain(sampled.iter().map(|&frame| frame + 1));
    let ends = sampled.iter().copied().chain(std::iter::once(frames));
    firsts.zip(ends).map(|(first, end)| Gap { first, end }).filter(|gap| gap.count() > 0).collect()
}

/// How far sums of 1 / k have to go for `gaps` of a video of `frames` frames, if a span lasts at most `most`.
pub(super) fn reach(gaps: &[Gap], most: i64, frames: i64) -> i64 {
    if frames <= SMALL {
        return frames + most;
    }
    let width = |gaps: &[Gap]| gaps[gaps.len() - 1].end - gaps[0].first;
    let widest = gaps.windows(GAPS.min(gaps.len()).max(1)).map(width).max();
    widest.unwrap_or_default() + most
}

/// The posterior of the span.
pub(super) struct Hidden<'a> {
    sums: &'a Sums,
    gaps: &'a [Gap],
    longest: Gap,
}

impl<'a> Hidden<'a> {
    /// `None` if no gap has room for a span.
    pub(super) fn new(sums: &'a Sums, gaps: &'a [Gap]) -> Option<Self> {
        // Of equals the first.
        let longest = gaps.iter().rev().max_by_key(|gap| gap.count())?;
        (longest.count() >= sums.least).then_some(Self { sums, gaps, longest: *longest })
    }

    /// Probability that no sampled frame shows the span.
    pub(super) fn total(&self) -> f64 {
        let mut alike: BTreeMap<i64, u64> = BTreeMap::new();
        for gap in self.gaps {
            *alike.entry(gap.count()).or_default() += 1;
        }
        let one = |count: i64| -> f64 {
            let durations = self.sums.least..=self.sums.most.min(count);
            durations
                .map(|duration| self.sums.weight[duration as usize] * (count - duration + 1) as f64)
                .sum()
        };
        alike.into_iter().map(|(count, gaps)| gaps as f64 * one(count)).sum()
    }

    /// The best answer.
    pub(super) fn best(&self, measure: Measure) -> Best {
        let longest = self.longest.count();
        if self.sums.frames <= SMALL {
            let classes = self.sums.classes(longest, i64::MAX / 2);
            let all = Bounds { low: 0, high: self.sums.frames };
            let value = |borders| self.value(measure, self.gaps, borders, &classes);
            let (borders, _) = best_on_grid(all, all, SMALL + 1, value);
            return Best { start: borders.start, end: borders.end, value: value(borders) };
        }
        let one = self.best_in_one(measure);
        self.best_over_several(measure).map_or(one, |several| one.better(several))
    }

    /// The best answer in the longest gap. It lies in its middle: the IoU with a span of any duration falls alike to
    /// both sides of the place where the middles agree, and the starts that are possible are those around it.
    pub(super) fn best_in_one(&self, measure: Measure) -> Best {
        let gap = self.longest;
        let widest = match measure {
            Measure::Iou => gap.count(),
            // No wider answer is a hit.
            Measure::Recall(share) => gap.count().min(self.sums.most * share.den / share.num),
        };
        let centred = |width: i64| {
            let start = gap.first + (gap.count() - width) / 2;
            Borders { start, end: start + width }
        };
        let classes = self.sums.classes(gap.count(), CLASSES);
        let widths = Bounds { low: 1, high: widest };
        let width = best_number(widths, |width| self.value(measure, &[gap], centred(width), &classes));
        self.valued(measure, &[gap], centred(width))
    }

    /// The best answer that begins in one gap and ends in another; of all sets of two to five neighbours the widest is
    /// looked at. If a gap has room for such an answer and for spans that overhang, one within it is better.
    pub(super) fn best_over_several(&self, measure: Measure) -> Option<Best> {
        let widest = self.sums.most * 10 / 3;
        if self.longest.count() >= widest + 2 * self.sums.most {
            return None;
        }
        let classes = self.sums.classes(self.longest.count(), COARSE);
        let of = |count: usize| {
            let width = |gaps: &&[Gap]| gaps[count - 1].end - gaps[0].first;
            let gaps = self.gaps.windows(count).rev().max_by_key(width)?;
            let (first, last) = (gaps[0], gaps[count - 1]);
            let starts = Bounds { low: first.first, high: first.end - 1 };
            let ends = Bounds { low: last.first + 1, high: last.end };
            let value = |borders| self.value(measure, gaps, borders, &classes);
            let (from, steps) = best_on_grid(starts, ends, GRID, value);
            Some(self.valued(measure, gaps, climb(starts, ends, from, steps, 1, value)))
        };
        (2..=GAPS).filter_map(of).reduce(Best::better)
    }

    fn valued(&self, measure: Measure, gaps: &[Gap], borders: Borders) -> Best {
        let classes = self.sums.classes(self.longest.count(), i64::MAX / 2);
        let value = self.value(measure, gaps, borders, &classes);
        Best { start: borders.start, end: borders.end, value }
    }

    /// What `answer`, which reaches over no other gaps, reaches, summed over the truths.
    pub(super) fn value(&self, measure: Measure, gaps: &[Gap], answer: Borders, classes: &[Class]) -> f64 {
        if answer.start >= answer.end {
            return 0.0;
        }
        let mut sum = 0.0;
        for class in classes {
            for gap in gaps {
                let starts = Bounds { low: gap.first, high: gap.end - class.duration };
                if starts.count() > 0 {
                    let reached = match measure {
                        Measure::Iou => self.iou(starts, class.duration, answer),
                        Measure::Recall(share) => hits(starts, class.duration, answer, share),
                    };
                    sum += class.weight * reached;
                }
            }
        }
        sum
    }

    /// Sum of the IoU of `answer` with the spans of `duration` frames that start at `starts`.
    fn iou(&self, starts: Bounds, duration: i64, answer: Borders) -> f64 {
        let width = answer.end - answer.start;
        let both = duration + width;
        // Between these starts the one span holds the other.
        let (near, far) = (answer.start.min(answer.end - duration), answer.start.max(answer.end - duration));
        let whole = starts.and(Bounds { low: near, high: far }).count() as f64;
        let mut sum = whole * duration.min(width) as f64 / duration.max(width) as f64;
        let partial = |fewest: i64, most: i64| {
            both as f64 * self.sums.harmonic(both - most, both - fewest) - (most - fewest + 1) as f64
        };
        let left = starts.and(Bounds { low: answer.start - duration + 1, high: near - 1 });
        if left.count() > 0 {
            let shared = duration - answer.start;
            sum += partial(left.low + shared, left.high + shared);
        }
        let right = starts.and(Bounds { low: far + 1, high: answer.end - 1 });
        if right.count() > 0 {
            sum += partial(answer.end - right.high, answer.end - right.low);
        }
        sum
    }
}

/// Number of the spans of `duration` frames that start at `starts` whose IoU with `answer` is at least `share`.
fn hits(starts: Bounds, duration: i64, answer: Borders, share: Share) -> f64 {
    let width = answer.end - answer.start;
    if share.num * duration.max(width) > share.den * duration.min(width) {
        return 0.0;
    }
    // Sharing x of n frames in all, the IoU is x / (n - x).
    let all = share.num + share.den;
    let shared = (share.num * (duration + width) + all - 1) / all;
    let hit = Bounds { low: answer.start - duration + shared, high: answer.end - shared };
    starts.and(hit).count() as f64
}
