//! Intervals: Wilson for a share of independent samples, a bootstrap over clusters of haystacks for means of shares.
//!
//! In: counts. Out: `[low, high]` around the estimate, never empty, within 0 and 1.
//!
//! A bootstrap alone fails near 0 and 1: the fewer samples are right, the narrower it is, until none is right and it is a point. Two
//! rules keep its ends in order. An interval is never narrower than Wilson's over as many samples as the spread of the draws is
//! worth, and these are at most those that there are. And it
//! never excludes what so few clusters, all wrong or all right, cannot exclude, so that one right sample more or less moves both
//! ends the same way.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::bootstrap::{ByCluster, Clusters, RESAMPLES, percentiles, sum_into};
use super::tally::Tallies;
use crate::seed::{Seed, Stream};

/// The two-sided 95% point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95% interval of `correct` out of `of`; all of 0 to 1 if there are none.
pub fn wilson(correct: u64, of: u64) -> [f64; 2] {
    if of == 0 { [0.0, 1.0] } else { wilson_share((correct as f64 / of as f64).min(1.0), of as f64) }
}

/// Wilson's 95% interval of the share `p` of `n` samples, which need be no whole number but are above 0.
pub(super) fn wilson_share(p: f64, n: f64) -> [f64; 2] {
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    // Rounding must not push an end past the estimate, which lies on it at 0 and 1.
    let low = if p <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
    [low, high]
}

/// The least interval that holds both.
pub(super) fn hull(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0].min(other[0]), one[1].max(other[1])]
}

/// `ends`, and what `units` that are all wrong, or all right, cannot exclude.
fn widened(ends: [f64; 2], units: f64) -> [f64; 2] {
    hull(ends, [wilson_share(1.0, units)[0], wilson_share(0.0, units)[1]])
}

/// What is averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Samples that are right in every try.
    Circular,
    /// Tries that are right.
    PerTry,
    /// The main figure of each type: its mean credit, or the first measure.
    Main,
}

/// All measures, in the order of [`Intervals`].
const MEASURES: [Measure; 3] = [Measure::Circular, Measure::PerTry, Measure::Main];

fn share(tallies: &Tallies, rule: usize, measure: Measure, is_by_credit: bool) -> Option<f64> {
    let Tallies { samples, tries, readings } = tallies;
    let share = |part: u32, of: u32| (of > 0).then(|| f64::from(part) / f64::from(of));
    match measure {
        Measure::PerTry => share(readings[rule].right_tries, *tries),
        Measure::Main if is_by_credit => (*tries > 0).then(|| tallies.credit(rule)),
        Measure::Circular | Measure::Main => share(readings[rule].right_samples, *samples),
    }
}

/// One sample as intervals are made of it.
pub(super) struct Entry<'a, C> {
    pub(super) task: &'a str,
    pub(super) kind: &'a str,
    /// Its cluster: its rank, or its name.
    pub(super) cluster: C,
    /// Whether the main figure of its type is the mean credit.
    pub(super) is_by_credit: bool,
    pub(super) tallies: Tallies,
}

/// What the bootstrap draws from: samples of groups (a type of a task, in the order of their names), by cluster.
pub(super) struct Population {
    pub(super) clusters: Clusters<Tallies>,
    /// How many ways to read there are: both rules, and a judge if one was asked.
    readings: usize,
    /// The samples of each group: what is drawn from where clusters are few.
    samples: Vec<Alike>,
    /// Whether a cluster holds several samples of the group.
    pub(super) is_clustered: Vec<bool>,
    /// Whether the main figure of the group is its mean credit.
    is_by_credit: Vec<bool>,
    /// Task of each group.
    task_of: Vec<usize>,
    /// Number of tasks.
    tasks: usize,
}

/// Samples of one group, those of the same tallies together.
struct Alike {
    tallies: Vec<Tallies>,
    /// Of each sample, the place of its tallies: of a million samples a thousand times as many are drawn.
    place_of: Vec<u32>,
}

/// Intervals under each reading of each measure: of each group, then of the mean of each task, last of all.
pub(super) struct Intervals {
    of: Vec<[Vec<[f64; 2]>; 3]>,
    /// What they are around, in the same order.
    shares: Vec<Figures>,
    groups: usize,
    /// How those of means were made.
    pub(super) method: String,
}

impl Intervals {
    /// Of the group at this position.
    pub(super) fn group(&self, rule: usize, measure: Measure, group: usize) -> [f64; 2] {
        self.of[rule][measure as usize][group]
    }

    /// Of the task at this position; past the last, of all.
    pub(super) fn mean(&self, rule: usize, measure: Measure, task: usize) -> [f64; 2] {
        self.of[rule][measure as usize][self.groups + task]
    }

    /// The mean itself, of the task at this position; past the last, of all.
    pub(super) fn share(&self, rule: usize, measure: Measure, task: usize) -> f64 {
        self.shares[rule][measure as usize][self.groups + task].unwrap_or(0.0)
    }
}

/// Figures by measure, each of every group, then of the mean of each task, last of all.
type Figures = [Vec<Option<f64>>; 3];

impl Alike {
    /// Samples of which so many have the same tallies.
    fn of(samples: BTreeMap<Tallies, usize>) -> Self {
        let places =
            samples.values().zip(0..).flat_map(|(&number, place)| std::iter::repeat_n(place, number));
        Self { place_of: places.collect(), tallies: samples.into_keys().collect() }
    }

    /// The sum of as many samples as there are, each drawn from all.
    fn draw(&self, stream: &mut Stream) -> Tallies {
        let mut drawn = vec![0_u32; self.tallies.len()];
        for draw in stream.all_below(self.place_of.len() as u64).take(self.place_of.len()) {
            drawn[self.place_of[draw as usize] as usize] += 1;
        }
        let mut sum = Tallies::default();
        for (tallies, times) in self.tallies.iter().zip(drawn) {
            sum += tallies.times(times);
        }
        sum
    }
}

/// How many independent samples a share is worth whose draws from `units` spread like `values`; nothing where they do not. Draws spread
/// less than what they stand for, by (units - 1) / units: of a dozen units their middle 95% alone holds the truth too seldom.
fn worth(values: &[f64], share: f64, units: f64) -> Option<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    let variance = variance * units / (units - 1.0);
    let worth = share * (1.0 - share) / variance;
    (variance > 1e-12 && variance.is_finite() && worth >= 1.0).then_some(worth)
}

/// How intervals of means are made, in words.
const BY_CLUSTERS: &str = "bootstrap over haystack clusters; never narrower than Wilson over samples, nor than what so many \
                           clusters can exclude";
const BY_SAMPLES: &str = "Wilson over samples, since there are fewer than 10 haystack clusters: differences between source \
                          videos are not included; per-try bootstrapped over samples";

impl Population {
    /// Of `entries`, under the first `readings`.
    pub(super) fn new<C: Copy + Ord>(entries: &[Entry<'_, C>], readings: usize) -> Self {
        let kinds: BTreeSet<(&str, &str)> = entries.iter().map(|entry| (entry.task, entry.kind)).collect();
        let group_of: BTreeMap<(&str, &str), usize> = kinds.iter().copied().zip(0..).collect();
        let tasks: BTreeSet<&str> = kinds.iter().map(|(task, _)| *task).collect();
        let mut clusters = ByCluster::new();
        let mut samples: Vec<BTreeMap<Tallies, usize>> = vec![BTreeMap::new(); kinds.len()];
        let mut is_by_credit = vec![false; kinds.len()];
        for entry in entries {
            let group = group_of[&(entry.task, entry.kind)];
            sum_into(&mut clusters, entry.cluster, group, entry.tallies);
            *samples[group].entry(entry.tallies).or_default() += 1;
            is_by_credit[group] |= entry.is_by_credit;
        }
        let mut is_clustered = vec![false; kinds.len()];
        for (group, tallies) in clusters.values().flatten() {
            is_clustered[*group] |= tallies.samples > 1;
        }
        let place = |task: &str| tasks.iter().position(|of| *of == task).unwrap_or(0);
        Self {
            clusters: Clusters::new(&clusters, kinds.len()),
            readings,
            samples: samples.into_iter().map(Alike::of).collect(),
            is_clustered,
            is_by_credit,
            task_of: kinds.iter().map(|(task, _)| place(task)).collect(),
            tasks: tasks.len(),
        }
    }

    /// Each group's share, then the mean of each task's groups, last of the tasks; nothing for those without samples.
    fn figures(&self, totals: &[Tallies], rule: usize, measure: Measure) -> Vec<Option<f64>> {
        let groups = totals.iter().zip(&self.is_by_credit);
        let mut figures: Vec<Option<f64>> =
            groups.map(|(tallies, &by_credit)| share(tallies, rule, measure, by_credit)).collect();
        let mut sums = vec![(0.0, 0_u32); self.tasks + 1];
        for (figure, &task) in figures.iter().zip(&self.task_of) {
            if let Some(figure) = figure {
                sums[task].0 += figure;
                sums[task].1 += 1;
            }
        }
        for task in 0..self.tasks {
            if sums[task].1 > 0 {
                sums[self.tasks].0 += sums[task].0 / f64::from(sums[task].1);
                sums[self.tasks].1 += 1;
            }
        }
        figures.extend(sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))));
        figures
    }

    /// All intervals.
    pub(super) fn intervals(&self, seed: Seed) -> Intervals {
        let totals = self.clusters.totals();
        let by_haystack = self.clusters.suffice();
        let some_by_credit = self.is_by_credit.contains(&true);
        let all = |tallies: &[Tallies]| -> Vec<Figures> {
            let of = |rule| {
                let [circular, per_try] =
                    [Measure::Circular, Measure::PerTry].map(|measure| self.figures(tallies, rule, measure));
                let main = some_by_credit.then(|| self.figures(tallies, rule, Measure::Main));
                let main = main.unwrap_or_else(|| circular.clone());
                [circular, per_try, main]
            };
            (0..self.readings).map(of).collect()
        };
        let drawn: Vec<Vec<Figures>> = if by_haystack {
            self.clusters.resampled(seed, all)
        } else {
            (0..RESAMPLES).into_par_iter().map(|index| all(&self.draw_samples(seed, index))).collect()
        };
        let shares = all(&totals);
        let of = (0..self.readings).map(|rule| {
            MEASURES.map(|measure| {
                (0..shares[rule][measure as usize].len())
                    .map(|figure| {
                        let at = measure as usize;
                        let share = shares[rule][at][figure].unwrap_or(0.0);
                        let values = drawn.iter().filter_map(|draw| draw[rule][at][figure]).collect();
                        self.interval(&totals, (figure, measure), share, values)
                    })
                    .collect()
            })
        });
        let method = if by_haystack { BY_CLUSTERS } else { BY_SAMPLES };
        Intervals { of: of.collect(), groups: totals.len(), method: method.to_owned(), shares }
    }

    /// The interval of one figure, of which `values` were drawn.
    fn interval(
        &self,
        totals: &[Tallies],
        (figure, measure): (usize, Measure),
        share: f64,
        values: Vec<f64>,
    ) -> [f64; 2] {
        let samples = self.effective(totals, figure, |tallies| tallies.samples);
        let is_independent = !self.clusters.suffice() || self.is_share_of_independent(figure);
        let is_by_credit = measure == Measure::Main && self.has_credit(figure);
        if measure != Measure::PerTry && !is_by_credit && is_independent {
            return wilson_share(share, samples);
        }
        let units = if self.clusters.suffice() {
            self.clusters.touching(|group| self.is_inside(group, figure)).max(1) as f64
        } else {
            samples
        };
        let independent = match measure {
            // Credits vary less than what is right or wrong: so many samples are worth more.
            Measure::Main if is_by_credit => f64::INFINITY,
            Measure::Circular | Measure::Main => samples,
            Measure::PerTry => self.effective(totals, figure, |tallies| tallies.tries),
        };
        // Where all are alike there is no spread to draw from, but they are finitely many.
        let worth = worth(&values, share, units).unwrap_or(units);
        let by_spread = wilson_share(share, worth.min(independent));
        let drawn = percentiles(values, share).unwrap_or(by_spread);
        widened(hull(drawn, by_spread), units)
    }

    /// Whether samples of `group` count in `figure`.
    fn is_inside(&self, group: usize, figure: usize) -> bool {
        match figure.checked_sub(self.task_of.len()) {
            None => figure == group,
            Some(mean) => mean == self.tasks || self.task_of[group] == mean,
        }
    }

    /// Whether a mean credit counts in `figure`.
    fn has_credit(&self, figure: usize) -> bool {
        self.is_by_credit
            .iter()
            .enumerate()
            .any(|(group, by_credit)| *by_credit && self.is_inside(group, figure))
    }

    /// How many samples or tries, as `count` says, a weighted mean is worth: of shares of `n` each with weights `w`, which add up to
    /// 1, it is `1 / sum(w * w / n)` (Kish 1965). All of them where types are of one size.
    fn effective(&self, totals: &[Tallies], figure: usize, count: fn(&Tallies) -> u32) -> f64 {
        let inside: Vec<usize> = (0..totals.len()).filter(|&group| self.is_inside(group, figure)).collect();
        let tasks: BTreeSet<usize> = inside.iter().map(|&group| self.task_of[group]).collect();
        let worth = |&group: &usize| {
            let types = inside.iter().filter(|&&other| self.task_of[other] == self.task_of[group]).count();
            let weight = 1.0 / (types * tasks.len()) as f64;
            weight * weight / f64::from(count(&totals[group]).max(1))
        };
        let sum: f64 = inside.iter().map(worth).sum();
        if sum > 0.0 { 1.0 / sum } else { 1.0 }
    }

    /// A group of which no haystack holds two samples is a simple proportion.
    fn is_share_of_independent(&self, figure: usize) -> bool {
        self.is_clustered.get(figure).is_some_and(|clustered| !clustered || !self.clusters.suffice())
    }

    /// Draws samples within each group.
    fn draw_samples(&self, seed: Seed, index: u32) -> Vec<Tallies> {
        let mut stream = seed.stream("score/bootstrap/samples", u64::from(index));
        self.samples.iter().map(|alike| alike.draw(&mut stream)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tally::Tally;
    use super::*;

    #[test]
    fn wilson_agrees_with_published_values() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (correct, of, want) in [
            (81, 263, [0.2553, 0.3662]),
            (15, 148, [0.0624, 0.1605]),
            (0, 20, [0.0, 0.1611]),
            (1, 29, [0.0061, 0.1718]),
        ] {
            let got = wilson(correct, of);
            assert!((got[0] - want[0]).abs() < 5e-5 && (got[1] - want[1]).abs() < 5e-5, "{got:?} {want:?}");
        }
        assert!(wilson(0, 0)[0] <= 0.0 && wilson(0, 0)[1] >= 1.0);
    }

    proptest::proptest! {
        #[test]
        fn wilson_holds_its_estimate(of in 1_u64..100_000, share in 0_u64..=1000) {
            let correct = of * share / 1000;
            let [low, high] = wilson(correct, of);
            let estimate = correct as f64 / of as f64;
            proptest::prop_assert!(0.0 <= low && low <= estimate && estimate <= high && high <= 1.0);
        }
    }

    #[test]
    fn clustered_samples_widen_the_interval() {
        // 40 haystacks, each all right or all wrong in ten samples: as if there were 40 samples, not 400.
        let entries: Vec<Entry<'_, u32>> = (0..400)
            .map(|sample| {
                let right = u32::from(sample % 40 % 2 == 0);
                // Under the other rule the first five of each ten are right.
                let other = u32::from(sample / 40 < 5);
                let tally = |right| Tally { right_samples: right, right_tries: right * 4, credit: 0 };
                let readings = [tally(right), tally(other), Tally::default()];
                let tallies = Tallies { samples: 1, tries: 4, readings };
                Entry { task: "t", kind: "k", cluster: sample % 40, is_by_credit: false, tallies }
            })
            .collect();
        let population = Population::new(&entries, 2);
        let intervals = population.intervals(Seed::new(0));
        for measure in MEASURES {
            for [low, high] in [intervals.group(0, measure, 0), intervals.mean(0, measure, 1)] {
                assert!((0.30..0.38).contains(&low) && (0.62..0.70).contains(&high), "{low} {high}");
            }
            // Under the other rule all haystacks are alike, so there is no spread to draw from: Wilson, over haystacks.
            let [low, high] = intervals.mean(1, measure, 1);
            assert!((0.34..0.36).contains(&low) && (0.64..0.66).contains(&high), "{low} {high}");
        }
    }
}
