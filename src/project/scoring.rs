//! Files of scores: written over scores, and over nothing else.
//!
//! In: scores and a path. Out: `scores.json`.

use std::path::Path;

use super::error::Error;
use crate::score::{self, Scores};

/// Fails if something else than scores lies at `path`.
pub fn check_scores_file(path: &Path) -> Result<(), Error> {
    if path.exists() && !score::is_scores(path) {
        return Err(Error::NoScores { path: path.to_owned() });
    }
    Ok(())
}

/// Writes scores to `path`. Scores that are there are replaced, and nothing else is.
pub fn write_scores(path: &Path, scores: &Scores) -> Result<(), Error> {
    check_scores_file(path)?;
    Ok(score::write(path, scores)?)
}
