//! The audit: can a question be answered without its video?
//!
//! In: rows of any dataset, of ours or in VNBench's form. Out: a [`Report`]: for every attack and type how often it is right,
//! with exact intervals that hold together, and every check of what the questions say. Pure: nothing but rows is looked
//! at, and the same rows give the same report.
//!
//! An attack of `options` looks at one question alone; all others learn what was right in other samples, each guessed by what
//! was learnt from samples before it in a random order.

mod binomial;
mod checks;
mod facts;
mod figure;
mod learn;
mod naming;
mod open;
#[cfg(test)]
mod open_tests;
mod options;
mod sample;
mod shown;
#[cfg(test)]
mod shown_tests;
#[cfg(test)]
mod tests;
pub mod vnbench;
#[cfg(test)]
mod when_tests;

pub use checks::Check;
pub use figure::{Figure, Share};

use std::collections::BTreeMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::Row;
use crate::needle::Library;
use facts::{Bases, Fact};
use figure::{Guess, Tally};
use learn::Scope;
use naming::{Names, Naming};
use sample::Sample;

/// Version of the report's format, raised whenever a field is added, removed or changes its meaning.
pub const FORMAT_VERSION: u32 = 1;
/// With this probability all intervals of a report hold together.
const CONFIDENCE: f64 = 0.95;

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Rows that were read.
    pub rows: u64,
    /// Questions, each with its tries.
    pub samples: u64,
    /// Of these, questions that could be guessed at: the checks say what is wrong with the others.
    pub guessed: u64,
    /// With this probability all intervals hold together.
    pub confidence: f64,
    /// How: `bonferroni`. Each interval is so wide that the truth lies outside with probability (1 - confidence) /
    /// comparisons at most.
    pub correction: String,
    /// How many figures the intervals are corrected for.
    pub comparisons: u64,
    /// Folds of attacks that learn, each guessed from those before it.
    pub folds: u64,
    /// Every attack on every type, and on all types together.
    pub figures: Vec<Figure>,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Report {
    /// Figures that beat chance, the surest first.
    pub fn beaten(&self) -> Vec<&Figure> {
        let mut beaten: Vec<&Figure> = self.figures.iter().filter(|figure| figure.beats_chance).collect();
        beaten.sort_by(|one, two| two.lead().total_cmp(&one.lead()));
        beaten
    }

    /// Checks that found something.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.found > 0)
    }
}

/// Audits `rows`. `lengths` are those of haystacks in seconds, by id, where they are known; `library` knows which names mean
/// one thing.
pub fn audit(rows: &[Row], lengths: &BTreeMap<String, f64>, library: &Library) -> Report {
    let groups = sample::grouped(rows);
    let samples = sample::samples(&groups);
    let mut tallies = tallies(&samples, &Bases::new(&samples, lengths));
    tallies.extend(open::tallies(&groups));
    let comparisons = tallies.iter().map(Tally::comparisons).sum::<u64>();
    let alpha = (1.0 - CONFIDENCE) / comparisons.max(1) as f64;
    Report {
        format_version: FORMAT_VERSION,
        rows: rows.len() as u64,
        samples: groups.len() as u64,
        guessed: samples.len() as u64 + groups.iter().filter(|rows| !rows[0].has_options()).count() as u64,
        confidence: CONFIDENCE,
        correction: "bonferroni".to_owned(),
        comparisons,
        folds: learn::FOLDS as u64,
        figures: tallies.into_par_iter().map(|tally| tally.figure(alpha)).collect(),
        checks: checks::run(&groups, library),
    }
}

/// Every attack on every type that it applies to.
fn tallies(samples: &[Sample<'_>], bases: &Bases<'_>) -> Vec<Tally> {
    let scopes = scopes(samples);
    let most = samples.iter().map(|sample| sample.contents.len()).max().unwrap_or(0);
    let mut all: Vec<Tally> = Vec::new();
    let attacks = options::attacks(most).into_iter().map(|attack| (attack, options::KNOWS));
    let attacks = attacks.chain(shown::attacks().into_iter().map(|attack| (attack, shown::KNOWS)));
    for (attack, knows) in attacks.chain([(shown::looking_on(), shown::KNOWS_REST)]) {
        let tally = |(kind, scope): &(Option<&str>, Scope<'_, '_>)| {
            let guesses = scope.samples.iter().filter_map(|sample| Some((*sample, attack.guess(sample)?)));
            Tally::of(&attack.name, knows, *kind, guesses)
        };
        all.extend(scopes.par_iter().filter_map(tally).collect::<Vec<_>>());
    }
    let learnt = |name: &str, knows, guess: &(dyn Fn(&Scope<'_, '_>) -> Vec<Option<Guess>> + Sync)| {
        let tally = |(kind, scope): &(Option<&str>, Scope<'_, '_>)| {
            let guesses = scope.samples.iter().copied().zip(guess(scope));
            Tally::of(name, knows, *kind, guesses.filter_map(|(sample, guess)| Some((sample, guess?))))
        };
        scopes.par_iter().filter_map(tally).collect::<Vec<_>>()
    };
    all.extend(learnt("letter right before", Fact::Nothing.name(), &|scope| scope.by_letter()));
    let mut named: Vec<(Naming, Names)> = Vec::new();
    for (fact, naming) in learn::tables() {
        if named.iter().all(|(known, _)| *known != naming) {
            named.push((naming, naming.names(samples)));
        }
        let names = named.iter().find(|(known, _)| *known == naming).map(|(_, names)| names);
        let names = names.expect("the naming was just made");
        all.extend(learnt(naming.name(), fact.name(), &|scope| scope.by_table(fact, names, bases)));
    }
    for fact in learn::LINES {
        all.extend(learnt("line through the numbers", fact.name(), &|scope| scope.by_line(fact, bases)));
    }
    all
}

/// All samples of each type; where there are several types, all samples too.
fn scopes<'s, 'a>(samples: &'s [Sample<'a>]) -> Vec<(Option<&'a str>, Scope<'s, 'a>)> {
    let folds = learn::folds(samples);
    let mut kinds: Vec<&str> = samples.iter().map(Sample::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let all = (kinds.len() > 1).then_some(None);
    let each = kinds.into_iter().map(Some);
    each.chain(all)
        .map(|kind| {
            let is_in = |at: &usize| kind.is_none_or(|kind| samples[*at].kind() == kind);
            let at: Vec<usize> = (0..samples.len()).filter(is_in).collect();
            let folds = at.iter().map(|&at| folds[at]).collect();
            (kind, Scope { samples: at.iter().map(|&at| &samples[at]).collect(), folds, at })
        })
        .collect()
}
