//! The score: what share of the questions a run answered, and how sure that is.
//!
//! In: the rows of a dataset and the answers of one run. Out: [`Scores`], the content of `scores.json`: a verdict a try,
//! strict circular accuracy a sample, averages as VNBench takes them (types, then tasks, then all), intervals, both chance
//! levels, and the cells of the depth-by-length heatmap. Every sample stays in the denominator; nothing is NaN.

mod bootstrap;
mod cells;
pub mod compare;
mod counting;
mod details;
mod file;
mod interval;
mod join;
pub mod leaderboard;
mod letters;
mod metrics;
mod reach;
mod slices;
pub mod vnbench;

pub use cells::{DepthOf, Place, length_bands, place};
pub use details::{
    Confusion, Counting, EffectiveLength, LetterUse, Letters, Ordering, Replies, Slice, Slices, Visible,
};
pub use file::{
    Cell, Chance, Corrected, FORMAT_VERSION, Group, RuleScores, SampleVerdicts, Scores, Settings, is_scores,
    read, write,
};
pub use interval::wilson;
pub use join::{Verdict, ends};

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::answers::{Answers, Rule};
use crate::dataset::Row;
use crate::digest;
use crate::files;
use crate::seed::Seed;

/// Samples drawn by the bootstrap. 1,000 put the ends of a 95% interval within half a point.
pub const RESAMPLES: u32 = 1000;
/// Share of intervals that hold the true value.
pub const CONFIDENCE: f64 = 0.95;

/// A run that cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The dataset has no rows.
    #[error("the dataset holds no rows")]
    NoRows,
    /// Answers to rows that the dataset does not have.
    #[error("{count} answer(s) are to ids that the dataset does not have: {}", first.join(", "))]
    UnknownIds {
        /// How many.
        count: usize,
        /// The first of them, each with the nearest id that exists.
        first: Vec<String>,
    },
    /// The answers come from more than one model.
    #[error("the answers come from {} models: {}", models.len(), models.join(", "))]
    Models {
        /// Their names.
        models: Vec<String>,
    },
    /// Scores of different datasets.
    #[error("the scores of `{}` and `{}` are of different datasets: ids or right letters differ", models[0], models[1])]
    OtherDataset {
        /// Whose scores.
        models: [String; 2],
    },
    /// The file is not `scores.json`.
    #[error("`{path}` is not a scores file of format version {FORMAT_VERSION}")]
    NotScores {
        /// The file.
        path: String,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] files::Error),
}

/// What a run is scored with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Name of the model; absent, the one that the answers state, else `fallback_model`.
    pub model: Option<String>,
    /// Name where neither says one.
    pub fallback_model: String,
    /// How letters are read.
    pub rule: Rule,
    /// Seed of the bootstrap.
    pub seed: u64,
}

/// Scores `answers` to `rows`.
pub fn score(rows: &[Row], answers: &Answers, options: &Options) -> Result<Scores, Error> {
    if rows.is_empty() {
        return Err(Error::NoRows);
    }
    join::check_ids(rows, answers)?;
    let model = model(answers, options)?;
    let samples = join::join(rows, answers);
    let seed = Seed::new(options.seed);
    let rule = join::rule_index(options.rule);
    let metrics = metrics::measure(&samples, seed);
    let mut letter_rules = metrics.rules;
    let chosen = letter_rules[options.rule.name()].clone();
    for rule in letter_rules.values_mut() {
        round_rule(rule);
    }
    let mut overall = chosen.overall;
    overall.round();
    let rounded = |mut groups: BTreeMap<String, Group>| {
        groups.values_mut().for_each(Group::round);
        groups
    };
    Ok(Scores {
        format_version: FORMAT_VERSION,
        model,
        rule: options.rule,
        chance: overall.chance,
        overall,
        tasks: rounded(chosen.tasks),
        types: rounded(chosen.types),
        letter_rules,
        cells: cells::cells(&samples, options.rule),
        slices: slices::slices(&samples, rule, seed),
        effective_length: reach::effective_length(&samples, rule),
        counting: counting::counting(&samples, rows, rule, seed),
        ordering: counting::ordering(&samples, rows, rule, seed),
        letters: letters::letters(&samples, rows, rule, seed),
        visible: reach::visible(&samples, answers, rule, seed),
        replies: letters::replies(&samples, rows, answers, rule),
        settings: Settings {
            rule: options.rule,
            confidence: CONFIDENCE,
            interval_of_types: metrics.of_types,
            interval_of_cells: "wilson".to_owned(),
            interval_of_means: metrics.method,
            haystack_clusters: metrics.clusters,
            resamples: RESAMPLES,
            seed: options.seed,
            length_bins: cells::length_bands(rows),
            depth_bins: cells::depth_bins(rows),
        },
        dataset_sha256: dataset_digest(rows),
        verdicts: samples.iter().map(|sample| sample.verdicts(rows, answers, options.rule)).collect(),
    })
}

fn round_rule(rule: &mut RuleScores) {
    rule.overall.round();
    rule.tasks.values_mut().for_each(Group::round);
    rule.types.values_mut().for_each(Group::round);
}

fn model(answers: &Answers, options: &Options) -> Result<String, Error> {
    if let Some(model) = &options.model {
        return Ok(model.clone());
    }
    let mut models = answers.models().iter();
    match (models.next(), models.next()) {
        (None, _) => Ok(options.fallback_model.clone()),
        (Some(model), None) => Ok(model.clone()),
        _ => Err(Error::Models { models: answers.models().iter().cloned().collect() }),
    }
}

/// Digest of what scoring depends on: ids and right letters, whatever the order of the rows.
pub fn dataset_digest(rows: &[Row]) -> String {
    let mut keys: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.id.as_str(), row.gt_option.as_str())).collect();
    keys.par_sort_unstable();
    let mut text = String::new();
    for (id, letter) in keys {
        text.push_str(id);
        text.push('\t');
        text.push_str(letter);
        text.push('\n');
    }
    digest::of_bytes(text.as_bytes())
}

#[cfg(test)]
mod details_tests;
#[cfg(test)]
mod tests;
