//! Is a thing shown?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: yes and no. Questions come in pairs about like
//! videos: one shows the thing that is asked for, the other shows another in its place, on the same frames. So that something is
//! shown says nothing, and whoever always says yes is right about half of the videos and about no pair.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::Scene;
use crate::question::words;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let taken = material.take(2, order);
    // Which of the pair shows it is drawn, so that no name of a file tells.
    let is_shown = stream.below(2) == material.member;
    let words = [true, false].map(|is_so| words::truth(is_so, family.language())[0].to_owned());
    Drawn {
        asks: vec![Ask {
            question: family.question_about(material.pack, &pool.candidates()[taken[0]]),
            query: Query::about(&material.label(taken[0])),
            options: words.to_vec(),
            target: usize::from(!is_shown),
            ..Ask::default()
        }],
        clips: vec![Clip::of(vec![taken[usize::from(!is_shown)]])],
    }
}

/// Nothing is said of a scene that shows nothing: that a needle was not found does not mean that there is none.
pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let thing = query.things.first()?;
    (!scene.sightings().is_empty()).then(|| Answer::Truth(scene.of_label(thing).is_some()))
}
