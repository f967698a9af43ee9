//! Which way round does a thing go?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: a way round. Two things go round beside each other, one
//! each way, each from anywhere on its circle: no frame of either tells its way, and who sees things go round without telling them
//! apart sees both ways. The other video of a pair shows the same frames in the other order.

use super::heading::close;
use super::rings::Rings;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Glimpse, Scene};
use crate::question::words::Course;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let things = material.take(2, order);
    let rings = Rings::draw(stream);
    let spin = stream.below(2) as usize;
    let spins = [spin, 1 - spin];
    let is_reversed = stream.below(2) == material.member;
    let moving = |at: usize| {
        let by = if spins[at] == 0 { material.travel } else { -material.travel };
        rings.moving(at, things[at], by, is_reversed)
    };
    Drawn {
        asks: vec![Ask {
            options: Course::words(Course::SPINS, material.family.language()),
            target: if is_reversed { 1 - spin } else { spin },
            ..Ask::about(material, things[0])
        }],
        clips: vec![Clip::moving(vec![moving(0), moving(1)])],
    }
}

/// By how much a track turns to the right, three frames at a time: the cross products of its steps. On a circle, steps of less than
/// half a round turn its way, longer ones the other.
fn turned(track: &[Glimpse]) -> i64 {
    let step = |from: &Glimpse, to: &Glimpse| {
        let along = |from: u32, to: u32| i64::from(to) - i64::from(from);
        [along(from.centre.x, to.centre.x), along(from.centre.y, to.centre.y)]
    };
    let turn = |three: &[Glimpse]| {
        let ([ax, ay], [bx, by]) = (step(&three[0], &three[1]), step(&three[1], &three[2]));
        ax * by - ay * bx
    };
    track.windows(3).map(turn).sum()
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let turned = turned(&scene.named_by(query)?.track);
    let way = if turned > 0 { Course::Clockwise } else { Course::CounterClockwise };
    (turned != 0).then_some(Answer::Course(way))
}

/// Three frames, each less than half a round after the one before: of two nobody who does not know the circle can tell.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let thing = scene.named_by(query);
    thing.into_iter().map(|thing| close(thing, 3)).collect()
}
