//! The values that a key of difficulty takes.
//!
//! In: a value of a spec. Out: the difficulty with it, or what is wrong with it; the values in words, as documented.

use toml::Value;

use super::values::share;
use crate::spec::difficulty::Difficulty;
use crate::time::percent;

/// The values of a key.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Takes {
    /// A share, in per-mille.
    Share {
        /// The least.
        least: u16,
        /// The greatest.
        most: u16,
        /// Where it is kept.
        of: fn(&mut Difficulty) -> &mut u16,
    },
    /// Anything else.
    Other {
        /// Which values, as documented.
        values: &'static str,
        /// Reads one.
        set: fn(&mut Difficulty, &Value) -> Result<(), String>,
    },
}

impl Takes {
    /// Reads a value.
    pub(in crate::spec) fn set(self, difficulty: &mut Difficulty, value: &Value) -> Result<(), String> {
        match self {
            Self::Share { least, most, of } => {
                share(value, least, most).map(|permille| *of(difficulty) = permille)
            }
            Self::Other { set, .. } => set(difficulty, value),
        }
    }

    /// As documented.
    pub fn words(self) -> String {
        match self {
            Self::Share { least, most, .. } => format!("`{}` to `{}`", percent(least), percent(most)),
            Self::Other { values, .. } => values.to_owned(),
        }
    }
}
