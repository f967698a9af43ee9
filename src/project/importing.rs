//! Result files of other tools become answers.
//!
//! In: a dataset and a result file. Out: answers, and an account of every row that was not taken as it stood.

use std::path::Path;

use super::error::Error;
use super::opened::Dataset;
use crate::answers::Answer;
use crate::answers::import::{self, Account, Columns, Duplicates, Format, Known, Taken};
use crate::dataset::Row;

/// How a result file is read.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// Its layout; absent, it is detected.
    pub format: Option<Format>,
    /// Names of the columns that may hold ids and replies.
    pub columns: Columns,
    /// Which of several replies to one row is taken.
    pub duplicates: Duplicates,
    /// Name of the model, if the file does not state it.
    pub model: Option<String>,
}

/// What was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The answers.
    pub answers: Vec<Answer>,
    /// What became of each row of the file.
    pub account: Account,
    /// The layout of the file.
    pub format: Format,
    /// The columns that ids and replies were taken from, where the layout does not fix them.
    pub taken: Option<Taken>,
}

impl Dataset {
    /// Reads the result file of another tool. Where the file does not say what was asked, the answers say that it was these rows.
    pub fn import(&self, file: &Path, how: &Import) -> Result<Imported, Error> {
        let rows = self.rows()?;
        let known: Vec<Known> = rows.iter().map(known).collect();
        let found = import::read(file, how.format, &how.columns)?;
        let (mut answers, account) =
            import::join(&found.replies, &known, how.duplicates, how.model.as_deref());
        // Answers stand in the order of their rows.
        let mut left = rows.iter();
        for answer in &mut answers {
            let row = left.find(|row| row.id == answer.id);
            answer.row_sha256 = answer.row_sha256.take().or_else(|| Some(row?.asked_sha256()));
        }
        Ok(Imported { answers, account, format: found.format, taken: found.taken })
    }
}

/// What other tools may say of a row.
fn known(row: &Row) -> Known {
    let stem = Path::new(&row.video_path).file_stem().unwrap_or_default();
    Known {
        id: row.id.clone(),
        stem: stem.to_string_lossy().into_owned(),
        rotation: row.rotation,
        kind: row.kind.clone(),
        gt: row.gt.clone(),
        gt_option: row.gt_option.clone(),
    }
}
