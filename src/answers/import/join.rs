//! Foreign rows joined to a dataset, with an account of everything that was not taken as it stood.
//!
//! In: foreign rows and the keys of the dataset's rows. Out: one answer a row that is answered, in the dataset's order, and
//! the [`Account`].

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Key, Reply};
use crate::answers::Answer;

/// What of a dataset's row a foreign row may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// File name of its video without its ending.
    pub stem: String,
    /// Its try.
    pub rotation: u32,
    /// Its type.
    pub kind: String,
    /// The text of its right option.
    pub gt: String,
    /// The letter of its right option.
    pub gt_option: String,
}

/// Which of several different replies to one row is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Duplicates {
    /// The first; the others are told.
    #[default]
    First,
    /// The last; the others are told.
    Last,
}

/// Rows that are told one by one of each kind.
const SHOWN: usize = 5;

/// What was taken, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Rows of the file.
    pub read: usize,
    /// Rows of the dataset that have an answer now.
    pub answered: usize,
    /// Of these, those whose answer is missing: the tool says that its request failed.
    pub failed: usize,
    /// Rows of the file that join no row of the dataset.
    pub unjoined: usize,
    /// The first of them: line and key.
    pub unjoined_first: Vec<String>,
    /// Rows of the file that repeat another's reply to the same row.
    pub repeated: usize,
    /// Rows of the file that reply otherwise than another to the same row.
    pub contradicting: usize,
    /// The first of them: line and key.
    pub contradicting_first: Vec<String>,
    /// Rows of the file that state another right letter than the row that they join has.
    pub other_truth: usize,
    /// The first of them: line and key.
    pub other_truth_first: Vec<String>,
    /// Rows of the dataset that no row of the file answers.
    pub absent: usize,
    /// The first of them.
    pub absent_first: Vec<String>,
    /// Whether every reply is the right answer to the letter: what a column of right answers gives, and hardly a model.
    pub is_truth: bool,
}

/// Where a key leads.
struct Index<'a> {
    by_id: BTreeMap<&'a str, usize>,
    by_video: BTreeMap<(&'a str, u32), Vec<usize>>,
    known: &'a [Known],
}

impl<'a> Index<'a> {
    fn new(known: &'a [Known]) -> Self {
        let mut by_video: BTreeMap<(&str, u32), Vec<usize>> = BTreeMap::new();
        for (at, row) in known.iter().enumerate() {
            by_video.entry((&row.stem, row.rotation)).or_default().push(at);
        }
        Self {
            by_id: known.iter().enumerate().map(|(at, row)| (row.id.as_str(), at)).collect(),
            by_video,
            known,
        }
    }

    /// The row that a key names; nothing if none or more than one.
    fn find(&self, key: &Key) -> Option<usize> {
        if let Some(id) = &key.id {
            return self.by_id.get(id.as_str()).copied();
        }
        if let Some((stem, rotation)) = &key.video_try {
            let rows = self.by_video.get(&(stem.as_str(), *rotation))?;
            let mut fitting = rows.iter().filter(|&&at| {
                rows.len() == 1 || key.kind.as_ref().is_some_and(|kind| *kind == self.known[at].kind)
            });
            return match (fitting.next(), fitting.next()) {
                (Some(at), None) => Some(*at),
                _ => None,
            };
        }
        key.position.filter(|at| *at < self.known.len())
    }
}

fn described(reply: &Reply) -> String {
    let key = match &reply.key {
        Key { id: Some(id), .. } => format!("`{id}`"),
        Key { video_try: Some((stem, rotation)), .. } => format!("video `{stem}`, try {rotation}"),
        Key { position: Some(at), .. } => format!("row {at}"),
        Key { .. } => "no key".to_owned(),
    };
    format!("line {}: {key}", reply.line)
}

/// Replies below which a model may well have all right.
const FEW: usize = 8;

/// Whether each reply is no more and no less than the letter, or the text, of the right option.
fn is_truth(taken: &BTreeMap<usize, &Reply>, known: &[Known]) -> bool {
    let all = |truth: fn(&Known) -> &String| {
        taken.iter().all(|(at, reply)| reply.response.as_deref().map(str::trim) == Some(truth(&known[*at])))
    };
    taken.len() >= FEW && (all(|row| &row.gt_option) || all(|row| &row.gt))
}

/// Whether a foreign row states another right letter than the row that it joins. What is no letter is not compared: tools write right
/// answers in words of their own.
fn states_another(reply: &Reply, row: &Known) -> bool {
    let letter = |text: &str| text.trim().parse().ok().filter(char::is_ascii_uppercase);
    // An option may be a letter itself.
    let stated = reply.truth.as_deref().filter(|stated| stated.trim() != row.gt).and_then(letter);
    stated.zip(letter(&row.gt_option)).is_some_and(|(stated, right)| stated != right)
}

/// Counts a row of the file, and describes it where it is one of the first.
fn note(reply: &Reply, count: &mut usize, first: &mut Vec<String>) {
    *count += 1;
    if first.len() < SHOWN {
        first.push(described(reply));
    }
}

/// Joins `replies` to the rows `known`; `model` names who replied where the file does not.
pub fn join(
    replies: &[Reply],
    known: &[Known],
    duplicates: Duplicates,
    model: Option<&str>,
) -> (Vec<Answer>, Account) {
    let index = Index::new(known);
    let mut account = Account { read: replies.len(), ..Account::default() };
    let mut taken: BTreeMap<usize, &Reply> = BTreeMap::new();
    for reply in replies {
        let Some(at) = index.find(&reply.key) else {
            note(reply, &mut account.unjoined, &mut account.unjoined_first);
            continue;
        };
        if states_another(reply, &known[at]) {
            note(reply, &mut account.other_truth, &mut account.other_truth_first);
        }
        let Some(earlier) = taken.get(&at).copied() else {
            taken.insert(at, reply);
            continue;
        };
        let replaces = if earlier.response == reply.response || reply.response.is_none() {
            account.repeated += 1;
            false
        } else if earlier.response.is_none() {
            // A failed request that was repeated.
            account.repeated += 1;
            true
        } else {
            note(reply, &mut account.contradicting, &mut account.contradicting_first);
            duplicates == Duplicates::Last
        };
        if replaces {
            taken.insert(at, reply);
        }
    }
    account.answered = taken.len();
    account.failed = taken.values().filter(|reply| reply.response.is_none()).count();
    account.is_truth = is_truth(&taken, known);
    account.absent = known.len() - taken.len();
    let absent = known.iter().enumerate().filter(|(at, _)| !taken.contains_key(at));
    account.absent_first = absent.take(SHOWN).map(|(_, row)| format!("`{}`", row.id)).collect();
    let answers = taken
        .iter()
        .map(|(at, reply)| Answer {
            model: reply.model.clone().or_else(|| model.map(str::to_owned)),
            status: reply.status.clone().or_else(|| reply.response.is_none().then(|| "error".to_owned())),
            id: known[*at].id.clone(),
            response: reply.response.clone(),
            ..reply.recorded.as_deref().cloned().unwrap_or_else(|| Answer::new("", None))
        })
        .collect();
    (answers, account)
}
