//! Averages: samples to types, types to tasks, tasks to one number, as VNBench takes them.
//!
//! In: joined samples. Out: accuracy under both letter rules, and as judged if a judge was asked, with intervals and chance levels. Counts are summed as
//! integers and divided once.

use std::collections::BTreeMap;

use super::figures::{Chance, Corrected, Group, MIXED, Main, RuleScores, is_by_credit};
use super::interval::{Entry, Intervals, Measure, Population};
use super::reading::Reading;
use super::sample::Sample;
use super::tally::Tallies;
use super::verdict::Verdict;
use crate::answers::kind::{self, Pair};
use crate::question::{AnswerKind, Form};
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
    form: Form,
    answer_kind: AnswerKind,
    tallies: Tallies,
    /// Open answers as they were read, and what is right.
    pairs: Vec<Pair>,
    by_tries: [Vec<u64>; 3],
    unreadable: [u64; 3],
    missing: u64,
    chance: Chance,
}

fn entry<'a>(sample: &'a Sample<'_>) -> Entry<'a, u32> {
    Entry {
        task: &sample.row.task,
        kind: &sample.kind,
        cluster: sample.cluster.rank,
        is_by_credit: is_by_credit(sample.row.answer_kind),
        tallies: Tallies::of(sample),
    }
}

impl Sums {
    fn take(&mut self, sample: &Sample) {
        self.tallies += Tallies::of(sample);
        self.form = sample.row.form;
        self.answer_kind = sample.row.answer_kind;
        self.missing += sample.count(0, Verdict::Missing);
        for rule in 0..Reading::ALL.len() {
            self.unreadable[rule] += sample.count(rule, Verdict::Unreadable);
            let right = sample.count(rule, Verdict::Correct) as usize;
            if self.by_tries[rule].len() <= sample.tries.len() {
                self.by_tries[rule].resize(sample.tries.len() + 1, 0);
            }
            self.by_tries[rule][right] += 1;
        }
        if !sample.row.has_options() {
            self.take_open(sample);
            return;
        }
        let one = 1.0 / sample.row.options().len().max(1) as f64;
        self.chance.per_try += one;
        self.chance.circular_content += one;
        self.chance.circular_letters += sample.tries.iter().fold(1.0, |product, _| product * one);
    }

    fn take_open(&mut self, sample: &Sample) {
        let chance = sample.row.chance;
        self.chance.per_try += chance;
        self.chance.circular_content += chance;
        self.chance.circular_letters += chance;
        if let Ok(truth) = kind::truth(&sample.row.asked(), &sample.row.answer) {
            let pair = |given| Pair { given, truth: truth.clone() };
            self.pairs.extend(sample.tries.iter().map(|own| pair(own.read.value.clone())));
        }
    }

    /// Shares of these samples; a group has at least one.
    fn group(&self, rule: usize, intervals: &Intervals, group: usize) -> Group {
        let Tallies { samples, tries, readings } = self.tallies;
        let tally = readings[rule];
        let [of_samples, of_tries] = [f64::from(samples), f64::from(tries)];
        let chance = Chance {
            per_try: self.chance.per_try / of_samples,
            circular_letters: self.chance.circular_letters / of_samples,
            circular_content: self.chance.circular_content / of_samples,
        };
        let circular = f64::from(tally.right_samples) / of_samples;
        let per_try = f64::from(tally.right_tries) / of_tries;
        let credit = self.tallies.credit(rule);
        let measures = match self.form {
            Form::Choice => BTreeMap::new(),
            Form::Open => kind::measures(self.answer_kind, &self.pairs),
        };
        Group {
            main: Main {
                measure: kind::main_measure(self.answer_kind).to_owned(),
                value: if is_by_credit(self.answer_kind) { credit } else { circular },
                chance: chance.circular_letters,
                interval: intervals.group(rule, Measure::Main, group),
            },
            form: Some(self.form),
            answer_kind: Some(self.answer_kind),
            credit,
            measures,
            circular,
            per_try,
            interval: intervals.group(rule, Measure::Circular, group),
            per_try_interval: intervals.group(rule, Measure::PerTry, group),
            corrected: Corrected::of(circular, per_try, chance),
            samples: u64::from(samples),
            correct: u64::from(tally.right_samples),
            by_tries: self.by_tries[rule].clone(),
            tries: u64::from(tries),
            correct_tries: u64::from(tally.right_tries),
            unreadable: self.unreadable[rule],
            missing: self.missing,
            complete: 1.0 - self.missing as f64 / of_tries,
            chance,
        }
    }
}

/// Intervals of a mean.
struct Ends {
    circular: [f64; 2],
    per_try: [f64; 2],
    main: [f64; 2],
}

impl Ends {
    /// Of what `end` gives for each measure.
    fn of(end: impl Fn(Measure) -> [f64; 2]) -> Self {
        Self { circular: end(Measure::Circular), per_try: end(Measure::PerTry), main: end(Measure::Main) }
    }
}

/// The measure of `parts`: theirs, if it is one.
fn common_measure(parts: &[&Group]) -> String {
    let first = parts.first().map_or(MIXED, |part| &part.main.measure);
    let is_one = parts.iter().all(|part| part.main.measure == first);
    if is_one { first } else { MIXED }.to_owned()
}

/// The mean of `parts`, with their counts summed.
fn mean<'a>(parts: impl IntoIterator<Item = &'a Group>, ends: &Ends) -> Group {
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
        main: Main {
            measure: common_measure(&parts),
            value: average(|part| part.main.value),
            chance: average(|part| part.main.chance),
            interval: ends.main,
        },
        form: None,
        answer_kind: None,
        credit: average(|part| part.credit),
        measures: BTreeMap::new(),
        circular,
        per_try,
        interval: ends.circular,
        per_try_interval: ends.per_try,
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
        sums.entry((&sample.row.task, &*sample.kind)).or_default().take(sample);
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
        let of_mean = |task| Ends::of(|measure| intervals.mean(rule, measure, task));
        let task_groups: Vec<Group> = tasks
            .iter()
            .enumerate()
            .map(|(at, task)| {
                let parts = groups.iter().filter(|((of, _), _)| of == task).map(|(_, group)| group);
                mean(parts, &of_mean(at))
            })
            .collect();
        let scores = RuleScores {
            overall: mean(&task_groups, &of_mean(tasks.len())),
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

/// The means of the measures that all of `groups` have.
fn common_measures(groups: &[Group]) -> BTreeMap<String, f64> {
    let mean = |name: &String| {
        let values: Option<Vec<f64>> = groups.iter().map(|group| group.measures.get(name).copied()).collect();
        Some((name.clone(), values?.iter().sum::<f64>() / groups.len() as f64))
    };
    groups[0].measures.keys().filter_map(mean).collect()
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
            let ends = Ends {
                circular: widest(|group| group.interval),
                per_try: widest(|group| group.per_try_interval),
                main: widest(|group| group.main.interval),
            };
            let Group { form, answer_kind, .. } = groups[0];
            Group { form, answer_kind, measures: common_measures(&groups), ..mean(&groups, &ends) }
        };
        (kind.to_owned(), group)
    };
    types.into_iter().map(one).collect()
}
