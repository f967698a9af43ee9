//! Kinds of question: each a pure function of what is shown.
//!
//! In: a family, what can be shown, a random stream; or a scene, whoever knows it. Out: what is drawn; the right answer; the
//! frames that a viewer needs; how often the best guess is right. The planner checks that the answer to the planned scene is
//! the one that was drawn, `audit` asks the same of a row's needles, and the oracle answers by what it detects: so that they
//! cannot disagree about what a question means.
//!
//! A kind is a file here and an arm of each function below; what holds of all its questions is in [`super::question_kind`].

mod appears;
mod arrow;
mod blink;
mod bounces;
mod cell;
mod chain;
#[cfg(test)]
mod change_tests;
mod conflict;
mod count;
#[cfg(test)]
mod cue_tests;
pub(super) mod cups;
#[cfg(test)]
mod cups_tests;
pub(super) mod design;
mod during;
mod exists;
mod faster;
mod heading;
mod key;
mod last;
#[cfg(test)]
mod motion_law_tests;
#[cfg(test)]
mod motion_tests;
mod next;
mod order;
mod pick;
mod rings;
mod seen;
mod sequence;
mod side;
mod spin;
mod state;
#[cfg(test)]
mod tests;
mod turn;
#[cfg(test)]
mod variation_tests;
mod when;
mod which;

pub use bounces::NUMBERS as BOUNCES;
pub use state::stale;

use super::answer::Answer;
use super::drawn::Drawn;
use super::evidence::Evidence;
use super::family::Family;
use super::material::Material;
use super::pool::Pool;
use super::query::Query;
use super::question_kind::QuestionKind;
use super::scene::{Scene, Sighting};
use super::words::{self, Course};
use crate::language::Language;
use crate::needle::ROUND;
use crate::seed::Stream;

impl QuestionKind {
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
            Self::Sequence => sequence::draw(material, order, stream),
            Self::Blink => blink::draw(material, order, stream),
            Self::Cups => cups::draw(material, order, stream),
            Self::Heading => heading::draw(material, order, stream),
            Self::Spin => spin::draw(material, order, stream),
            Self::Bounces => bounces::draw(material, order, stream),
            Self::Turn => turn::draw(material, order, stream),
            Self::Faster => faster::draw(material, order, stream),
            Self::Arrow => arrow::draw(material, order, stream),
            Self::Last => last::draw(material, order, stream),
            Self::Seen => seen::draw(material, order, stream),
            Self::During => during::draw(material, order, stream),
            Self::Conflict => conflict::draw(material, order, stream),
            Self::Appears => appears::draw(material, order, stream),
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
            Self::Sequence => sequence::answer(query, scene),
            Self::Blink => blink::answer(query, scene),
            Self::Cups => cups::answer(query, scene),
            Self::Heading => heading::answer(query, scene),
            Self::Spin => spin::answer(query, scene),
            Self::Bounces => bounces::answer(query, scene),
            Self::Turn => turn::answer(query, scene),
            Self::Faster => faster::answer(query, scene),
            Self::Arrow => arrow::answer(query, scene),
            Self::Last => last::answer(scene),
            Self::Seen => seen::answer(query, scene),
            Self::During => during::answer(query, scene),
            Self::Conflict => conflict::answer(query, scene),
            Self::Appears => appears::answer(query, scene),
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
            Self::Sequence => sequence::evidence(query, scene),
            Self::Blink => blink::evidence(query, scene),
            Self::Cups => cups::evidence(query, scene),
            Self::Heading => heading::evidence(query, scene),
            Self::Spin => spin::evidence(query, scene),
            Self::Bounces => bounces::evidence(query, scene),
            Self::Turn => turn::evidence(query, scene),
            Self::Faster => faster::evidence(query, scene),
            Self::Arrow => arrow::evidence(query, scene),
            Self::Last => each(&last::needed(scene)),
            Self::Seen | Self::Appears => each(&seen::needed(query, scene)),
            Self::During => during::evidence(query, scene),
            Self::Conflict => conflict::evidence(query, scene),
        }
    }

    /// How often the best guess of somebody who does not look is right, where the form is open and the answer names so many labels: a
    /// share of 0 to 1. Nothing where that depends on the video's length, too: [`super::span_law`] knows it.
    pub fn guess(self, material: Material<'_>, query: &Query, labels: usize) -> Option<f64> {
        let Material { family, pool, left_out, .. } = material;
        let shown = || {
            // What the question names is shown, and is not the answer.
            let named = pool.labelled(&query.things);
            let out = pool.with_alike(left_out, &named);
            pick::most_frequent(pool, &out, family.labels_needed() - named.len())
        };
        match self {
            Self::Which => Some(which::guess(material)),
            Self::Order => Some(order::guess(material)),
            Self::Count => Some(count::guess(material)),
            Self::When => None,
            Self::Exists
            | Self::Side
            | Self::Blink
            | Self::Spin
            | Self::Turn
            | Self::Faster
            | Self::Arrow
            | Self::Seen
            | Self::Appears => Some(0.5),
            Self::Last => Some(last::guess(material)),
            Self::Sequence => Some(sequence::guess(material)),
            Self::Cups => Some(1.0 / family.options_number() as f64),
            Self::Heading | Self::Bounces => Some(0.25),
            Self::Key if labels > 1 => {
                // A set can be named in any order.
                let orders = if family.ask_things().1 > 1 { 1 } else { (1..=labels).product() };
                Some(orders as f64 * pick::sequence(pool, left_out, labels))
            }
            Self::Key | Self::Chain | Self::Next | Self::State => Some(shown()),
            Self::During => Some(during::guess(material)),
            Self::Conflict => Some(conflict::guess(material)),
            // Cells are equally large and equally likely: any point is as good as any other.
            Self::Cell => Some(1.0 / f64::from(family.ask_cells().pow(2))),
        }
    }

    /// The fewest frames of a needle on which everything that a question of this family is about is shown.
    pub(super) fn least_frames(self, family: &Family) -> u64 {
        match self {
            Self::Sequence => sequence::phases(family) as u64,
            Self::Blink => u64::from(blink::PARTS),
            Self::Cups => u64::from(cups::parts(family.ask_swaps(), family.clips().unwrap_or(1) as u32)),
            _ => 1,
        }
    }

    /// What open answers to a question may name, each with its aliases.
    pub fn vocabulary(self, query: &Query, pool: &Pool, language: Language) -> Vec<Vec<String>> {
        match self {
            Self::Exists | Self::Seen => {
                [true, false].map(|is_so| words::owned(words::truth(is_so, language))).to_vec()
            }
            Self::Side => {
                side::sides(query.direction).map(|side| words::owned(side.names(language))).to_vec()
            }
            Self::Heading => Course::vocabulary(Course::HEADINGS, language),
            Self::Arrow => Course::vocabulary(Course::ARROWS, language),
            Self::Spin => Course::vocabulary(Course::SPINS, language),
            Self::Turn => Course::vocabulary(Course::TURNS, language),
            // Which of the two, and no third.
            Self::Faster => {
                let is_named = |names: &Vec<String>| query.things.contains(&names[0]);
                pool.vocabulary().into_iter().filter(is_named).collect()
            }
            _ => pool.vocabulary(),
        }
    }

    /// The least that something has to travel while it is shown, in 65,536ths of a round, so that its frames tell how it moves; 0 where
    /// nothing moves.
    pub fn least_travel(self) -> i64 {
        match self {
            Self::Heading | Self::Spin => ROUND / 4,
            Self::Turn => ROUND / 2,
            Self::Bounces => bounces::LEAST_TRAVEL,
            Self::Faster => faster::LEAST_TRAVEL,
            _ => 0,
        }
    }

    /// The fewest frames in which something may go round: on every frame it has to be seen to go on, and not back.
    pub fn least_round_frames(self) -> u64 {
        match self {
            Self::Bounces => 8,
            _ if self.is_motion() => 4,
            _ => 0,
        }
    }

    /// Questions of this kind about one video, where the family does not state their number.
    pub(super) fn asks_of_one(self) -> u64 {
        if self == Self::Conflict { conflict::ASKS } else { 1 }
    }

    /// The wordings that a family of this kind may have beside its `question`, and the steps that each is about.
    pub(super) fn variants(self) -> &'static [(&'static str, i64)] {
        match self {
            Self::Next => &next::VARIANTS,
            Self::Side => &[("horizontal", 0), ("vertical", 0)],
            Self::Chain => &[("one", 1)],
            Self::State => &[("moment", 0)],
            Self::Conflict => &conflict::VARIANTS,
            Self::Cell => &[(cell::POINT, 0)],
            _ => &[],
        }
    }
}

/// One sampled frame of each sighting; what shares its frames counts once.
fn each(sightings: &[Sighting]) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = sightings.iter().map(Sighting::evidence).collect();
    evidence.dedup();
    evidence
}
