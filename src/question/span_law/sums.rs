//! Sums over the law that are made once, so that each mean over durations is a difference of two.
//!
//! In: a law. Out: running sums by duration, and of 1 / k.

use super::law::SpanLaw;

/// Running sums; those by duration have the durations up to their index, all others have weight 0.
pub(super) struct Sums {
    pub(super) least: i64,
    pub(super) most: i64,
    pub(super) frames: i64,
    /// Probability of one start of each duration.
    pub(super) weight: Vec<f64>,
    /// Of the probabilities.
    plain: Vec<f64>,
    /// Of the probabilities times the duration.
    times: Vec<f64>,
    /// Of the probabilities over the duration.
    over: Vec<f64>,
    /// Of 1 / (frames + 1 - duration), from duration 1 on.
    starts: Vec<f64>,
    /// Of 1 / k, from 1 on.
    harmonic: Vec<f64>,
    /// The probability of a start is this over `duration * (frames + 1 - duration)`.
    scale: f64,
}

/// Durations that stand for a class of neighbouring ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Class {
    pub(super) duration: i64,
    /// Probability of one start, summed over the class.
    pub(super) weight: f64,
}

fn running(terms: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sums = Vec::with_capacity(terms.size_hint().0);
    let mut sum = 0.0;
    for term in terms {
        sum += term;
        sums.push(sum);
    }
    sums
}

fn between(sums: &[f64], low: i64, high: i64) -> f64 {
    sums[high as usize] - sums[low as usize - 1]
}

impl Sums {
    /// Sums of `law`; those of 1 / k go up to `reach`.
    pub(super) fn new(law: SpanLaw, reach: i64) -> Self {
        let [least, most, frames] = [law.least(), law.most(), law.frames()].map(|number| number as i64);
        let total: f64 = (least..=most).map(|duration| 1.0 / duration as f64).sum();
        let scale = 1.0 / total;
        let one = |duration: i64| {
            if duration < least { 0.0 } else { scale / duration as f64 / (frames + 1 - duration) as f64 }
        };
        let weight: Vec<f64> = (0..=most).map(one).collect();
        let by_duration = || weight.iter().enumerate().map(|(duration, &weight)| (duration as f64, weight));
        Self {
            least,
            most,
            frames,
            plain: running(weight.iter().copied()),
            times: running(by_duration().map(|(duration, weight)| weight * duration)),
            over: running(by_duration().map(|(duration, weight)| weight / duration.max(1.0))),
            starts: running((0..=most).map(|k| if k == 0 { 0.0 } else { 1.0 / (frames + 1 - k) as f64 })),
            harmonic: running((0..=reach).map(|k| if k == 0 { 0.0 } else { 1.0 / k as f64 })),
            weight,
            scale,
        }
    }

    /// Sum of 1 / k from `low` to `high`, at least 1.
    pub(super) fn harmonic(&self, low: i64, high: i64) -> f64 {
        between(&self.harmonic, low, high)
    }

    /// Sum of the probabilities of one start of each duration from `low` to `high`.
    pub(super) fn plain(&self, low: i64, high: i64) -> f64 {
        between(&self.plain, low, high)
    }

    /// The same, each times its duration.
    pub(super) fn times(&self, low: i64, high: i64) -> f64 {
        between(&self.times, low, high)
    }

    /// The same, each over its duration.
    pub(super) fn over(&self, low: i64, high: i64) -> f64 {
        between(&self.over, low, high)
    }

    /// The same, each over its duration and `more` (at least 1); durations from `low`, which has weight.
    ///
    /// By partial fractions of `1 / (d * (d + more) * (frames + 1 - d))`.
    pub(super) fn over_sum(&self, low: i64, high: i64, more: i64) -> f64 {
        let (whole, shift) = ((self.frames + 1) as f64, more as f64);
        let plain = self.harmonic(low, high) / (shift * whole);
        let shifted = self.harmonic(low + more, high + more) / (shift * (whole + shift));
        let starts = between(&self.starts, low, high) / (whole * (whole + shift));
        self.scale * (plain - shifted + starts)
    }

    /// Durations up to `longest`, in at most `count` classes; each duration on its own if they are no more.
    pub(super) fn classes(&self, longest: i64, count: i64) -> Vec<Class> {
        let longest = longest.min(self.most);
        let width = ((longest - self.least + count) / count).max(1);
        let mut classes = Vec::new();
        let mut low = self.least;
        while low <= longest {
            let high = (low + width - 1).min(longest);
            classes.push(Class { duration: i64::midpoint(low, high), weight: self.plain(low, high) });
            low = high + 1;
        }
        classes
    }
}
