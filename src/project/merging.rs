//! Parts of a dataset, made anywhere, into one dataset.
//!
//! In: directories of parts. Out: the dataset and its controls, or everything that is missing or does not belong.

use std::path::{Path, PathBuf};

use super::error::Error;
use super::opened::Dataset;
use super::settings::Session;
use crate::dataset::CONTROLS;
use crate::render::merge::Merge;
use crate::spec::controls_of;

/// Joins `parts` into the dataset in `out`: the very bytes that one machine would have made. The parts stay as they are.
pub fn merge(parts: &[PathBuf], out: &Path, session: &Session) -> Result<Dataset, Error> {
    let job = &session.job;
    let whole = Merge::open(parts, job)?;
    // All are opened before anything is written: a part that was stopped before its controls lacks what the spec asks for. A control, whose
    // parts may be merged by themselves, has none.
    let is_control = whole.manifest().control.is_some();
    let controls = controls_of(&whole.manifest().spec).into_iter().filter(|_| !is_control).map(|control| {
        let dir = Path::new(CONTROLS).join(control.name());
        let parts: Vec<PathBuf> = parts.iter().map(|part| part.join(&dir)).collect();
        Ok((out.join(&dir), Merge::open(&parts, job)?))
    });
    let controls: Vec<(PathBuf, Merge)> = controls.collect::<Result<_, Error>>()?;
    for (out, merge) in std::iter::once((out.to_owned(), whole)).chain(controls) {
        if merge.write(&out)?.is_none() {
            job.note(&format!("`{}` already holds this dataset, whole", out.display()));
        }
    }
    Ok(Dataset::open(out, session))
}
