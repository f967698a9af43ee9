//! What can be wrong with a spec.
//!
//! In: a file, key paths and problems. Out: an error that shows all of them at once.

use std::fmt::Write as _;

use crate::files;
use crate::wording;

/// A spec that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// The file is not TOML.
    #[error("{} is not TOML", if file.is_empty() { "the spec".to_owned() } else { format!("`{file}`") })]
    Syntax {
        /// The spec; empty where it is no file.
        file: String,
        /// What the parser found.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The spec says what cannot be.
    #[error("spec has {}{}{}", wording::count(problems.len(), "problem"), within(file), lines(problems))]
    Problems {
        /// The spec; empty where it is no file.
        file: String,
        /// One a line, each with its key path.
        problems: Vec<String>,
        /// What may have been meant.
        hints: Vec<String>,
    },
}

impl Error {
    /// What the user may have meant.
    pub fn hints(&self) -> &[String] {
        if let Self::Problems { hints, .. } = self { hints } else { &[] }
    }

    /// The key path of the first problem.
    pub fn key(&self) -> Option<&str> {
        let Self::Problems { problems, .. } = self else { return None };
        Some(problems.first()?.split_once(": ")?.0)
    }

    /// The same error of a spec that is no file.
    #[must_use]
    pub fn of_no_file(mut self) -> Self {
        if let Self::Syntax { file, .. } | Self::Problems { file, .. } = &mut self {
            file.clear();
        }
        self
    }
}

/// The file of a spec as a part of a sentence.
fn within(file: &str) -> String {
    if file.is_empty() { String::new() } else { format!(" in {file}") }
}

fn lines(problems: &[String]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        write!(text, "\n  {}", problem.replace('\n', "\n    ")).expect("writing to a string succeeds");
        text
    })
}
