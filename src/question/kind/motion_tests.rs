//! What the kinds that ask how something moves say of a scene.
//!
//! In: samples of families, drawn with many seeds, on their planned paths. Out: nothing, or a failed assertion.

use crate::language::Language;
use crate::needle::{Mover, PixelBox};
use crate::question::scene::of_movers;
use crate::question::{self, Answer, Area, Drawn, Family, Glimpse, Material, Point, Pool, Scene};
use crate::seed::{Seed, Stream};
use crate::time::{FrameRate, FrameSpan};

/// Width and height of the frames, in pixels.
pub(super) const SIZE: (u32, u32) = (640, 360);

pub(super) fn pool() -> Pool {
    let candidate = |label: &str| question::Candidate {
        item: label.replace(' ', "-"),
        label: label.to_owned(),
        plural: format!("{label}s"),
        alike: Vec::new(),
        names: vec![label.to_owned()],
        aliases: Vec::new(),
        hints: Vec::new(),
    };
    Pool::new(
        ["red star", "blue disc", "green square", "purple diamond", "orange cross"].map(candidate).to_vec(),
    )
}

/// What is drawn for one video, of which `member` of a pair, with a travel in 65,536ths of a round.
pub(super) fn drawn(family: &Family, pool: &Pool, (index, member): (u64, u64), travel: i64) -> Drawn {
    let material = Material {
        family,
        pool,
        distractors: None,
        left_out: &[],
        others_left_out: &[],
        pack: "shapes",
        keys: None,
        cues: None,
        member,
        travel,
    };
    question::draw(material, &mut Seed::new(7).stream(family.kind(), index))
}

/// The movers of what was drawn, as they lie in a frame.
pub(super) fn movers(drawn: &Drawn, pool: &Pool) -> Vec<Mover> {
    let area = |area: Area| match area {
        Area::Whole => PixelBox { x: 0, y: 0, w: SIZE.0, h: SIZE.1 },
        Area::Square { column, columns } => {
            PixelBox { x: column * SIZE.0 / columns + 20, y: 40, w: 240, h: 240 }
        }
    };
    let mover = |moving: &question::Moving| {
        let of = &pool.candidates()[moving.candidate];
        let (label, item) = (of.label.clone(), of.item.clone());
        let (pack, path) = ("shapes".to_owned(), moving.path.clone());
        Mover { label, pack, item, w: 78, h: 78, area: area(moving.area), path, share: moving.share }
    };
    drawn.clips.iter().flat_map(|clip| clip.moving.iter().map(mover)).collect()
}

pub(super) fn scene(movers: &[Mover], frames: u64) -> Scene {
    of_movers(movers, FrameSpan::new(100, 100 + frames).unwrap(), None, SIZE).into_iter().collect()
}

/// The scene of somebody who saw these of its frames.
fn seen(scene: &Scene, is_seen: impl Fn(u64) -> bool) -> Scene {
    let thin = |sighting: &question::Sighting| {
        let mut thin = sighting.clone();
        thin.track.retain(|glimpse| is_seen(glimpse.frame));
        thin
    };
    scene.sightings().iter().map(thin).collect()
}

/// The scene of somebody who saw every `step`-th frame.
fn sampled(scene: &Scene, step: u64) -> Scene {
    seen(scene, |frame| frame % step == 0)
}

/// The scene of somebody who finds places on even pixels of a frame 320 pixels wide, and misses one frame in nine.
fn found(scene: &Scene, stream: &mut Stream) -> Scene {
    let even = |at: u32, pixels: u32| {
        let place = 1_000_000 / (pixels / 2);
        (at + place / 2) / place * place
    };
    let blurred = |sighting: &question::Sighting| {
        let mut blurred = sighting.clone();
        blurred.track = sighting
            .track
            .iter()
            .filter(|_| stream.below(9) > 0)
            .map(|glimpse| {
                let Point { x, y } = glimpse.centre;
                let centre = Point { x: even(x, 320), y: even(y, 180) };
                Glimpse { frame: glimpse.frame, centre }
            })
            .collect();
        blurred
    };
    scene.sightings().iter().map(blurred).collect()
}

pub(super) fn family(kind: &str) -> Family {
    question::embedded(Language::En).remove(kind).unwrap()
}

fn said(family: &Family, drawn: &Drawn, scene: &Scene) -> Option<String> {
    let answer = family.question_kind().answer(&drawn.asks[0].query, scene);
    answer.as_ref().map(|answer: &Answer| answer.text(FrameRate::ONE, Language::En))
}

/// A type of motion as its family has it by default: how many frames it takes at 25 a second, how many rounds.
const TYPES: [(&str, u64, i64); 5] = [
    ("mot_dir1", 100, 2),
    ("mot_ring1", 100, 2),
    ("mot_turn1", 100, 2),
    ("mot_speed1", 150, 3),
    ("mot_count1", 250, 5),
];

fn right(drawn: &Drawn) -> Option<String> {
    drawn.asks[0].options.get(drawn.asks[0].target).cloned()
}

#[test]
fn every_motion_is_told_from_its_track_and_its_pair_has_the_other_answer() {
    for (kind, frames, rounds) in TYPES {
        let (family, pool) = (family(kind), pool());
        let mut stream = Seed::new(3).stream("found", 0);
        for index in 0..200 {
            let members = family.question_kind().members();
            let of: Vec<Drawn> =
                (0..members).map(|member| drawn(&family, &pool, (index, member), rounds * 65_536)).collect();
            for drawn in &of {
                let scene = scene(&movers(drawn, &pool), frames);
                assert_eq!(said(&family, drawn, &scene), right(drawn), "{kind} {index}");
                let found = found(&scene, &mut stream);
                assert_eq!(said(&family, drawn, &found), right(drawn), "{kind} {index}, as it is found");
            }
            if let [one, other] = &of[..] {
                assert_ne!(one.asks[0].target, other.asks[0].target, "{kind} {index}");
                assert_eq!(one.asks[0].question, other.asks[0].question);
            }
        }
    }
}

#[test]
fn every_sampling_that_suffices_tells_the_answer() {
    for (kind, frames, rounds) in TYPES {
        let (family, pool) = (family(kind), pool());
        let mut sufficient = 0;
        for index in 0..60 {
            let drawn = drawn(&family, &pool, (index, 0), rounds * 65_536);
            let scene = scene(&movers(&drawn, &pool), frames);
            let evidence = family.question_kind().evidence(&drawn.asks[0].query, &scene);
            assert!(!evidence.is_empty());
            for step in 1..30 {
                for first in 0..step {
                    let indices: Vec<u64> = (0..400).skip(first).step_by(step).collect();
                    if !crate::question::evidence::is_seen(&evidence, &indices) {
                        continue;
                    }
                    sufficient += 1;
                    let seen = seen(&scene, |frame| indices.binary_search(&frame).is_ok());
                    assert_eq!(said(&family, &drawn, &seen), right(&drawn), "{kind} {index} {step} {first}");
                }
            }
        }
        // Every step of a third of half a round at least.
        assert!(sufficient > 60 * 36 / 2, "{kind}: {sufficient}");
    }
}

#[test]
fn a_period_that_is_no_part_of_the_time_is_sampled_closely_enough() {
    // Frames that a needle shows, and those of a round, as 24, 30, 60 and 25 frames a second have them.
    for (frames, round) in [(96, 36), (120, 90), (240, 180), (100, 30)] {
        for kind in ["mot_dir1", "mot_ring1", "mot_turn1"] {
            let (family, pool) = (family(kind), pool());
            for index in 0..20 {
                let drawn = drawn(&family, &pool, (index, 0), frames * 65_536 / round);
                let scene = scene(&movers(&drawn, &pool), frames as u64);
                let evidence = family.question_kind().evidence(&drawn.asks[0].query, &scene);
                for step in round / 2 - 2..=round / 2 {
                    for first in (0..step as usize).step_by(4) {
                        let indices: Vec<u64> = (0..400).skip(first).step_by(step as usize).collect();
                        if crate::question::evidence::is_seen(&evidence, &indices) {
                            let seen = seen(&scene, |frame| indices.binary_search(&frame).is_ok());
                            let said = said(&family, &drawn, &seen);
                            assert_eq!(
                                said,
                                right(&drawn),
                                "{kind} {index}: {frames} {round} {step} {first}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_shortest_rounds_and_the_shortest_travel_are_told_too() {
    for (kind, ..) in TYPES {
        let (family, pool) = (family(kind), pool());
        let kind = family.question_kind();
        let (round, travel) = (kind.least_round_frames() as i64, kind.least_travel());
        for index in 0..100 {
            for (travel, round) in [(travel, 50), (travel, round), (20 * 65_536, round)] {
                let frames = ((travel * round) as u64).div_ceil(65_536);
                // Of a quarter of a round there are a few frames at least.
                let (travel, frames) =
                    if frames < 4 { (2 * 65_536, 2 * round as u64) } else { (travel, frames) };
                let drawn = drawn(&family, &pool, (index, 0), travel);
                let scene = scene(&movers(&drawn, &pool), frames);
                assert_eq!(said(&family, &drawn, &scene), right(&drawn), "{kind:?} {index} {travel} {round}");
            }
        }
    }
}

#[test]
fn frames_three_quarters_of_a_round_apart_show_the_other_way() {
    for kind in ["mot_dir1", "mot_ring1", "mot_speed1"] {
        let (family, pool) = (family(kind), pool());
        for index in 0..50 {
            let of = [0, 1].map(|member| drawn(&family, &pool, (index, member), 6 * 65_536));
            let scene = scene(&movers(&of[0], &pool), 240);
            assert_eq!(said(&family, &of[0], &sampled(&scene, 30)), right(&of[1]), "{kind} {index}");
        }
    }
}

#[test]
fn frames_half_a_round_apart_show_no_way() {
    for kind in ["mot_dir1", "mot_ring1", "mot_turn1"] {
        let (family, pool) = (family(kind), pool());
        for index in 0..50 {
            let drawn = drawn(&family, &pool, (index, 0), 6 * 65_536);
            let scene = scene(&movers(&drawn, &pool), 240);
            assert_eq!(said(&family, &drawn, &sampled(&scene, 20)), None, "{kind} {index}");
        }
    }
}

#[test]
fn a_turn_that_is_seen_backwards_on_both_of_its_ways_is_the_same_turn() {
    let (family, pool) = (family("mot_turn1"), pool());
    for index in 0..50 {
        let drawn = drawn(&family, &pool, (index, 0), 8 * 65_536);
        let scene = scene(&movers(&drawn, &pool), 320);
        assert_eq!(said(&family, &drawn, &sampled(&scene, 30)), right(&drawn), "{index}");
    }
}

#[test]
fn frames_farther_apart_than_half_a_round_show_fewer_bounces() {
    let (family, pool) = (family("mot_count1"), pool());
    let (mut fewer, mut told) = (0, 0);
    for index in 0..200 {
        let drawn = drawn(&family, &pool, (index, 0), 5 * 65_536);
        let scene = scene(&movers(&drawn, &pool), 250);
        let round = scene.sightings()[0].round_frames;
        let number: u64 = right(&drawn).unwrap().parse().unwrap();
        if let Some(said) = said(&family, &drawn, &sampled(&scene, round * 3 / 4)) {
            let said: u64 = said.parse().unwrap();
            (told, fewer) = (told + 1, fewer + u64::from(said < number));
            assert!(said <= number, "{index}: {said} of {number}");
        }
    }
    assert!(told >= 100 && fewer * 10 >= told * 8, "{fewer} of {told}");
}
