//! What single kinds of question say beyond accuracy.
//!
//! In: joined samples. Out: of questions whether a thing is shown, hits, false alarms and d'; of states, how many wrong answers were
//! true right before; of chains, accuracy by the number of links; of types in both forms, the gap between them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bootstrap::Ratio;
use super::details::Slice;
use super::figures::{Group, Main, rounded};
use super::normal::quantile;
use super::sample::{Sample, Try};
use super::sheet::SheetRow;
use super::slicer::Slicer;
use super::try_shares::{TryShares, corrected, difference};
use super::verdict::Verdict;
use crate::answers::kind::Value;
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
    /// 95% interval of the share of hits; absent where nothing that is shown was read, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hits_interval: Option<[f64; 2]>,
    /// 95% interval of the share of false alarms; absent as that of hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub false_alarms_interval: Option<[f64; 2]>,
    /// 95% interval of `d_prime`; absent where that is null, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub d_prime_interval: Option<[f64; 2]>,
    /// 95% interval of `yes`; absent where nothing was read, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes_interval: Option<[f64; 2]>,
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
    /// 95% interval of `share`; absent where none is wrong, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
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
    /// 95% interval of `gap`, from those of both figures as if they were independent; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// 95% interval of `corrected`, made alike; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_interval: Option<[f64; 2]>,
}

/// What was read of a try, as text.
pub(super) fn text<'a>(own: &Try<'_>, row: &'a SheetRow, rule: usize) -> Option<&'a str> {
    match &own.read.value {
        Some(Value::Label(place)) => row.vocabulary.get(*place)?.first().map(String::as_str),
        Some(_) => None,
        None => row.options().get(usize::from(own.read.options[rule]?)).map(String::as_str),
    }
}

/// What could be answered to a row: its options, or the labels of its vocabulary.
pub(super) fn answers_of(row: &SheetRow) -> Vec<&String> {
    let names = row.vocabulary.iter().filter_map(|names| names.first());
    if row.has_options() { row.options().iter().collect() } else { names.collect() }
}

/// The figures of existence whose shares have intervals.
const HITS: &str = "hits";
const ALARMS: &str = "false alarms";
const YES: &str = "yes";

/// How a model answers whether a thing is shown, by type.
pub(super) fn existence(
    samples: &[Sample],
    rows: &[SheetRow],
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Existence> {
    let mut types: BTreeMap<String, Existence> = BTreeMap::new();
    let mut shares = TryShares::default();
    for sample in samples.iter().filter(|sample| sample.row.question_kind.asks_whether()) {
        let figures = types.entry(sample.kind.to_string()).or_default();
        let is_shown = is_yes(&sample.row.gt, sample.row.language);
        let mut tries = Ratio::default();
        for tried in &sample.tries {
            let Some(said) = text(tried, &rows[tried.row], rule) else { continue };
            tries += Ratio { above: i64::from(is_yes(said, sample.row.language)), below: 1 };
        }
        let (of, yes, figure) = if is_shown {
            (&mut figures.shown, &mut figures.hits, HITS)
        } else {
            (&mut figures.absent, &mut figures.false_alarms, ALARMS)
        };
        *of += tries.below as u64;
        *yes += tries.above as u64;
        shares.add((&sample.kind, figure), sample.cluster.rank, tries);
        shares.add((&sample.kind, YES), sample.cluster.rank, tries);
    }
    let intervals = shares.intervals(seed);
    for (kind, figures) in &mut types {
        let of = |yes: u64, tries: u64| Ratio { above: yes as i64, below: tries as i64 };
        let hits = corrected(of(figures.hits, figures.shown));
        let false_alarms = corrected(of(figures.false_alarms, figures.absent));
        let has_both = figures.shown > 0 && figures.absent > 0;
        figures.d_prime = has_both.then(|| rounded(quantile(hits) - quantile(false_alarms)));
        let said_yes = figures.hits + figures.false_alarms;
        figures.yes = rounded(said_yes as f64 / (figures.shown + figures.absent).max(1) as f64);
        let interval = |figure| intervals.get(&(kind.clone(), figure)).copied();
        figures.hits_interval = interval(HITS);
        figures.false_alarms_interval = interval(ALARMS);
        figures.yes_interval = interval(YES);
        figures.d_prime_interval = shares.d_prime(kind, [HITS, ALARMS], seed);
    }
    types
}

/// The figure of states whose share has an interval.
const STALE: &str = "stale";

/// Which wrong answers were true right before, by type.
pub(super) fn states(
    samples: &[Sample],
    rows: &[SheetRow],
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Stale> {
    let mut types: BTreeMap<String, Stale> = BTreeMap::new();
    let mut shares = TryShares::default();
    for sample in samples.iter().filter(|sample| sample.row.question_kind == QuestionKind::State) {
        let figures = types.entry(sample.kind.to_string()).or_default();
        let before = sample.row.scene.as_deref().and_then(|scene| stale(&sample.row.query, scene));
        let mut tries = Ratio::default();
        for tried in sample.tries.iter().filter(|tried| tried.read.verdicts[rule] == Verdict::Incorrect) {
            let row = &rows[tried.row];
            let all = answers_of(row);
            let wrong = all.iter().filter(|name| ***name != *row.gt);
            let stale = wrong.clone().filter(|name| before == Some(name.as_str())).count();
            let is_stale = text(tried, row, rule).is_some_and(|said| before == Some(said));
            tries += Ratio { above: i64::from(is_stale), below: 1 };
            figures.chance += stale as f64 / wrong.count().max(1) as f64;
        }
        figures.wrong += tries.below as u64;
        figures.stale += tries.above as u64;
        shares.add((&sample.kind, STALE), sample.cluster.rank, tries);
    }
    let intervals = shares.intervals(seed);
    for (kind, figures) in &mut types {
        let of = figures.wrong.max(1) as f64;
        figures.share = rounded(figures.stale as f64 / of);
        figures.chance = rounded(figures.chance / of);
        figures.interval = intervals.get(&(kind.clone(), STALE)).copied();
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
        let ends = |main: &Main| [main.interval[0], main.value, main.interval[1]];
        let without_chance = |main: &Main| ends(main).map(|share| above(share, main.chance));
        let corrected = above(choice.value, choice.chance) - above(open.value, open.chance);
        let gap = Gap {
            choice: choice.value,
            choice_chance: choice.chance,
            open: open.value,
            open_chance: open.chance,
            gap: rounded(choice.value - open.value),
            corrected: rounded(corrected),
            interval: Some(difference(ends(choice), ends(open)).map(rounded)),
            corrected_interval: Some(difference(without_chance(choice), without_chance(open)).map(rounded)),
        };
        Some((kind.to_owned(), gap))
    };
    forms.into_iter().filter_map(gap).collect()
}
