//! Which of two things goes round faster?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: a label. Two things go round beside each other, each its
//! own way from anywhere on its circle, and a whole number of times: on any frame each is as likely in one place as in another, whichever
//! is faster, and over all frames as often. In the other video of a pair both begin in the same places, and the other one is faster.

use super::heading::shorter;
use super::rings::Rings;
use crate::needle::ROUND;
use crate::question::answer::Answer;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Glimpse, Scene};
use crate::seed::Stream;

/// How much faster the one is: so many rounds against so many.
const RATIOS: [[i64; 2]; 2] = [[3, 2], [2, 1]];
/// The least travel of the faster one: the other goes round once, too, and shows its circle.
pub(super) const LEAST_TRAVEL: i64 = 2 * ROUND;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let things = material.take(2, order);
    let rings = Rings::draw(stream);
    let ways = [0; 2].map(|_| if stream.below(2) == 0 { 1 } else { -1 });
    let ratios = rounds(material.travel);
    let [fast, slow] = ratios[stream.below(ratios.len() as u64) as usize];
    let target = (stream.below(2) ^ (material.member & 1)) as usize;
    let moving = |at: usize| {
        let rounds = if at == target { fast } else { slow };
        rings.moving(at, things[at], ways[at] * rounds * ROUND, false)
    };
    let named = [material.label(things[0]), material.label(things[1])];
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, "", &named, 0),
            query: Query { things: named.to_vec(), ..Query::default() },
            options: named.to_vec(),
            target,
            ..Ask::default()
        }],
        clips: vec![Clip::moving(vec![moving(0), moving(1)])],
    }
}

/// How often the two can go round while they are shown, the faster as nearly as often as the travel says: whole rounds show each part of
/// a circle as often as the others, so that no part that is missing tells the slower one.
fn rounds(travel: i64) -> Vec<[i64; 2]> {
    let most = ((travel + ROUND / 2) / ROUND).max(LEAST_TRAVEL / ROUND);
    let times = |ratio: [i64; 2]| ratio.map(|rounds| rounds * (most / ratio[0]));
    RATIOS.into_iter().map(times).filter(|[fast, _]| *fast > 0).collect()
}

/// Parts of a quarter turn in which angles are measured.
const QUARTER: i64 = 1 << 20;
/// By how much the angle between two rounded places may be off.
const ROUNDED: i64 = 1 << 10;
/// Parts of half the width of a circle, and of half its height, in which places on it are measured.
const RADIUS: i64 = 1 << 20;

/// The place on a square that stands for an angle: 0 to four quarters, the same at each eighth of a turn, a few degrees beside between
/// them. Over whole rounds it is exact.
fn angle([across, down]: [i64; 2]) -> Option<i64> {
    let part = |of: i64| QUARTER * of.abs() / (across.abs() + down.abs());
    (across != 0 || down != 0).then(|| match (across >= 0, down >= 0) {
        (true, true) => part(down),
        (false, true) => QUARTER + part(across),
        (false, false) => 2 * QUARTER + part(down),
        (true, false) => 3 * QUARTER + part(across),
    })
}

/// How far something has gone round, and in how many frames.
#[derive(Clone, Copy, Debug)]
struct Turned {
    by: i64,
    frames: i64,
}

/// How far a track goes round the circle that it shows. Frames are less than half a round apart, which tells the way round; once that
/// is known, a step may go three quarters of a round on, or a quarter back, as one does that is measured to the pixel.
fn turned(track: &[Glimpse]) -> Option<Turned> {
    let ends = |of: fn(&Glimpse) -> u32| {
        let places = || track.iter().map(|glimpse| i64::from(of(glimpse)));
        Some((places().min()?, places().max()?)).filter(|(least, most)| least < most)
    };
    let across = ends(|glimpse| glimpse.centre.x)?;
    let down = ends(|glimpse| glimpse.centre.y)?;
    let from_middle =
        |at: u32, (least, most): (i64, i64)| (2 * i64::from(at) - least - most) * RADIUS / (most - least);
    let angles: Vec<i64> = track
        .iter()
        .filter_map(|glimpse| {
            angle([from_middle(glimpse.centre.x, across), from_middle(glimpse.centre.y, down)])
        })
        .collect();
    let steps = || angles.windows(2).map(|pair| pair[1] - pair[0]);
    let round = 4 * QUARTER;
    // Of half rounds alone, either way leads as far.
    let way = if steps().map(|step| shorter(step, round, ROUNDED)).sum::<i64>() < 0 { -1 } else { 1 };
    let by = steps().map(|step| (way * step + QUARTER).rem_euclid(round) - QUARTER).sum();
    let frames = (track.last()?.frame - track.first()?.frame) as i64;
    (frames > 0).then_some(Turned { by, frames })
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let [one, other] = query.things.as_slice() else { return None };
    let (first, second) = (turned(&scene.of_label(one)?.track)?, turned(&scene.of_label(other)?.track)?);
    let (first, second) = (first.by * second.frames, second.by * first.frames);
    (first != second).then(|| Answer::Label(if first > second { one } else { other }.clone()))
}

/// Frames of both over their whole span, less than half a round of the faster one apart.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let things = query.things.iter().filter_map(|thing| scene.of_label(thing));
    let Some(faster) = things.min_by_key(|thing| thing.round_frames) else { return Vec::new() };
    let closer = super::heading::close(faster, 3);
    let samples = (faster.span.count() / closer.closer_than).max(closer.samples);
    vec![Evidence { samples, ..closer }]
}
