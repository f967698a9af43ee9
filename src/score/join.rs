//! Rows and answers joined: one verdict and one credit a try, under both letter rules.
//!
//! In: rows and answers. Out: samples with their tries in the order of rotation. A row without an answer is missing, and
//! stays.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rayon::prelude::*;

use super::Error;
use super::clusters::{self, Cluster};
use super::file::SampleVerdicts;
use super::frames_taken::FramesTaken;
use super::reading::{FULL_CREDIT, Read, Reading};
use super::sample::{Sample, Try};
use super::sheet::{Sheet, SheetRow};
use crate::answers::judged::Judged;
use crate::answers::{Answers, kind};
use crate::letter;
use crate::wording;

/// Ids shown of those that are unknown.
pub(super) const SHOWN: usize = 5;

/// Every answer must be to a row.
pub(super) fn check_ids(rows: &[SheetRow], answers: &Answers) -> Result<(), Error> {
    // Ids of rows are unique: if as many rows are answered as there are answers, every answer is to a row.
    if rows.par_iter().filter(|row| answers.contains(&row.id)).count() == answers.len() {
        return Ok(());
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| &*row.id).collect();
    let unknown: Vec<&str> = answers.ids().into_iter().filter(|id| !known.contains(id)).collect();
    let shown = unknown.iter().take(SHOWN).map(|id| match wording::nearest(id, known.iter().copied()) {
        Some(other) => format!("`{id}` (nearest: `{other}`)"),
        None => format!("`{id}`"),
    });
    Err(Error::UnknownIds { count: unknown.len(), first: shown.collect() })
}

/// The right answers of open rows must be of their kind.
pub(super) fn check_truths(rows: &[SheetRow]) -> Result<(), Error> {
    let open = rows.par_iter().filter(|row| !row.has_options());
    let problem = |row: &SheetRow| {
        let problem = kind::truth(&row.asked(), &row.answer).err()?;
        Some(format!("`{}`: {problem}", row.id))
    };
    let problems: Vec<String> = open.filter_map(problem).collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Truths { count: problems.len(), first: problems.into_iter().take(SHOWN).collect() })
}

impl Sample<'_> {
    /// What was read of one try: a letter, or the canonical text of an open answer.
    fn read(&self, own: &Try<'_>, rule: usize) -> String {
        let letter = || own.read.options[rule].map(|index| letter::mark(usize::from(index)));
        let text = || own.read.value.as_ref().map(|value| kind::text(&self.row.asked(), value));
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
            sample_id: self.row.sample_id.to_string(),
            kind: self.kind.to_string(),
            task: self.row.task.to_string(),
            cluster: self.cluster.name.to_string(),
            length: self.row.length.to_string(),
            depth_permille: self.row.depth_permille,
            seen: self.seen(),
            verdicts: self.tries.iter().map(|one| one.read.verdicts[rule].letter()).collect(),
            read: self.tries.iter().map(|one| self.read(one, rule)).collect(),
            credit: if self.row.has_options() { Vec::new() } else { self.credit(rule) },
            judged: judged.then(|| self.tries.iter().map(|one| one.read.judge.letter()).collect()),
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

/// Places of the rows of each sample, samples in the order of their first row, rows in their own.
fn places(rows: &[SheetRow]) -> Vec<Vec<usize>> {
    let mut index_of: IndexMap<&str, usize> = IndexMap::new();
    let mut samples: Vec<Vec<usize>> = Vec::new();
    let mut at = 0;
    for tries in rows.chunk_by(SheetRow::shares_with) {
        let index = *index_of.entry(&tries[0].sample_id).or_insert(samples.len());
        if index == samples.len() {
            samples.push(Vec::with_capacity(tries.len()));
        }
        samples[index].extend(at..at + tries.len());
        at += tries.len();
    }
    samples
}

/// Joins rows and answers; samples stand in the order of their first row.
pub(super) fn join<'a>(
    sheet: &'a Sheet,
    answers: &'a Answers,
    judged: Option<&Judged>,
    frames: &FramesTaken,
) -> Vec<Sample<'a>> {
    let rows = &sheet.rows;
    let names = sheet.type_names();
    let one = |index: usize| {
        let row = &rows[index];
        let answer = answers.get(&row.id);
        let reply = answer.and_then(|own| own.response);
        let read = reply.map_or(Read::MISSING, |reply| Read::of(row, reply, judged));
        Try { row: index, answer, read, seen: frames.seen(row, answer.and_then(|own| own.indices)) }
    };
    let sample = |mut places: Vec<usize>| {
        let row = &rows[places[0]];
        places.sort_by_key(|place| rows[*place].rotation);
        let tries = places.into_iter().map(one).collect();
        Sample { row, kind: names.name_of(&row.kind, row.form), cluster: Cluster::default(), tries }
    };
    let mut samples: Vec<Sample<'a>> = places(rows).into_par_iter().map(sample).collect();
    let haystacks: Vec<(&str, &[_])> =
        samples.iter().map(|sample| (&*sample.row.sample_id, &*sample.row.haystack_ids)).collect();
    for (sample, cluster) in samples.iter_mut().zip(clusters::of(&haystacks)) {
        sample.cluster = cluster;
    }
    samples
}
