//! The quiz: samples in an order that tells nothing, and the sheets of all annotators.
//!
//! In: rows, settings, where answers go. Out: questions and answers for whoever speaks to the page, and how far each annotator is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Error;
use super::item::{Item, Shown};
use super::reply::{Given, Named};
use super::settings::{Settings, Watch};
use super::sheet::{Refusal, Sheet};
use crate::dataset::{Row, samples};
use crate::language::Language;

/// How long the page is still answered once everything is: the last answer's response is under way.
const FAREWELL: Duration = Duration::from_secs(1);

/// Questions that people are asked, and their answers so far.
pub struct Quiz {
    items: Vec<Item>,
    watch: Watch,
    sheets: Vec<Mutex<Sheet>>,
    /// When the last answer came.
    ended: Mutex<Option<Instant>>,
}

/// A quiz that can be asked.
pub struct Opened {
    /// The quiz.
    pub quiz: Quiz,
    /// What the user is to be warned of.
    pub warnings: Vec<String>,
}

/// How far an annotator is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The annotator's name; empty where none was given.
    pub annotator: String,
    /// Where the answers are.
    pub file: PathBuf,
    /// Samples that are answered.
    pub answered: usize,
    /// Samples that are asked.
    pub total: usize,
    /// Samples that are still to be answered this time.
    pub rest: usize,
}

/// An annotator as the page is told of.
#[derive(Serialize)]
pub(super) struct Annotator {
    name: String,
    answered: usize,
    total: usize,
    rest: usize,
}

/// What the page is told first.
#[derive(Serialize)]
pub(super) struct Setting {
    watch: Watch,
    /// The language of the first question, in which the page speaks until one is asked.
    language: Language,
    annotators: Vec<Annotator>,
}

/// What the page shows next.
#[derive(Serialize)]
pub(super) struct Next<'a> {
    answered: usize,
    total: usize,
    rest: usize,
    question: Option<Shown<'a>>,
}

impl Quiz {
    /// A quiz about `rows`, whose answers go to `output`, or to a file beside it for each of several annotators. Files that hold
    /// answers of the same quiz are resumed.
    pub fn open(rows: &[Row], settings: &Settings, output: &Path) -> Result<Opened, Error> {
        settings.check()?;
        let mut items: Vec<Item> = samples(rows).iter().map(|tries| Item::new(tries)).collect();
        if items.is_empty() {
            return Err(Error::NoRows);
        }
        let known: BTreeSet<&str> = items.iter().map(Item::kind).collect();
        if let Some(name) = settings.types.iter().find(|name| !known.contains(name.as_str())) {
            let known = known.into_iter().map(str::to_owned).collect();
            return Err(Error::NoType { name: name.clone(), known });
        }
        // A dataset's own order tells types and depths, and so would the place of a video.
        settings.seed().stream("quiz/samples", 0).shuffle(&mut items);
        let (mut sheets, mut warnings) = (Vec::new(), Vec::new());
        for (name, path) in settings.files(output) {
            let (sheet, said) = Sheet::open(&items, settings, &name, &path)?;
            sheets.push(Mutex::new(sheet));
            warnings.extend(said);
        }
        let quiz = Self { items, watch: settings.watch, sheets, ended: Mutex::default() };
        Ok(Opened { quiz, warnings })
    }

    /// How far each annotator is.
    pub fn tallies(&self) -> Vec<Tally> {
        self.sheets.iter().map(|sheet| tally(&held(sheet))).collect()
    }

    /// Whether nothing is left to be answered this time.
    pub fn is_done(&self) -> bool {
        self.sheets.iter().all(|sheet| held(sheet).rest() == 0)
    }

    /// Whether nothing is left, and the page has heard so.
    pub fn is_over(&self) -> bool {
        let ended = *held(&self.ended);
        ended.is_some_and(|ended| ended.elapsed() > FAREWELL) && self.is_done()
    }

    /// What the page is told first.
    pub(super) fn setting(&self) -> Setting {
        let annotators = self.tallies().into_iter().map(|tally| Annotator {
            name: tally.annotator,
            answered: tally.answered,
            total: tally.total,
            rest: tally.rest,
        });
        let language = self.items.first().map_or(Language::En, Item::language);
        Setting { watch: self.watch, language, annotators: annotators.collect() }
    }

    /// Question `key`.
    pub(super) fn item(&self, key: usize) -> Option<&Item> {
        self.items.get(key)
    }

    /// What an annotator is asked now.
    pub(super) fn next(&self, annotator: &str) -> Result<Next<'_>, Refusal> {
        let mut sheet = self.sheet(annotator)?;
        let question = sheet.now().map(|(key, turn)| self.items[key].shown(key, turn));
        Ok(Next { answered: sheet.answered(), total: sheet.total(), rest: sheet.rest(), question })
    }

    /// Notes that a video was started.
    pub(super) fn begin(&self, named: &Named) -> Result<(), Refusal> {
        self.sheet(&named.annotator)?.begin(named.key)
    }

    /// Asks a question last.
    pub(super) fn postpone(&self, named: &Named) -> Result<(), Refusal> {
        self.sheet(&named.annotator)?.postpone(named.key)
    }

    /// Takes an answer, and gives how far the annotator is now.
    pub(super) fn answer(&self, given: &Given) -> Result<Tally, Refusal> {
        let mut sheet = self.sheet(&given.annotator)?;
        sheet.answer(&self.items, given)?;
        *held(&self.ended) = Some(Instant::now());
        Ok(tally(&sheet))
    }

    fn sheet(&self, annotator: &str) -> Result<MutexGuard<'_, Sheet>, Refusal> {
        let mut sheets = self.sheets.iter().map(held);
        sheets.find(|sheet| sheet.name == annotator).ok_or(Refusal::Nobody)
    }
}

fn tally(sheet: &Sheet) -> Tally {
    Tally {
        annotator: sheet.name.clone(),
        file: sheet.path.clone(),
        answered: sheet.answered(),
        total: sheet.total(),
        rest: sheet.rest(),
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
