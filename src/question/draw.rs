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
    let there = drawn.clips.iter().filter(|clip| clip.is_distractor).count();
    let missing = material.family.distractors().saturating_sub(there);
    if let Some(others) = material.distractors.filter(|_| missing > 0) {
        distract(material, (others, missing), &mut drawn.clips, stream);
    }
    drawn
}

/// Adds so many distractors at random times between what is shown, whose order stays.
///
/// # Panics
/// If fewer are left than the family has, which a check of the haystacks excludes.
fn distract(
    material: Material<'_>,
    (others, number): (&Distractors, usize),
    clips: &mut Vec<Clip>,
    stream: &mut Stream,
) {
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
    let all = others.pool.take_distinct(&order, &[], order.len());
    // Of those that are ranked, the first third; of the others, any.
    let near = |all: usize, least: usize| if others.ranks.is_some() { (all / 3).max(least) } else { all };
    let mut chosen: Vec<usize> =
        stream.distinct(number, near(all.len(), number)).into_iter().map(|at| all[at]).collect();
    let mut places = stream.distinct(number, clips.len() + number);
    places.sort_unstable();
    // What the haystack shows by itself is replaced afterwards, so that it moves no question that would not have shown it.
    let is_out = |other: &usize| material.others_left_out.binary_search(other).is_ok();
    let out = chosen.iter().filter(|other| is_out(other)).count();
    if out > 0 {
        let mut spare = others.pool.take_distinct(&order, material.others_left_out, order.len());
        let stay: Vec<usize> = chosen.iter().copied().filter(|other| !is_out(other)).collect();
        spare.retain(|other| !stay.iter().any(|&taken| others.pool.is_alike(taken, *other)));
        let instead = stream.distinct(out, near(spare.len(), out));
        let gaps = chosen.iter_mut().filter(|other| is_out(other));
        gaps.zip(instead).for_each(|(gap, at)| *gap = spare[at]);
    }
    for (place, other) in places.into_iter().zip(chosen) {
        clips.insert(place, Clip { is_distractor: true, ..Clip::of(vec![other]) });
    }
}
