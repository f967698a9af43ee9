//! `vniah plan`: checks a spec and says what would be made.
//!
//! In: a spec. Out: its problems, all at once.

use std::path::PathBuf;

use clap::Args;

use super::exit::{Exit, Failure};
use crate::spec;

/// Check a spec and print what would be made.
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// The spec.
    spec: PathBuf,
}

impl Plan {
    pub(super) fn run(self) -> Result<(), Failure> {
        spec::read(&self.spec)?;
        Ok(())
    }
}

impl From<spec::Error> for Failure {
    fn from(error: spec::Error) -> Self {
        let hints = error.hints().join("\nhint: ");
        let failure = Self::new(Exit::Input, error);
        if hints.is_empty() { failure } else { failure.hint(hints) }
    }
}

impl From<crate::plan::Error> for Failure {
    fn from(error: crate::plan::Error) -> Self {
        let hints = error.hints.join("\nhint: ");
        let failure = Self::new(Exit::Input, error);
        if hints.is_empty() { failure } else { failure.hint(hints) }
    }
}
