//! What the kinds that ask how something changes say of a scene, and that no frame tells it.
//!
//! In: samples of families, drawn with many seeds, on their planned paths. Out: nothing, or a failed assertion.

use std::collections::{BTreeMap, BTreeSet};

use crate::language::Language;
use crate::needle::{Mover, PixelBox};
use crate::question::scene::of_movers;
use crate::question::{self, Area, Drawn, Evidence, Family, Material, Pool, Scene};
use crate::seed::Seed;
use crate::time::{FrameRate, FrameSpan};

const KINDS: [&str; 4] = ["chg_patch1", "chg_patch2", "trk_cups1", "trk_cups2"];
/// The first frame of a needle.
pub(super) const START: u64 = 100;
/// From the end of one clip to the next.
pub(super) const APART: u64 = 720;

pub(super) fn family(kind: &str) -> Family {
    question::embedded(Language::En).remove(kind).unwrap()
}

/// Labels of a pack: those of cups, where the kind asks for them.
pub(super) fn pool(family: &Family) -> Pool {
    let candidate = |label: &&str| question::Candidate {
        item: label.replace(' ', "-"),
        label: (*label).to_owned(),
        plural: format!("{label}s"),
        alike: Vec::new(),
        names: vec![(*label).to_owned()],
        aliases: Vec::new(),
        hints: Vec::new(),
    };
    let labels: &[&str] = match family.pack() {
        "cups" => &["cup", "ball"],
        _ => &["red star", "blue disc", "green square", "orange diamond", "purple star"],
    };
    Pool::new(labels.iter().map(candidate).collect())
}

/// What is drawn for one video, of which `member` of a pair.
pub(super) fn drawn(family: &Family, pool: &Pool, (index, member): (u64, u64)) -> Drawn {
    let (pack, travel) = (family.pack(), 2 * 65_536);
    let material = Material {
        family,
        pool,
        distractors: None,
        left_out: &[],
        others_left_out: &[],
        pack,
        keys: None,
        cues: None,
        member,
        travel,
    };
    question::draw(material, &mut Seed::new(7).stream(family.kind(), index))
}

/// The scene of a needle of so many frames in a picture of this size, its patches as large as they can be set.
pub(super) fn scene(drawn: &Drawn, pool: &Pool, frames: u64, (width, height): (u32, u32)) -> Scene {
    let side = (width.min(height) * 28 / 100) & !1;
    let area = |area: Area| match area {
        Area::Whole => PixelBox { x: 0, y: 0, w: width, h: height },
        Area::Square { column, columns } => {
            PixelBox { x: column * width / columns, y: 20, w: width / columns / 2, h: height / 2 }
        }
    };
    let mover = |moving: &question::Moving| {
        let of = &pool.candidates()[moving.candidate];
        let (label, item, pack) = (of.label.clone(), of.item.clone(), "shapes".to_owned());
        let (area, path, share) = (area(moving.area), moving.path.clone(), moving.share);
        Mover { label, pack, item, w: side, h: side, area, path, share }
    };
    let clips = (0..).zip(&drawn.clips).flat_map(|(at, clip)| {
        let start = START + at * (frames + APART);
        let movers: Vec<Mover> = clip.moving.iter().map(mover).collect();
        of_movers(&movers, FrameSpan::new(start, start + frames).unwrap(), None, (width, height))
    });
    clips.collect()
}

/// The scene of somebody who saw every `step`-th frame, from the first or later.
pub(super) fn sampled(scene: &Scene, step: u64, from: u64) -> Scene {
    let thin = |sighting: &question::Sighting| {
        let mut thin = sighting.clone();
        thin.track.retain(|glimpse| (glimpse.frame - START) % step == from);
        thin
    };
    scene.sightings().iter().map(thin).collect()
}

pub(super) fn said(family: &Family, drawn: &Drawn, scene: &Scene) -> Option<String> {
    let answer = family.question_kind().answer(&drawn.asks[0].query, scene);
    answer.map(|answer| answer.text(FrameRate::ONE, Language::En))
}

pub(super) fn right(drawn: &Drawn) -> Option<String> {
    drawn.asks[0].options.get(drawn.asks[0].target).cloned()
}

pub(super) fn evidence(family: &Family, drawn: &Drawn, scene: &Scene) -> Vec<Evidence> {
    family.question_kind().evidence(&drawn.asks[0].query, scene)
}

#[test]
fn every_change_is_told_from_the_scene_however_few_frames_and_whatever_the_picture() {
    for kind in KINDS {
        let family = family(kind);
        let pool = pool(&family);
        for index in 0..150 {
            let drawn = drawn(&family, &pool, (index, 0));
            for frames in [family.least_frames(), family.least_frames() + 7, 240] {
                for size in [(640, 360), (360, 640), (320, 320)] {
                    let scene = scene(&drawn, &pool, frames, size);
                    assert_eq!(
                        said(&family, &drawn, &scene),
                        right(&drawn),
                        "{kind} {index} {frames} {size:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn whoever_samples_the_evidence_is_right() {
    for kind in KINDS {
        let family = family(kind);
        let pool = pool(&family);
        let mut seen = 0;
        for index in 0..150 {
            let drawn = drawn(&family, &pool, (index, 0));
            let scene = scene(&drawn, &pool, 240, (640, 360));
            let evidence = evidence(&family, &drawn, &scene);
            for (step, from) in [(9, 0), (9, 4), (11, 3), (11, 10), (25, 0), (29, 20), (60, 12)] {
                let end = scene.sightings().iter().map(|sighting| sighting.span.end()).max().unwrap();
                let frames: Vec<u64> = (START + from..end).step_by(step as usize).collect();
                if evidence.iter().all(|piece| piece.is_seen(&frames)) {
                    seen += 1;
                    let sampled = sampled(&scene, step, from);
                    assert_eq!(said(&family, &drawn, &sampled), right(&drawn), "{kind} {index} {step}");
                }
            }
        }
        assert!(seen >= 300, "{kind}: {seen}");
    }
}

#[test]
fn evidence_is_a_frame_of_each_phase_or_frames_as_close_as_changes() {
    let counts = |kind: &str| -> BTreeSet<Vec<u64>> {
        let family = family(kind);
        let pool = pool(&family);
        let of = |index| {
            let drawn = drawn(&family, &pool, (index, 0));
            let evidence = evidence(&family, &drawn, &scene(&drawn, &pool, 160, (640, 360)));
            evidence.iter().map(|piece| piece.closer_than).collect()
        };
        (0..100).map(of).collect()
    };
    assert_eq!(counts("chg_patch1"), [vec![16]].into());
    assert_eq!(counts("chg_patch2"), [vec![0; 3], vec![0; 5]].into());
    // A change takes 16 of the 160 frames.
    assert_eq!(counts("trk_cups1"), [vec![0, 7, 0]].into());
}

#[test]
fn looks_are_shown_equally_long_and_options_are_a_latin_square() {
    let family = family("chg_patch1");
    let pool = pool(&family);
    for index in 0..100 {
        let drawn = drawn(&family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 160, (640, 360));
        let spans: Vec<(u64, u64)> =
            scene.sightings().iter().map(|of| (of.span.start(), of.span.end())).collect();
        let expected: Vec<(u64, u64)> = (0..10).map(|at| (START + 16 * at, START + 16 * at + 16)).collect();
        assert_eq!(spans, expected);
        let places: BTreeSet<_> =
            scene.sightings().iter().flat_map(|of| &of.track).map(|glimpse| glimpse.centre).collect();
        assert_eq!(places.len(), 1, "one place");
        let options: Vec<Vec<&str>> =
            drawn.asks[0].options.iter().map(|option| option.split(", ").collect()).collect();
        for place in 0..4 {
            let labels: BTreeSet<&str> = options.iter().map(|option| option[place]).collect();
            assert_eq!((labels.len(), options[place].len()), (4, 4));
        }
        let named = &drawn.asks[0].query.things[0];
        assert!(options[0].iter().all(|label| label != named && drawn.asks[0].question.contains(label)));
        assert!(drawn.asks[0].question.ends_with(&format!("after this one: {named}?")));
    }
}

#[test]
fn neither_the_place_of_a_label_in_the_question_nor_in_the_alphabet_tells_the_order() {
    let family = family("chg_patch1");
    let pool = pool(&family);
    let mut first: BTreeMap<usize, u32> = BTreeMap::new();
    for index in 0..2000 {
        let drawn = drawn(&family, &pool, (index, 0));
        let right = right(&drawn).unwrap();
        let things = &drawn.asks[0].query.things[1..];
        *first
            .entry(things.iter().position(|thing| right.starts_with(thing.as_str())).unwrap())
            .or_default() += 1;
    }
    // Five standard deviations of 2000 draws of a quarter are 97.
    assert!(first.len() == 4 && first.values().all(|times| times.abs_diff(500) < 97), "{first:?}");
}

/// How often somebody is right who learnt, by what one frame shows and its number, which answer is most frequent.
pub(super) fn learnt(family: &Family, shows: impl Fn(&Drawn, &Scene, u64) -> String) -> (u64, u64) {
    const VIDEOS: u64 = 4000;
    let pool = pool(family);
    let mut known: BTreeMap<(u64, String), BTreeMap<usize, u64>> = BTreeMap::new();
    let (mut hits, mut asked) = (0, 0);
    for index in 0..VIDEOS {
        let drawn = drawn(family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 80, (640, 360));
        let right = drawn.asks[0].target;
        // One frame of each video, so that draws are independent.
        let frame = START + (index * 37) % 80;
        let seen = known.entry(((frame - START) / 8, shows(&drawn, &scene, frame))).or_default();
        if index >= VIDEOS / 2 {
            let guess = seen.iter().max_by_key(|(_, times)| **times).map(|(answer, _)| answer);
            asked += 1;
            hits += u64::from(guess == Some(&right));
        }
        *seen.entry(right).or_default() += 1;
    }
    (hits, asked)
}

pub(super) fn shown(scene: &Scene, label: &str, frame: u64) -> Vec<question::Point> {
    let of = scene.sightings().iter().filter(|sighting| sighting.label == label);
    of.flat_map(|sighting| &sighting.track).filter(|of| of.frame == frame).map(|of| of.centre).collect()
}

#[test]
fn a_frame_and_its_number_do_not_tell_the_order_of_looks() {
    let family = family("chg_patch1");
    // At which place of the first option its look stands, or that it is the one that is named.
    let (hits, asked) = learnt(&family, |drawn, scene, frame| {
        let is_shown = |label: &str| !shown(scene, label, frame).is_empty();
        format!("{:?}", drawn.asks[0].options[0].split(", ").position(is_shown))
    });
    // Five standard deviations of 2000 draws of a quarter are 97.
    assert!(asked == 2000 && hits < 500 + 97, "{hits} of {asked}");
}

#[test]
fn whoever_sees_every_second_look_takes_another_order_for_the_right_one() {
    let family = family("chg_patch1");
    let pool = pool(&family);
    for index in 0..50 {
        let drawn = drawn(&family, &pool, (index, 0));
        // A look is 40 frames long: after the first, the third, and around to the second.
        let scene = sampled(&scene(&drawn, &pool, 400, (640, 360)), 80, 0);
        let forward = right(&drawn).unwrap();
        let round: Vec<&str> = forward.split(", ").collect();
        let seen = said(&family, &drawn, &scene).unwrap_or_default();
        let skipping = [round[1], round[3], round[0], round[2]].join(", ");
        assert!(skipping.starts_with(&seen) && seen != forward, "{seen}: {skipping}");
    }
}

#[test]
fn a_frame_and_its_number_do_not_tell_how_often_something_disappears() {
    let family = family("chg_patch2");
    let labels = ["red star", "blue disc", "green square", "orange diamond", "purple star"];
    // The mark alone, or both.
    let (hits, asked) = learnt(&family, |_, scene, frame| {
        labels.iter().filter(|label| !shown(scene, label, frame).is_empty()).count().to_string()
    });
    // Five standard deviations of 2000 draws of a half are 112.
    assert!(asked == 2000 && hits.abs_diff(1000) < 112, "{hits} of {asked}");
}

#[test]
fn on_every_frame_half_of_the_videos_of_each_answer_show_it() {
    let family = family("chg_patch2");
    let pool = pool(&family);
    let mut times: BTreeMap<(u64, usize), (u32, u32)> = BTreeMap::new();
    for index in 0..2000 {
        let drawn = drawn(&family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 24, (640, 360));
        for frame in START..START + 24 {
            let is_shown = !shown(&scene, &drawn.asks[0].query.things[0], frame).is_empty();
            let (all, with) = times.entry((frame, drawn.asks[0].target)).or_default();
            (*all, *with) = (*all + 1, *with + u32::from(is_shown));
        }
    }
    for (of, (all, with)) in times {
        // Five standard deviations.
        let off = f64::from(all.abs_diff(2 * with));
        assert!(off < 5.0 * f64::from(all).sqrt(), "{of:?}: {with} of {all}");
    }
}

#[test]
fn a_pair_of_blinks_has_opposite_answers_to_one_question() {
    let family = family("chg_patch2");
    let pool = pool(&family);
    for index in 0..100 {
        let [one, other] = [0, 1].map(|member| drawn(&family, &pool, (index, member)));
        assert_ne!(one.asks[0].target, other.asks[0].target);
        assert_eq!(one.asks[0].question, other.asks[0].question);
        let first = |drawn: &Drawn| {
            shown(&scene(drawn, &pool, 80, (640, 360)), &drawn.asks[0].query.things[0], START)
        };
        assert_eq!(first(&one), first(&other), "they begin alike");
    }
}
