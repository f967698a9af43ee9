//! Intervals: Wilson for a share of independent samples, a bootstrap over haystacks for means of shares.
//!
//! In: counts. Out: `[low, high]` around the estimate, never empty, within 0 and 1.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::RESAMPLES;
use super::bootstrap::{Clusters, percentiles};
use crate::seed::Seed;

/// The two-sided 95% point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95% interval of `correct` out of `of`; all of 0 to 1 if there are none.
pub fn wilson(correct: u64, of: u64) -> [f64; 2] {
    if of == 0 { [0.0, 1.0] } else { wilson_share((correct as f64 / of as f64).min(1.0), of) }
}

/// Wilson's 95% interval of the share `p` of `of` samples; `of` is not 0.
pub(super) fn wilson_share(p: f64, of: u64) -> [f64; 2] {
    let n = of as f64;
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    // Rounding must not push an end past the estimate, which lies on it at 0 and 1.
    let low = if p <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
    [low, high]
}

/// Samples, right ones under both rules, tries, right ones under both rules; right samples and tries as judged.
///
/// What a judge adds stands last, so that draws from samples sorted by their counts are the same with a judge as without.
pub(super) type Counts = [i64; 8];

/// Where the right samples of each reading stand.
pub(super) const RIGHT_SAMPLES: [usize; 3] = [1, 2, 6];
/// Where the right tries of each reading stand.
pub(super) const RIGHT_TRIES: [usize; 3] = [4, 5, 7];

/// What is averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Samples that are right in every try.
    Circular,
    /// Tries that are right.
    PerTry,
}

/// Both measures, in the order of [`Intervals`].
const MEASURES: [Measure; 2] = [Measure::Circular, Measure::PerTry];

fn share(counts: &Counts, rule: usize, measure: Measure) -> Option<f64> {
    let (right, of) = match measure {
        Measure::Circular => (counts[RIGHT_SAMPLES[rule]], counts[0]),
        Measure::PerTry => (counts[RIGHT_TRIES[rule]], counts[3]),
    };
    (of > 0).then(|| right as f64 / of as f64)
}

/// What the bootstrap draws from: samples of groups (a type of a task), by cluster.
pub(super) struct Population {
    pub(super) clusters: Clusters<8>,
    /// How many ways to read there are: both rules, and a judge if one was asked.
    pub(super) readings: usize,
    /// How many samples of each group have the same counts: what is drawn from where clusters are few.
    pub(super) samples: Vec<BTreeMap<Counts, u64>>,
    /// Whether a cluster holds several samples of the group.
    pub(super) is_clustered: Vec<bool>,
    /// Task of each group.
    pub(super) task_of: Vec<usize>,
    /// Number of tasks.
    pub(super) tasks: usize,
}

/// Intervals under each reading of each measure: of each group, then of the mean of each task, last of all.
pub(super) struct Intervals {
    of: Vec<[Vec<[f64; 2]>; 2]>,
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
}

impl Population {
    /// Each group's share, then the mean of each task's groups, last of the tasks; nothing for those without samples.
    fn figures(&self, totals: &[Counts], rule: usize, measure: Measure) -> Vec<Option<f64>> {
        let mut figures: Vec<Option<f64>> =
            totals.iter().map(|counts| share(counts, rule, measure)).collect();
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
        let all = |counts: &[Counts]| -> Vec<[Vec<Option<f64>>; 2]> {
            let of = |rule| MEASURES.map(|measure| self.figures(counts, rule, measure));
            (0..self.readings).map(of).collect()
        };
        let drawn: Vec<Vec<[Vec<Option<f64>>; 2]>> = if by_haystack {
            self.clusters.resampled(seed, all)
        } else {
            (0..RESAMPLES).into_par_iter().map(|index| all(&self.draw_samples(seed, index))).collect()
        };
        let estimates = all(&totals);
        let of = (0..self.readings).map(|rule| {
            MEASURES.map(|measure| {
                let at = measure as usize;
                (0..estimates[rule][at].len())
                    .map(|figure| {
                        if measure == Measure::Circular && self.is_share_of_independent(figure) {
                            return wilson(
                                totals[figure][RIGHT_SAMPLES[rule]] as u64,
                                totals[figure][0] as u64,
                            );
                        }
                        let estimate = estimates[rule][at][figure].unwrap_or(0.0);
                        let values = drawn.iter().filter_map(|draw| draw[rule][at][figure]).collect();
                        percentiles(values, estimate)
                            .unwrap_or_else(|| self.where_all_agree(&totals, figure, estimate))
                    })
                    .collect()
            })
        });
        let method = if by_haystack {
            "bootstrap over haystacks; Wilson over haystacks where all are alike"
        } else {
            "bootstrap over samples within types, since there are fewer than 10 haystacks: their differences are not \
             counted; Wilson over samples where all are alike"
        };
        Intervals { of: of.collect(), groups: totals.len(), method: method.to_owned() }
    }

    /// A group of which no haystack holds two samples is a simple proportion.
    fn is_share_of_independent(&self, figure: usize) -> bool {
        self.is_clustered.get(figure).is_some_and(|clustered| !clustered || !self.clusters.suffice())
    }

    /// Draws samples within each group.
    fn draw_samples(&self, seed: Seed, index: u32) -> Vec<Counts> {
        let mut stream = seed.stream("score/bootstrap/samples", u64::from(index));
        self.samples
            .iter()
            .map(|kinds| {
                let samples: u64 = kinds.values().sum();
                let mut sum = Counts::default();
                for _ in 0..samples {
                    let mut draw = stream.below(samples);
                    for (counts, number) in kinds {
                        if draw < *number {
                            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                            break;
                        }
                        draw -= number;
                    }
                }
                sum
            })
            .collect()
    }

    /// Where all haystacks are alike there is no spread to draw from, but they are finitely many.
    fn where_all_agree(&self, totals: &[Counts], figure: usize, estimate: f64) -> [f64; 2] {
        let groups = totals.len();
        let inside = |group: usize| match figure.checked_sub(groups) {
            None => figure == group,
            Some(mean) => mean == self.tasks || self.task_of[group] == mean,
        };
        let of = if self.clusters.suffice() {
            self.clusters.touching(inside)
        } else {
            (0..groups).filter(|&group| inside(group)).map(|group| totals[group][0] as u64).sum()
        };
        wilson_share(estimate, of.max(1))
    }
}

#[cfg(test)]
mod tests {
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
        let clusters: BTreeMap<i64, BTreeMap<usize, Counts>> = (0..40)
            .map(|n| {
                let right = if n % 2 == 0 { 10 } else { 0 };
                (n, BTreeMap::from([(0, [10, right, 5, 40, right * 4, 20, 0, 0])]))
            })
            .collect();
        let population = Population {
            clusters: Clusters::new(&clusters, 1),
            readings: 2,
            samples: Vec::new(),
            is_clustered: vec![true],
            task_of: vec![0],
            tasks: 1,
        };
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
