//! Verdicts: what became of one try.
//!
//! In: nothing. Out: the verdicts, and the letters that stand for them in files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The right answer is named; of spans, one that overlaps it by half or more.
    Correct,
    /// Another is named.
    Incorrect,
    /// The reply names none, or several.
    Unreadable,
    /// There is no reply.
    Missing,
}

impl Verdict {
    /// The letter that stands for it in `scores.json`.
    pub fn letter(self) -> char {
        match self {
            Self::Correct => 'C',
            Self::Incorrect => 'I',
            Self::Unreadable => 'U',
            Self::Missing => 'M',
        }
    }
}
