//! Intervals: Wilson for a share of independent samples, a bootstrap over haystacks for means of shares.
//!
//! In: counts. Out: `[low, high]` around the estimate, never empty, within 0 and 1. Samples about one haystack vary
//! together, so the bootstrap draws whole haystacks; what it draws depends on the seed alone.

use rayon::prelude::*;

use super::RESAMPLES;
use crate::seed::Seed;

/// The two-sided 95% point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// With fewer clusters their spread says too little of the haystacks that were not drawn.
const FEWEST_CLUSTERS: usize = 10;

/// Wilson's 95% interval of `correct` out of `of`; all of 0 to 1 if there are none.
pub fn wilson(correct: u64, of: u64) -> [f64; 2] {
    if of == 0 { [0.0, 1.0] } else { wilson_share((correct as f64 / of as f64).min(1.0), of) }
}

/// Wilson's 95% interval of the share `p` of `of` samples; `of` is not 0.
fn wilson_share(p: f64, of: u64) -> [f64; 2] {
    let n = of as f64;
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    // Rounding must not push an end past the estimate, which lies on it at 0 and 1.
    let low = if p <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
    [low, high]
}

/// Samples of one group (a type of a task) in one cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Which group.
    pub(super) group: usize,
    /// Samples, and how many of them are right under each rule.
    pub(super) counts: Counts,
}

/// Samples, and how many of them are right under each rule.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) samples: u64,
    pub(super) correct: [u64; 2],
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.samples += other.samples;
        for (sum, one) in self.correct.iter_mut().zip(other.correct) {
            *sum += one;
        }
    }
}

/// What the bootstrap draws from.
pub(super) struct Population {
    /// Entries of each cluster.
    pub(super) clusters: Vec<Vec<Entry>>,
    /// Task of each group.
    pub(super) task_of: Vec<usize>,
    /// Number of tasks.
    pub(super) tasks: usize,
}

/// The clusters in one run of memory: the bootstrap visits them a thousand times in random order.
struct Packed {
    /// Where the entries of each cluster begin, and the end.
    starts: Vec<usize>,
    /// Group, samples, and right ones under each rule.
    entries: Vec<[u32; 4]>,
}

/// Intervals of the mean of each task and, last, of all.
pub(super) struct MeanIntervals {
    /// One list for each rule.
    pub(super) of_rule: [Vec<[f64; 2]>; 2],
    /// How they were made.
    pub(super) method: String,
}

impl Population {
    fn totals(&self) -> Vec<Counts> {
        let mut totals = vec![Counts::default(); self.task_of.len()];
        for entry in self.clusters.iter().flatten() {
            totals[entry.group].add(entry.counts);
        }
        totals
    }

    /// Mean of each task's types and, last, of the tasks; nothing for a task without samples.
    pub(super) fn means(&self, totals: &[Counts], rule: usize) -> Vec<Option<f64>> {
        let mut sums = vec![(0.0, 0_u32); self.tasks + 1];
        for (counts, &task) in totals.iter().zip(&self.task_of) {
            if counts.samples > 0 {
                sums[task].0 += counts.correct[rule] as f64 / counts.samples as f64;
                sums[task].1 += 1;
            }
        }
        for task in 0..self.tasks {
            if sums[task].1 > 0 {
                sums[self.tasks].0 += sums[task].0 / f64::from(sums[task].1);
                sums[self.tasks].1 += 1;
            }
        }
        sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect()
    }

    /// The bootstrap.
    pub(super) fn intervals(&self, seed: Seed) -> MeanIntervals {
        let totals = self.totals();
        let by_haystack = self.clusters.len() >= FEWEST_CLUSTERS;
        let packed = self.packed();
        let drawn: Vec<Vec<Counts>> = (0..RESAMPLES)
            .into_par_iter()
            .map(|index| {
                if by_haystack {
                    self.draw_clusters(&packed, seed, index, totals.len())
                } else {
                    draw_samples(&totals, seed, index)
                }
            })
            .collect();
        let of_rule = [0, 1].map(|rule| {
            let estimates = self.means(&totals, rule);
            let resampled: Vec<Vec<Option<f64>>> =
                drawn.iter().map(|counts| self.means(counts, rule)).collect();
            (0..=self.tasks)
                .map(|mean| {
                    let estimate = estimates[mean].unwrap_or(0.0);
                    let mut values: Vec<f64> = resampled.iter().filter_map(|means| means[mean]).collect();
                    values.sort_by(f64::total_cmp);
                    percentiles(&values, estimate)
                        .unwrap_or_else(|| self.where_all_agree(&totals, mean, estimate, by_haystack))
                })
                .collect()
        });
        let method = if by_haystack {
            "bootstrap over haystacks; Wilson over haystacks where all are alike"
        } else {
            "bootstrap over samples within types, since there are fewer than 10 haystacks: their differences are not \
             counted; Wilson over samples where all are alike"
        };
        MeanIntervals { of_rule, method: method.to_owned() }
    }

    fn draw_clusters(&self, packed: &Packed, seed: Seed, index: u32, groups: usize) -> Vec<Counts> {
        let mut stream = seed.stream("score/bootstrap/haystacks", u64::from(index));
        let mut counts = vec![Counts::default(); groups];
        for _ in 0..self.clusters.len() {
            let drawn = stream.below(self.clusters.len() as u64) as usize;
            for &[group, samples, one, other] in
                &packed.entries[packed.starts[drawn]..packed.starts[drawn + 1]]
            {
                let sum = &mut counts[group as usize];
                sum.samples += u64::from(samples);
                sum.correct[0] += u64::from(one);
                sum.correct[1] += u64::from(other);
            }
        }
        counts
    }

    fn packed(&self) -> Packed {
        let mut packed = Packed { starts: vec![0], entries: Vec::new() };
        for cluster in &self.clusters {
            packed.entries.extend(cluster.iter().map(|entry| {
                let [one, other] = entry.counts.correct;
                [entry.group as u32, entry.counts.samples as u32, one as u32, other as u32]
            }));
            packed.starts.push(packed.entries.len());
        }
        packed
    }

    /// Where all haystacks are alike there is no spread to draw from, but they are finitely many.
    fn where_all_agree(&self, totals: &[Counts], mean: usize, estimate: f64, by_haystack: bool) -> [f64; 2] {
        let inside = |group: usize| mean == self.tasks || self.task_of[group] == mean;
        let of = if by_haystack {
            let touched = |entries: &&Vec<Entry>| entries.iter().any(|entry| inside(entry.group));
            self.clusters.iter().filter(touched).count() as u64
        } else {
            totals
                .iter()
                .enumerate()
                .filter(|(group, _)| inside(*group))
                .map(|(_, counts)| counts.samples)
                .sum()
        };
        wilson_share(estimate, of.max(1))
    }
}

/// Draws samples within each group, for both rules the same ones as far as both are right.
fn draw_samples(totals: &[Counts], seed: Seed, index: u32) -> Vec<Counts> {
    let mut stream = seed.stream("score/bootstrap/samples", u64::from(index));
    totals
        .iter()
        .map(|total| {
            let mut counts = Counts { samples: total.samples, ..Counts::default() };
            for _ in 0..total.samples {
                let draw = stream.below(total.samples);
                for (sum, correct) in counts.correct.iter_mut().zip(total.correct) {
                    *sum += u64::from(draw < correct);
                }
            }
            counts
        })
        .collect()
}

/// The middle 95% of sorted values, widened to hold the estimate; nothing if they do not vary.
fn percentiles(values: &[f64], estimate: f64) -> Option<[f64; 2]> {
    let (first, last) = (*values.first()?, *values.last()?);
    if last <= first {
        return None;
    }
    let tail = values.len() / 40;
    Some([values[tail].min(estimate), values[values.len() - 1 - tail].max(estimate)])
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
        let clusters: Vec<Vec<Entry>> = (0..40)
            .map(|n| {
                vec![Entry {
                    group: 0,
                    counts: Counts { samples: 10, correct: [if n % 2 == 0 { 10 } else { 0 }, 5] },
                }]
            })
            .collect();
        let population = Population { clusters, task_of: vec![0], tasks: 1 };
        let intervals = population.intervals(Seed::new(0));
        let [low, high] = intervals.of_rule[0][1];
        assert!((0.30..0.38).contains(&low) && (0.62..0.70).contains(&high), "{low} {high}");
        // Under the other rule all haystacks are alike, so there is no spread to draw from: Wilson, over haystacks.
        let [low, high] = intervals.of_rule[1][1];
        assert!((0.34..0.36).contains(&low) && (0.64..0.66).contains(&high), "{low} {high}");
    }
}
