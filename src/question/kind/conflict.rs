//! What does the picture show, and what does the sound or the subtitle say, where they disagree?
//!
//! In: a family, labels, a stream; or a scene. Out: two questions about one video, with the same options: one about what is seen, one
//! about what is heard or read at the same time. Each answer misleads whoever is asked for the other.

use super::pick;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::question::sense::Sense;
use crate::seed::Stream;

/// Questions about one video.
pub(super) const ASKS: u64 = 2;
/// The wordings of the second question, by the sense that it is about.
pub(super) const VARIANTS: [(&str, i64); 2] = [("read", 0), ("heard", 0)];

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let number = family.options_number();
    let things = material.take(number, order);
    let seen = stream.below(number as u64) as usize;
    // Any of the others, each as likely.
    let other = (seen + 1 + stream.below(number as u64 - 1) as usize) % number;
    let options: Vec<String> = things.iter().map(|&thing| material.label(thing)).collect();
    let ask = |sense: Sense, target: usize| {
        let variant = if sense == Sense::Seen { "" } else { sense.name() };
        Ask {
            name: sense.name().to_owned(),
            question: family.question_naming(material.pack, variant, &[], 0),
            query: Query::about(sense.name()),
            options: options.clone(),
            target,
            ..Ask::default()
        }
    };
    Drawn {
        asks: vec![ask(Sense::Seen, seen), ask(family.cue_sense(), other)],
        clips: vec![Clip::with_cue(material.cue_of(&options[other]), things[seen])],
    }
}

/// What is taken in by the sense that a question is about.
fn asked<'a>(query: &Query, scene: &'a Scene) -> Option<&'a Sighting> {
    let sense = Sense::of_name(query.things.first()?)?;
    scene.sightings().iter().find(|sighting| sighting.sense == sense)
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    asked(query, scene).map(|sighting| Answer::Label(sighting.label.clone()))
}

pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    asked(query, scene).map(Sighting::evidence).into_iter().collect()
}

pub(super) fn guess(material: Material<'_>) -> f64 {
    pick::most_frequent(material.pool, material.left_out, material.family.options_number())
}
