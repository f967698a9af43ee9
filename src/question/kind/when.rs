//! When is a thing shown?
//!
//! In: a family, labels, a stream; or a scene. Out: the thing; the frames on which it is. Durations
//! and times, and how often it is shown, are drawn later, when the video's length is known: [`crate::question::span_law`] has their law.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::scene::Scene;
use crate::time::FrameSpan;

pub(super) fn draw(material: Material<'_>, order: &[usize]) -> Drawn {
    let Material { family, pool, .. } = material;
    let thing = material.take(1, order)[0];
    Drawn {
        asks: vec![Ask {
            question: family.question_about(material.pack, &pool.candidates()[thing]),
            ..Ask::default()
        }],
        clips: vec![Clip::of(vec![thing])],
    }
}

pub(super) fn answer(scene: &Scene) -> Option<Answer> {
    let spans: Vec<FrameSpan> = scene.sightings().iter().map(|sighting| sighting.span).collect();
    (!spans.is_empty()).then_some(Answer::Spans(spans))
}
