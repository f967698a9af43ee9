//! Kinds of question: each a pure function of what is shown.
//!
//! In: a family, what can be shown, a random stream; or a scene, whoever knows it. Out: what is drawn; the right answer; the
//! frames that a viewer needs; how often the best guess is right. The planner checks that the answer to the planned scene is
//! the one that was drawn, `audit` asks the same of a row's needles, and the oracle answers by what it detects: so that they
//! cannot disagree about what a question means.
//!
//! A kind is a file here and an arm of each function below.

mod cell;
mod chain;
mod count;
pub(super) mod design;
mod exists;
mod key;
mod next;
mod order;
mod pick;
mod side;
mod state;
#[cfg(test)]
mod tests;
mod when;
mod which;

pub(super) use chain::labels as labels_of_chains;
pub use state::stale;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, AnswerKind, Form};
use super::draw::{Distractors, Drawn};
use super::evidence::Evidence;
use super::family::Family;
use super::pool::Pool;
use super::query::Query;
use super::scene::{Cell, Scene, Sighting};
use super::words;
use crate::language::Language;
use crate::seed::Stream;

/// A kind of question.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
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
    /// Is a thing shown?
    Exists,
    /// What belongs to a key?
    Key,
    /// What lies so many links along a chain?
    Chain,
    /// What was shown right before or after a thing?
    Next,
    /// In which part of the picture is a thing?
    Cell,
    /// Is a thing farther left, or higher, than another?
    Side,
    /// In which state is a thing that changes?
    State,
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
    /// The keys, where things are shown for keys.
    pub keys: Option<&'a Pool>,
    /// Which of the videos that are drawn together: 0 where each is drawn for itself.
    pub member: u64,
}

impl QuestionKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Which,
        Self::Order,
        Self::Count,
        Self::When,
        Self::Exists,
        Self::Key,
        Self::Chain,
        Self::Next,
        Self::Cell,
        Self::Side,
        Self::State,
    ];

    /// As it stands in families and rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Which => "which",
            Self::Order => "order",
            Self::Count => "count",
            Self::When => "when",
            Self::Exists => "exists",
            Self::Key => "key",
            Self::Chain => "chain",
            Self::Next => "next",
            Self::Cell => "cell",
            Self::Side => "side",
            Self::State => "state",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Draws questions, and what a video has to show; `order` is a random order of all candidates.
    pub(super) fn draw(self, material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
        match self {
            Self::Which => which::draw(material, order, stream),
            Self::Order => order::draw(material, order, stream),
            Self::Count => count::draw(material, order, stream),
            Self::When => when::draw(material, order),
            Self::Exists => exists::draw(material, order, stream),
            Self::Key => key::draw(material, order, stream),
            Self::Chain => chain::draw(material, order, stream),
            Self::Next => next::draw(material, order, stream),
            Self::Cell => cell::draw(material, order, stream),
            Self::Side => side::draw(material, order, stream),
            Self::State => state::draw(material, order, stream),
        }
    }

    /// The right answer to a question about a scene; nothing where the scene shows nothing that could be the answer.
    pub fn answer(self, query: &Query, scene: &Scene) -> Option<Answer> {
        match self {
            Self::Which => which::answer(scene),
            Self::Order => order::answer(scene),
            Self::Count => Some(count::answer(scene)),
            Self::When => when::answer(scene),
            Self::Exists => exists::answer(query, scene),
            Self::Key => key::answer(query, scene),
            Self::Chain => chain::answer(query, scene),
            Self::Next => next::answer(query, scene),
            Self::Cell => cell::answer(query, scene),
            Self::Side => side::answer(query, scene),
            Self::State => state::answer(query, scene),
        }
    }

    /// The frames that a viewer needs to know the answer.
    pub fn evidence(self, query: &Query, scene: &Scene) -> Vec<Evidence> {
        let named = |sighting: &&Sighting| query.things.contains(&sighting.key);
        match self {
            Self::Which | Self::Order | Self::Count | Self::When | Self::Exists | Self::Cell | Self::Side => {
                each(scene.sightings())
            }
            Self::Key => each(&scene.sightings().iter().filter(named).cloned().collect::<Vec<_>>()),
            Self::Chain => each(&chain::needed(query, scene)),
            Self::Next => each(&next::needed(query, scene)),
            Self::State => each(&state::needed(query, scene)),
        }
    }

    /// How often the best guess of somebody who does not look is right, where the form is open and the answer names so many labels: a
    /// share of 0 to 1. Nothing where that depends on the video's length, too: [`super::span_law`] knows it.
    pub fn guess(self, material: Material<'_>, labels: usize) -> Option<f64> {
        let Material { family, pool, left_out, .. } = material;
        let shown = || pick::most_frequent(pool, left_out, family.labels_needed());
        match self {
            Self::Which => Some(which::guess(material)),
            Self::Order => Some(order::guess(material)),
            Self::Count => Some(count::guess(material)),
            Self::When => None,
            Self::Exists | Self::Side => Some(0.5),
            Self::Key if labels > 1 => {
                // A set can be named in any order.
                let orders = if family.ask_things().1 > 1 { 1 } else { (1..=labels).product() };
                Some(orders as f64 * pick::sequence(pool, left_out, labels))
            }
            Self::Key | Self::Chain | Self::Next | Self::State => Some(shown()),
            Self::Cell => Some(1.0 / f64::from(family.ask_cells().pow(2))),
        }
    }

    /// What answers to a family's questions are where the form is open.
    pub fn open_answer(self, family: &Family) -> AnswerKind {
        match self {
            Self::Order => AnswerKind::List,
            Self::Count => AnswerKind::Number,
            Self::When => AnswerKind::Spans,
            Self::Key if family.ask_things().1 > 1 => AnswerKind::List,
            Self::Key if family.each().1 > 1 => AnswerKind::Set,
            Self::Which
            | Self::Exists
            | Self::Key
            | Self::Chain
            | Self::Next
            | Self::Cell
            | Self::Side
            | Self::State => AnswerKind::Label,
        }
    }

    /// What open answers to a question may name, each with its aliases.
    pub fn vocabulary(self, query: &Query, pool: &Pool, language: Language) -> Vec<Vec<String>> {
        match self {
            Self::Exists => [true, false].map(|is_so| words::owned(words::truth(is_so, language))).to_vec(),
            Self::Side => {
                side::sides(query.direction).map(|side| words::owned(side.names(language))).to_vec()
            }
            Self::Cell => {
                let cells = Cell::all(query.cells).into_iter();
                cells.map(|cell| vec![words::cell(cell, language)]).collect()
            }
            _ => pool.vocabulary(),
        }
    }

    /// How many videos are drawn together, alike but for what their answers depend on.
    pub fn members(self) -> u64 {
        if matches!(self, Self::Exists | Self::Side) { 2 } else { 1 }
    }

    /// Whether a question may name the thing that it asks about, since its name is not the answer.
    pub fn names_its_thing(self) -> bool {
        matches!(self, Self::Count | Self::When | Self::Exists | Self::Cell)
    }

    /// Whether a question names labels or keys among which its answer is not, each in a placeholder of its own.
    pub(super) fn names_things(self) -> bool {
        matches!(self, Self::Key | Self::Chain | Self::Next | Self::Side | Self::State)
    }

    /// The wordings that a family of this kind may have beside its `question`, and the steps that each is about.
    pub(super) fn variants(self) -> &'static [(&'static str, i64)] {
        match self {
            Self::Next => &next::VARIANTS,
            Self::Side => &[("horizontal", 0), ("vertical", 0)],
            Self::Chain => &[("one", 1)],
            Self::State => &[("moment", 0)],
            _ => &[],
        }
    }

    /// Whether needles show labels for keys.
    pub(super) fn has_keys(self) -> bool {
        matches!(self, Self::Key | Self::Chain | Self::State)
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
            _ => &Form::ALL,
        }
    }
}

/// One sampled frame of each sighting; what shares its frames counts once.
fn each(sightings: &[Sighting]) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = sightings.iter().map(|sighting| Evidence::of(sighting.span)).collect();
    evidence.dedup();
    evidence
}
