//! Why a file of another tool cannot be imported.
//!
//! In: the file, the place and what is wrong there. Out: an error that says so.

use std::path::Path;

use super::format::Format;
use crate::files;

/// A file that cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// It is of no known layout.
    #[error("`{path}` has an unknown format: {found}; expected one of {}", Format::ALL.map(Format::name).join(", "))]
    Unknown {
        /// The file.
        path: String,
        /// What it holds instead.
        found: String,
    },
    /// It is not what its layout says.
    #[error("`{path}`{place}: {problem}")]
    Malformed {
        /// The file.
        path: String,
        /// Line or row, if one is at fault.
        place: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
}

impl Error {
    pub(super) fn malformed(path: &Path, place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Malformed { path: path.display().to_string(), place: place.into(), problem: problem.into() }
    }
}
