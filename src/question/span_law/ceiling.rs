//! Chance, estimates and ceilings of one hidden span.
//!
//! In: a law, the frames that are sampled and those of them that show the thing. Out: the best answers and what they
//! reach.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use super::hidden::{Gap, Hidden, gaps, reach};
use super::law::SpanLaw;
use super::measure::{Best, Guess, MEASURES, Measure};
use super::seen::{Room, Seen};
use super::sums::Sums;
use crate::time::FrameSpan;

/// What the best answers reach on average over the law, by somebody who sees the sampled frames and knows the law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Ceiling {
    /// Mean IoU of the answers that are best for it.
    pub mean_iou: f64,
    /// R@0.3, R@0.5 and R@0.7, each of the answers that are best for it.
    pub recall: [f64; 3],
    /// Probability that at least one sampled frame shows the thing.
    pub seen: f64,
}

impl SpanLaw {
    /// The best constant answer: that of somebody who knows the law and does not look.
    ///
    /// It lies in the middle of the video; its width is that with the highest mean IoU.
    pub fn chance(self) -> Guess {
        let frames = self.frames() as i64;
        let gaps = [Gap { first: 0, end: frames }];
        let sums = Sums::new(self, reach(&gaps, self.most() as i64, frames));
        let hidden = Hidden::new(&sums, &gaps).expect("a span fits into the video");
        guess(1.0, 0, |measure| hidden.best(measure)).expect("the best answer holds a frame")
    }

    /// The best answer of somebody who sees the frames `sampled`, which ascend, and the thing in those whose positions in
    /// `sampled` are in `shown`; where none shows it, `shown` is empty.
    ///
    /// A border may lie anywhere between the last frame without the thing and the first with it; an unseen span lies
    /// wholly between two sampled frames. `None` if no span of the law looks like that.
    pub fn estimate(self, sampled: &[u64], shown: Range<usize>) -> Option<Guess> {
        if shown.is_empty() {
            let sampled = self.distinct(sampled);
            let frames = self.frames() as i64;
            let gaps = gaps(&sampled, frames);
            let sums = Sums::new(self, reach(&gaps, self.most() as i64, frames));
            let hidden = Hidden::new(&sums, &gaps)?;
            return guess(hidden.total(), 0, |measure| hidden.best(measure));
        }
        self.estimate_seen(&self.sums_of_seen(), sampled, shown)
    }

    /// The mean over the law of what [`Self::estimate`] reaches: the sum over all that the frames `sampled`, which
    /// ascend, can show.
    pub fn ceiling(self, sampled: &[u64]) -> Ceiling {
        let sampled = self.distinct(sampled);
        let (most, frames) = (self.most() as i64, self.frames() as i64);
        let gaps = gaps(&sampled, frames);
        let sums = Sums::new(self, reach(&gaps, most, frames).max(2 * most));
        let mut reached = [0.0; MEASURES.len()];
        let mut unseen = 0.0;
        if let Some(hidden) = Hidden::new(&sums, &gaps) {
            unseen = hidden.total();
            reached = MEASURES.map(|measure| hidden.best(measure).value);
        }
        for (room, times) in rooms(&sampled, most, frames) {
            if let Some(seen) = Seen::new(&sums, room) {
                for (reached, measure) in reached.iter_mut().zip(MEASURES) {
                    *reached += times as f64 * seen.best(measure).value;
                }
            }
        }
        let [mean_iou, recall @ ..] = reached.map(share);
        Ceiling { mean_iou, recall, seen: share(1.0 - unseen) }
    }

    /// Sums that reach as far as a seen span needs.
    pub(super) fn sums_of_seen(self) -> Sums {
        Sums::new(self, 2 * self.most() as i64)
    }

    /// As [`Self::estimate`], if `shown` is not empty.
    pub(super) fn estimate_seen(self, sums: &Sums, sampled: &[u64], shown: Range<usize>) -> Option<Guess> {
        let (first, last) = (*sampled.get(shown.start)? as i64, *sampled.get(shown.end - 1)? as i64);
        let previous = shown.start.checked_sub(1).map_or(-1, |at| sampled[at] as i64);
        let next = sampled.get(shown.end).copied().unwrap_or(self.frames()) as i64;
        let seen =
            Seen::new(sums, Room { before: first - previous, core: last - first + 1, after: next - last })?;
        guess(seen.total(), first, |measure| seen.best(measure))
    }

    fn distinct(self, sampled: &[u64]) -> Vec<i64> {
        let within = sampled.iter().filter(|&&frame| frame < self.frames()).map(|&frame| frame as i64);
        let mut distinct: Vec<i64> = within.collect();
        distinct.dedup();
        distinct
    }
}

/// What the frames `sampled` can show, and how often: what is alike from both sides counts as the same.
fn rooms(sampled: &[i64], most: i64, frames: i64) -> BTreeMap<Room, u64> {
    let mut rooms = BTreeMap::new();
    for (at, &first) in sampled.iter().enumerate() {
        let before = at.checked_sub(1).map_or(first + 1, |previous| first - sampled[previous]);
        for (to, &last) in sampled.iter().enumerate().skip(at) {
            let core = last - first + 1;
            if core > most {
                break;
            }
            let after = sampled.get(to + 1).copied().unwrap_or(frames) - last;
            // A border is never farther from the core than this.
            let [before, after] = [before, after].map(|room: i64| room.min(most - core + 1));
            let room = Room { before: before.min(after), core, after: before.max(after) };
            *rooms.entry(room).or_default() += 1;
        }
    }
    rooms
}

/// The best answers given something of probability `total`; frames are counted from `origin`.
fn guess(total: f64, origin: i64, best: impl Fn(Measure) -> Best) -> Option<Guess> {
    let [answer, recall @ ..] = MEASURES.map(best);
    let span = FrameSpan::new((origin + answer.start) as u64, (origin + answer.end) as u64)?;
    Some(Guess {
        span,
        mean_iou: share(answer.value / total),
        recall: recall.map(|best| share(best.value / total)),
    })
}

/// Sums of floats may exceed 1 in the last bits.
fn share(sum: f64) -> f64 {
    sum.clamp(0.0, 1.0)
}
