//! Which thing is shown while another is heard or read?
//!
//! In: a family, labels, cues, a stream; or a scene. Out: as options things that are shown, each with a cue of its own; the one that is
//! shown with the cue that the question names. All things of the options are shown, and each has its cue: neither the things alone nor
//! the cues alone tell which belong together.

use super::pick;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::question::sense::Sense;
use crate::seed::Stream;
use crate::time::FrameSpan;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let number = family.options_number();
    let things = material.take(family.count().1, order);
    let target = stream.below(number as u64) as usize;
    let cues = material.take_cues(things.len(), stream);
    let named = [material.cue(cues[target])];
    let mut clips: Vec<Clip> =
        things.iter().zip(&cues).map(|(&thing, &cue)| Clip::with_cue(cue, thing)).collect();
    stream.shuffle(&mut clips);
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, "", &named, 0),
            query: Query::about(&named[0]),
            options: things[..number].iter().map(|&thing| material.label(thing)).collect(),
            target,
            ..Ask::default()
        }],
        clips,
    }
}

/// The thing that shares most frames with the cue that a question names, and which frames these are.
fn bound<'a>(query: &Query, scene: &'a Scene) -> Option<(&'a Sighting, FrameSpan)> {
    let named = query.things.first()?;
    let is_named = |sighting: &&Sighting| sighting.sense != Sense::Seen && sighting.label == *named;
    let cue = scene.sightings().iter().find(is_named)?;
    let seen = scene.sightings().iter().filter(|sighting| sighting.sense == Sense::Seen);
    let together = seen.filter_map(|thing| Some((thing, thing.span.intersection(cue.span)?)));
    // Of things that share as many, the first.
    together.min_by_key(|(_, shared)| std::cmp::Reverse(shared.count()))
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    bound(query, scene).map(|(thing, _)| Answer::Label(thing.label.clone()))
}

/// One frame on which the thing is shown with its cue.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    bound(query, scene).map(|(_, shared)| Evidence::of(shared)).into_iter().collect()
}

/// Each thing that is shown is as likely: whoever does not look takes the one that is drawn most often.
pub(super) fn guess(material: Material<'_>) -> f64 {
    pick::most_frequent(material.pool, material.left_out, material.family.count().1)
}
