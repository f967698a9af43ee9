//! What named an answer in a reply, and why none can be read.
//!
//! In: nothing. Out: types with stable names, as files write them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What in the reply named the option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Clue {
    /// The reply is the letter.
    Letter,
    /// The reply is the option's text.
    Text,
    /// A box, an answer tag or a JSON field.
    Container,
    /// "The answer is B".
    Declared,
    /// "B. Carol" at the beginning or in the last line.
    Label,
    /// "I choose B".
    Chosen,
    /// Nothing else is mentioned.
    Mentioned,
    /// The official rule found the letter.
    Contained,
}

/// Why a reply cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// There is no text, or none after the reasoning.
    Empty,
    /// The reasoning has no end.
    Unfinished,
    /// No option is named.
    NoOption,
    /// A letter is named that no option has.
    NoSuchOption,
    /// Several options are named.
    Several,
    /// The letter names one option and the text beside it another.
    Contradiction,
}

impl Clue {
    /// The clue's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Text => "text",
            Self::Container => "container",
            Self::Declared => "declared",
            Self::Label => "label",
            Self::Chosen => "chosen",
            Self::Mentioned => "mentioned",
            Self::Contained => "contained",
        }
    }
}

impl Why {
    /// The reason's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unfinished => "unfinished",
            Self::NoOption => "no-option",
            Self::NoSuchOption => "no-such-option",
            Self::Several => "several",
            Self::Contradiction => "contradiction",
        }
    }
}
