//! What is the state of a thing that changes, at the end or when another changed?
//!
//! In: a family, labels and keys, a stream; or a scene. Out: the label. Every needle sets the state of one box; boxes change equally
//! often, in random order. All options are states at the moment that is asked about, each of another box. In half of the samples a
//! state that a box has had before is that of another box now, for all boxes alike: what was true once is an option, and nothing
//! tells it from the others.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Scene, Sighting};
use crate::seed::Stream;

/// One change: which box, and which of its changes.
#[derive(Clone, Copy)]
struct Change {
    of: usize,
    turn: usize,
}

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let (boxes, turns) = (family.count().1, family.each().1);
    let keys = material.take_keys(boxes, stream);
    let words = material.take(boxes * turns, order);
    let mut changes: Vec<Change> =
        (0..boxes).flat_map(|of| (0..turns).map(move |turn| Change { of, turn })).collect();
    let mut boxes_in_order: Vec<usize> = changes.iter().map(|change| change.of).collect();
    stream.shuffle(&mut boxes_in_order);
    let mut done = vec![0; boxes];
    for (change, of) in changes.iter_mut().zip(boxes_in_order) {
        *change = Change { of, turn: done[of] };
        done[of] += 1;
    }
    let asked = stream.below(boxes as u64) as usize;
    let moment = moment(&changes, boxes, asked, family.asks_moments(), stream);
    let end = moment.map_or(changes.len(), |at| at + 1);
    let now = states(&changes[..end], boxes);
    let values = values(&now, (boxes, turns), stream);
    let excepted = moment.map(|at| changes[at].of);
    let wrong: Vec<usize> = (0..boxes).filter(|&of| of != asked && Some(of) != excepted).collect();
    let chosen = stream.distinct(family.options_number() - 1, wrong.len());
    let mut options: Vec<usize> =
        std::iter::once(asked).chain(chosen.into_iter().map(|at| wrong[at])).collect();
    stream.shuffle(&mut options);
    let label = |change: Change| material.label(words[values[change.of][change.turn]]);
    let mut things = vec![material.key(keys[asked])];
    if let Some(at) = moment {
        things.extend([material.key(keys[changes[at].of]), label(changes[at])]);
    }
    let variant = if moment.is_some() { "moment" } else { "" };
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, variant, &things, 0),
            query: Query { things, ..Query::default() },
            target: options.iter().position(|&of| of == asked).unwrap_or_default(),
            options: options.into_iter().map(|of| label(Change { of, turn: now[of] })).collect(),
            ..Ask::default()
        }],
        clips: changes
            .iter()
            .map(|change| Clip::keyed(keys[change.of], words[values[change.of][change.turn]]))
            .collect(),
    }
}

/// In half of the samples where moments are asked for: the change of another box at which the state is asked for, every box having
/// changed before. Nothing for the end of the video.
fn moment(
    changes: &[Change],
    boxes: usize,
    asked: usize,
    is_possible: bool,
    stream: &mut Stream,
) -> Option<usize> {
    if !is_possible || stream.below(2) == 0 {
        return None;
    }
    let is_later = |at: &usize| {
        let before = &changes[..*at];
        changes[*at].of != asked && (0..boxes).all(|of| before.iter().any(|change| change.of == of))
    };
    let fit: Vec<usize> = (0..changes.len()).filter(is_later).collect();
    (!fit.is_empty()).then(|| fit[stream.below(fit.len() as u64) as usize])
}

/// The turn that each box is at after some changes; each has had one.
fn states(changes: &[Change], boxes: usize) -> Vec<usize> {
    let last =
        |of: usize| changes.iter().rev().find(|change| change.of == of).map_or(0, |change| change.turn);
    (0..boxes).map(last).collect()
}

/// Which word each box has at each of its turns. No two states at the moment are the same; in half of the samples each is
/// also what the next box was before, where that box has been anything before.
fn values(now: &[usize], (boxes, turns): (usize, usize), stream: &mut Stream) -> Vec<Vec<usize>> {
    let mut values: Vec<Vec<usize>> =
        (0..boxes).map(|of| (0..turns).map(|turn| of * turns + turn).collect()).collect();
    let can_be_stale = now.iter().all(|&turn| turn > 0);
    if can_be_stale && stream.below(2) == 0 {
        let shift = stream.between(1, boxes as u64 - 1) as usize;
        let earlier: Vec<usize> = now.iter().map(|&turn| stream.below(turn as u64) as usize).collect();
        for of in 0..boxes {
            let next = (of + shift) % boxes;
            values[next][earlier[next]] = values[of][now[of]];
        }
    }
    values
}

/// The change that decides: the last of the box that is asked for, before the moment if one is named.
fn last<'a>(query: &'a Query, scene: &'a Scene) -> Option<&'a Sighting> {
    let (of, moment) = query.things.split_first()?;
    let end = match moment {
        [other, value] => Some(scene.with_key(other).find(|sighting| sighting.label == *value)?.span.start()),
        _ => None,
    };
    scene.with_key(of).rev().find(|sighting| end.is_none_or(|end| sighting.span.start() < end))
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    last(query, scene).map(|sighting| Answer::Label(sighting.label.clone()))
}

/// All changes of the box up to then: only they tell that no later one followed.
pub(super) fn needed(query: &Query, scene: &Scene) -> Vec<Sighting> {
    let Some(last) = last(query, scene) else { return scene.sightings().to_vec() };
    let is_moment = |sighting: &Sighting| matches!(query.things.as_slice(), [_, other, value] if *other == sighting.key && *value == sighting.label);
    let decides = |sighting: &&Sighting| is_moment(sighting) || **sighting == *last;
    scene.sightings().iter().filter(decides).cloned().collect()
}

/// The states that the box had before: what somebody answers who missed its last change.
pub fn stale<'a>(query: &'a Query, scene: &'a Scene) -> Vec<&'a str> {
    let Some(last) = last(query, scene) else { return Vec::new() };
    let earlier = scene.with_key(&last.key).filter(|sighting| sighting.span.start() < last.span.start());
    earlier.map(|sighting| sighting.label.as_str()).filter(|label| *label != last.label).collect()
}
