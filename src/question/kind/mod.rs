//! Kinds of question: each a pure function of what is shown.
//!
//! In: a family, what can be shown, a random stream; or a scene, whoever knows it. Out: what is drawn; the right answer; the
//! frames that a viewer needs; how often the best guess is right. The planner checks that the answer to the planned scene is
//! the one that was drawn, `audit` asks the same of a row's needles, and the oracle answers by what it detects: so that they
//! cannot disagree about what a question means.
//!
//! A kind is a file here and an arm of each function below; what holds of all its questions is in [`super::question_kind`].

mod count;
mod order;
mod pick;
mod when;
mod which;

use super::answer::Answer;
use super::drawn::Drawn;
use super::evidence::Evidence;
use super::material::Material;
use super::question_kind::QuestionKind;
use super::scene::Scene;
use crate::seed::Stream;

impl QuestionKind {
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
}

/// One sampled frame of each sighting; what shares its frames counts once.
fn each_sighting(scene: &Scene) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> =
        scene.sightings().iter().map(|sighting| Evidence::of(sighting.span)).collect();
    evidence.dedup();
    evidence
}
