//! What single kinds of question say beyond accuracy.
//!
//! In: joined samples. Out: of questions whether a thing is shown, hits, false alarms and d'; of states, how many wrong answers were
//! true right before; of chains, accuracy by the number of links; of types in both forms, the gap between them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::details::Slice;
use super::figures::{Group, rounded};
use super::normal::quantile;
use super::sample::{Sample, Try};
use super::slicer::Slicer;
use super::verdict::Verdict;
use crate::answers::kind::Value;
use crate::dataset::Row;
use crate::question::{Form, QuestionKind, is_yes, stale};
use crate::seed::Seed;

/// How well a model tells that a thing is shown, over the tries of one type that say yes or no.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Existence {
    /// Tries that were read where the thing is shown.
    pub shown: u64,
    /// Of these, tries that say yes.
    pub hits: u64,
    /// Tries that were read where it is not.
    pub absent: u64,
    /// Of these, tries that say yes.
    pub false_alarms: u64,
    /// How far apart the model holds the two, in deviations: the normal quantile of the share of hits less that of the share of false
    /// alarms. Both shares are `(hits + 0.5) / (n + 1)`, so that none is 0 or 1: the log-linear correction of Hautus, "Corrections for
    /// extreme proportions and their biasing effects on estimated values of d'", Behavior Research Methods, Instruments, & Computers
    /// 27 (1995). 0 is chance; null where things are always shown, or never.
    pub d_prime: Option<f64>,
    /// Share of the tries that say yes; 0 where none was read.
    pub yes: f64,
}

/// Which wrong answers about a state were right until the last change, over the tries of one type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stale {
    /// Tries that were read and are wrong.
    pub wrong: u64,
    /// Of these, tries that name the state which the thing had right before: the last change was missed.
    pub stale: u64,
    /// Their share; 0 where none is wrong.
    pub share: f64,
    /// The share that one reaches who draws among the wrong answers of the same tries.
    pub chance: f64,
}

/// The main figures of a type that is asked in both forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Main figure where options are shown.
    pub choice: f64,
    /// Its chance.
    pub choice_chance: f64,
    /// Main figure where none are.
    pub open: f64,
    /// Its chance.
    pub open_chance: f64,
    /// `choice` less `open`: what options add, be it that they remind or that they can be guessed.
    pub gap: f64,
    /// The same once chance is taken out of both: `(figure - chance) / (1 - chance)`.
    pub corrected: f64,
}

/// What was read of a try, as text.
fn text<'a>(own: &Try<'_>, row: &'a Row, rule: usize) -> Option<&'a str> {
    match &own.read.value {
        Some(Value::Label(place)) => row.vocabulary.get(*place)?.first().map(String::as_str),
        Some(_) => None,
        None => row.options.get(usize::from(own.read.options[rule]?)).map(String::as_str),
    }
}

/// How a model answers whether a thing is shown, by type.
pub(super) fn existence(samples: &[Sample], rows: &[Row], rule: usize) -> BTreeMap<String, Existence> {
    let mut types: BTreeMap<String, Existence> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.row.question_kind == QuestionKind::Exists) {
        let own = types.entry(sample.kind.to_string()).or_default();
        let is_shown = is_yes(&sample.row.gt, sample.row.language);
        for one in &sample.tries {
            let Some(said) = text(one, &rows[one.row], rule) else { continue };
            let says_yes = u64::from(is_yes(said, sample.row.language));
            let (of, yes) = if is_shown {
                (&mut own.shown, &mut own.hits)
            } else {
                (&mut own.absent, &mut own.false_alarms)
            };
            *of += 1;
            *yes += says_yes;
        }
    }
    for own in types.values_mut() {
        let share = |yes: u64, of: u64| (yes as f64 + 0.5) / (of as f64 + 1.0);
        let has_both = own.shown > 0 && own.absent > 0;
        let d_prime = quantile(share(own.hits, own.shown)) - quantile(share(own.false_alarms, own.absent));
        own.d_prime = has_both.then(|| rounded(d_prime));
        own.yes = rounded((own.hits + own.false_alarms) as f64 / (own.shown + own.absent).max(1) as f64);
    }
    types
}

/// Which wrong answers were true right before, by type.
pub(super) fn states(samples: &[Sample], rows: &[Row], rule: usize) -> BTreeMap<String, Stale> {
    let mut types: BTreeMap<String, Stale> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.row.question_kind == QuestionKind::State) {
        let own = types.entry(sample.kind.to_string()).or_default();
        let scene = sample.row.scene();
        let before = stale(&sample.row.query, &scene);
        for one in sample.tries.iter().filter(|one| one.read.verdicts[rule] == Verdict::Incorrect) {
            let row = &rows[one.row];
            let names = row.vocabulary.iter().filter_map(|names| names.first());
            let all: Vec<&String> =
                if row.has_options() { row.options.iter().collect() } else { names.collect() };
            let wrong = all.iter().filter(|name| ***name != row.gt);
            let stale = wrong.clone().filter(|name| before == Some(name.as_str())).count();
            own.wrong += 1;
            own.stale += u64::from(text(one, row, rule).is_some_and(|said| before == Some(said)));
            own.chance += stale as f64 / wrong.count().max(1) as f64;
        }
    }
    for own in types.values_mut() {
        let of = own.wrong.max(1) as f64;
        own.share = rounded(own.stale as f64 / of);
        own.chance = rounded(own.chance / of);
    }
    types
}

/// Samples of each type of chains by the number of links, the fewest first.
pub(super) fn hops(samples: &[Sample], rule: usize, seed: Seed) -> BTreeMap<String, Vec<Slice>> {
    let mut slicer = Slicer::new(rule);
    for sample in samples.iter().filter(|sample| sample.row.question_kind == QuestionKind::Chain) {
        slicer.add(&(sample.kind.to_string(), sample.row.query.steps), sample);
    }
    let kinds: Vec<String> = slicer.keys().map(|(kind, _)| kind.clone()).collect();
    let mut types: BTreeMap<String, Vec<Slice>> = BTreeMap::new();
    for (kind, slice) in kinds.into_iter().zip(slicer.slices(seed, |(_, steps)| steps.to_string())) {
        types.entry(kind).or_default().push(slice);
    }
    types
}

/// The gap of the two forms, by types that were asked in both.
pub(super) fn gaps(types: &BTreeMap<String, Group>, samples: &[Sample]) -> BTreeMap<String, Gap> {
    let mut forms: BTreeMap<&str, [Option<&Group>; 2]> = BTreeMap::new();
    for sample in samples {
        let at = usize::from(sample.row.form == Form::Open);
        let form = &mut forms.entry(&sample.row.kind).or_default()[at];
        if form.is_none() {
            *form = types.get(&*sample.kind);
        }
    }
    let above = |value: f64, chance: f64| if chance < 1.0 { (value - chance) / (1.0 - chance) } else { 0.0 };
    let gap = |(kind, forms): (&str, [Option<&Group>; 2])| {
        let [Some(choice), Some(open)] = forms.map(|group| group.map(|group| &group.main)) else {
            return None;
        };
        let corrected = above(choice.value, choice.chance) - above(open.value, open.chance);
        let gap = Gap {
            choice: choice.value,
            choice_chance: choice.chance,
            open: open.value,
            open_chance: open.chance,
            gap: rounded(choice.value - open.value),
            corrected: rounded(corrected),
        };
        Some((kind.to_owned(), gap))
    };
    forms.into_iter().filter_map(gap).collect()
}
