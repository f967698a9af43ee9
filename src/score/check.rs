//! Whether answers can be scored.
//!
//! In: a sheet and the answers of a run. Out: nothing, or why not.

use super::sheet::Sheet;
use super::{Error, asked_of, join};
use crate::answers::Answers;

/// Whether `answers` to the rows of `sheet` can be scored as one run: every answer is to a row, and was asked of it as far as
/// both say; all are of one model, unless `model` names them.
pub fn check(sheet: &Sheet, answers: &Answers, model: Option<&str>) -> Result<(), Error> {
    check_run(sheet, answers, model)?;
    asked_of::check_sheet(&sheet.rows, answers)
}

/// As [`check`], for answers that may have been asked of a control, whose rows have the same ids.
pub(super) fn check_run(sheet: &Sheet, answers: &Answers, model: Option<&str>) -> Result<(), Error> {
    let rows = &sheet.rows;
    if rows.is_empty() {
        return Err(Error::NoRows);
    }
    join::check_ids(rows, answers)?;
    join::check_truths(rows)?;
    if model.is_none() && answers.models().len() > 1 {
        return Err(Error::Models { models: answers.models().iter().cloned().collect() });
    }
    Ok(())
}
