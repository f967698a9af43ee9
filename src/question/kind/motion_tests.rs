//! What the kinds that ask how something moves say of a scene.
//!
//! In: samples of families, drawn with many seeds, on their planned paths. Out: nothing, or a failed assertion.

use crate::language::Language;
use crate::needle::{Mover, PixelBox};
use crate::question::{self, Answer, Area, Drawn, Family, Material, Pool, Scene, of_movers};
use crate::seed::Seed;
use crate::time::{FrameRate, FrameSpan};

/// Width and height of the frames, in pixels.
const SIZE: (u32, u32) = (640, 360);

fn pool() -> Pool {
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
fn drawn(family: &Family, pool: &Pool, (index, member): (u64, u64), travel: i64) -> Drawn {
    let material = Material {
        family,
        pool,
        distractors: None,
        left_out: &[],
        pack: "shapes",
        keys: None,
        member,
        travel,
    };
    question::draw(material, &mut Seed::new(7).stream(family.kind(), index))
}

/// The movers of what was drawn, as they lie in a frame.
fn movers(drawn: &Drawn, pool: &Pool) -> Vec<Mover> {
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

fn scene(movers: &[Mover], frames: u64) -> Scene {
    of_movers(movers, FrameSpan::new(100, 100 + frames).unwrap(), None, SIZE).into_iter().collect()
}

/// The scene of somebody who saw every `step`-th frame.
fn sampled(scene: &Scene, step: u64) -> Scene {
    let thin = |sighting: &question::Sighting| {
        let mut thin = sighting.clone();
        thin.track.retain(|glimpse| glimpse.frame % step == 0);
        thin
    };
    scene.sightings().iter().map(thin).collect()
}

fn family(kind: &str) -> Family {
    question::embedded(Language::En).remove(kind).unwrap()
}

fn said(family: &Family, drawn: &Drawn, scene: &Scene) -> Option<String> {
    let answer = family.question_kind().answer(&drawn.asks[0].query, scene);
    answer.as_ref().map(|answer: &Answer| answer.text(FrameRate::ONE, Language::En))
}

#[test]
fn every_motion_is_told_from_its_track_and_its_pair_has_the_other_answer() {
    for kind in ["mot_dir1", "mot_ring1"] {
        let (family, pool) = (family(kind), pool());
        for index in 0..200 {
            let of = [0, 1].map(|member| drawn(&family, &pool, (index, member), 2 * 65_536));
            for drawn in &of {
                let scene = scene(&movers(drawn, &pool), 100);
                let right = Some(drawn.asks[0].options[drawn.asks[0].target].clone());
                assert_eq!(said(&family, drawn, &scene), right, "{kind} {index}");
                // Twelve frames are less than half of the fifty of a round.
                assert_eq!(said(&family, drawn, &sampled(&scene, 12)), right, "{kind} {index}");
            }
            assert_ne!(of[0].asks[0].target, of[1].asks[0].target, "{kind} {index}");
            assert_eq!(of[0].asks[0].question, of[1].asks[0].question);
        }
    }
}

#[test]
fn frames_three_quarters_of_a_round_apart_show_the_other_way() {
    for kind in ["mot_dir1", "mot_ring1"] {
        let (family, pool) = (family(kind), pool());
        for index in 0..50 {
            let of = [0, 1].map(|member| drawn(&family, &pool, (index, member), 4 * 65_536));
            let scene = scene(&movers(&of[0], &pool), 160);
            let other = Some(of[1].asks[0].options[of[1].asks[0].target].clone());
            assert_eq!(said(&family, &of[0], &sampled(&scene, 30)), other, "{kind} {index}");
        }
    }
}
