//! Exit codes, and the failures that lead to them.
//!
//! In: an error of a stage. Out: its message with its chain of causes, an optional hint, and the exit code. This is the one place
//! where errors become exit codes: whose fault an error is, [`project::Error`] says.

use crate::answers::output;
use crate::ask;
use crate::cancel::Stopped;
use crate::files;
use crate::project::{self, Blame};
use crate::score;

/// Documented exit codes of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// Stopped before the end; run again to finish.
    Stopped = 6,
}

impl From<Blame> for Exit {
    fn from(blame: Blame) -> Self {
        match blame {
            Blame::Bug => Self::Bug,
            Blame::Usage => Self::Usage,
            Blame::Input => Self::Input,
            Blame::Media => Self::Media,
            Blame::Check => Self::Check,
            Blame::Stopped => Self::Stopped,
        }
    }
}

/// A failure on its way to the user.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    error: anyhow::Error,
    hint: Option<String>,
    /// Whether the user wished it, so that it is no error.
    is_wished: bool,
}

impl Failure {
    /// A failure with this exit code; a full disk and a wish to stop have their own, whatever met them.
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        if error.chain().any(|cause| cause.downcast_ref().is_some_and(files::is_disk_full)) {
            let hint = Some("make room and run the same command again".to_owned());
            return Self { exit: Exit::Stopped, error, hint, is_wished: false };
        }
        let is_stopped = error.chain().any(<dyn std::error::Error>::is::<Stopped>);
        let exit = if is_stopped { Exit::Stopped } else { exit };
        Self { exit, error, hint: None, is_wished: false }
    }

    /// The end that the user asked for of what runs until then: this message, without a word of an error, and [`Exit::Stopped`].
    pub(super) fn wished(message: impl Into<String>) -> Self {
        Self { is_wished: true, ..Self::message(Exit::Stopped, message) }
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

    /// Adds what else the user can do about it.
    pub(super) fn also(mut self, hint: &str) -> Self {
        self.hint = Some(match self.hint {
            Some(first) => format!("{first}\nhint: {hint}"),
            None => hint.to_owned(),
        });
        self
    }

    /// What the user is told.
    pub(super) fn lines(&self) -> Vec<String> {
        let lead = if self.is_wished { "" } else { "error: " };
        let error = format!("{lead}{:#}", self.error);
        std::iter::once(error).chain(self.hint.iter().map(|hint| format!("hint: {hint}"))).collect()
    }

    /// Its exit code.
    pub(super) fn code(&self) -> u8 {
        self.exit as u8
    }
}

impl<E: Into<project::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        let (exit, hint) = (Exit::from(error.blame()), error.hint());
        Self { exit, error: error.into(), hint, is_wished: false }
    }
}

/// Answers that cannot be scored.
pub(super) fn unscorable(error: score::Error) -> Failure {
    let several = matches!(error, score::Error::Models { .. });
    let failure = Failure::from(error);
    if several {
        failure.hint("score the answers of each model separately, or name the run with --model")
    } else {
        failure
    }
}

/// A run that cannot go on; `flag` names the file of its replies.
pub(super) fn unasked(flag: &str, error: ask::Error) -> Failure {
    match error {
        ask::Error::Output(error) => unwritten(flag, error),
        stopped @ (ask::Error::Refused { .. } | ask::Error::Hopeless { .. }) => Failure::from(stopped)
            .hint("answers are kept; run the same command again to resume; --retry-errors also repeats the rows that ended in an error"),
        other @ (ask::Error::OtherSettings { .. }
        | ask::Error::OtherDataset { .. }
        | ask::Error::NotOurs { .. }) => Failure::from(other).hint(format!("name another file with {flag}")),
        other => other.into(),
    }
}

/// A file of answers that cannot be written to; `flag` names it.
pub(super) fn unwritten(flag: &str, error: output::Error) -> Failure {
    let hint = match &error {
        output::Error::File(_) => None,
        output::Error::Busy { .. } => Some(format!("wait for its end, or name another file with {flag}")),
        output::Error::Foreign { .. } => Some(format!("name another file with {flag}")),
        output::Error::Paid { .. } | output::Error::Given { .. } => {
            Some(format!("name another file with {flag}, or replace this one with --force"))
        }
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
