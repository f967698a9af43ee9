//! Rows and answers joined: one verdict and one credit a try, under both letter rules.
//!
//! In: rows and answers. Out: samples with their tries in the order of rotation. A row without an answer is missing, and
//! stays.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{Place, place};
use super::reading::{Read, Reading, asked};
use super::sight::Frames;
use super::tally::FULL_CREDIT;
use super::{Error, SampleVerdicts, clusters};
use crate::answers::judged::Judged;
use crate::answers::{Answers, Known, kind};
use crate::dataset::{Row, TypeNames};
use crate::letter;

/// What became of one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The right answer is named; of spans, one that overlaps it by half or more.
    Correct,
    /// Another is named.
    Incorrect,
    /// The reply names none, or several.
    Unreadable,
    /// There is no reply.
    Missing,
}

impl Verdict {
    /// The letter that stands for it in `scores.json`.
    pub fn letter(self) -> char {
        match self {
            Self::Correct => 'C',
            Self::Incorrect => 'I',
            Self::Unreadable => 'U',
            Self::Missing => 'M',
        }
    }
}

/// Ids shown of those that are unknown.
const SHOWN: usize = 5;

/// Every answer must be to a row.
pub(super) fn check_ids(rows: &[Row], answers: &Answers) -> Result<(), Error> {
    // Ids of rows are unique: if as many rows are answered as there are answers, every answer is to a row.
    if rows.par_iter().filter(|row| answers.contains(&row.id)).count() == answers.len() {
        return Ok(());
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let unknown: Vec<&str> = answers.ids().filter(|id| !known.contains(id)).collect();
    let shown = unknown.iter().take(SHOWN).map(|id| {
        let nearest = known
            .iter()
            .map(|other| (strsim::normalized_levenshtein(id, other), *other))
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(one.1)));
        match nearest {
            Some((likeness, other)) if likeness >= 0.6 => format!("`{id}` (nearest: `{other}`)"),
            _ => format!("`{id}`"),
        }
    });
    Err(Error::UnknownIds { count: unknown.len(), first: shown.collect() })
}

/// The right answers of open rows must be of their kind.
pub(super) fn check_truths(rows: &[Row]) -> Result<(), Error> {
    let open = rows.par_iter().filter(|row| !row.has_options());
    let problem = |row: &Row| {
        let problem = kind::truth(&asked(row), &row.answer).err()?;
        Some(format!("`{}`: {problem}", row.id))
    };
    let problems: Vec<String> = open.filter_map(problem).collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Truths { count: problems.len(), first: problems.into_iter().take(SHOWN).collect() })
}

/// One try with what was read from its reply.
#[derive(Clone, Debug)]
pub(super) struct Try<'a> {
    /// Index of its row.
    pub(super) row: usize,
    /// Its answer: looked up once, since of large runs lookups are a good part of the work.
    pub(super) answer: Option<Known<'a>>,
    /// What its reply says.
    pub(super) read: Read,
    /// Whether the frames sent show every needle that is asked for; nothing where that is not known.
    pub(super) seen: Option<bool>,
}

/// One question with its tries.
#[derive(Clone, Debug)]
pub(super) struct Sample<'a> {
    pub(super) row: &'a Row,
    /// Its type, with its form where the type is asked in both.
    pub(super) kind: Cow<'a, str>,
    pub(super) place: Place,
    /// Its cluster: samples of one vary together, since they share haystacks, directly or through others.
    pub(super) cluster: String,
    pub(super) tries: Vec<Try<'a>>,
}

impl Sample<'_> {
    /// Right in every try.
    pub(super) fn is_correct(&self, rule: usize) -> bool {
        self.tries.iter().all(|one| one.read.verdicts[rule] == Verdict::Correct)
    }

    /// Number of tries with this verdict.
    pub(super) fn count(&self, rule: usize, verdict: Verdict) -> u64 {
        self.tries.iter().filter(|one| one.read.verdicts[rule] == verdict).count() as u64
    }

    /// Whether the frames sent show every needle that is asked for, in all tries.
    pub(super) fn seen(&self) -> Option<bool> {
        self.tries.iter().try_fold(true, |all, one| one.seen.map(|seen| all && seen))
    }

    /// What was read of one try: a letter, or the canonical text of an open answer.
    fn read(&self, own: &Try<'_>, rule: usize) -> String {
        let letter = || own.read.options[rule].map(|index| letter::mark(usize::from(index)));
        let text = || own.read.value.as_ref().map(|value| kind::text(&asked(self.row), value));
        let read = if self.row.has_options() { letter() } else { text() };
        read.unwrap_or_else(|| "-".to_owned())
    }

    /// The credit of each try: 0 to 1.
    fn credit(&self, rule: usize) -> Vec<f64> {
        self.tries.iter().map(|own| f64::from(own.read.credit[rule]) / f64::from(FULL_CREDIT)).collect()
    }

    /// The line of `scores.json`.
    pub(super) fn verdicts(&self, rule: Reading, judged: bool) -> SampleVerdicts {
        let rule = rule as usize;
        SampleVerdicts {
            sample_id: self.row.sample_id.clone(),
            kind: self.kind.to_string(),
            task: self.row.task.clone(),
            cluster: self.cluster.clone(),
            length: self.place.length.clone(),
            depth_permille: self.place.depth_permille,
            seen: self.seen(),
            verdicts: self.tries.iter().map(|one| one.read.verdicts[rule].letter()).collect(),
            read: self.tries.iter().map(|one| self.read(one, rule)).collect(),
            credit: if self.row.has_options() { Vec::new() } else { self.credit(rule) },
            judged: judged.then(|| self.judged()),
            responses: self
                .tries
                .iter()
                .map(|one| one.answer.and_then(|own| own.response).map(shorten))
                .collect(),
        }
    }
}

/// Bytes kept of a response's beginning and end.
const KEPT: (usize, usize) = (150, 250);

/// A response short enough for a report: its beginning and its end, where the answer usually is.
fn shorten(response: &str) -> String {
    let response = response.trim();
    let (head, tail) = KEPT;
    ends(response, head, tail)
}

/// At most `head` bytes of the beginning and `tail` of the end of `text`, cut between characters.
pub fn ends(text: &str, head: usize, tail: usize) -> String {
    if text.len() <= head + tail {
        return text.to_owned();
    }
    let cut = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (head, tail) = (cut(head), cut(text.len() - tail));
    format!("{} [...] {}", &text[..head], &text[tail..])
}

/// Joins rows and answers; samples stand in the order of their first row.
pub(super) fn join<'a>(
    rows: &'a [Row],
    answers: &'a Answers,
    judged: Option<&Judged>,
    frames: &Frames,
) -> Vec<Sample<'a>> {
    let one = |(index, row): (usize, &Row)| {
        let answer = answers.get(&row.id);
        let reply = answer.and_then(|own| own.response);
        let read = reply.map_or(Read::MISSING, |reply| Read::of(row, reply, judged));
        Try { row: index, answer, read, seen: frames.seen(row, answer.and_then(|own| own.indices)) }
    };
    let names = TypeNames::of(rows.iter());
    let tries: Vec<Try> = rows.par_iter().enumerate().map(one).collect();
    let mut index_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut samples: Vec<Sample<'a>> = Vec::new();
    for (row, one) in rows.iter().zip(tries) {
        let index = *index_of.entry(&row.sample_id).or_insert(samples.len());
        if index == samples.len() {
            let tries = Vec::with_capacity(row.options.len());
            let kind = names.name(row);
            samples.push(Sample { row, kind, place: place(row), cluster: String::new(), tries });
        }
        samples[index].tries.push(one);
    }
    for sample in &mut samples {
        sample.tries.sort_by_key(|one| rows[one.row].rotation);
    }
    let clusters = clusters::names(samples.iter().map(|sample| sample.row));
    for (sample, name) in samples.iter_mut().zip(clusters) {
        sample.cluster = name;
    }
    samples
}
