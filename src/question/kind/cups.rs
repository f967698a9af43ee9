//! Under which cup is the thing that was hidden?
//!
//! In: a family, labels, a stream; or a scene. Out: the place of a cup, counted from the left. Cups that look alike stand in a row. One is
//! raised and comes down on a thing, and no frame shows the thing afterwards. Then two at a time change places: each goes halfway along
//! the row and off it, one above and one below, and then back to it. Where the thing is in the end is drawn for itself: given where it
//! was in the beginning, every place is as likely. All pairs change places as often as the number of changes allows: where
//! that is equally often, which pairs do so says nothing either, and only their order tells.
//!
//! The game can be spread over several clips: each begins with the cups where they were when the one before ended.

use std::collections::BTreeMap;

use crate::needle::{Leg, Path, ROUND, Shape, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::family::USUAL_SWAPS;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::question_kind::QuestionKind;
use crate::question::raw::Raw;
use crate::question::scene::{Glimpse, Point, Scene};
use crate::seed::Stream;
use crate::time::FrameSpan;

/// How far cups leave their row, of the room above and below the frame's cups: as high as a cup is, or higher.
const ASIDE: i64 = ROUND * 7 / 16;
/// Parts of the needle's time: a cup is raised, comes down, rests; two cups change places, leg by leg, and rest; all rest at the end.
const RAISED: u32 = 5;
const DOWN: u32 = 2;
const REST: u32 = 1;
const LEG: u32 = 2;
const END: u32 = 2;
/// One in so many frames is enough: on others, a cup may not be told, or something else be taken for one.
const ENOUGH: usize = 8;
/// More cups are followed by nobody.
const MOST_CUPS: usize = 6;

/// How often cups can change places: fewer cannot bring each cup to each place.
const SWAPS: std::ops::RangeInclusive<u32> = 3..=30;

/// What a family's file may say of its changes and clips.
pub(in crate::question) fn check(raw: &Raw, kind: QuestionKind, problems: &mut Vec<String>) {
    let swaps = raw.ask.swaps.unwrap_or(USUAL_SWAPS);
    if !SWAPS.contains(&swaps) {
        problems.push(format!("ask.swaps: is outside {}..={}", SWAPS.start(), SWAPS.end()));
    }
    let clips = raw.needle.clips.filter(|_| kind == QuestionKind::Cups);
    if clips.is_some_and(|clips| clips > swaps as usize) {
        problems.push(format!("needle.clips: each clip shows a change, and there are {swaps}"));
    }
}

/// Parts of the time of the longest clip, where so many changes are spread over so many clips.
pub(super) fn parts(swaps: u32, clips: u32) -> u32 {
    clip_parts(swaps.div_ceil(clips.max(1)), true)
}

/// Parts of the time of a clip with so many changes.
fn clip_parts(swaps: u32, is_first: bool) -> u32 {
    (if is_first { RAISED + DOWN } else { 0 }) + REST + swaps * (2 * LEG + REST) + END
}

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let cups = family.options_number();
    // The first item of the pack is the cup.
    let first = order.iter().copied().filter(|at| !material.left_out.contains(at)).min();
    let mut order = order.to_vec();
    order.sort_by_key(|&at| Some(at) != first);
    let things = material.take(2, &order);
    let from = stream.below(cups as u64) as usize;
    let target = stream.below(cups as u64) as usize;
    let row = ASIDE + stream.below((ROUND - 2 * ASIDE) as u64 + 1) as i64;
    let swaps = swaps(cups, family.ask_swaps() as usize, (from, target), stream);
    let changes: Vec<Change> =
        swaps.into_iter().map(|pair| Change { pair, above: stream.below(2) as usize }).collect();
    let row = Row { cups, height: row };
    let mut standing: Vec<usize> = (0..cups).collect();
    let clips = shares(&changes, family.clips().unwrap_or(1)).into_iter().enumerate().map(|(at, changes)| {
        let raised = (at == 0).then_some(from);
        let parts = clip_parts(changes.len() as u32, raised.is_some());
        let hidden = raised.map(|from| Moving {
            candidate: things[1],
            area: Area::Whole,
            path: Path::still([row.along(from), row.height]),
            share: Share { from: 0, to: RAISED + DOWN, of: parts },
        });
        let cups = standing.iter_mut().map(|place| {
            let path = row.path(place, raised, changes, parts);
            Moving { candidate: things[0], area: Area::Whole, path, share: Share::ALL }
        });
        Clip::moving(hidden.into_iter().chain(cups).collect())
    });
    let clips = clips.collect();
    Drawn {
        asks: vec![Ask {
            question: family.plain_question(material.pack),
            query: Query {
                things: [things[1], things[0]].map(|thing| material.label(thing)).to_vec(),
                ..Query::default()
            },
            options: (1..=cups).map(|place| place.to_string()).collect(),
            target,
            ..Ask::default()
        }],
        clips,
    }
}

/// Two cups that change places.
#[derive(Clone, Copy)]
struct Change {
    pair: [usize; 2],
    /// Which of the two passes above.
    above: usize,
}

/// The changes of each clip, as many in each as can be.
fn shares(changes: &[Change], clips: usize) -> Vec<&[Change]> {
    let (each, more) = (changes.len() / clips, changes.len() % clips);
    let start = |clip: usize| clip * each + clip.min(more);
    (0..clips).map(|clip| &changes[start(clip)..start(clip + 1)]).collect()
}

/// Places beside each other.
struct Row {
    cups: usize,
    height: i64,
}

impl Row {
    /// How far from the left a place is.
    fn along(&self, place: usize) -> i64 {
        ROUND * (2 * place as i64 + 1) / (2 * self.cups as i64)
    }

    /// The path of the cup at `place` in a clip, which leaves it at another place; `raised` is the place of the cup that comes down first.
    fn path(&self, place: &mut usize, raised: Option<usize>, changes: &[Change], parts: u32) -> Path {
        let above = if raised == Some(*place) { ASIDE } else { 0 };
        let start = [self.along(*place), self.height - above];
        let mut legs = Vec::new();
        if raised.is_some() {
            legs.extend([Leg { by: [0; 2], parts: RAISED }, Leg { by: [0, above], parts: DOWN }]);
        }
        legs.push(Leg { by: [0; 2], parts: REST });
        for Change { pair, above } in changes {
            let side = pair.iter().position(|of| of == place);
            let to = side.map_or(*place, |side| pair[1 - side]);
            let aside = side.map_or(0, |side| if side == *above { -ASIDE } else { ASIDE });
            let way = self.along(to) - self.along(*place);
            legs.push(Leg { by: [way / 2, aside], parts: LEG });
            legs.push(Leg { by: [way - way / 2, -aside], parts: LEG });
            legs.push(Leg { by: [0; 2], parts: REST });
            *place = to;
        }
        Path { shape: Shape::Line, start, legs, parts, is_reversed: false }
    }
}

/// Which places change cups, in order, so that what is at the first of `ends` gets to the second. All pairs are as frequent as can be.
fn swaps(cups: usize, number: usize, ends: (usize, usize), stream: &mut Stream) -> Vec<[usize; 2]> {
    let pairs: Vec<[usize; 2]> =
        (0..cups).flat_map(|one| (one + 1..cups).map(move |other| [one, other])).collect();
    loop {
        let mut drawn: Vec<usize> = (0..number / pairs.len()).flat_map(|_| 0..pairs.len()).collect();
        drawn.extend(stream.distinct(number % pairs.len(), pairs.len()));
        stream.shuffle(&mut drawn);
        let swaps: Vec<[usize; 2]> = drawn.into_iter().map(|pair| pairs[pair]).collect();
        if swaps.iter().fold(ends.0, |place, &pair| after(place, pair)) == ends.1 {
            return swaps;
        }
    }
}

/// Where the cup at a place is after two places changed cups.
fn after(place: usize, [one, other]: [usize; 2]) -> usize {
    match place {
        _ if place == one => other,
        _ if place == other => one,
        _ => place,
    }
}

/// Where the cups are, on those frames that show all: as many as are seen together on enough frames.
fn places(scene: &Scene, cup: &str) -> BTreeMap<u64, Vec<Point>> {
    let mut frames: BTreeMap<u64, Vec<Point>> = BTreeMap::new();
    let cups = scene.sightings().iter().filter(|sighting| sighting.label == cup);
    for glimpse in cups.flat_map(|sighting| &sighting.track) {
        frames.entry(glimpse.frame).or_default().push(glimpse.centre);
    }
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    for places in frames.values() {
        *times.entry(places.len()).or_default() += 1;
    }
    let enough = frames.len().div_ceil(ENOUGH);
    let all = times.into_iter().rev().find(|(_, times)| *times >= enough).map(|(cups, _)| cups);
    frames.retain(|_, places| Some(places.len()) == all);
    frames
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let [hidden, cup] = &query.things[..] else { return None };
    let frames = places(scene, cup);
    let track = &scene.of_label(hidden)?.track;
    let Glimpse { frame, centre } = *track.get(track.len() / 2)?;
    let mut frames = frames.range(frame..).map(|(_, places)| places);
    let mut before = frames.next().filter(|places| places.len() <= MOST_CUPS)?;
    // The cup is right above the thing.
    let mut at = (0..before.len()).min_by_key(|&at| before[at].x.abs_diff(centre.x))?;
    for places in frames {
        at = followed((before, places), at, 0).1;
        before = places;
    }
    let left = before.iter().filter(|place| place.x < before[at].x).count();
    Some(Answer::Number(left as u64 + 1))
}

/// How far the cups went from one frame to another, those from the first that is in no bit of `taken`, and which of the places there
/// the cup `of` took: as little as they can have gone altogether.
fn followed((from, to): (&[Point], &[Point]), of: usize, taken: u32) -> (u64, usize) {
    let at = taken.count_ones() as usize;
    let Some(place) = from.get(at) else { return (0, of) };
    let free = (0..to.len()).filter(|other| taken & (1 << other) == 0);
    let ways = free.map(|other| {
        let (far, chosen) = followed((from, to), of, taken | 1 << other);
        (distance(*place, to[other]) + far, if at == of { other } else { chosen })
    });
    ways.min_by_key(|(far, _)| *far).unwrap_or((0, of))
}

/// How far two points are apart, in millionths of the picture's width and height.
fn distance(one: Point, other: Point) -> u64 {
    let [x, y] = [one.x.abs_diff(other.x), one.y.abs_diff(other.y)].map(u64::from);
    (x * x + y * y).isqrt()
}

/// What has to be seen: what is under which cup; every change, frames less than half of it apart; where the cups are in the end.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let Some(cup) = query.things.get(1) else { return Vec::new() };
    let frames: Vec<(u64, Vec<Point>)> = places(scene, cup).into_iter().collect();
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return Vec::new() };
    let clips = frames.chunk_by(|one, next| next.0 == one.0 + 1).map(stretches);
    let mut clips: Vec<Vec<FrameSpan>> = clips.collect();
    // The first stretch shows how the cup comes down.
    let down = clips.first_mut().filter(|clip| !clip.is_empty()).map(|clip| clip.remove(0));
    let shortest = clips.iter().flatten().map(|change| change.count()).min();
    let (Some(down), Some(shortest)) = (down, shortest) else {
        return FrameSpan::new(first.0, last.0 + 1).map(Evidence::of).into_iter().collect();
    };
    let closer_than = (shortest.saturating_sub(1) / 2).max(1);
    let followed = clips.iter().filter_map(|changes| {
        let (first, last) = (changes.first()?, changes.last()?);
        let span = FrameSpan::new(first.start() - 1, last.end())?;
        let samples = (span.count() / closer_than).max(1);
        Some(Evidence { span, samples, closer_than })
    });
    let end = clips.iter().flatten().map(|change| change.end() - 1).max().unwrap_or(last.0);
    let shown = FrameSpan::new(first.0, down.start()).map(Evidence::of);
    let rest = FrameSpan::new(end, last.0 + 1).map(Evidence::of);
    shown.into_iter().chain(followed).chain(rest).collect()
}

/// The stretches of a clip's frames on each of which something has moved since the frame before.
fn stretches(frames: &[(u64, Vec<Point>)]) -> Vec<FrameSpan> {
    let moved: Vec<(u64, bool)> = frames.windows(2).map(|pair| (pair[1].0, pair[0].1 != pair[1].1)).collect();
    let stretches = moved.chunk_by(|one, other| one.1 == other.1).filter(|stretch| stretch[0].1);
    stretches.filter_map(|stretch| FrameSpan::new(stretch[0].0, stretch.last()?.0 + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn of_all_orders_of_changes_each_that_gets_there_is_as_likely() {
        // Three pairs once each have six orders, of which two lead from any place to any other.
        let mut stream = Seed::new(8).stream("swaps", 0);
        for ends in (0..3).flat_map(|from| (0..3).map(move |to| (from, to))) {
            let mut drawn: BTreeMap<Vec<[usize; 2]>, u32> = BTreeMap::new();
            for _ in 0..400 {
                let swaps = swaps(3, 3, ends, &mut stream);
                assert_eq!(swaps.iter().fold(ends.0, |place, &pair| after(place, pair)), ends.1);
                *drawn.entry(swaps).or_default() += 1;
            }
            // Five standard deviations of 400 draws of a half are 50.
            assert!(drawn.len() == 2 && drawn.values().all(|times| times.abs_diff(200) < 50), "{drawn:?}");
        }
    }

    #[test]
    fn pairs_change_places_equally_often_where_they_can() {
        let mut stream = Seed::new(8).stream("pairs", 0);
        for (cups, number) in [(3_usize, 6_usize), (4, 6), (3, 4), (5, 3), (4, 9)] {
            let most = number.div_ceil(cups * (cups - 1) / 2);
            for to in 0..cups {
                let swaps = swaps(cups, number, (1, to), &mut stream);
                let times = |pair: &[usize; 2]| swaps.iter().filter(|other| *other == pair).count();
                assert!(swaps.len() == number && swaps.iter().all(|pair| times(pair) <= most), "{swaps:?}");
            }
        }
    }
}
