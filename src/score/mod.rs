//! The score: what share of the questions a run answered, and how sure that is.
//!
//! In: the rows of a dataset and the answers of one run. Out: [`Scores`], the content of `scores.json`: a verdict a try,
//! strict circular accuracy a sample, averages as VNBench takes them (types, then tasks, then all), intervals, both chance
//! levels, and the cells of the depth-by-length heatmap. Every sample stays in the denominator; nothing is NaN.

mod age;
mod aliased;
mod asked_of;
mod bins;
mod bootstrap;
mod cells;
mod check;
mod clusters;
pub mod compare;
mod controls;
mod counting;
mod curve;
mod deaf;
mod details;
mod difficulty;
mod distance;
mod effective_length;
mod fault;
mod figures;
mod file;
mod frames_taken;
mod groups;
mod interval;
mod join;
mod judge;
mod kind_tables;
mod kinds;
pub mod leaderboard;
mod letters;
mod lines;
mod metrics;
mod normal;
mod place;
mod read;
mod reading;
mod sample;
mod sensitivity;
mod sheet;
mod slicer;
mod slices;
mod tally;
mod try_shares;
mod unheard;
mod validity;
mod verdict;
pub mod vnbench;

pub use crate::question::OVERALL;
pub use age::age;
pub use aliased::Aliased;
pub use asked_of::{are_asked_of, check_asked};
pub use bootstrap::{FEWEST_CLUSTERS, RESAMPLES};
pub use check::check;
pub use clusters::{count as clusters, names as cluster_names};
pub use controls::score_control;
pub use curve::{LengthShare, curve};
pub use deaf::{Because, Unheard};
pub use details::{
    Axis, Confusion, Counting, EffectiveLength, LetterUse, Letters, Ordering, Replies, Slice, Slices, Visible,
};
pub use effective_length::{THRESHOLD, effective_length};
pub use fault::Error;
pub use figures::{Chance, Corrected, Group, MIXED, Main, RuleScores};
pub use file::{Cell, FORMAT_VERSION, SampleVerdicts, Scores, Settings, write};
pub use groups::{GroupShare, Groups};
pub use interval::wilson;
pub use join::ends;
pub use kind_tables::{Figure, KindTable, TableKind, kind_tables};
pub use kinds::{Existence, Gap, Stale};
pub use place::{DepthSource, Place, place};
pub use read::{is_scores, read};
pub use reading::{JudgeUse, Reading, asked};
pub use sensitivity::{Contrast, Sensitivity, sensitivity};
pub use sheet::Sheet;
pub use unheard::unheard;
pub use verdict::Verdict;

use std::collections::BTreeMap;

use rayon::prelude::*;

use sample::Sample;

use metrics::Metrics;

use crate::answers::Answers;
use crate::answers::judged::Judged;
use crate::dataset::Row;
use crate::digest;
use crate::question::Control;
use crate::sampler::Sampler;
use crate::seed::Seed;

/// Share of intervals that hold the true value.
pub const CONFIDENCE: f64 = 0.95;

/// What a run is scored with.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Name of the model; absent, the one that the answers state, else `fallback_model`.
    pub model: Option<String>,
    /// Name where neither says one.
    pub fallback_model: String,
    /// How replies are read.
    pub rule: Reading,
    /// What a judge says of replies that the robust rule cannot read, if one was asked.
    pub judged: Option<Judged>,
    /// The sampler through which the model saw the videos, for answers that do not say which frames were sent.
    pub sampler: Option<Sampler>,
    /// Share of the shortest length's accuracy that the effective length has to reach.
    pub threshold: f64,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// The control that the rows are of, if they are of one.
    pub control: Option<Control>,
}

impl Options {
    /// The robust rule, no judge, no sampler, [`THRESHOLD`], seed 0.
    pub fn new(fallback_model: impl Into<String>) -> Self {
        Self {
            model: None,
            fallback_model: fallback_model.into(),
            rule: Reading::Robust,
            judged: None,
            sampler: None,
            threshold: THRESHOLD,
            seed: 0,
            control: None,
        }
    }
}

impl Options {
    /// Name of the model whose answers these are.
    fn model(&self, answers: &Answers) -> String {
        self.model.as_ref().or(answers.models().first()).unwrap_or(&self.fallback_model).clone()
    }
}

/// Scores `answers` to `rows`, which [`check`] has to allow. Answers that say what they were asked have to be to these rows.
pub fn score(rows: &[Row], answers: &Answers, options: &Options) -> Result<Scores, Error> {
    let sheet = if answers.state_rows() { Sheet::of_asked(rows) } else { Sheet::of(rows) };
    score_sheet(&sheet, answers, options)
}

/// Scores `answers` to the rows of `sheet`, which [`check`] has to allow.
pub fn score_sheet(sheet: &Sheet, answers: &Answers, options: &Options) -> Result<Scores, Error> {
    check(sheet, answers, options.model.as_deref())?;
    let judged = options.judged.as_ref();
    if options.rule == Reading::Judged && judged.is_none() {
        return Err(Error::NoJudge);
    }
    let rows = sheet.rows.as_slice();
    let frames = frames_taken::FramesTaken::new(sheet, options.sampler.as_ref());
    let samples = join::join(sheet, answers, judged, &frames);
    let seed = Seed::new(options.seed);
    let rule = options.rule as usize;
    let readings = Reading::ALL.len() - usize::from(judged.is_none());
    let sampler = options.sampler.as_ref().map(Sampler::name);
    let (mut slices, mut letters) = (Slices::default(), Letters::default());
    let (mut counting, mut ordering) = (BTreeMap::new(), BTreeMap::new());
    let (mut dataset_sha256, mut verdicts) = (String::new(), Vec::new());
    // What takes longest of all that does not depend on the rest.
    let metrics = rayon::scope(|scope| {
        scope.spawn(|_| slices = slices::slices(&samples, rule, seed));
        scope.spawn(|_| ordering = counting::ordering(&samples, rows, rule, seed));
        scope.spawn(|_| counting = counting::counting(&samples, rows, rule, seed));
        scope.spawn(|_| letters = letters::letters(&samples, rows, rule, seed));
        scope.spawn(|_| dataset_sha256 = digest_of(rows.iter().map(|row| (&*row.id, row.truth()))));
        scope.spawn(|_| {
            let verdicts_of = |sample: &Sample<'_>| sample.verdicts(options.rule, judged.is_some());
            verdicts = samples.par_iter().map(verdicts_of).collect();
        });
        metrics::measure(&samples, readings, seed)
    });
    let settings = settings(sheet, options, &metrics);
    let mut letter_rules = metrics.rules;
    letter_rules.values_mut().for_each(round_rule);
    let RuleScores { overall, tasks, types } = letter_rules[options.rule.name()].clone();
    let mut scores = Scores {
        format_version: FORMAT_VERSION,
        model: options.model(answers),
        control: options.control,
        rule: options.rule,
        chance: overall.chance,
        overall,
        tasks,
        types,
        groups: groups::groups(&samples, rule, seed),
        letter_rules,
        slices,
        effective_length: BTreeMap::new(),
        cells: cells::cells(&samples, rule),
        counting,
        ordering,
        existence: kinds::existence(&samples, rows, rule, seed),
        states: kinds::states(&samples, rows, rule, seed),
        aliasing: aliased::aliased(&samples, (rows, &frames), rule, seed),
        hops: kinds::hops(&samples, rule, seed),
        gap: BTreeMap::new(),
        letters,
        visible: effective_length::visible(&samples, answers, sampler, rule, seed),
        controls: BTreeMap::new(),
        unheard: Vec::new(),
        judge: judged.map(|judged| judge::judge_use(&samples, rows, judged)),
        replies: letters::replies(&samples, rule),
        settings,
        dataset_sha256,
        verdicts,
    };
    scores.gap = kinds::gaps(&scores.types, &samples);
    scores.unheard = unheard::not_sent(sheet, answers, &scores.types);
    scores.effective_length = effective_length(&scores, options.threshold);
    Ok(scores)
}

/// What the scores were made with.
fn settings(sheet: &Sheet, options: &Options, metrics: &Metrics) -> Settings {
    Settings {
        rule: options.rule,
        confidence: CONFIDENCE,
        interval_of_types: metrics.of_types.clone(),
        interval_of_cells: "wilson".to_owned(),
        interval_of_means: metrics.method.clone(),
        haystack_clusters: metrics.clusters,
        resamples: RESAMPLES,
        seed: options.seed,
        length_bins: bins::length_bins(sheet),
        depth_bins: bins::depth_bins(sheet),
        threshold: options.threshold,
        sampler: options.sampler.as_ref().map(|sampler| sampler.name().to_owned()),
    }
}

fn round_rule(rule: &mut RuleScores) {
    rule.overall.round();
    rule.tasks.values_mut().for_each(Group::round);
    rule.types.values_mut().for_each(Group::round);
}

/// The right letter of a choice, the right answer of an open row.
fn truth(row: &Row) -> &str {
    if row.has_options() { &row.gt_option } else { &row.answer }
}

/// Digest of what scoring depends on: ids and right letters, or the right answers of open rows, whatever the order of the rows.
pub fn dataset_digest(rows: &[Row]) -> String {
    digest_of(rows.iter().map(|row| (row.id.as_str(), truth(row))))
}

/// Digest of ids, each with the right letter or answer.
fn digest_of<'a>(truths: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut keys: Vec<(&str, &str)> = truths.collect();
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
mod aliased_tests;
#[cfg(test)]
mod chance_tests;
#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
mod details_tests;
#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod open_tests;
#[cfg(test)]
mod sheet_tests;
#[cfg(test)]
mod tests;
