//! What was shown right before or after a thing, or two places from it?
//!
//! In: a family, labels, a stream; or a scene. Out: the label. All options are shown, and one of them lies as far on the other side:
//! whoever knows what is shown, but not in which order, chooses among all of them.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let (least, most) = family.count();
    let count = stream.between(least as u64, most as u64) as usize;
    let mut things = material.take(count, order);
    let steps = family.ask_steps()[stream.below(family.ask_steps().len() as u64) as usize];
    let far = steps.unsigned_abs() as usize;
    let mut options = options(count, far, family.options_number(), stream);
    let (anchor, right) = (options.anchor, options.right);
    stream.shuffle(&mut options.places);
    let labels: Vec<String> = options.places.iter().map(|&at| material.label(things[at])).collect();
    let target = options.places.iter().position(|&at| at == right).unwrap_or_default();
    let named = [material.label(things[anchor])];
    if steps > 0 {
        // What was drawn for before holds for after, the other way round.
        things.reverse();
    }
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, variant(steps), &named, steps.abs()),
            query: Query { steps, ..Query::about(&named[0]) },
            target,
            options: labels,
            ..Ask::default()
        }],
        clips: things.iter().map(|&thing| Clip::of(vec![thing])).collect(),
    }
}

/// Places in the order of time: of the thing that is asked from, of that which is right, and of all options.
struct Options {
    anchor: usize,
    right: usize,
    places: Vec<usize>,
}

/// Draws options for what was shown `far` places before a thing, of `count` things.
///
/// How many of the options are shown before the right one is drawn first, each number as likely: so none of those that can be right
/// stands out by its time. What lies as far on the other side is among them, so the last is never right, and all others are as
/// often.
fn options(count: usize, far: usize, number: usize, stream: &mut Stream) -> Options {
    let earlier = stream.below(number as u64 - 1) as usize;
    let later = number - 2 - earlier;
    // Neither it nor what is as far from it on either side is missing.
    let before = |anchor: usize| (0..anchor - far).collect::<Vec<usize>>();
    let behind = |anchor: usize| {
        let is_other = |at: &usize| ![anchor, anchor + far].contains(at);
        (anchor - far + 1..count).filter(is_other).collect::<Vec<usize>>()
    };
    let anchors: Vec<usize> = (far..count - far)
        .filter(|&anchor| before(anchor).len() >= earlier && behind(anchor).len() >= later)
        .collect();
    let anchor = anchors[stream.below(anchors.len() as u64) as usize];
    let mut chosen = |from: Vec<usize>, number: usize| {
        stream.distinct(number, from.len()).into_iter().map(|at| from[at]).collect::<Vec<usize>>()
    };
    let mut places = vec![anchor - far, anchor + far];
    places.extend(chosen(before(anchor), earlier));
    places.extend(chosen(behind(anchor), later));
    Options { anchor, right: anchor - far, places }
}

/// The wordings of a family by the steps that they are about.
pub(super) const VARIANTS: [(&str, i64); 4] =
    [("after", 1), ("before", -1), ("two-after", 2), ("two-before", -2)];

fn variant(steps: i64) -> &'static str {
    VARIANTS.iter().find(|(_, of)| *of == steps).map_or("", |(name, _)| name)
}

/// The place of what is asked from, and of what is asked for.
fn places(query: &Query, scene: &Scene) -> Option<(usize, usize)> {
    let thing = query.things.first()?;
    let anchor = scene.sightings().iter().position(|sighting| sighting.label == *thing)?;
    let place = anchor.checked_add_signed(isize::try_from(query.steps).ok()?)?;
    (place < scene.sightings().len()).then_some((anchor, place))
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    places(query, scene).map(|(_, place)| Answer::Label(scene.sightings()[place].label.clone()))
}

/// Both, and what lies between them.
pub(super) fn needed(query: &Query, scene: &Scene) -> Vec<Sighting> {
    let Some((anchor, place)) = places(query, scene) else { return scene.sightings().to_vec() };
    scene.sightings()[anchor.min(place)..=anchor.max(place)].to_vec()
}
