//! Parts of a dataset, made anywhere, into one dataset.
//!
//! In: directories of parts. Out: the dataset and its controls, or everything that is missing or does not belong.

use std::path::{Path, PathBuf};

use super::error::Error;
use super::opened::Dataset;
use super::settings::Session;
use crate::dataset::{CONTROLS, SHARD};
use crate::job::Job;
use crate::question::Control;
use crate::render::merge::Merge;

/// Joins `parts` into the dataset in `out`: the very bytes that one machine would have made. The parts stay as they are.
pub fn merge(parts: &[PathBuf], out: &Path, session: &Session) -> Result<Dataset, Error> {
    join(parts, out, &session.job)?;
    for control in Control::ALL {
        let dir = Path::new(CONTROLS).join(control.name());
        let parts: Vec<PathBuf> = parts.iter().map(|part| part.join(&dir)).collect();
        // A part that lacks what another has is not whole, and the merge says so.
        if parts.iter().any(|part| part.join(SHARD).exists()) {
            join(&parts, &out.join(&dir), &session.job)?;
        }
    }
    Ok(Dataset::open(out, session))
}

fn join(parts: &[PathBuf], out: &Path, job: &Job) -> Result<(), Error> {
    if Merge::open(parts, job)?.write(out)?.is_none() {
        job.note(&format!("`{}` already holds this dataset, whole", out.display()));
    }
    Ok(())
}
