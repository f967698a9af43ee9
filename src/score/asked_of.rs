//! Whether answers that state what they were asked were asked it of the rows that they are scored by.
//!
//! In: rows, or the directory that holds them, and answers. Out: nothing, or an error that counts the answers to other rows. Datasets
//! of other seeds, and a dataset and its controls, have rows of the same ids, so that ids alone would let any of them be scored.

use std::path::Path;

use rayon::prelude::*;

use super::Error;
use super::join::SHOWN;
use super::sheet::{Sheet, SheetRow};
use crate::answers::Answers;
use crate::dataset::{self, RowRead};

/// Checks that `answers` were asked of the rows of the dataset in `dir`, as far as they say. The rows are read only where some answer
/// says it.
pub fn check_asked(dir: &Path, answers: &Answers) -> Result<(), Error> {
    if !answers.state_rows() {
        return Ok(());
    }
    let other = |read: RowRead<'_>| {
        let stated = answers.get(read.id())?.row_sha256?;
        (stated != read.asked_sha256()).then(|| read.id().to_owned())
    };
    only_these(dataset::read_contradictory_rows_as(dir, || other)?)
}

/// As [`check_asked`], of rows whose digests are known; others are not looked at.
pub(super) fn check_sheet(rows: &[SheetRow], answers: &Answers) -> Result<(), Error> {
    let other = |row: &SheetRow| {
        let stated = answers.get(&row.id)?.row_sha256?;
        row.asked_sha256.as_deref().filter(|asked| *asked != stated).map(|_| row.id.to_string())
    };
    only_these(rows.par_iter().map(other).collect())
}

/// Whether all `answers` say that they were asked of the rows of `sheet`, as far as its digests are known.
pub fn are_asked_of(sheet: &Sheet, answers: &Answers) -> bool {
    let is_its = |row: &SheetRow| match answers.get(&row.id) {
        Some(known) => row.asked_sha256.is_some() && known.row_sha256 == row.asked_sha256.as_deref(),
        None => true,
    };
    !answers.is_empty() && sheet.rows.par_iter().all(is_its)
}

fn only_these(found: Vec<Option<String>>) -> Result<(), Error> {
    let others: Vec<String> = found.into_iter().flatten().collect();
    if others.is_empty() {
        return Ok(());
    }
    let first = others.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    Err(Error::OtherRows { count: others.len(), first })
}
