//! Languages that questions are asked in.
//!
//! In: a code, as specs, families, packs and rows write it. Out: a [`Language`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language, by its ISO 639-1 code.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese, in simplified characters.
    Zh,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The language that has this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Whether it is English, which formats leave unsaid.
    pub fn is_english(&self) -> bool {
        *self == Self::En
    }
}
