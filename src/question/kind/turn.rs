//! Which way does a thing turn?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: left or right, as it looks on its way. The thing crosses
//! the picture, comes back on the other side where it leaves it, and half way turns by a quarter. From where it comes, where it turns
//! and which way it goes on are drawn each for itself, so that on any frame it is as likely in one place as in another whichever way
//! it turns. The other video of a pair shows the same frames in the other order.

use super::heading::{moved, towards};
use crate::needle::{Leg, Path, ROUND, Shape, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Glimpse, Scene, Sighting};
use crate::question::words::Course;
use crate::seed::Stream;
use crate::time::FrameSpan;

/// The part of the picture in which it turns, from the left and from above: there no border cuts it off, so that it is whole all
/// along but where it crosses a border.
const WHERE_IT_TURNS: u64 = ROUND as u64 / 4 * 3;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let candidate = material.take(1, order)[0];
    let corner = [0; 2].map(|_| stream.below(WHERE_IT_TURNS) as i64);
    let from = towards(Course::HEADINGS[stream.below(4) as usize]);
    let side = stream.below(2) as usize;
    let is_reversed = stream.below(2) == material.member;
    // Across and down: what goes to the right has its left above.
    let [across, down] = from;
    let to = if Course::TURNS[side] == Course::TurnsLeft { [down, -across] } else { [-down, across] };
    let half = material.travel / 2;
    let leg = |way: [i64; 2]| Leg { by: way.map(|axis| axis * half), parts: 1 };
    let start = [0, 1].map(|axis| corner[axis] - from[axis] * half);
    let path = Path { shape: Shape::Wrap, start, legs: vec![leg(from), leg(to)], parts: 2, is_reversed };
    Drawn {
        asks: vec![Ask {
            options: Course::words(Course::TURNS, material.family.language()),
            target: if is_reversed { 1 - side } else { side },
            ..Ask::about(material, candidate)
        }],
        clips: vec![Clip::moving(vec![Moving { candidate, area: Area::Whole, path, share: Share::ALL }])],
    }
}

/// A way of less than so much of the other is none: places are measured to the pixel.
const LEAST_PART: i64 = 8;

/// The turn of a track: along which axis it went first, and which way along each.
fn turned(track: &[Glimpse]) -> Option<Course> {
    let whole = moved(track);
    let [across, down] = whole.map(i64::abs);
    if across.min(down) * LEAST_PART <= across.max(down) {
        return None;
    }
    // When it went along each axis: the mean time of its steps there, weighted by how far they lead.
    let mut times = [0_i128; 2];
    for pair in track.windows(2) {
        let time = i128::from(pair[0].frame + pair[1].frame - 2 * track[0].frame);
        let step = moved(pair);
        for axis in [0, 1] {
            times[axis] += time * i128::from(step[axis]);
        }
    }
    let [across, down] = [0, 1].map(|axis| times[axis] * i128::from(whole[axis].signum()));
    let (across, down) = (across * i128::from(whole[1].abs()), down * i128::from(whole[0].abs()));
    let turns_right = (whole[0] > 0) == (whole[1] > 0);
    (across != down).then_some(if (across < down) == turns_right {
        Course::TurnsRight
    } else {
        Course::TurnsLeft
    })
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    turned(&scene.named_by(query)?.track).map(Answer::Course)
}

/// Two frames before the turn and two after it, and no two frames half a round or more apart.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let thing = scene.named_by(query);
    thing.map(pieces).unwrap_or_default()
}

fn pieces(thing: &Sighting) -> Vec<Evidence> {
    let axis = |pair: &[Glimpse]| {
        let [across, down] = moved(pair).map(i64::abs);
        across > down
    };
    let steps: Vec<bool> = thing.track.windows(2).map(axis).collect();
    let turn = steps.iter().position(|is_across| *is_across != steps[0]);
    let turn = turn.and_then(|at| thing.track.get(at)).map_or(thing.span.start(), |glimpse| glimpse.frame);
    let legs = [FrameSpan::new(thing.span.start(), turn + 1), FrameSpan::new(turn, thing.span.end())];
    let legs = legs.into_iter().flatten();
    let two = legs.map(|span| Evidence { span, samples: span.count().min(2), closer_than: 0 });
    two.chain([super::heading::close(thing, 4)]).collect()
}
