//! Which of several things was shown last?
//!
//! In: a family, labels, a stream; or a scene up to the moment of the question. Out: the label. Before every moment each option is
//! shown once more, in an order of its own: so whoever knows what was shown and how often, but not in which order, chooses among
//! all of them. What is shown after the last moment is any of them: whoever looks on answers by chance.

use super::pick;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::moments::named;
use crate::question::scene::{Scene, Sighting};
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let (number, times) = (family.options_number(), family.ask_times());
    let shown = material.take(number, order);
    // No two moments have one answer, as far as there are so many options.
    let mut targets: Vec<usize> = Vec::new();
    while targets.len() < times {
        let mut round = stream.distinct(number, number);
        if round.first() == targets.last() {
            round.reverse();
        }
        targets.extend(round);
    }
    let (mut asks, mut clips) = (Vec::new(), Vec::new());
    for (at, &target) in targets.iter().take(times).enumerate() {
        let options = stream.distinct(number, number);
        let mut before: Vec<usize> = (0..number).filter(|option| *option != target).collect();
        stream.shuffle(&mut before);
        clips.extend(before.into_iter().chain([target]).map(|option| Clip::of(vec![shown[option]])));
        asks.push(Ask {
            name: named(at),
            question: family.plain_question(material.pack),
            target: options.iter().position(|option| *option == target).unwrap_or_default(),
            options: options.into_iter().map(|option| material.label(shown[option])).collect(),
            after: Some(clips.len()),
            ..Ask::default()
        });
    }
    clips.push(Clip::of(vec![shown[stream.below(number as u64) as usize]]));
    Drawn { asks, clips }
}

pub(super) fn answer(scene: &Scene) -> Option<Answer> {
    Some(Answer::Label(scene.sightings().last()?.label.clone()))
}

/// What has to be seen: whoever misses the last takes another for it.
pub(super) fn needed(scene: &Scene) -> Vec<Sighting> {
    scene.sightings().last().cloned().into_iter().collect()
}

pub(super) fn guess(material: Material<'_>) -> f64 {
    pick::most_frequent(material.pool, material.left_out, material.family.options_number())
}
