//! How often does a thing bounce?
//!
//! In: a family, labels, a stream; or a scene. Out: a number. A thing rests, goes to and fro between two borders of the picture, and
//! rests again. It begins anywhere and its way is a whole number of times from border to border: so it bounces exactly so often, and
//! on every frame, at rest too, it is as likely in one place as in another. All numbers are even: it rests where it began, and its
//! first and last place tell nothing. In half of the videos it is as fast whatever the number, and rests the longer; in the other half
//! it moves as long, and is the faster. So neither speed nor duration alone tells the number in every video. When it begins to move is
//! drawn, as far as there is time: two frames that are known to the pixel and by their numbers tell no more than its speed between them.

use crate::needle::{Leg, Path, ROUND, Shape, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::{Glimpse, Scene, Sighting};
use crate::seed::Stream;
use crate::time::FrameSpan;

/// The numbers that are options. Two bounces show both borders; after an even number it is where it began.
pub const NUMBERS: [u64; 4] = [2, 4, 6, 8];
/// From border to border, in 65,536ths of a round.
const ACROSS: i64 = ROUND / 2;
/// The least time of a rest, in that of as much way.
const REST: i64 = ACROSS / 2;
/// How long it moves where that is the same for all numbers.
const TIME: i64 = 7 * ACROSS;
/// The least travel that has room for the most bounces and both rests.
pub(super) const LEAST_TRAVEL: i64 = NUMBERS[NUMBERS.len() - 1] as i64 * ACROSS + 2 * REST;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let candidate = material.take(1, order)[0];
    let numbers: Vec<u64> =
        stream.distinct(NUMBERS.len(), NUMBERS.len()).into_iter().map(|at| NUMBERS[at]).collect();
    let target = stream.below(numbers.len() as u64) as usize;
    let axis = stream.below(2) as usize;
    let manner = ToAndFro {
        number: numbers[target],
        is_forward: stream.below(2) == 0,
        has_one_speed: stream.below(2) == 0,
        rest: stream.below(1 << 16) as i64,
    };
    // Borders are even: no bounce falls on the first or on the last frame.
    let along = 2 * stream.below(ACROSS as u64) as i64 + 1;
    let beside = stream.below(ROUND as u64) as i64;
    let path = path(axis, manner, [along, beside], material.travel);
    Drawn {
        asks: vec![Ask {
            options: numbers.iter().map(ToString::to_string).collect(),
            target,
            ..Ask::about(material, candidate)
        }],
        clips: vec![Clip::moving(vec![Moving { candidate, area: Area::Whole, path, share: Share::ALL }])],
    }
}

/// How something goes to and fro.
#[derive(Clone, Copy, Debug)]
struct ToAndFro {
    /// How often it bounces.
    number: u64,
    /// Whether it first goes on in its round.
    is_forward: bool,
    /// Whether its speed is that of every number; if not, the time is in which it moves.
    has_one_speed: bool,
    /// How long it rests before it moves, in 65,536ths between the shortest time and the longest.
    rest: i64,
}

/// The path along an axis of what begins at a place along it and beside.
fn path(axis: usize, manner: ToAndFro, [along, beside]: [i64; 2], travel: i64) -> Path {
    let way = manner.number as i64 * ACROSS;
    let time = if manner.has_one_speed { way } else { TIME };
    let all = travel.max(LEAST_TRAVEL);
    let rest = REST + (((all - time - 2 * REST) * manner.rest) >> 16);
    let mut start = [beside; 2];
    start[axis] = along;
    let mut by = [0; 2];
    by[axis] = if manner.is_forward { way } else { -way };
    let parts = |time: i64| u32::try_from(time).unwrap_or(u32::MAX);
    let legs = vec![Leg { by: [0; 2], parts: parts(rest) }, Leg { by, parts: parts(time) }];
    let parts = parts(all);
    Path { shape: Shape::Bounce, start, legs, parts, is_reversed: false }
}

/// A place along the axis, and its frame.
#[derive(Clone, Copy, Debug)]
struct Step {
    frame: i64,
    at: i64,
}

/// The places along the axis in which it moves farther.
fn steps(track: &[Glimpse]) -> Vec<Step> {
    let along = |of: fn(&Glimpse) -> u32| -> Vec<Step> {
        track.iter().map(|glimpse| Step { frame: glimpse.frame as i64, at: i64::from(of(glimpse)) }).collect()
    };
    let (across, down) = (along(|glimpse| glimpse.centre.x), along(|glimpse| glimpse.centre.y));
    if range(&across) >= range(&down) { across } else { down }
}

/// How far the places are apart.
fn range(steps: &[Step]) -> i64 {
    let places = || steps.iter().map(|step| step.at);
    places().max().unwrap_or_default() - places().min().unwrap_or_default()
}

/// Places nearer to the first or the last than this part of the range are those of its rest.
const STIRS: i64 = 16;

/// From where it rests to where it rests again: the last step before it stirs, and the first after.
fn moving(steps: &[Step]) -> Option<[usize; 2]> {
    let stirs = range(steps) / STIRS;
    let (first, last) = (steps.first()?.at, steps.last()?.at);
    let from = steps.iter().position(|step| (step.at - first).abs() > stirs)? - 1;
    let to = steps.iter().rposition(|step| (step.at - last).abs() > stirs)? + 1;
    (from < to).then_some([from, to])
}

/// A speed: so far in so many frames.
#[derive(Clone, Copy, Debug)]
struct Pace {
    far: i64,
    frames: i64,
}

impl Pace {
    /// How far it leads in so many frames.
    fn in_frames(self, frames: i64) -> i64 {
        self.far * frames / self.frames
    }
}

/// Its speed: the greatest between two places on its way from one border to the other. Only those farther apart than a third of
/// the farthest are compared, as near ones are measured badly; a step over a bounce seems slow.
fn pace(steps: &[Step]) -> Option<Pace> {
    let mut ways: Vec<Pace> = Vec::new();
    for (at, from) in steps.iter().enumerate() {
        let mut before = from;
        let mut sign = 0;
        for to in &steps[at + 1..] {
            // What is slow is found at one place on several frames.
            let way = (to.at - before.at).signum();
            if way * sign < 0 {
                break;
            }
            (sign, before) = (if way == 0 { sign } else { way }, to);
            ways.push(Pace { far: (to.at - from.at).abs(), frames: (to.frame - from.frame).max(1) });
        }
    }
    let farthest = ways.iter().map(|way| way.far).max()?;
    let far = ways.into_iter().filter(|way| way.far * 3 >= farthest);
    far.max_by(|one, other| (one.far * other.frames).cmp(&(other.far * one.frames)))
}

/// How often it bounces. Its way is an even number of times from border to border, of which steps from rest and to rest may hide less
/// than half: they are taken as straight. Where the borders are, two places with a bounce between them tell by the pace.
fn bounces(track: &[Glimpse]) -> Option<u64> {
    let steps = steps(track);
    let [from, to] = moving(&steps)?;
    let on_the_way = &steps[(from + 1).min(to)..to];
    let (first, last) = (on_the_way.first()?, on_the_way.last()?);
    let pace = pace(&steps[from..=to])?;
    let ends = steps.iter().map(|step| [step.at, step.at]);
    let turns = on_the_way.windows(2).map(|pair| {
        let (both, way) = (pair[0].at + pair[1].at, pace.in_frames(pair[1].frame - pair[0].frame));
        [i64::midpoint(both, -way), i64::midpoint(both, way)]
    });
    let borders = ends.chain(turns).reduce(|one, other| [one[0].min(other[0]), one[1].max(other[1])])?;
    let across = borders[1] - borders[0];
    let rests = [steps.first()?.at, steps.last()?.at];
    let hidden = (first.at - rests[0]).abs() + (rests[1] - last.at).abs();
    let way = pace.in_frames(last.frame - first.frame) + hidden;
    // To the nearest even number, but for what is hidden.
    u64::try_from((way + across * 5 / 4) / (2 * across).max(1) * 2).ok()
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    Some(Answer::Number(bounces(&scene.named_by(query)?.track)?))
}

/// A frame of the rest before and one of that after, and over the whole span frames that are closer than half the time from one
/// border to the other: of two frames farther apart nobody can tell whether a bounce is between them.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let thing = scene.named_by(query);
    thing.map(seen).unwrap_or_default()
}

fn seen(thing: &Sighting) -> Vec<Evidence> {
    let span = thing.span;
    let closer_than = (thing.round_frames.saturating_sub(1) / 4).max(1);
    let samples = (span.count() / closer_than).max(1);
    let whole = Evidence { span, samples, closer_than };
    let rests = |track: &[Glimpse], of: &Glimpse| {
        track.iter().filter(|glimpse| glimpse.centre == of.centre).count() as u64
    };
    let before = thing.track.first().map_or(1, |first| {
        let moves = thing.track.iter().position(|glimpse| glimpse.centre != first.centre);
        rests(&thing.track[..moves.unwrap_or(thing.track.len())], first)
    });
    let after = thing.track.last().map_or(1, |last| {
        let moves = thing.track.iter().rposition(|glimpse| glimpse.centre != last.centre);
        rests(&thing.track[moves.map_or(0, |at| at + 1)..], last)
    });
    let ends = [
        FrameSpan::new(span.start(), span.start() + before),
        FrameSpan::new(span.end().saturating_sub(after), span.end()),
    ];
    ends.into_iter().flatten().map(Evidence::of).chain([whole]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::{Mover, PixelBox};

    fn mover(path: Path) -> Mover {
        let area = PixelBox { x: 0, y: 0, w: 640, h: 360 };
        let [label, pack, item] = ["a", "b", "c"].map(str::to_owned);
        Mover { label, pack, item, w: 80, h: 80, area, path, share: Share::ALL }
    }

    /// How often a mover is in each eighth of its way on frame `at`, over all places from which it can begin.
    fn law(number: u64, has_one_speed: bool, rest: i64, at: u64) -> [u32; 8] {
        let mut law = [0; 8];
        for along in (1..ROUND).step_by(32) {
            let manner = ToAndFro { number, is_forward: along % 64 == 1, has_one_speed, rest };
            let path = path(0, manner, [along, 0], LEAST_TRAVEL);
            let place = mover(path).corner(at, 150)[0] * 8 / (560 * 256);
            law[usize::try_from(place).unwrap().min(7)] += 1;
        }
        law
    }

    #[test]
    fn wherever_it_is_on_a_frame_says_nothing_of_the_number() {
        for (has_one_speed, rest) in [(true, 0), (true, 40_000), (false, 0), (false, 65_535)] {
            for at in (0..150).step_by(7).chain([149]) {
                for number in NUMBERS {
                    let law = law(number, has_one_speed, rest, at);
                    // Of 2,048 beginnings an eighth each, but for rounding at the borders of the eighths.
                    assert!(law.iter().all(|&count| (248..=264).contains(&count)), "{number} {at}: {law:?}");
                }
            }
        }
    }

    #[test]
    fn it_rests_where_it_began() {
        for (number, has_one_speed) in
            NUMBERS.into_iter().flat_map(|number| [(number, true), (number, false)])
        {
            let manner = ToAndFro { number, is_forward: number % 4 == 0, has_one_speed, rest: 30_000 };
            let mover = mover(path(0, manner, [12_345, 6_789], LEAST_TRAVEL));
            assert_eq!(mover.corner(0, 225), mover.corner(224, 225), "{number}");
        }
    }

    #[test]
    fn in_one_half_it_is_as_fast_and_in_the_other_it_moves_as_long() {
        let of = |number: u64, has_one_speed: bool| {
            path(1, ToAndFro { number, is_forward: true, has_one_speed, rest: 0 }, [1, 1], LEAST_TRAVEL).legs
                [1]
        };
        for number in NUMBERS {
            let way = number as i64 * ACROSS;
            assert_eq!(of(number, true), Leg { by: [0, way], parts: way as u32 });
            assert_eq!(of(number, false), Leg { by: [0, way], parts: 7 * ACROSS as u32 });
        }
    }
}
