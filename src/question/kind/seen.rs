//! Has a thing been shown yet?
//!
//! In: a family, labels, a stream; or a scene up to the moment of the question. Out: yes and no. Each moment asks for a thing of its
//! own, and has a counterpart that nothing else tells from it: one of the two is shown before the moment, the other after it, and
//! which is a toss. So the whole video shows whatever is asked for, each once, and whoever looks on always says yes.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::moments::named;
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::question::words;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let taken = material.take(2 * family.ask_times(), order);
    let words = [true, false].map(|is_so| words::truth(is_so, family.language())[0].to_owned());
    let (mut asks, mut clips): (Vec<Ask>, Vec<Clip>) = (Vec::new(), Vec::new());
    for (at, pair) in taken.chunks(2).enumerate() {
        let is_shown = stream.below(2) == 0;
        let (before, after) = if is_shown { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
        // After what was left of the moment before, so that it is the last before its own.
        clips.push(Clip::of(vec![before]));
        asks.push(Ask {
            name: named(at),
            question: family.question_about(material.pack, &pool.candidates()[pair[0]]),
            query: Query::about(&material.label(pair[0])),
            options: words.to_vec(),
            target: usize::from(!is_shown),
            after: Some(clips.len()),
            ..Ask::default()
        });
        clips.push(Clip::of(vec![after]));
    }
    Drawn { asks, clips }
}

/// Nothing is said of a scene that shows nothing: that a needle was not found does not mean that there is none.
pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let thing = query.things.first()?;
    (!scene.sightings().is_empty()).then(|| Answer::Truth(scene.of_label(thing).is_some()))
}

/// The thing, or all that was shown where it was not among it.
pub(super) fn needed(query: &Query, scene: &Scene) -> Vec<Sighting> {
    match scene.named_by(query) {
        Some(shown) => vec![shown.clone()],
        None => scene.sightings().to_vec(),
    }
}
