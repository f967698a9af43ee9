//! Paired comparison of runs: the same samples, answered by two models.
//!
//! In: scores of one dataset. Out: for each group of samples how often one run is right where the other is not, the
//! exact test of `McNemar`, the difference with its interval, and the smallest difference that so many samples could have shown; for
//! several runs, every pair.
//!
//! A difference of means (types to tasks, tasks to overall) is bootstrapped over haystacks, since samples about one
//! haystack vary together; `McNemar`'s test takes samples as independent, and is told beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bootstrap::{ByCluster, Clusters, percentiles, sum_into};
use super::figures::rounded;
use super::reading::FULL_CREDIT;
use super::{Error, SampleVerdicts, Scores};
use crate::seed::Seed;

/// Quantiles of the normal distribution for a two-sided test at 5% with a power of 80%.
const Z_SUM: f64 = 1.959_963_984_540_054 + 0.841_621_233_572_914;

/// Two runs over one group of samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Number of samples that both runs have.
    pub samples: u64,
    /// Samples that both have right.
    pub both: u64,
    /// Samples that the first run alone has right.
    pub only_first: u64,
    /// Samples that the second run alone has right.
    pub only_second: u64,
    /// Accuracy of each run: mean of the tasks for all, of the types for a task, share of samples elsewhere.
    pub circular: [f64; 2],
    /// Main figure of each run, averaged in the same way: the mean IoU of spans, elsewhere the same as `circular`.
    pub main: [f64; 2],
    /// Second less first, of the main figures.
    pub difference: f64,
    /// 95% interval of the difference, by bootstrap over haystacks; null with fewer than 10 of them, or where every
    /// draw gives the same.
    pub interval: Option<[f64; 2]>,
    /// Exact two-sided test of `McNemar`, of `only_first` against `only_second`.
    pub mcnemar_p: f64,
    /// The smallest true difference that so many samples show in four of five datasets (5% two-sided, power 80%), at the
    /// share of samples on which these runs disagree; null where they agree on all.
    pub smallest_difference: Option<f64>,
}

/// Two runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Their names.
    pub runs: [String; 2],
    /// All samples.
    pub overall: Difference,
    /// By task.
    pub tasks: BTreeMap<String, Difference>,
    /// By type.
    pub types: BTreeMap<String, Difference>,
    /// By cell of the heatmap.
    pub cells: Vec<CellDifference>,
    /// Samples drawn by the bootstrap.
    pub resamples: u32,
    /// Its seed.
    pub seed: u64,
    /// Number of clusters of haystacks.
    pub haystack_clusters: u64,
}

/// Two runs in one square of the heatmap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CellDifference {
    /// Question family.
    #[serde(rename = "type")]
    pub kind: String,
    /// Length.
    pub length: String,
    /// Depth.
    pub depth_permille: Option<u16>,
    /// The runs there.
    pub difference: Difference,
}

/// What a sample adds to the main figure of its type, in units of [`FULL_CREDIT`].
fn main(sample: &SampleVerdicts, is_by_credit: bool) -> u32 {
    let share = if is_by_credit {
        sample.credit.iter().sum::<f64>() / sample.credit.len().max(1) as f64
    } else {
        f64::from(u8::from(sample.is_right()))
    };
    (share * f64::from(FULL_CREDIT)).round() as u32
}

/// Sums over the samples of one type.
#[derive(Clone, Copy, Default)]
struct Sums {
    samples: i64,
    right: [i64; 2],
    main: [i64; 2],
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.samples += other.samples;
        for run in 0..2 {
            self.right[run] += other.right[run];
            self.main[run] += other.main[run];
        }
    }
}

impl Sums {
    fn circular(&self) -> [f64; 2] {
        self.right.map(|right| right as f64 / self.samples as f64)
    }

    fn main(&self) -> [f64; 2] {
        // One division, so that of samples that are right or wrong both figures are the same number.
        self.main.map(|main| main as f64 / (self.samples * i64::from(FULL_CREDIT)) as f64)
    }
}

/// One sample in both runs.
struct Pair<'a> {
    own: &'a SampleVerdicts,
    right: [bool; 2],
    /// What each adds to the main figure, in units of [`FULL_CREDIT`].
    main: [u32; 2],
}

/// Runs can be compared if they are of one dataset.
pub fn check_same_dataset(all: &[&Scores]) -> Result<(), Error> {
    let of = |scores: &Scores| (scores.dataset_sha256.clone(), scores.control);
    match all.windows(2).find(|two| of(two[0]) != of(two[1])) {
        Some(two) => Err(Error::OtherDataset { models: [two[0].model.clone(), two[1].model.clone()] }),
        None => Ok(()),
    }
}

/// Compares two runs of one dataset.
pub fn compare(first: &Scores, second: &Scores, names: [String; 2], seed: u64) -> Result<Comparison, Error> {
    check_same_dataset(&[first, second])?;
    let by_id: BTreeMap<&str, &SampleVerdicts> =
        second.verdicts.iter().map(|own| (own.sample_id.as_str(), own)).collect();
    let pairs: Vec<Pair> = first
        .verdicts
        .iter()
        .filter_map(|own| {
            let other = by_id.get(own.sample_id.as_str())?;
            let by_credit = first.is_by_credit(&own.kind);
            let main = [own, other].map(|sample| main(sample, by_credit));
            Some(Pair { own, right: [own.is_right(), other.is_right()], main })
        })
        .collect();
    let draws = Seed::new(seed);
    let of = |keep: &dyn Fn(&Pair) -> bool| {
        let kept: Vec<&Pair> = pairs.iter().filter(|pair| keep(pair)).collect();
        difference(&kept, draws)
    };
    let names_of = |name: fn(&SampleVerdicts) -> &str| -> BTreeSet<&str> {
        pairs.iter().map(|pair| name(pair.own)).collect()
    };
    let tasks = names_of(|own| &own.task)
        .into_iter()
        .map(|task| (task.to_owned(), of(&|pair| pair.own.task == task)))
        .collect();
    let types = names_of(|own| &own.kind)
        .into_iter()
        .map(|kind| (kind.to_owned(), of(&|pair| pair.own.kind == kind)))
        .collect();
    let mut squares: BTreeMap<(&str, &str, Option<u16>), Vec<&Pair>> = BTreeMap::new();
    for pair in &pairs {
        let own = pair.own;
        squares.entry((&own.kind, &own.length, own.depth_permille)).or_default().push(pair);
    }
    let cells = squares
        .into_iter()
        .map(|((kind, length, depth_permille), pairs)| CellDifference {
            kind: kind.to_owned(),
            length: length.to_owned(),
            depth_permille,
            difference: difference(&pairs, draws),
        })
        .collect();
    let clusters: BTreeSet<&str> = pairs.iter().map(|pair| pair.own.cluster.as_str()).collect();
    Ok(Comparison {
        runs: names,
        overall: of(&|_| true),
        tasks,
        types,
        cells,
        resamples: super::RESAMPLES,
        seed,
        haystack_clusters: clusters.len() as u64,
    })
}

/// What of a type's sums is averaged, by run.
type Figure = fn(&Sums) -> [f64; 2];

/// The mean of the tasks, each of its types, of a figure of `sums`; `task_of` names the task of each type.
fn means(sums: &[Sums], figure: Figure, task_of: &[usize], tasks: usize) -> Option<[f64; 2]> {
    let mut of_task = vec![([0.0, 0.0], 0_u32); tasks];
    for (sum, &task) in sums.iter().zip(task_of).filter(|(sum, _)| sum.samples > 0) {
        for (mean, share) in of_task[task].0.iter_mut().zip(figure(sum)) {
            *mean += share;
        }
        of_task[task].1 += 1;
    }
    let there: Vec<[f64; 2]> = of_task
        .iter()
        .filter(|(_, types)| *types > 0)
        .map(|(sum, types)| sum.map(|sum| sum / f64::from(*types)))
        .collect();
    let average = |run: usize| there.iter().map(|means| means[run]).sum::<f64>() / there.len() as f64;
    (!there.is_empty()).then(|| [average(0), average(1)])
}

fn difference(pairs: &[&Pair], seed: Seed) -> Difference {
    let kinds: BTreeSet<(&str, &str)> =
        pairs.iter().map(|pair| (pair.own.task.as_str(), pair.own.kind.as_str())).collect();
    let group_of: BTreeMap<(&str, &str), usize> = kinds.iter().copied().zip(0..).collect();
    let mut tasks: Vec<&str> = kinds.iter().map(|(task, _)| *task).collect();
    tasks.dedup();
    let place = |task: &str| tasks.iter().position(|own| *own == task).unwrap_or(0);
    let task_of: Vec<usize> = kinds.iter().map(|(task, _)| place(task)).collect();
    let mut clusters = ByCluster::new();
    let count = |right: [bool; 2]| pairs.iter().filter(|pair| pair.right == right).count() as u64;
    for pair in pairs {
        let group = group_of[&(pair.own.task.as_str(), pair.own.kind.as_str())];
        let sums = Sums { samples: 1, right: pair.right.map(i64::from), main: pair.main.map(i64::from) };
        sum_into(&mut clusters, pair.own.cluster.as_str(), group, sums);
    }
    let packed = Clusters::new(&clusters, kinds.len());
    let totals = packed.totals();
    let [circular, main] = [Sums::circular as Figure, Sums::main]
        .map(|figure| means(&totals, figure, &task_of, tasks.len()).unwrap_or([0.0, 0.0]));
    let estimate = main[1] - main[0];
    let interval = packed.suffice().then(|| {
        let drawn = packed.resampled(seed, |sums| means(sums, Sums::main, &task_of, tasks.len()));
        percentiles(drawn.into_iter().flatten().map(|[first, second]| second - first).collect(), estimate)
    });
    let (only_first, only_second) = (count([true, false]), count([false, true]));
    Difference {
        samples: pairs.len() as u64,
        both: count([true, true]),
        only_first,
        only_second,
        circular: circular.map(rounded),
        main: main.map(rounded),
        difference: rounded(estimate),
        interval: interval.flatten().map(|ends| ends.map(rounded)),
        mcnemar_p: rounded(mcnemar(only_first, only_second)),
        smallest_difference: smallest_difference(only_first + only_second, pairs.len() as u64).map(rounded),
    }
}

/// The exact test of `McNemar`.
///
/// How likely is so uneven a split of the samples on which the runs disagree, if each is as likely to be right as the other?
/// Twice the smaller tail of the binomial distribution of one half, at most 1.
pub fn mcnemar(only_first: u64, only_second: u64) -> f64 {
    let (n, least) = (only_first + only_second, only_first.min(only_second));
    if n == 0 {
        return 1.0;
    }
    // Terms relative to the middle one never overflow, however many samples there are.
    let middle = n / 2;
    let relative = |from: u64, to: u64| {
        // The ratio of neighbouring binomial coefficients is (n - k) / (k + 1).
        let mut term = 1.0_f64;
        let mut terms = vec![term];
        for k in (from..to).rev() {
            term *= (k + 1) as f64 / (n - k) as f64;
            terms.push(term);
        }
        terms
    };
    // From the middle down to 0; the upper half mirrors it.
    let down = relative(0, middle);
    let tail: f64 = down.iter().skip((middle - least) as usize).sum();
    let half: f64 = down.iter().sum();
    let all = if n.is_multiple_of(2) { 2.0 * half - 1.0 } else { 2.0 * half };
    (2.0 * tail / all).min(1.0)
}

/// p-values of several tests, corrected for their number, in the order that they are given in.
///
/// Holm's method (1979, Scandinavian Journal of Statistics 6): who calls those below 5% shown is wrong of any of them in one of twenty
/// such families of tests at most.
pub fn holm(uncorrected: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..uncorrected.len()).collect();
    order.sort_by(|&one, &other| uncorrected[one].total_cmp(&uncorrected[other]));
    let mut corrected = vec![1.0; uncorrected.len()];
    let mut least = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        least = least.max(uncorrected[at] * (uncorrected.len() - rank) as f64).min(1.0);
        corrected[at] = least;
    }
    corrected
}

/// The smallest difference of shares that `McNemar`'s test shows with a power of 80%: (z of 97.5% + z of 80%) times the
/// standard error of the difference where the runs disagree on this many samples (Connor 1987, Biometrics 43, at first
/// order).
fn smallest_difference(disagree: u64, samples: u64) -> Option<f64> {
    if disagree == 0 || samples == 0 {
        return None;
    }
    Some((Z_SUM * (disagree as f64).sqrt() / samples as f64).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mcnemar_is_the_binomial_test() {
        // R: binom.test(b, b + c)$p.value, and McNemar's own example of 1947.
        for (first, second, want) in [
            (0, 0, 1.0),
            (5, 5, 1.0),
            (0, 5, 0.0625),
            (1, 9, 0.021_484_375),
            (10, 25, 0.016_673_8),
            (3, 4, 1.0),
            (2, 3, 1.0),
            (0, 1, 1.0),
        ] {
            let got = mcnemar(first, second);
            assert!((got - want).abs() < 1e-6, "{first} {second}: {got}");
            assert!((mcnemar(second, first) - got).abs() < 1e-15);
        }
        assert!(mcnemar(40_000, 60_000) < 1e-9 && mcnemar(50_000, 50_000) > 0.99);
    }

    #[test]
    fn p_values_are_corrected_as_holm_does() {
        // R: p.adjust(p, "holm").
        for (uncorrected, want) in [
            (&[0.01, 0.04, 0.03, 0.005][..], &[0.03, 0.06, 0.06, 0.02][..]),
            (&[0.02], &[0.02]),
            (&[0.6, 0.7, 0.001], &[1.0, 1.0, 0.003]),
            (&[], &[]),
        ] {
            let got = holm(uncorrected);
            assert_eq!(got.len(), want.len());
            assert!(got.iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-12), "{got:?}");
        }
    }

    #[test]
    fn more_samples_show_smaller_differences() {
        // 100 of 1,350 samples disagree: 2.80 x 10 / 1350.
        assert!((smallest_difference(100, 1350).unwrap() - 0.020_752).abs() < 1e-5);
        assert!(smallest_difference(400, 5400).unwrap() < 0.011);
        assert_eq!(smallest_difference(0, 10), None);
    }
}
