//! When does a thing appear, if it ever does?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: the first frames that show the thing, or never. Questions
//! come in pairs about like videos: both show as many things on the same frames, and at one place, which is drawn, one of them shows the
//! thing that is asked for and the other another. So that something appears, and when, says nothing of it; and whoever always says never
//! is right about half of the videos and about no pair.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::Scene;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let mut taken = material.take(family.labels_needed(), order);
    // Which of the pair shows it is drawn, so that no name of a file tells.
    let is_shown = stream.below(2) == material.member;
    let place = stream.below(family.totals().1 as u64) as usize;
    let (asked, another) = (taken.remove(0), taken.remove(0));
    taken.insert(place, if is_shown { asked } else { another });
    Drawn {
        asks: vec![Ask {
            question: family.question_about(material.pack, &pool.candidates()[asked]),
            query: Query::about(&material.label(asked)),
            ..Ask::default()
        }],
        clips: taken.into_iter().map(|thing| Clip::of(vec![thing])).collect(),
    }
}

/// Nothing is said of a scene that shows nothing: that a needle was not found does not mean that there is none.
pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let is_anything = !scene.sightings().is_empty();
    is_anything.then(|| Answer::Moment(scene.named_by(query).map(|shown| shown.span)))
}

#[cfg(test)]
mod tests {
    use super::super::seen::needed;
    use super::*;
    use crate::question::scene::Sighting;
    use crate::time::FrameSpan;

    #[test]
    fn it_appears_where_it_is_first_shown_or_never() {
        let shown = |label: &str, start: u64| Sighting::of(label, FrameSpan::new(start, start + 10).unwrap());
        let scene: Scene = [shown("kiwi", 90), shown("plum", 20), shown("kiwi", 40)].into_iter().collect();
        let of = |label: &str| answer(&Query::about(label), &scene);
        assert_eq!(of("kiwi"), Some(Answer::Moment(FrameSpan::new(40, 50))));
        assert_eq!(of("fig"), Some(Answer::Moment(None)));
        assert_eq!(answer(&Query::about("kiwi"), &Scene::default()), None, "nothing was found");
        assert_eq!(needed(&Query::about("kiwi"), &scene).len(), 1);
        assert_eq!(needed(&Query::about("fig"), &scene).len(), 3);
    }
}
