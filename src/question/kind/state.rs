//! What is the state of a thing that changes, at the end or when another changed?
//!
//! In: a family, labels and keys, a stream; or a scene. Out: the label. Every needle sets the state of one box. All boxes take the same
//! states, each box every state once, each in an order of its own: so which states a box ever had says nothing. The options are states
//! at the moment that is asked about, each of another box. In half of the samples the state that a box had right before is among them,
//! for all boxes of the options alike: what somebody answers who missed the last change is an option then, and nothing tells it from
//! the others. Which of these boxes is asked for is drawn of its own: but for the question, they are alike.

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
    let words = material.take(turns, order);
    let changes = changes(boxes, turns, stream);
    let is_moment = family.asks_moments() && stream.below(2) == 0;
    let moment = is_moment.then(|| moment(&changes, boxes, stream));
    let now = states(&changes[..moment.map_or(changes.len(), |at| at + 1)], boxes);
    let excepted = moment.map(|at| changes[at].of);
    let others: Vec<usize> = (0..boxes).filter(|&of| Some(of) != excepted).collect();
    // The boxes whose states are the options, in their order.
    let chosen: Vec<usize> = stream
        .distinct(family.options_number(), others.len())
        .into_iter()
        .map(|other| others[other])
        .collect();
    let target = stream.below(chosen.len() as u64) as usize;
    let values = values(&now, &chosen, turns, stream);
    let label = |change: Change| material.label(words[values[change.of][change.turn]]);
    let mut things = vec![material.key(keys[chosen[target]])];
    if let Some(at) = moment {
        things.extend([material.key(keys[changes[at].of]), label(changes[at])]);
    }
    let variant = if moment.is_some() { "moment" } else { "" };
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, variant, &things, 0),
            query: Query { things, ..Query::default() },
            target,
            options: chosen.into_iter().map(|of| label(Change { of, turn: now[of] })).collect(),
            ..Ask::default()
        }],
        clips: changes
            .iter()
            .map(|change| Clip::keyed(keys[change.of], words[values[change.of][change.turn]]))
            .collect(),
    }
}

/// As many changes of each box, in random order.
fn changes(boxes: usize, turns: usize, stream: &mut Stream) -> Vec<Change> {
    let mut in_order: Vec<usize> = (0..boxes).flat_map(|of| std::iter::repeat_n(of, turns)).collect();
    stream.shuffle(&mut in_order);
    let mut done = vec![0; boxes];
    let change = |of: usize| {
        let turn = done[of];
        done[of] += 1;
        Change { of, turn }
    };
    in_order.into_iter().map(change).collect()
}

/// A change at which the states of the other boxes are asked for: each of these has changed twice before, so that it has had a state
/// before its own. The last change of all is always one.
fn moment(changes: &[Change], boxes: usize, stream: &mut Stream) -> usize {
    let is_late = |at: &usize| {
        let mut others = (0..boxes).filter(|&of| of != changes[*at].of);
        let changed = |of: usize| changes[..*at].iter().filter(|change| change.of == of).count();
        others.all(|of| changed(of) >= 2)
    };
    let fit: Vec<usize> = (0..changes.len()).filter(is_late).collect();
    fit[stream.below(fit.len() as u64) as usize]
}

/// The turn that each box is at after some changes; each has had one.
fn states(changes: &[Change], boxes: usize) -> Vec<usize> {
    let last =
        |of: usize| changes.iter().rev().find(|change| change.of == of).map_or(0, |change| change.turn);
    (0..boxes).map(last).collect()
}

/// Which state each box has at each of its turns: every state once. Those of the chosen boxes now are the options, the first states in
/// the order of the boxes; other boxes have others now. What the chosen boxes had right before is an option in half of the samples.
fn values(now: &[usize], chosen: &[usize], turns: usize, stream: &mut Stream) -> Vec<Vec<usize>> {
    let options = chosen.len();
    let is_stale = stream.below(2) == 0;
    let mut beside = (options..turns).cycle();
    let mut of_box = |of: usize| {
        let place = chosen.iter().position(|&other| other == of);
        let current = place.or_else(|| beside.next()).unwrap_or_default();
        let mut rest: Vec<usize> = (0..turns).filter(|&state| state != current).collect();
        stream.shuffle(&mut rest);
        if place.is_some() {
            let fit: Vec<usize> = (0..rest.len()).filter(|&at| (rest[at] < options) == is_stale).collect();
            let before = rest.remove(fit[stream.below(fit.len() as u64) as usize]);
            rest.insert(now[of] - 1, before);
        }
        rest.insert(now[of], current);
        rest
    };
    (0..now.len()).map(&mut of_box).collect()
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

/// The change that decides, and the one that names the moment.
pub(super) fn needed(query: &Query, scene: &Scene) -> Vec<Sighting> {
    let Some(last) = last(query, scene) else { return scene.sightings().to_vec() };
    let is_moment = |sighting: &Sighting| matches!(query.things.as_slice(), [_, other, value] if *other == sighting.key && *value == sighting.label);
    let decides = |sighting: &&Sighting| is_moment(sighting) || **sighting == *last;
    scene.sightings().iter().filter(decides).cloned().collect()
}

/// The state that the box had right before: what somebody answers who missed its last change.
pub fn stale<'a>(query: &'a Query, scene: &'a Scene) -> Option<&'a str> {
    let last = last(query, scene)?;
    let before = scene.with_key(&last.key).rfind(|sighting| sighting.span.start() < last.span.start())?;
    (before.label != last.label).then_some(before.label.as_str())
}
