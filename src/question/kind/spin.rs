//! Which way round does a thing go?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: a way round. Two things go round beside each other, each
//! its own way from anywhere on its circle, so that neither tells of the other, and no frame of either. The other video of a pair
//! shows the same frames in the other order.

use super::heading::close;
use crate::needle::{Leg, Path, ROUND, Shape, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Glimpse, Scene};
use crate::question::words::Course;
use crate::seed::Stream;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let things = material.take(2, order);
    let columns = stream.distinct(2, 2);
    let starts = [0; 2].map(|_| stream.below(ROUND as u64) as i64);
    let spins = [0; 2].map(|_| stream.below(2) as usize);
    let is_reversed = stream.below(2) == material.member;
    let moving = |at: usize| {
        let by = if spins[at] == 0 { material.travel } else { -material.travel };
        let legs = vec![Leg { by: [by, 0], parts: 1 }];
        let path = Path { shape: Shape::Ring, start: [starts[at], 0], legs, parts: 1, is_reversed };
        let area = Area::Square { column: columns[at] as u32, columns: 2 };
        Moving { candidate: things[at], area, path, share: Share::ALL }
    };
    let thing = material.label(things[0]);
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, "", std::slice::from_ref(&thing), 0),
            query: Query::about(&thing),
            options: Course::SPINS.map(|way| way.names(family.language())[0].to_owned()).to_vec(),
            target: if is_reversed { 1 - spins[0] } else { spins[0] },
            ..Ask::default()
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
    let turned = turned(&scene.of_label(query.things.first()?)?.track);
    let way = if turned > 0 { Course::Clockwise } else { Course::CounterClockwise };
    (turned != 0).then_some(Answer::Course(way))
}

/// Three frames, each less than half a round after the one before: of two nobody who does not know the circle can tell.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let thing = query.things.first().and_then(|thing| scene.of_label(thing));
    thing.into_iter().map(|thing| close(thing, 3)).collect()
}
