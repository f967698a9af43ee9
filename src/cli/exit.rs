//! Exit codes, and the failures that lead to them.
//!
//! In: a stage's error. Out: a message on stderr with its chain of causes, an optional hint, and the exit code.

use std::process::ExitCode;

use crate::markup;

/// Documented exit codes of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// A bug of ours.
    Bug = 1,
    /// The command line is not one we understand.
    Usage = 2,
    /// An input file says something that cannot be done.
    Input = 3,
    /// Media could not be read or written.
    Media = 4,
    /// A check found a difference.
    Check = 5,
    /// Stopped before the end; run again to resume.
    Stopped = 6,
}

/// A failure on its way to the user.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    error: anyhow::Error,
    hint: Option<String>,
}

impl Failure {
    /// A failure with this exit code.
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into(), hint: None }
    }

    /// A failure that is only a message.
    pub(super) fn message(exit: Exit, message: impl Into<String>) -> Self {
        Self::new(exit, anyhow::Error::msg(message.into()))
    }

    /// Adds what the user can do about it; only where it is true in all cases.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Prints the failure and gives its code.
    #[expect(clippy::print_stderr, reason = "messages go to stderr")]
    pub(super) fn report(&self) -> ExitCode {
        eprintln!("error: {}", markup::terminal(&format!("{:#}", self.error)));
        if let Some(hint) = &self.hint {
            eprintln!("hint: {}", markup::terminal(hint));
        }
        ExitCode::from(self.exit as u8)
    }
}

impl From<crate::files::Error> for Failure {
    fn from(error: crate::files::Error) -> Self {
        let exit = if error.is_disk_full() { Exit::Stopped } else { Exit::Input };
        Self::new(exit, error)
    }
}

impl From<crate::dataset::Error> for Failure {
    fn from(error: crate::dataset::Error) -> Self {
        Self::new(Exit::Input, error)
    }
}
