//! What was shown right before or after a thing, or two places from it?
//!
//! In: a family, labels, a stream; or a scene. Out: the label. All options are shown, and one of them lies as far on the other side:
//! whoever knows what is shown, but not in which order, chooses among all of them.

use super::Material;
use crate::question::answer::Answer;
use crate::question::draw::{Ask, Clip, Drawn};
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let (least, most) = family.count();
    let count = stream.between(least as u64, most as u64) as usize;
    let things = material.take(count, order);
    let steps = family.ask_steps()[stream.below(family.ask_steps().len() as u64) as usize];
    let far = steps.unsigned_abs() as usize;
    // Neither it nor what is as far from it on either side is missing.
    let anchor = stream.between(far as u64, (count - 1 - far) as u64) as usize;
    let (right, mirrored) = if steps > 0 { (anchor + far, anchor - far) } else { (anchor - far, anchor + far) };
    let others: Vec<usize> = (0..count).filter(|at| ![anchor, right, mirrored].contains(at)).collect();
    let chosen = stream.distinct(family.options_number() - 2, others.len());
    let mut options: Vec<usize> =
        [right, mirrored].into_iter().chain(chosen.into_iter().map(|other| others[other])).collect();
    stream.shuffle(&mut options);
    let named = [material.label(things[anchor])];
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, variant(steps), &named, steps.abs()),
            query: Query { steps, ..Query::about(&named[0]) },
            target: options.iter().position(|&at| at == right).unwrap_or_default(),
            options: options.into_iter().map(|at| material.label(things[at])).collect(),
            ..Ask::default()
        }],
        clips: things.iter().map(|&thing| Clip::of(vec![thing])).collect(),
    }
}

/// The wordings of a family by the steps that they are about.
pub(super) const VARIANTS: [(&str, i64); 4] = [("after", 1), ("before", -1), ("two-after", 2), ("two-before", -2)];

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
