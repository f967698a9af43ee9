//! Averages: samples to types, types to tasks, tasks to one number, as VNBench takes them.
//!
//! In: joined samples. Out: accuracy under both letter rules, and as judged if a judge was asked, with intervals and chance levels. Counts are summed as
//! integers and divided once.

use std::collections::BTreeMap;

use super::file::{Chance, Corrected, Group, RuleScores};
use super::interval::{Counts, Entry, Intervals, Measure, Population, RIGHT_SAMPLES, RIGHT_TRIES};
use super::join::{Sample, Verdict};
use super::reading::Reading;
use crate::seed::Seed;

/// The scores under each reading, and how the intervals of means were made.
pub(super) struct Metrics {
    pub(super) rules: BTreeMap<String, RuleScores>,
    pub(super) method: String,
    pub(super) of_types: String,
    pub(super) clusters: u64,
}

/// Sums over the samples of one type within one task.
#[derive(Clone, Debug, Default)]
struct Sums {
    counts: Counts,
    by_tries: [Vec<u64>; 3],
    unreadable: [u64; 3],
    missing: u64,
    chance: Chance,
}

/// What one sample adds.
fn counts(sample: &Sample) -> Counts {
    let mut counts = Counts::default();
    (counts[0], counts[3]) = (1, sample.tries.len() as i64);
    for rule in 0..Reading::ALL.len() {
        counts[RIGHT_SAMPLES[rule]] = i64::from(sample.is_correct(rule));
        counts[RIGHT_TRIES[rule]] = sample.count(rule, Verdict::Correct) as i64;
    }
    counts
}

fn entry<'a>(sample: &'a Sample<'_>) -> Entry<'a> {
    Entry { task: &sample.row.task, kind: &sample.row.kind, cluster: &sample.cluster, counts: counts(sample) }
}

impl Sums {
    fn take(&mut self, sample: &Sample) {
        let counts = counts(sample);
        self.counts.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        self.missing += sample.count(0, Verdict::Missing);
        for rule in 0..Reading::ALL.len() {
            self.unreadable[rule] += sample.count(rule, Verdict::Unreadable);
            let right = sample.count(rule, Verdict::Correct) as usize;
            if self.by_tries[rule].len() <= sample.tries.len() {
                self.by_tries[rule].resize(sample.tries.len() + 1, 0);
            }
            self.by_tries[rule][right] += 1;
        }
        let one = 1.0 / sample.row.options.len().max(1) as f64;
        self.chance.per_try += one;
        self.chance.circular_content += one;
        self.chance.circular_letters += sample.tries.iter().fold(1.0, |product, _| product * one);
    }

    /// Shares of these samples; a group has at least one.
    fn group(&self, rule: usize, intervals: &Intervals, group: usize) -> Group {
        let [samples, tries] = [self.counts[0] as f64, self.counts[3] as f64];
        let chance = Chance {
            per_try: self.chance.per_try / samples,
            circular_letters: self.chance.circular_letters / samples,
            circular_content: self.chance.circular_content / samples,
        };
        let (circular, per_try) = (
            self.counts[RIGHT_SAMPLES[rule]] as f64 / samples,
            self.counts[RIGHT_TRIES[rule]] as f64 / tries,
        );
        Group {
            circular,
            per_try,
            interval: intervals.group(rule, Measure::Circular, group),
            per_try_interval: intervals.group(rule, Measure::PerTry, group),
            corrected: Corrected::of(circular, per_try, chance),
            samples: self.counts[0] as u64,
            correct: self.counts[RIGHT_SAMPLES[rule]] as u64,
            by_tries: self.by_tries[rule].clone(),
            tries: self.counts[3] as u64,
            correct_tries: self.counts[RIGHT_TRIES[rule]] as u64,
            unreadable: self.unreadable[rule],
            missing: self.missing,
            complete: 1.0 - self.missing as f64 / tries,
            chance,
        }
    }
}

/// The mean of `parts`, with their counts summed.
fn mean<'a>(parts: impl IntoIterator<Item = &'a Group>, interval: [[f64; 2]; 2]) -> Group {
    let parts: Vec<&Group> = parts.into_iter().collect();
    let count = parts.len().max(1) as f64;
    let average = |field: fn(&Group) -> f64| parts.iter().map(|part| field(part)).sum::<f64>() / count;
    let total = |field: fn(&Group) -> u64| parts.iter().map(|part| field(part)).sum::<u64>();
    let chance = Chance {
        per_try: average(|part| part.chance.per_try),
        circular_letters: average(|part| part.chance.circular_letters),
        circular_content: average(|part| part.chance.circular_content),
    };
    let (circular, per_try) = (average(|part| part.circular), average(|part| part.per_try));
    let most = parts.iter().map(|part| part.by_tries.len()).max().unwrap_or(0);
    let by_tries = (0..most).map(|right| parts.iter().filter_map(|part| part.by_tries.get(right)).sum());
    let (tries, missing) = (total(|part| part.tries), total(|part| part.missing));
    Group {
        circular,
        per_try,
        interval: interval[0],
        per_try_interval: interval[1],
        corrected: Corrected::of(circular, per_try, chance),
        samples: total(|part| part.samples),
        correct: total(|part| part.correct),
        by_tries: by_tries.collect(),
        tries,
        correct_tries: total(|part| part.correct_tries),
        unreadable: total(|part| part.unreadable),
        missing,
        complete: 1.0 - missing as f64 / tries.max(1) as f64,
        chance,
    }
}

/// Measures everything but the cells, under the first `readings` of [`Reading::ALL`].
pub(super) fn measure(samples: &[Sample], readings: usize, seed: Seed) -> Metrics {
    // A type belongs to one task; should a user's dataset say otherwise, each pair is a part of its own task.
    let mut sums: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    for sample in samples {
        sums.entry((&sample.row.task, &sample.row.kind)).or_default().take(sample);
    }
    let mut tasks: Vec<&str> = sums.keys().map(|(task, _)| *task).collect();
    tasks.dedup();
    let population = Population::new(&samples.iter().map(entry).collect::<Vec<_>>(), readings);
    let intervals = population.intervals(seed);
    let rules = Reading::ALL.iter().take(readings).enumerate().map(|(rule, name)| {
        let groups: Vec<((&str, &str), Group)> = sums
            .iter()
            .enumerate()
            .map(|(at, (key, sums))| (*key, sums.group(rule, &intervals, at)))
            .collect();
        let of_mean =
            |task| [Measure::Circular, Measure::PerTry].map(|measure| intervals.mean(rule, measure, task));
        let task_groups: Vec<Group> = tasks
            .iter()
            .enumerate()
            .map(|(at, task)| {
                let parts = groups.iter().filter(|((of, _), _)| of == task).map(|(_, group)| group);
                mean(parts, of_mean(at))
            })
            .collect();
        let scores = RuleScores {
            overall: mean(&task_groups, of_mean(tasks.len())),
            tasks: tasks.iter().map(|task| (*task).to_owned()).zip(task_groups).collect(),
            types: types(groups),
        };
        (name.name().to_owned(), scores)
    });
    let of_types = if population.clusters.suffice() && population.is_clustered.contains(&true) {
        "wilson; bootstrap over haystacks where one holds several samples of a type"
    } else {
        "wilson"
    };
    Metrics {
        rules: rules.collect(),
        method: intervals.method.clone(),
        of_types: of_types.to_owned(),
        clusters: population.clusters.len() as u64,
    }
}

/// Groups by type. A type that stands in two tasks is the mean of both, within the wider of their ends.
fn types(groups: Vec<((&str, &str), Group)>) -> BTreeMap<String, Group> {
    let mut types: BTreeMap<&str, Vec<Group>> = BTreeMap::new();
    for ((_, kind), group) in groups {
        types.entry(kind).or_default().push(group);
    }
    let one = |(kind, mut groups): (&str, Vec<Group>)| {
        let group = if groups.len() == 1 {
            groups.remove(0)
        } else {
            let widest = |of: fn(&Group) -> [f64; 2]| {
                let ends = groups.iter().map(of);
                ends.reduce(|one, other| [one[0].min(other[0]), one[1].max(other[1])]).unwrap_or([0.0, 1.0])
            };
            mean(&groups, [widest(|group| group.interval), widest(|group| group.per_try_interval)])
        };
        (kind.to_owned(), group)
    };
    types.into_iter().map(one).collect()
}
