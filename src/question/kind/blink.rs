//! How many times does a thing disappear while another stays?
//!
//! In: a family, labels, a stream, which of the pair is drawn; or a scene. Out: once or twice, as a number. A mark is shown throughout.
//! Beside it the thing is shown and hidden in turn: it ends as it begins, shown or hidden, each as likely. What is hidden where it begins
//! shown is shown where it begins hidden, and both are drawn as often: so on every frame it is shown in half of the videos of either
//! answer, and no frame tells the answer, even by its number. The first and the last frame together do not tell it either. (Of
//! on-off-on against off-on-off, the first frame would.)
//!
//! Two frames near each other differ the more often, the more often it changes: so no such design hides the answer from two frames.
//! How long each state lasts in all is drawn before anything that depends on the answer, so that frames without their order tell nothing,
//! and all phases that add up to it are as likely, so that this is spread over the whole time: the best two frames are right in 64 of 100
//! videos. (Were it shown for half of the time, the frame in the middle and the first would be right in 90.)

use std::collections::BTreeSet;

use crate::needle::{Path, ROUND, Share};
use crate::question::answer::Answer;
use crate::question::drawn::{Area, Ask, Clip, Drawn, Moving};
use crate::question::evidence::Evidence;
use crate::question::material::Material;
use crate::question::query::Query;
use crate::question::scene::Scene;
use crate::seed::Stream;
use crate::time::FrameSpan;

/// Parts of the needle's time in which phases are stated.
pub(super) const PARTS: u32 = 24;
/// The shortest phase.
const SHORTEST: u32 = 2;

pub(super) fn draw(material: Material<'_>, order: &[usize], stream: &mut Stream) -> Drawn {
    let family = material.family;
    let things = material.take(2, order);
    let columns = stream.distinct(2, 2);
    let places = [0; 2].map(|_| [0; 2].map(|_| stream.below(ROUND as u64 + 1) as i64));
    let target = usize::from(stream.below(2) != material.member);
    let is_shown_first = stream.below(2) == 0;
    let times = target + 1;
    let [same, other] = states(times, stream);
    let moving = |at: usize, share: Share| Moving {
        candidate: things[at],
        area: Area::Square { column: columns[at] as u32, columns: 2 },
        path: Path::still(places[at]),
        share,
    };
    let shown = shares(is_shown_first, &same, &other);
    let labels = [things[0], things[1]].map(|thing| material.label(thing)).to_vec();
    let mark = moving(1, Share::ALL);
    Drawn {
        asks: vec![Ask {
            question: family.question_naming(material.pack, "", &labels, 0),
            query: Query { things: labels, ..Query::default() },
            options: [1, 2].map(|times: u64| times.to_string()).to_vec(),
            target,
            ..Ask::default()
        }],
        clips: vec![Clip::moving(
            std::iter::once(mark).chain(shown.into_iter().map(|share| moving(0, share))).collect(),
        )],
    }
}

/// The phases of the state that it begins and ends with, and those of the other, where it disappears so many times.
fn states(times: usize, stream: &mut Stream) -> [Vec<u32>; 2] {
    // The first lasts so long that it can have three phases, and leaves room for two of the other.
    let around = stream.between(u64::from(3 * SHORTEST), u64::from(PARTS - 2 * SHORTEST)) as u32;
    [phases(times + 1, around, stream), phases(times, PARTS - around, stream)]
}

/// The lengths of so many phases of so many parts in all, all lengths as likely.
fn phases(number: usize, all: u32, stream: &mut Stream) -> Vec<u32> {
    let more = all as usize - number * SHORTEST as usize;
    // Borders between phases among what they may have more than the shortest.
    let mut borders = stream.distinct(number - 1, more + number - 1);
    borders.sort_unstable();
    let starts = std::iter::once(0).chain(borders.iter().map(|border| border + 1));
    let ends = borders.iter().copied().chain([more + number - 1]);
    starts.zip(ends).map(|(start, end)| SHORTEST + (end - start) as u32).collect()
}

/// When the thing is shown, where phases of one state lie around those of the other.
fn shares(is_shown_first: bool, around: &[u32], between: &[u32]) -> Vec<Share> {
    let mut shares = Vec::new();
    let mut from = 0;
    for (at, &around) in around.iter().enumerate() {
        let border = from + around;
        let to = border + between.get(at).copied().unwrap_or_default();
        let shown = if is_shown_first { [from, border] } else { [border, to] };
        if shown[0] < shown[1] {
            shares.push(Share { from: shown[0], to: shown[1], of: PARTS });
        }
        from = to;
    }
    shares
}

/// The frames on which the mark is seen, each with whether the thing is.
fn seen(query: &Query, scene: &Scene) -> Option<Vec<(u64, bool)>> {
    let [thing, mark] = &query.things[..] else { return None };
    let frames = |label: &String| -> BTreeSet<u64> {
        let shown = scene.sightings().iter().filter(|sighting| sighting.label == *label);
        shown.flat_map(|sighting| &sighting.track).map(|glimpse| glimpse.frame).collect()
    };
    let shown = frames(thing);
    let states: Vec<(u64, bool)> =
        frames(mark).into_iter().map(|frame| (frame, shown.contains(&frame))).collect();
    states.iter().any(|(_, is_shown)| *is_shown).then_some(states)
}

pub(super) fn answer(query: &Query, scene: &Scene) -> Option<Answer> {
    let states = seen(query, scene)?;
    let times = states.windows(2).filter(|pair| pair[0].1 && !pair[1].1).count();
    Some(Answer::Number(times as u64))
}

/// A frame of each phase.
pub(super) fn evidence(query: &Query, scene: &Scene) -> Vec<Evidence> {
    let states = seen(query, scene).unwrap_or_default();
    let phases = states.chunk_by(|one, other| one.1 == other.1);
    let span = |phase: &[(u64, bool)]| FrameSpan::new(phase.first()?.0, phase.last()?.0 + 1);
    phases.filter_map(span).map(Evidence::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// Whether it is shown in each part.
    fn shown(shares: &[Share]) -> Vec<bool> {
        (0..PARTS).map(|part| shares.iter().any(|share| (share.from..share.to).contains(&part))).collect()
    }

    #[test]
    fn what_is_shown_in_one_state_is_hidden_in_the_other() {
        let mut stream = Seed::new(5).stream("phases", 0);
        for times in [1, 2] {
            let mut all = BTreeSet::new();
            for _ in 0..100_000 {
                let [around, between] = states(times, &mut stream);
                assert!(around.iter().chain(&between).all(|&parts| parts >= SHORTEST));
                let [first, other] = [true, false].map(|first| shown(&shares(first, &around, &between)));
                assert!(first.iter().zip(&other).all(|(one, other)| one != other));
                let left = |states: &[bool]| states.windows(2).filter(|pair| pair[0] && !pair[1]).count();
                assert_eq!([left(&first), left(&other)], [times; 2]);
                assert_eq!(first[0], first[PARTS as usize - 1]);
                all.insert((around, between));
            }
            // Of so many parts beyond the shortest phases' any number goes to each, and so for each length of both in all.
            let once: usize = (6..=20).map(|around| around - 3).sum();
            let twice: usize = (6..=20).map(|around| (around - 5) * (around - 4) / 2 * (21 - around)).sum();
            assert_eq!(all.len(), [once, twice][times - 1], "all lengths of phases");
        }
    }

    #[test]
    fn the_best_two_frames_are_right_in_64_of_100_videos() {
        let mut stream = Seed::new(6).stream("phases", 0);
        let tries = 20_000;
        let parts = PARTS as usize;
        // By answer and parts: in how many videos both are alike. Which state it begins with says nothing.
        let mut alike = [1, 2].map(|_| vec![0_u32; parts * parts]);
        for (times, alike) in [1, 2].into_iter().zip(&mut alike) {
            for _ in 0..tries {
                let [around, between] = states(times, &mut stream);
                let shown = shown(&shares(true, &around, &between));
                for (at, alike) in alike.iter_mut().enumerate() {
                    *alike += u32::from(shown[at / parts] == shown[at % parts]);
                }
            }
        }
        let apart = alike[0].iter().zip(&alike[1]).map(|(one, other)| one.abs_diff(*other)).max().unwrap();
        let right = 0.5 + f64::from(apart) / f64::from(2 * tries);
        // 0.637 by enumeration; five standard deviations are 0.009.
        assert!((right - 0.637).abs() < 0.013, "{right}");
    }
}
