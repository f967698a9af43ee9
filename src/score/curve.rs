//! Accuracy by length: what a curve shows.
//!
//! In: the samples of a run. Out: for overall and each task the mean of its types at each length, as the main figures and the
//! effective length take it, with the interval that these figures have.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::rounded;
use super::interval::{Entry, Measure, Population};
use super::tally::{Tallies, Tally};
use super::{SampleVerdicts, Scores};
use crate::question::OVERALL;
use crate::seed::Seed;

/// Accuracy at one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LengthShare {
    /// Number of samples.
    pub samples: u64,
    /// Mean of the tasks, or of one task's types: 0 to 1.
    pub circular: f64,
    /// Its 95% interval.
    pub interval: [f64; 2],
}

fn entry(sample: &SampleVerdicts) -> Entry<'_, &str> {
    let tries = sample.verdicts.len() as u32;
    let right = sample.verdicts.bytes().filter(|verdict| *verdict == b'C').count() as u32;
    let right_samples = u32::from(right == tries && tries > 0);
    // One reading is enough here.
    let tally = Tally { right_samples, right_tries: right, credit: 0 };
    let readings = [tally, Tally::default(), Tally::default()];
    let tallies = Tallies { samples: 1, tries, readings };
    Entry {
        task: &sample.task,
        kind: &sample.kind,
        cluster: sample.cluster.as_str(),
        is_by_credit: false,
        tallies,
    }
}

/// By `overall` and task, then by length.
pub fn curve(scores: &Scores) -> BTreeMap<String, BTreeMap<String, LengthShare>> {
    let mut lengths: BTreeMap<&str, Vec<Entry<'_, &str>>> = BTreeMap::new();
    for sample in &scores.verdicts {
        lengths.entry(&sample.length).or_default().push(entry(sample));
    }
    let mut groups: BTreeMap<String, BTreeMap<String, LengthShare>> = BTreeMap::new();
    for (length, entries) in lengths {
        let intervals = Population::new(&entries, 1).intervals(Seed::new(scores.settings.seed));
        let tasks: BTreeSet<&str> = entries.iter().map(|entry| entry.task).collect();
        // Means stand in the order of tasks, that of all after them.
        for (at, name) in tasks.iter().copied().chain(std::iter::once(OVERALL)).enumerate() {
            let is_of_all = at == tasks.len();
            let samples = entries.iter().filter(|entry| is_of_all || entry.task == name).count() as u64;
            let share = LengthShare {
                samples,
                circular: rounded(intervals.share(0, Measure::Circular, at)),
                interval: intervals.mean(0, Measure::Circular, at).map(rounded),
            };
            groups.entry(name.to_owned()).or_default().insert(length.to_owned(), share);
        }
    }
    groups
}
