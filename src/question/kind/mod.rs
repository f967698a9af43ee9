//! Kinds of question: each a pure function of what is shown.
//!
//! In: a family, what can be shown, a random stream; or a scene, whoever knows it. Out: what is drawn; the right answer; the
//! frames that a viewer needs; how often the best guess is right. The planner checks that the answer to the planned scene is
//! the one that was drawn, `audit` asks the same of a row's needles, and the oracle answers by what it detects: so that they
//! cannot disagree about what a question means.
//!
//! A kind is a file here and an arm of each function below.

mod count;
mod order;
mod pick;
mod when;
mod which;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, AnswerKind, Form};
use super::draw::{Distractors, Drawn};
use super::evidence::Evidence;
use super::family::Family;
use super::pool::Pool;
use super::scene::Scene;
use crate::seed::Stream;

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

/// What a question is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The family.
    pub family: &'a Family,
    /// The labels that can be asked for.
    pub pool: &'a Pool,
    /// What distractors show, where there are any.
    pub distractors: Option<&'a Distractors>,
    /// Candidates that are not shown, ascending: haystacks show them by themselves.
    pub left_out: &'a [usize],
    /// The pack of the labels.
    pub pack: &'a str,
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

    /// Draws a question, and what a video has to show; `order` is a random order of all candidates.
    pub(super) fn draw(self, material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
        match self {
            Self::Which => which::draw(material, order, stream),
            Self::Order => order::draw(material, order, stream),
            Self::Count => count::draw(material, order, stream),
            Self::When => when::draw(material, order),
        }
    }

    /// The right answer to the question about a scene; nothing where the scene shows nothing that could be the answer.
    pub fn answer(self, scene: &Scene) -> Option<Answer> {
        match self {
            Self::Which => which::answer(scene),
            Self::Order => order::answer(scene),
            Self::Count => Some(count::answer(scene)),
            Self::When => when::answer(scene),
        }
    }

    /// The frames that a viewer needs to know the answer.
    pub fn evidence(self, scene: &Scene) -> Vec<Evidence> {
        match self {
            Self::Which | Self::Order | Self::Count | Self::When => each_sighting(scene),
        }
    }

    /// How often the best guess of somebody who does not look is right, where the answer is open: a share of 0 to 1. Nothing
    /// where that depends on the video's length, too: [`super::span_law`] knows it.
    pub fn guess(self, material: Material<'_>) -> Option<f64> {
        match self {
            Self::Which => Some(which::guess(material)),
            Self::Order => Some(order::guess(material)),
            Self::Count => Some(count::guess(material)),
            Self::When => None,
        }
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

/// One sampled frame of each sighting; what shares its frames counts once.
fn each_sighting(scene: &Scene) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> =
        scene.sightings().iter().map(|sighting| Evidence::of(sighting.span)).collect();
    evidence.dedup();
    evidence
}
