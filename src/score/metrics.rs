//! Averages: samples to types, types to tasks, tasks to one number, as VNBench takes them.
//!
//! In: joined samples. Out: accuracy under both letter rules, with intervals and chance levels. Counts are summed as
//! integers and divided once.

use std::collections::BTreeMap;

use super::file::{Chance, Group, RuleScores};
use super::interval::{Counts, Entry, Population, wilson};
use super::join::{Sample, Verdict};
use crate::answers::Rule;
use crate::seed::Seed;

/// Both rules' scores, and how the intervals of means were made.
pub(super) struct Metrics {
    pub(super) rules: BTreeMap<String, RuleScores>,
    pub(super) method: String,
    pub(super) clusters: u64,
}

/// Sums over the samples of one type, or of one type within one task.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    counts: Counts,
    tries: u64,
    correct_tries: [u64; 2],
    unreadable: [u64; 2],
    missing: u64,
    chance: Chance,
}

impl Sums {
    fn take(&mut self, sample: &Sample) {
        self.counts.add(counts(sample));
        self.tries += sample.tries.len() as u64;
        self.missing += sample.count(0, Verdict::Missing);
        for rule in 0..2 {
            self.correct_tries[rule] += sample.count(rule, Verdict::Correct);
            self.unreadable[rule] += sample.count(rule, Verdict::Unreadable);
        }
        let one = 1.0 / sample.row.options.len().max(1) as f64;
        self.chance.per_try += one;
        self.chance.circular_content += one;
        self.chance.circular_letters += sample.tries.iter().fold(1.0, |product, _| product * one);
    }

    fn add(&mut self, other: &Self) {
        self.counts.add(other.counts);
        self.tries += other.tries;
        self.missing += other.missing;
        for rule in 0..2 {
            self.correct_tries[rule] += other.correct_tries[rule];
            self.unreadable[rule] += other.unreadable[rule];
        }
        self.chance.per_try += other.chance.per_try;
        self.chance.circular_content += other.chance.circular_content;
        self.chance.circular_letters += other.chance.circular_letters;
    }

    /// Shares of these samples; a group has at least one.
    fn group(&self, rule: usize) -> Group {
        let samples = self.counts.samples as f64;
        Group {
            circular: self.counts.correct[rule] as f64 / samples,
            per_try: self.correct_tries[rule] as f64 / self.tries as f64,
            interval: wilson(self.counts.correct[rule], self.counts.samples),
            samples: self.counts.samples,
            correct: self.counts.correct[rule],
            tries: self.tries,
            correct_tries: self.correct_tries[rule],
            unreadable: self.unreadable[rule],
            missing: self.missing,
            chance: Chance {
                per_try: self.chance.per_try / samples,
                circular_letters: self.chance.circular_letters / samples,
                circular_content: self.chance.circular_content / samples,
            },
        }
    }
}

fn counts(sample: &Sample) -> Counts {
    Counts { samples: 1, correct: [0, 1].map(|rule| u64::from(sample.is_correct(rule))) }
}

/// The mean of `parts`, with their counts summed.
fn mean(parts: &[Group], interval: [f64; 2]) -> Group {
    let count = parts.len().max(1) as f64;
    let average = |field: fn(&Group) -> f64| parts.iter().map(field).sum::<f64>() / count;
    let total = |field: fn(&Group) -> u64| parts.iter().map(field).sum::<u64>();
    Group {
        circular: average(|part| part.circular),
        per_try: average(|part| part.per_try),
        interval,
        samples: total(|part| part.samples),
        correct: total(|part| part.correct),
        tries: total(|part| part.tries),
        correct_tries: total(|part| part.correct_tries),
        unreadable: total(|part| part.unreadable),
        missing: total(|part| part.missing),
        chance: Chance {
            per_try: average(|part| part.chance.per_try),
            circular_letters: average(|part| part.chance.circular_letters),
            circular_content: average(|part| part.chance.circular_content),
        },
    }
}

/// Measures everything but the cells.
pub(super) fn measure(samples: &[Sample], seed: Seed) -> Metrics {
    // A type belongs to one task; should a user's dataset say otherwise, each pair is a part of its own task.
    let mut sums: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    for sample in samples {
        sums.entry((&sample.row.task, &sample.row.kind)).or_default().take(sample);
    }
    let mut tasks: Vec<&str> = sums.keys().map(|(task, _)| *task).collect();
    tasks.dedup();
    let population = population(samples, &sums, &tasks);
    let intervals = population.intervals(seed);
    let rules = Rule::ALL.iter().enumerate().map(|(rule, name)| {
        let means = &intervals.of_rule[rule];
        let mut types: BTreeMap<&str, Sums> = BTreeMap::new();
        for ((_, kind), own) in &sums {
            types.entry(kind).or_default().add(own);
        }
        let task_groups: Vec<Group> = tasks
            .iter()
            .zip(means)
            .map(|(task, interval)| {
                let own = sums.iter().filter(|((of, _), _)| of == task);
                let parts: Vec<Group> = own.map(|(_, sums)| sums.group(rule)).collect();
                mean(&parts, *interval)
            })
            .collect();
        let scores = RuleScores {
            overall: mean(&task_groups, means[tasks.len()]),
            tasks: tasks.iter().map(|task| (*task).to_owned()).zip(task_groups).collect(),
            types: types.into_iter().map(|(kind, own)| (kind.to_owned(), own.group(rule))).collect(),
        };
        (name.name().to_owned(), scores)
    });
    Metrics { rules: rules.collect(), method: intervals.method, clusters: population.clusters.len() as u64 }
}

fn population(samples: &[Sample], sums: &BTreeMap<(&str, &str), Sums>, tasks: &[&str]) -> Population {
    let group_of: BTreeMap<(&str, &str), usize> = sums.keys().copied().zip(0..).collect();
    let mut clusters: BTreeMap<String, BTreeMap<usize, Counts>> = BTreeMap::new();
    for sample in samples {
        let group = group_of[&(sample.row.task.as_str(), sample.row.kind.as_str())];
        clusters.entry(sample.cluster()).or_default().entry(group).or_default().add(counts(sample));
    }
    let entries = |own: BTreeMap<usize, Counts>| {
        own.into_iter().map(|(group, counts)| Entry { group, counts }).collect::<Vec<_>>()
    };
    Population {
        clusters: clusters.into_values().map(entries).collect(),
        task_of: sums.keys().map(|(task, _)| tasks.iter().position(|of| of == task).unwrap_or(0)).collect(),
        tasks: tasks.len(),
    }
}
