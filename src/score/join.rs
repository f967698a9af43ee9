//! Rows and answers joined: one verdict and one credit a try, under both letter rules.
//!
//! In: rows and answers. Out: samples with their tries in the order of rotation. A row without an answer is missing, and
//! stays.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::file::SampleVerdicts;
use super::frames_taken::FramesTaken;
use super::place::place;
use super::reading::{FULL_CREDIT, Read, Reading, asked};
use super::sample::{Sample, Try};
use super::{Error, clusters};
use crate::answers::judged::Judged;
use crate::answers::{Answers, kind};
use crate::dataset::{Row, TypeNames};
use crate::letter;
use crate::wording;

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
    let shown = unknown.iter().take(SHOWN).map(|id| match wording::nearest(id, known.iter().copied()) {
        Some(other) => format!("`{id}` (nearest: `{other}`)"),
        None => format!("`{id}`"),
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

impl Sample<'_> {
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

/// Joins rows and answers; samples stand in the order of their first row.
pub(super) fn join<'a>(
    rows: &'a [Row],
    answers: &'a Answers,
    judged: Option<&Judged>,
    frames: &FramesTaken,
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
