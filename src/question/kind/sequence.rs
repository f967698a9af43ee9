//! In which order does one thing take its looks?
//!
//! In: a family, labels, a stream; or a scene. Out: as options orders of the labels that follow the one that is named; their order. At one
//! place the looks follow each other without a gap, each as long as the others, round after round. They begin anywhere in their round:
//! on every frame each look is as likely, whatever the order, so that no frame tells it, even by its number. (Of looks in an order that
//! is shown once, the first would tell an option of a Latin square.) The options are such a square: each look stands in each place
//! once. They are one order begun at each of its looks: whoever sees looks that follow each other, but not what follows the named one, is left
//! with several.

use super::design;
use crate::needle::{Path, ROUND, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::family::Family;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::Scene;
use crate::seed::Stream;
use crate::time::{FrameRate, FrameSpan};

/// How often all looks are shown.
const ROUNDS: usize = 2;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let looks = material.take(family.labels_needed(), order);
    let (named, others) = (looks[0], &looks[1..]);
    let orders = design::sequences(others.len(), others.len());
    let target = stream.below(others.len() as u64) as usize;
    let place = [0; 2].map(|_| stream.below(ROUND as u64 + 1) as i64);
    let begin = stream.below(looks.len() as u64) as usize;
    let round: Vec<usize> =
        std::iter::once(named).chain(orders[target].iter().map(|&at| others[at])).collect();
    let of = (ROUNDS * looks.len()) as u32;
    let moving = |from: u32| Moving {
        candidate: round[(begin + from as usize) % round.len()],
        area: Area::Whole,
        path: Path::still(place),
        share: Share { from, to: from + 1, of },
    };
    let text = |order: &Vec<usize>| {
        let labels = order.iter().map(|&at| material.label(others[at])).collect();
        Answer::List(labels).text(FrameRate::ONE, family.language())
    };
    let mut things: Vec<String> = others.iter().map(|&look| material.label(look)).collect();
    things.sort_unstable();
    things.insert(0, material.label(named));
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, "", &things, 0),
            query: Query { things, ..Query::default() },
            options: orders.iter().map(text).collect(),
            target,
            ..Ask::default()
        }],
        clips: vec![Clip::moving((0..of).map(moving).collect())],
    }
}

/// How often looks are shown, one after another.
pub(super) fn phases(family: &Family) -> usize {
    ROUNDS * family.labels_needed()
}

/// Frames that show one look, one after another.
struct Phase<'a> {
    label: &'a str,
    first: u64,
    last: u64,
}

/// The looks as they were seen, in order of time.
fn seen<'a>(query: &'a Query, scene: &Scene) -> Vec<Phase<'a>> {
    let mut glimpses: Vec<(u64, &str)> = Vec::new();
    for label in &query.things {
        let shown = scene.sightings().iter().filter(|sighting| sighting.label == *label);
        glimpses.extend(shown.flat_map(|sighting| &sighting.track).map(|of| (of.frame, label.as_str())));
    }
    glimpses.sort_unstable();
    let phases = glimpses.chunk_by(|one, other| one.1 == other.1);
    phases
        .map(|phase| Phase { label: phase[0].1, first: phase[0].0, last: phase[phase.len() - 1].0 })
        .collect()
}

/// From the look that is named on, the one that was seen after it most often, of those that are left.
pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let phases = seen(query, scene);
    let mut order: Vec<&str> = vec![query.things.first()?];
    loop {
        let now = *order.last()?;
        let times = |label: &str| {
            phases.windows(2).filter(|two| (two[0].label, two[1].label) == (now, label)).count()
        };
        let left = query.things.iter().map(String::as_str).filter(|label| !order.contains(label));
        // Of equals the first: `max_by_key` gives the last.
        let next = left.map(|label| (times(label), label)).rev().max_by_key(|(times, _)| *times);
        match next {
            Some((1.., label)) => order.push(label),
            _ => break,
        }
    }
    let labels: Vec<String> = order[1..].iter().map(|&label| label.to_owned()).collect();
    (!labels.is_empty()).then_some(Answer::List(labels))
}

/// Frames no farther apart than a look is long, so that none is passed over.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let phases = seen(query, scene);
    let (Some(first), Some(last)) = (phases.first(), phases.last()) else { return Vec::new() };
    let closer_than = phases.iter().map(|phase| phase.last + 1 - phase.first).min().unwrap_or(1);
    let span = FrameSpan::new(first.first, last.last + 1);
    let followed =
        |span: FrameSpan| Evidence { span, samples: (span.count() / closer_than).max(1), closer_than };
    span.map(followed).into_iter().collect()
}

/// The question names the looks: what is left to guess is their order.
pub(super) fn guess(material: Material<'_>) -> f64 {
    1.0 / (1..=material.family.options_number()).product::<usize>() as f64
}
