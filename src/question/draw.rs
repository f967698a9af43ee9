//! Draws one question: options, then the target, then what is shown.
//!
//! In: a family, pools of labels, a random stream. Out: a [`Drawn`]. The target is uniform given the options *in the
//! order in which they are displayed*: letter, rank among numbers, length of text, distance between permutations and
//! frequency over a dataset are all functions of these, so none of them tells it.

use super::drawn::{Clip, Drawn};
use super::material::{Distractors, Material};
use crate::seed::Stream;

/// Draws a question about things of a pool. A question that would not have shown what is left out is the same with and without
/// it left out.
///
/// # Panics
/// If fewer distinct labels are left than [`Family::labels_needed`](super::Family::labels_needed).
pub fn draw(material: Material<'_>, stream: &mut Stream) -> Drawn {
    let everything = material.pool.candidates().len();
    let order = stream.distinct(everything, everything);
    let mut drawn = material.family.question_kind().draw(material, &order, stream);
    if let Some(others) = material.distractors
        && drawn.clips.iter().all(|clip| !clip.is_distractor)
    {
        distract(material.family.distractors(), others, &mut drawn.clips, stream);
    }
    drawn
}

/// Adds `number` distractors at random times between what is asked for, whose order stays.
fn distract(number: usize, others: &Distractors, clips: &mut Vec<Clip>, stream: &mut Stream) {
    let asked: Vec<usize> = clips.iter().flat_map(|clip| clip.candidates.iter().copied()).collect();
    let mut order: Vec<usize> = match &others.ranks {
        Some(ranks) => {
            // As like as it is to that of all things asked for to which it is most like.
            let mut best = vec![usize::MAX; others.pool.candidates().len()];
            for (rank, &other) in asked.iter().flat_map(|&of| ranks[of].iter().enumerate()) {
                best[other] = best[other].min(rank);
            }
            let mut order: Vec<usize> = (0..best.len()).collect();
            order.sort_by_key(|&other| best[other]);
            order
        }
        None => stream.distinct(others.pool.candidates().len(), others.pool.candidates().len()),
    };
    if others.own {
        order.retain(|&other| asked.iter().all(|&of| !others.pool.is_alike(other, of)));
    }
    let mut taken = others.pool.take_distinct(&order, &[], order.len());
    if others.ranks.is_some() {
        taken.truncate((taken.len() / 3).max(number));
    }
    let chosen = stream.distinct(number, taken.len());
    let mut places = stream.distinct(number, clips.len() + number);
    places.sort_unstable();
    for (place, at) in places.into_iter().zip(chosen) {
        clips.insert(place, Clip { is_distractor: true, ..Clip::of(vec![taken[at]]) });
    }
}
