//! Draws one question: options, then the target, then what is shown.
//!
//! In: a family, pools of labels, a random stream. Out: a [`Drawn`]. The target is uniform given the options *in the
//! order in which they are displayed*: letter, rank among numbers, length of text, distance between permutations and
//! frequency over a dataset are all functions of these, so none of them tells it.

use crate::question::family::{Family, Labels, Options};
use crate::question::pool::Pool;
use crate::seed::Stream;

/// A question, and what a video has to show for its target to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The question, without its options.
    pub question: String,
    /// The options in the order of try 0.
    pub options: Vec<String>,
    /// Index of the right option.
    pub target: usize,
    /// What is shown, in order of time.
    pub clips: Vec<Clip>,
}

/// What is shown at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The candidates that are shown, each by a needle of its own; those of distractors are of their own pool.
    pub candidates: Vec<usize>,
    /// Shown, but not asked for.
    pub is_distractor: bool,
}

impl Clip {
    fn of(candidates: Vec<usize>) -> Self {
        Self { candidates, is_distractor: false }
    }
}

/// What distractors show.
#[derive(Clone, Debug)]
pub struct Distractors {
    /// The labels.
    pub pool: Pool,
    /// Whether they are those that are asked for, too.
    pub own: bool,
    /// For each candidate that can be asked for: those of the pool, the ones that are taken first before the others. Absent
    /// where all are as good.
    pub ranks: Option<Vec<Vec<usize>>>,
}

/// Draws a question of `family` about things of `pool`, the labels of `pack`.
///
/// The candidates in `left_out`, in ascending order, are not shown; a question that would not have shown them is the same
/// with and without them left out.
///
/// # Panics
/// If fewer distinct labels are left than [`Family::labels_needed`].
pub fn draw(
    family: &Family,
    (pool, others): (&Pool, Option<&Distractors>),
    left_out: &[usize],
    pack: &str,
    stream: &mut Stream,
) -> Drawn {
    let everything = pool.candidates().len();
    let order = stream.distinct(everything, everything);
    let take = |count: usize| {
        let taken = pool.unlike(&order, left_out, count);
        assert_eq!(taken.len(), count, "a pool that was checked against its family");
        taken
    };
    let label = |index: &usize| pool.candidates()[*index].label.clone();
    let number = family.options_number();
    let mut drawn = match *family.options() {
        Options::Labels { .. } => {
            let shown = take(number);
            let target = stream.below(number as u64) as usize;
            Drawn {
                question: family.question(pack).to_owned(),
                options: shown.iter().map(label).collect(),
                target,
                clips: labelled(family, &shown, target, others, stream),
            }
        }
        Options::Orders { .. } => {
            let things = take(family.count().1);
            let orders = permutations(things.len(), number, stream);
            let target = stream.below(number as u64) as usize;
            let text = |order: &Vec<usize>| {
                order.iter().map(|&at| label(&things[at])).collect::<Vec<_>>().join(", ")
            };
            Drawn {
                question: family.question(pack).to_owned(),
                options: orders.iter().map(text).collect(),
                target,
                clips: orders[target].iter().map(|&at| Clip::of(vec![things[at]])).collect(),
            }
        }
        Options::Counts { window, .. } => {
            let (least, most) = family.totals();
            let numbers = integers(least, most, window, number, stream);
            let target = stream.below(number as u64) as usize;
            let total = numbers[target];
            let sizes = match family.clips() {
                Some(clips) => split(total, clips, family.count(), stream),
                None => vec![1; total],
            };
            let things = match family.labels() {
                Labels::Same => vec![take(1)[0]; total],
                Labels::Distinct => take(total),
            };
            let candidate = &pool.candidates()[things[0]];
            let question = family.question(pack).replace("{plural}", &candidate.plural);
            let mut things = things.into_iter();
            Drawn {
                question: question.replace("{noun}", &candidate.label),
                options: numbers.iter().map(ToString::to_string).collect(),
                target,
                clips: sizes.iter().map(|&size| Clip::of(things.by_ref().take(size).collect())).collect(),
            }
        }
    };
    if let Some(others) = others
        && drawn.clips.iter().all(|clip| !clip.is_distractor)
    {
        distract(family.distractors(), others, &mut drawn.clips, stream);
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
    let mut taken = others.pool.unlike(&order, &[], order.len());
    if others.ranks.is_some() {
        taken.truncate((taken.len() / 3).max(number));
    }
    let chosen = stream.distinct(number, taken.len());
    let mut places = stream.distinct(number, clips.len() + number);
    places.sort_unstable();
    for (place, at) in places.into_iter().zip(chosen) {
        clips.insert(place, Clip { candidates: vec![taken[at]], is_distractor: true });
    }
}

/// The target's needles, and as many distractors as show other options, in random order. Where more are wanted, or those that
/// are most or least like the target, there are none yet.
fn labelled(
    family: &Family,
    shown: &[usize],
    target: usize,
    others: Option<&Distractors>,
    stream: &mut Stream,
) -> Vec<Clip> {
    let mut clips = vec![Clip::of(vec![shown[target]]); family.count().1];
    let wrong: Vec<usize> = (0..shown.len()).filter(|&at| at != target).map(|at| shown[at]).collect();
    let number = family.distractors();
    if others.is_some_and(|others| others.own && others.ranks.is_none())
        && (1..=wrong.len()).contains(&number)
    {
        let chosen = stream.distinct(number, wrong.len());
        let distractor = |at: usize| Clip { candidates: vec![wrong[at]], is_distractor: true };
        clips.extend(chosen.into_iter().map(distractor));
        stream.shuffle(&mut clips);
    }
    clips
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

/// `number` distinct integers in random order, out of `window` neighbours within `least..=most`.
fn integers(least: usize, most: usize, window: usize, number: usize, stream: &mut Stream) -> Vec<usize> {
    let start = stream.between(least as u64, (most + 1 - window) as u64) as usize;
    stream.distinct(number, window).into_iter().map(|at| start + at).collect()
}

/// Splits `total` needles over the family's clips, each of its allowed numbers; every such split is equally likely.
fn split(total: usize, clips: usize, (least, most): (usize, usize), stream: &mut Stream) -> Vec<usize> {
    // ways[c][t]: in how many ways t needles split over c clips.
    let mut ways = vec![vec![0_u64; total + 1]; clips + 1];
    ways[0][0] = 1;
    for clip in 1..=clips {
        for sum in 0..=total {
            ways[clip][sum] = (least..=most.min(sum)).map(|size| ways[clip - 1][sum - size]).sum();
        }
    }
    let mut left = total;
    let mut sizes = Vec::with_capacity(clips);
    for clips_left in (0..clips).rev() {
        let mut draw = stream.below(ways[clips_left + 1][left]);
        let mut size = least;
        while draw >= ways[clips_left][left - size] {
            draw -= ways[clips_left][left - size];
            size += 1;
        }
        sizes.push(size);
        left -= size;
    }
    sizes
}
