//! In which of four directions does a thing move?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: a direction. The thing leaves the picture on one side and
//! comes back on the other, and begins anywhere: on any frame it is as likely in one place as in another, whatever its direction.
//! The other video of a pair shows the same frames in the other order.

use crate::needle::{Leg, Path, ROUND, Shape, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Glimpse, Scene, Sighting};
use crate::question::words::Course;
use crate::seed::Stream;

/// The width of the picture, and its height, in the parts in which points are stated.
const WHOLE: i64 = 1_000_000;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let candidate = material.take(1, order)[0];
    let start = [0; 2].map(|_| stream.below(ROUND as u64) as i64);
    let target = stream.below(4) as usize;
    let way = Course::HEADINGS[target];
    let is_reversed = stream.below(2) == material.member;
    let by = towards(way).map(|axis| axis * material.travel);
    let path = Path { shape: Shape::Wrap, start, legs: vec![Leg { by, parts: 1 }], parts: 1, is_reversed };
    // Opposite directions stand side by side.
    let target = if is_reversed { target ^ 1 } else { target };
    Drawn {
        asks: vec![Ask {
            options: Course::words(Course::HEADINGS, material.family.language()),
            target,
            ..Ask::about(material, candidate)
        }],
        clips: vec![Clip::moving(vec![Moving { candidate, area: Area::Whole, path, share: Share::ALL }])],
    }
}

/// The direction as a step across and down.
pub(super) fn towards(way: Course) -> [i64; 2] {
    match way {
        Course::Left => [-1, 0],
        Course::Up => [0, -1],
        Course::Down => [0, 1],
        _ => [1, 0],
    }
}

/// By how much a step between two rounded places may be off: each is rounded, and so is the 65,536th of a round at which it lies.
const ROUNDED: i64 = 2 + WHOLE / 65_536 + 1;

/// A step the shorter way around, of a round of `whole`. Half a round is none: both ways are as short. Steps are exact to `error`.
pub(super) fn shorter(step: i64, whole: i64, error: i64) -> i64 {
    let shorter = (step + whole / 2).rem_euclid(whole) - whole / 2;
    if shorter.abs() + error >= whole / 2 { 0 } else { shorter }
}

/// How far something has moved from each frame on which it was seen to the next, the shorter way around, added up.
pub(super) fn moved(track: &[Glimpse]) -> [i64; 2] {
    let around = |from: u32, to: u32| shorter(i64::from(to) - i64::from(from), WHOLE, ROUNDED);
    track.windows(2).fold([0; 2], |[x, y], pair| {
        let (from, to) = (pair[0].centre, pair[1].centre);
        [x + around(from.x, to.x), y + around(from.y, to.y)]
    })
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let [x, y] = moved(&scene.named_by(query)?.track);
    let way = match (x.abs() > y.abs(), x > 0, y > 0) {
        (true, true, _) => Course::Right,
        (true, false, _) => Course::Left,
        (false, _, true) => Course::Down,
        (false, ..) => Course::Up,
    };
    (x != 0 || y != 0).then_some(Answer::Course(way))
}

/// Two frames less than half a round apart: farther apart, the other way is the shorter.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let thing = scene.named_by(query);
    thing.into_iter().map(|thing| close(thing, 2)).collect()
}

/// So many frames of something that goes round, each less than half a round after the one before.
pub(super) fn close(thing: &Sighting, samples: u64) -> Evidence {
    let closer_than = (thing.round_frames.saturating_sub(1) / 2).max(1);
    Evidence { span: thing.span, samples: samples.min(thing.span.count()), closer_than }
}
