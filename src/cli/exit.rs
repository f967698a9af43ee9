//! Exit codes, and the failures that lead to them.
//!
//! In: a stage's error. Out: a message on stderr with its chain of causes, an optional hint, and the exit code.

use std::io::ErrorKind;
use std::process::ExitCode;

use super::interrupt;
use super::print::say;
use crate::cancel::Stopped;
use crate::files;

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
    /// A failure with this exit code; a full disk and a wish to stop have their own, whatever met them.
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        if error.chain().any(|cause| cause.downcast_ref().is_some_and(files::is_disk_full)) {
            let hint = Some("make room and run the same command again".to_owned());
            return Self { exit: Exit::Stopped, error, hint };
        }
        let is_stopped = error.chain().any(<dyn std::error::Error>::is::<Stopped>);
        Self { exit: if is_stopped { Exit::Stopped } else { exit }, error, hint: None }
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
    pub(super) fn report(&self) -> ExitCode {
        // Held until the process ends, since an interrupt would say the same.
        std::mem::forget(interrupt::last_word());
        say(&format!("error: {:#}", self.error));
        if let Some(hint) = &self.hint {
            say(&format!("hint: {hint}"));
        }
        ExitCode::from(self.exit as u8)
    }
}

/// The exit code of an error of files, whichever command meets it: what is read and is not there, not the user's or not what
/// it should be is invalid input; all else is a fault of the machine.
pub(super) fn of_file(error: &files::Error) -> Exit {
    match error {
        error if error.is_disk_full() => Exit::Stopped,
        files::Error::Row { .. } | files::Error::TooLong { .. } | files::Error::Outside { .. } => Exit::Input,
        files::Error::Io { action: "read" | "list" | "find", source, .. } => match source.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidData
            | ErrorKind::UnexpectedEof => Exit::Input,
            _ => Exit::Media,
        },
        files::Error::Io { .. } => Exit::Media,
    }
}

impl From<files::Error> for Failure {
    fn from(error: files::Error) -> Self {
        Self::new(of_file(&error), error)
    }
}

impl From<crate::dataset::Error> for Failure {
    fn from(error: crate::dataset::Error) -> Self {
        Self::new(Exit::Input, error)
    }
}
