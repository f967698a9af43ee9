//! One annotator: the questions that are left, in their order, and the file that the answers go to.
//!
//! In: samples, settings, a file that may hold answers. Out: the question of the moment, and lines that are on the disk before the next
//! question is shown. No question is answered twice, and none but that of the moment.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Error;
use super::item::{Facts, Item};
use super::record::{MODE, Record};
use super::reply::Given;
use super::settings::{Settings, Watch, model_of};
use crate::answers::appended::{Appended, Opened};

/// By how much a clock of the page may run ahead.
const SLACK: Duration = Duration::from_secs(1);

/// Why the page is refused something.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There is no such annotator.
    Nobody,
    /// Another question is asked at the moment, or none.
    Elsewhere,
    /// The video has not ended.
    Early,
    /// It cannot be an answer; says why.
    Unreadable(String),
    /// The file cannot be written.
    Unwritten(Error),
}

/// An annotator's questions and answers.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) path: PathBuf,
    model: String,
    watch: Watch,
    seed: u64,
    file: Appended,
    /// Questions that are not answered, the one of the moment first.
    open: VecDeque<usize>,
    /// For each sample the try that is shown.
    turns: Vec<usize>,
    /// Questions of the types that are asked.
    total: usize,
    /// Questions that may still be asked this time.
    rest: usize,
    moment: Option<Moment>,
}

/// The question of the moment.
struct Moment {
    key: usize,
    since: Instant,
    /// When its video was first started.
    begun: Option<Instant>,
    plays: u32,
}

impl Sheet {
    /// Opens the file at `path` for the annotator `name`, and gives what the user is to be warned of.
    pub(super) fn open(
        items: &[Item],
        settings: &Settings,
        name: &str,
        path: &Path,
    ) -> Result<(Self, Vec<String>), Error> {
        let (places, found) = (places(items), BTreeMap::new());
        let mut known = Known { path, model: model_of(name), settings, items, places, found };
        let Opened { mut file, warnings } = Appended::open(path, |line, read| known.take(line, read))?;
        for (key, tries) in &known.found {
            let whole = tries.values().next().and_then(|record| items[*key].completed(record));
            let missing: Vec<Record> = whole
                .unwrap_or_default()
                .into_iter()
                .filter(|record| !tries.contains_key(&record.id))
                .collect();
            if !missing.is_empty() {
                file.append(&missing)?;
            }
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        settings.seed().stream(format!("quiz/order/{name}"), 0).shuffle(&mut order);
        let label = format!("quiz/options/{name}");
        let turn = |(key, item): (usize, &Item)| {
            settings.seed().stream(&label, key as u64).below(item.tries().len() as u64) as usize
        };
        let is_asked = |key: &usize| {
            settings.types.is_empty() || settings.types.iter().any(|kind| kind == items[*key].kind())
        };
        order.retain(is_asked);
        let total = order.len();
        let open: VecDeque<usize> = order.into_iter().filter(|key| !known.found.contains_key(key)).collect();
        let sheet = Self {
            name: name.to_owned(),
            path: path.to_owned(),
            model: known.model,
            watch: settings.watch,
            seed: settings.seed,
            file,
            rest: settings.limit.unwrap_or(usize::MAX).min(open.len()),
            open,
            turns: items.iter().enumerate().map(turn).collect(),
            total,
            moment: None,
        };
        Ok((sheet, warnings))
    }

    /// Questions that are answered.
    pub(super) fn answered(&self) -> usize {
        self.total - self.open.len()
    }

    /// Questions of the types that are asked.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Questions that are still to be answered this time.
    pub(super) fn rest(&self) -> usize {
        self.rest
    }

    /// The question of the moment, and the try that is shown.
    pub(super) fn now(&mut self) -> Option<(usize, usize)> {
        let key = self.open.front().copied().filter(|_| self.rest > 0)?;
        if self.moment.as_ref().is_none_or(|moment| moment.key != key) {
            self.moment = Some(Moment { key, since: Instant::now(), begun: None, plays: 0 });
        }
        Some((key, self.turns[key]))
    }

    /// Notes that the video of question `key` was started.
    pub(super) fn begin(&mut self, key: usize) -> Result<(), Refusal> {
        let moment = self.moment.as_mut().filter(|moment| moment.key == key).ok_or(Refusal::Elsewhere)?;
        moment.begun.get_or_insert_with(Instant::now);
        moment.plays = moment.plays.saturating_add(1);
        Ok(())
    }

    /// Asks question `key` last.
    pub(super) fn postpone(&mut self, key: usize) -> Result<(), Refusal> {
        self.moment.take_if(|moment| moment.key == key).ok_or(Refusal::Elsewhere)?;
        self.open.rotate_left(1);
        Ok(())
    }

    /// Takes the answer to the question of the moment. It is on the disk when this returns.
    pub(super) fn answer(&mut self, items: &[Item], given: &Given) -> Result<(), Refusal> {
        let moment =
            self.moment.as_ref().filter(|moment| moment.key == given.key).ok_or(Refusal::Elsewhere)?;
        let (item, turn) = (&items[given.key], self.turns[given.key]);
        if self.watch == Watch::Once {
            let length = Duration::from_millis(item.visible_ms());
            // A player may be a little ahead of the clock.
            let is_seen = moment.begun.is_some_and(|begun| begun.elapsed() + SLACK >= length);
            if !is_seen {
                return Err(Refusal::Early);
            }
        }
        let unreadable = |why: &str| Refusal::Unreadable(why.to_owned());
        if Duration::from_millis(given.time_ms) > moment.since.elapsed() + SLACK {
            return Err(unreadable("The time of the answer is longer than the question was shown."));
        }
        let reply = given.reply(&item.tries()[turn]).map_err(Refusal::Unreadable)?;
        let facts = Facts {
            model: self.model.clone(),
            watch: self.watch,
            seed: self.seed,
            time_ms: given.time_ms,
            plays: moment.plays,
        };
        let records =
            item.records(turn, &reply, &facts).ok_or_else(|| unreadable("Choose one of the options."))?;
        self.file.append(&records).map_err(|error| Refusal::Unwritten(error.into()))?;
        self.moment = None;
        self.open.pop_front();
        self.rest -= 1;
        Ok(())
    }
}

/// Where each row stands.
fn places(items: &[Item]) -> BTreeMap<&str, usize> {
    let rows = items.iter().enumerate();
    rows.flat_map(|(key, item)| item.tries().iter().map(move |row| (row.id.as_str(), key))).collect()
}

/// What a file holds.
struct Known<'a> {
    path: &'a Path,
    model: String,
    settings: &'a Settings,
    items: &'a [Item],
    places: BTreeMap<&'a str, usize>,
    /// For each sample, the lines of its tries.
    found: BTreeMap<usize, BTreeMap<String, Record>>,
}

impl Known<'_> {
    fn take(&mut self, line: usize, read: Result<Record, serde_json::Error>) -> Result<(), Error> {
        let path = || self.path.display().to_string();
        let record = read.map_err(|source| Error::NotOurs { path: path(), line, source })?;
        if let Some(differences) = self.differences(&record) {
            return Err(Error::OtherSettings { path: path(), line, differences });
        }
        let place = self.places.get(record.id.as_str()).copied();
        // Lines of an earlier version do not say what their row asks.
        let is_it = |whole: &Record| match &record.row_sha256 {
            Some(_) => *whole == record,
            None => Record { row_sha256: None, ..whole.clone() } == record,
        };
        let is_its_answer =
            |key: &usize| self.items[*key].completed(&record).is_some_and(|whole| whole.iter().any(is_it));
        let Some(key) = place.filter(is_its_answer) else {
            return Err(Error::OtherDataset { path: path(), line, id: record.id });
        };
        self.found.entry(key).or_default().insert(record.id.clone(), record);
        Ok(())
    }

    /// What of a line's settings differs from these.
    fn differences(&self, record: &Record) -> Option<String> {
        let Settings { watch, seed, .. } = self.settings;
        let mut found = Vec::new();
        let mut compare = |what: &str, was: &str, is: &str| {
            if was != is {
                found.push(format!("{what} was `{was}`, is `{is}`"));
            }
        };
        compare("the mode", &record.mode, MODE);
        compare("the annotator", &record.model, &self.model);
        compare("--watch", &record.watch.to_string(), &watch.to_string());
        compare("--seed", &record.seed.to_string(), &seed.to_string());
        (!found.is_empty()).then(|| found.join("; "))
    }
}
