//! The kinds of question, and what holds of all questions of a kind.
//!
//! In: a name in a family or a row. Out: the kind; its forms, and how it is answered where the form is open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{AnswerKind, Form};

/// A kind of question.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum QuestionKind {
    /// Which of several things is shown?
    #[default]
    Which,
    /// In which order are things shown?
    Order,
    /// How many things are shown?
    Count,
    /// When is a thing shown?
    When,
}

impl QuestionKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Which, Self::Order, Self::Count, Self::When];

    /// As it stands in families and rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Which => "which",
            Self::Order => "order",
            Self::Count => "count",
            Self::When => "when",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What answers are where the form is open.
    pub fn open_answer(self) -> AnswerKind {
        match self {
            Self::Which => AnswerKind::Label,
            Self::Order => AnswerKind::List,
            Self::Count => AnswerKind::Number,
            Self::When => AnswerKind::Spans,
        }
    }

    /// Whether a question may name the thing that it asks about, since its name is not the answer.
    pub fn names_its_thing(self) -> bool {
        matches!(self, Self::Count | Self::When)
    }

    /// Whether the thing that is asked for has a time that is drawn for itself, and a duration of its own.
    pub fn draws_times(self) -> bool {
        self == Self::When
    }

    /// The forms that questions of a family can have.
    pub fn forms(self, most_needles: usize) -> &'static [Form] {
        match self {
            // Of several spans there is no set of options yet that tells nothing.
            Self::When if most_needles > 1 => &[Form::Open],
            Self::Which | Self::Order | Self::Count | Self::When => &Form::ALL,
        }
    }
}
