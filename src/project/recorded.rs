//! Answers of a run that is under way in this process: recorded one by one, scored or written when they are all there.
//!
//! In: a dataset, replies to its rows. Out: the answers of one run, a file of them.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::Error;
use super::opened::Dataset;
use crate::answers::{Answer, Answers, output};
use crate::wording;

/// Answers by the id of their row. Who answers a row again takes the earlier answer back.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    by_id: BTreeMap<String, Answer>,
}

impl Recorded {
    /// Records an answer to a row of `dataset`, and what that asks unless the answer says it.
    pub fn record(&mut self, dataset: &Dataset, answer: Answer) -> Result<(), Error> {
        let at = dataset.position(&answer.id)?;
        let rows = dataset.rows()?;
        let row_sha256 = answer.row_sha256.or_else(|| Some(rows[at].asked_sha256()));
        let answer = Answer { row_sha256, ..answer };
        self.by_id.insert(answer.id.clone(), answer);
        Ok(())
    }

    /// Forgets all answers.
    pub fn clear(&mut self) {
        self.by_id.clear();
    }

    /// All answers, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Answer> {
        self.by_id.values()
    }

    /// The answers as those of one run.
    pub fn answers(&self) -> Result<Answers, Error> {
        Ok(Answers::of(self.iter().cloned())?)
    }

    /// Writes the answers to `path` in the order of the rows. A file of answers that is there is replaced, unless `ask` wrote it;
    /// nothing else is. Gives what the user is to be warned of.
    pub fn write(&self, dataset: &Dataset, path: &Path) -> Result<Option<String>, Error> {
        let rows = dataset.rows()?;
        let answers: Vec<Answer> = rows.iter().filter_map(|row| self.by_id.get(&row.id)).cloned().collect();
        Ok(output::replace(path, &answers, false)?)
    }
}

impl Dataset {
    /// The place among the rows of the one that has this id.
    pub fn position(&self, id: &str) -> Result<usize, Error> {
        let places = self.places()?;
        places.get(id).copied().ok_or_else(|| Error::NoRow {
            dataset: self.dir().to_owned(),
            id: id.to_owned(),
            nearest: wording::nearest(id, places.keys().map(String::as_str)).map(str::to_owned),
        })
    }
}
