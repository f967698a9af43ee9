//! How many things are shown?
//!
//! In: a family, labels, a stream; or a scene. Out: as options neighbouring integers; the number of things.

use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::material::Material;
use crate::question::moments::named;
use crate::question::raw::Labels;
use crate::question::scene::Scene;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    if family.ask_times() > 0 {
        return draw_at_times(material, order, stream);
    }
    let number = family.options_number();
    let (least, most) = family.totals();
    let numbers = integers(least, most, family.window(), number, stream);
    let target = stream.below(number as u64) as usize;
    let total = numbers[target];
    let sizes = match family.clips() {
        Some(clips) => split(total, clips, family.count(), stream),
        None => vec![1; total],
    };
    let things = match family.labels() {
        Labels::Same => vec![material.take(1, order)[0]; total],
        Labels::Distinct => material.take(total, order),
    };
    let candidate = &pool.candidates()[things[0]];
    let mut things = things.into_iter();
    Drawn {
        asks: vec![Ask {
            question: family.question_about(material.pack, candidate),
            options: numbers.iter().map(ToString::to_string).collect(),
            target,
            ..Ask::default()
        }],
        clips: sizes.iter().map(|&size| Clip::of(things.by_ref().take(size).collect())).collect(),
    }
}

/// How many so far, at several times: at each one of as many numbers as at the first, all above those that can be right before it. So
/// no answer says anything of another, and each option is as likely whenever it is asked.
fn draw_at_times(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let Material { family, pool, .. } = material;
    let number = family.options_number();
    let (least, most) = family.count();
    let thing = material.take(1, order)[0];
    let ask = |at: usize| {
        let before = at * family.numbers_at_once();
        let numbers = integers(least + before, most + before, family.window(), number, stream);
        let target = stream.below(number as u64) as usize;
        Ask {
            name: named(at),
            question: family.question_about(material.pack, &pool.candidates()[thing]),
            options: numbers.iter().map(ToString::to_string).collect(),
            target,
            after: Some(numbers[target]),
            ..Ask::default()
        }
    };
    let asks: Vec<Ask> = (0..family.ask_times()).map(ask).collect();
    // What is shown later is not counted, and there is always some.
    let later = stream.between(1, family.most_between().last().map_or(1, |most| *most as u64)) as usize;
    let counted = asks.last().and_then(|ask| ask.after).unwrap_or_default();
    Drawn { asks, clips: vec![Clip::of(vec![thing]); counted + later] }
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

pub(super) fn answer(scene: &Scene) -> Answer {
    Answer::Number(scene.sightings().len() as u64)
}

/// The number that is in most windows: a window starts anywhere, and each of its numbers is as likely.
pub(super) fn guess(material: Material<'_>) -> f64 {
    let family = material.family;
    // At every time as many numbers can be right as at the first.
    let (least, most) = if family.ask_times() > 0 { family.count() } else { family.totals() };
    let window = material.family.window();
    let starts = most + 1 - window - least + 1;
    starts.min(window).min(most + 1 - least) as f64 / (starts * window) as f64
}
