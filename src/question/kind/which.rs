//! Which of several things is shown?
//!
//! In: a family, labels, a stream; or a scene. Out: as options labels of which one is shown; the label that is shown.

use super::pick;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::scene::Scene;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let number = family.options_number();
    let shown = material.take(number, order);
    let target = stream.below(number as u64) as usize;
    Drawn {
        asks: vec![Ask {
            question: family.plain_question(material.pack),
            options: shown.iter().map(|&at| pool.candidates()[at].label.clone()).collect(),
            target,
            ..Ask::default()
        }],
        clips: clips(material, &shown, target, stream),
    }
}

/// The target's needles, and distractors that show other options, in random order; those beyond the options are drawn later. Where
/// those are wanted that are most or least like the target, there are none yet.
fn clips(material: Material<'_>, shown: &[usize], target: usize, stream: &mut Stream) -> Vec<Clip> {
    let Material { family, distractors, .. } = material;
    let mut clips = vec![Clip::of(vec![shown[target]]); family.count().1];
    let wrong: Vec<usize> = (0..shown.len()).filter(|&at| at != target).map(|at| shown[at]).collect();
    let number = family.distractors().min(wrong.len());
    if distractors.is_some_and(|others| others.own && others.ranks.is_none()) && number > 0 {
        let chosen = stream.distinct(number, wrong.len());
        let distractor = |at: usize| Clip { is_distractor: true, ..Clip::of(vec![wrong[at]]) };
        clips.extend(chosen.into_iter().map(distractor));
        stream.shuffle(&mut clips);
    }
    clips
}

pub(super) fn answer(scene: &Scene) -> Option<Answer> {
    Some(Answer::Label(scene.sightings().first()?.label.clone()))
}

pub(super) fn guess(material: Material<'_>) -> f64 {
    pick::most_frequent(material.pool, material.left_out, material.family.options_number())
}
