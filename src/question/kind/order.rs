//! In which order are things shown?
//!
//! In: a family, labels, a stream; or a scene. Out: as options orders of the labels shown; their order.

use super::pick;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::scene::Scene;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let number = family.options_number();
    let things = material.take(family.count().1, order);
    let orders = permutations(things.len(), number, stream);
    let target = stream.below(number as u64) as usize;
    let text = |order: &Vec<usize>| {
        let labels = order.iter().map(|&at| pool.candidates()[things[at]].label.as_str());
        labels.collect::<Vec<_>>().join(", ")
    };
    Drawn {
        asks: vec![Ask {
            question: family.plain_question(material.pack),
            options: orders.iter().map(text).collect(),
            target,
            ..Ask::default()
        }],
        clips: orders[target].iter().map(|&at| Clip::of(vec![things[at]])).collect(),
    }
}

/// `number` distinct permutations of `0..n` in random order; which they are does not depend on which is the target.
fn permutations(n: usize, number: usize, stream: &mut Stream) -> Vec<Vec<usize>> {
    let mut orders: Vec<Vec<usize>> = Vec::with_capacity(number);
    while orders.len() < number {
        let order = stream.distinct(n, n);
        if !orders.contains(&order) {
            orders.push(order);
        }
    }
    orders
}

pub(super) fn answer(scene: &Scene) -> Option<Answer> {
    let labels: Vec<String> = scene.sightings().iter().map(|sighting| sighting.label.clone()).collect();
    (!labels.is_empty()).then_some(Answer::List(labels))
}

/// Every order of what is picked is as likely.
pub(super) fn guess(material: Material<'_>) -> f64 {
    pick::sequence(material.pool, material.left_out, material.family.count().1)
}
