//! Several spans of one thing in one video.
//!
//! In: a law, how many spans there are, frames that show the thing. Out: drawn spans, an answer for each run of frames that
//! show it, and the chance of one constant span, which is simulated.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use super::law::SpanLaw;
use super::measure::Guess;
use super::options::ascending;
use super::search::{Bounds, best_number};
use crate::seed::{Seed, Stream};
use crate::time::FrameSpan;

/// Several disjoint spans in one video.
///
/// Their number is uniform on `fewest..=greatest`, each duration is drawn by `durations` on its own, and of all places of
/// spans of these durations in this order, with at least `apart` frames between neighbours, each is equally probable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeveralLaw {
    durations: SpanLaw,
    fewest: u64,
    greatest: u64,
    apart: u64,
}

/// The chance of one constant span where there are several, by simulation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SimulatedChance {
    /// The span: in the middle of the video, of the width that is best in draws of its own.
    pub span: FrameSpan,
    /// Mean IoU of the span with the union of the drawn spans.
    pub mean_iou: f64,
    /// Standard error of that mean.
    pub standard_error: f64,
    /// Number of draws.
    pub draws: u64,
}

impl SeveralLaw {
    /// `None` unless there is at least one span and the most and longest of them fit into the video.
    pub fn new(durations: SpanLaw, fewest: u64, greatest: u64, apart: u64) -> Option<Self> {
        let longest = greatest.checked_mul(durations.most())?;
        let gaps = greatest.checked_sub(1)?.checked_mul(apart)?;
        let fits = longest.checked_add(gaps)? <= durations.frames();
        (1 <= fewest && fewest <= greatest && fits).then_some(Self { durations, fewest, greatest, apart })
    }

    /// Spans in order of time.
    pub fn draw(self, numbers: &mut Stream, durations: &mut Stream, starts: &mut Stream) -> Vec<FrameSpan> {
        let number = numbers.between(self.fewest, self.greatest);
        let durations: Vec<u64> = (0..number).map(|_| self.durations.draw_duration(durations)).collect();
        let filled = durations.iter().sum::<u64>() + (number - 1) * self.apart;
        let places = ascending(number, self.durations.frames() - filled + number, starts);
        let mut before = 0;
        let mut spans = Vec::new();
        for (at, (duration, place)) in durations.into_iter().zip(places).enumerate() {
            // The place counts the free frames before it and the spans before it, each as one.
            let start = place - at as u64 + before;
            spans.extend(FrameSpan::new(start, start + duration));
            before += duration + self.apart;
        }
        spans
    }

    /// The chance of one constant span, from `draws` draws of a fixed stream (at least 2).
    ///
    /// It is not exact, and a constant set of several spans might do better. The width is chosen on other draws than those
    /// that measure it, so that the choice does not flatter it.
    pub fn simulated_chance(self, draws: u64) -> SimulatedChance {
        let draws = draws.max(2);
        let drawn = |part: &str| -> Vec<Vec<FrameSpan>> {
            let stream =
                |what: &str| Seed::new(0).stream(format!("chance of several spans/{part}/{what}"), 0);
            let (mut numbers, mut durations, mut starts) =
                (stream("number"), stream("duration"), stream("start"));
            (0..draws).map(|_| self.draw(&mut numbers, &mut durations, &mut starts)).collect()
        };
        let frames = self.durations.frames();
        let centred = |width: u64| {
            let start = (frames - width) / 2;
            FrameSpan::new(start, start + width).expect("a width is at least 1")
        };
        let chosen = drawn("choice");
        let sum = |width: i64| chosen.iter().map(|spans| union_iou(centred(width as u64), spans)).sum();
        let span = centred(best_number(Bounds { low: 1, high: frames as i64 }, sum) as u64);
        let values: Vec<f64> = drawn("figure").iter().map(|spans| union_iou(span, spans)).collect();
        let mean = values.iter().sum::<f64>() / draws as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let standard_error = (squares / (draws - 1) as f64 / draws as f64).sqrt();
        SimulatedChance { span, mean_iou: mean, standard_error, draws }
    }
}

impl SpanLaw {
    /// The answers of somebody who sees the frames `sampled`, which ascend, and the thing in those that are `shown`: that to the
    /// one run of frames that show it, or to none, and those of [`Self::estimate_several`] where there are several.
    pub fn estimates(self, sampled: &[u64], shown: &[bool]) -> Vec<Guess> {
        if shown.contains(&true) {
            self.estimate_several(sampled, shown)
        } else {
            self.estimate(sampled, 0..0).into_iter().collect()
        }
    }

    /// An answer for each run of sampled frames that show the thing, as if it were the only span; `shown` says of each of
    /// `sampled`, which ascend, whether it shows the thing. A run that no one span explains has no answer.
    ///
    /// This is what a viewer reaches who looks at each run alone. It is no bound: such a viewer answers nothing for spans
    /// that no frame shows, takes two spans for one where no sampled frame between them lacks the thing, and does not use
    /// that spans lie apart or how many there are.
    pub fn estimate_several(self, sampled: &[u64], shown: &[bool]) -> Vec<Guess> {
        let sums = self.sums_of_seen();
        runs(shown).into_iter().filter_map(|run| self.estimate_seen(&sums, sampled, run)).collect()
    }
}

/// Positions of each run of frames that show the thing.
pub fn runs(shown: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..shown.len()).filter(|&at| shown[at]) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// IoU of `answer` with the union of disjoint `spans`.
fn union_iou(answer: FrameSpan, spans: &[FrameSpan]) -> f64 {
    let shared: u64 = spans.iter().filter_map(|span| span.intersection(answer)).map(FrameSpan::count).sum();
    let all = answer.count() + spans.iter().map(|span| span.count()).sum::<u64>() - shared;
    shared as f64 / all as f64
}
