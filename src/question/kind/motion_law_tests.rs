//! That no frame of what moves tells the answer: the law of a single frame.
//!
//! In: thousands of samples of each type. Out: how often somebody is right who has learnt from half of them where the thing is on a
//! frame of a known number, and sees one frame of each of the others.

use super::motion_tests::{SIZE, drawn, family, movers, pool};
use crate::needle::{Leg, Mover, PIXEL, Path, Shape};

/// Samples of one type.
const SAMPLES: u64 = 4000;
/// Cells of the picture, across and down.
const CELLS: [i64; 2] = [8, 6];
/// Frames of a needle, and which of them are looked at.
const FRAMES: u64 = 150;
const LOOKS: [u64; 9] = [0, 1, 20, 50, 74, 75, 100, 130, 149];

/// A mover that is asked about, and the answer's place among all answers.
struct Sample {
    mover: Mover,
    answer: usize,
}

/// The cell in which a mover is on a frame.
fn cell(mover: &Mover, at: u64) -> usize {
    let centre = mover.centre(at, FRAMES);
    let size = [i64::from(SIZE.0), i64::from(SIZE.1)];
    let [column, row] =
        [0, 1].map(|axis| (centre[axis] * CELLS[axis] / (size[axis] * PIXEL)).clamp(0, CELLS[axis] - 1));
    usize::try_from(row * CELLS[0] + column).unwrap()
}

/// How often, of each frame that is looked at, the learner is right about samples that it has not learnt from.
fn shares(samples: &[Sample], answers: usize) -> Vec<f64> {
    let (known, asked) = samples.split_at(samples.len() / 2);
    let share = |&at: &u64| {
        let mut counts = vec![vec![0_u32; answers]; (CELLS[0] * CELLS[1]) as usize];
        for sample in known {
            counts[cell(&sample.mover, at)][sample.answer] += 1;
        }
        let best = |counts: &Vec<u32>| (0..answers).max_by_key(|&answer| counts[answer]).unwrap();
        let best: Vec<usize> = counts.iter().map(best).collect();
        let right = asked.iter().filter(|sample| best[cell(&sample.mover, at)] == sample.answer).count();
        right as f64 / asked.len() as f64
    };
    LOOKS.iter().map(share).collect()
}

/// How far from chance a share of so many samples is but once in ten thousand: four standard deviations.
fn margin(chance: f64) -> f64 {
    4.0 * (chance * (1.0 - chance) / (SAMPLES as f64 / 2.0)).sqrt()
}

/// Samples of a type, each with its answer among all that there are.
fn samples(kind: &str) -> (Vec<Sample>, usize) {
    let (family, pool) = (family(kind), pool());
    let members = family.question_kind().members();
    let sample = |index: u64| {
        // Of each pair one: the other has the opposite answer.
        let drawn = drawn(&family, &pool, (index, index % members), 3 * 65_536);
        let ask = &drawn.asks[0];
        let mut all = ask.options.clone();
        let mover =
            movers(&drawn, &pool).into_iter().find(|mover| mover.label == ask.query.things[0]).unwrap();
        let answer = if ask.query.things.len() > 1 {
            // Whether it is the one that is asked about.
            ask.target
        } else {
            all.sort_unstable();
            all.iter().position(|option| *option == ask.options[ask.target]).unwrap()
        };
        Sample { mover, answer }
    };
    (((0..SAMPLES).map(sample)).collect(), family.options_number())
}

#[test]
fn a_frame_with_its_number_says_nothing() {
    for kind in ["mot_dir1", "mot_ring1", "mot_turn1", "mot_speed1", "mot_count1"] {
        let (samples, answers) = samples(kind);
        let chance = 1.0 / answers as f64;
        for (at, share) in LOOKS.iter().zip(shares(&samples, answers)) {
            assert!((share - chance).abs() < margin(chance), "{kind}, frame {at}: {share} at {chance}");
        }
    }
}

/// The same, from edge to edge, as most tests of motion have it.
fn leaky(sample: Sample) -> Sample {
    let (from, by) = match sample.answer {
        // Down, left, right, up.
        0 => ([32_768, 0], [0, 65_536]),
        1 => ([65_536, 32_768], [-65_536, 0]),
        2 => ([0, 32_768], [65_536, 0]),
        _ => ([32_768, 65_536], [0, -65_536]),
    };
    let legs = vec![Leg { by, parts: 1 }];
    let path = Path { shape: Shape::Line, start: from, legs, parts: 1, is_reversed: false };
    Sample { mover: Mover { path, ..sample.mover }, ..sample }
}

#[test]
fn the_learner_finds_paths_that_tell() {
    let (samples, answers) = samples("mot_dir1");
    let samples: Vec<Sample> = samples.into_iter().map(leaky).collect();
    let shares = shares(&samples, answers);
    // Where they all cross in the middle nobody can tell.
    for (at, share) in LOOKS.iter().zip(shares).filter(|(at, _)| !(60..90).contains(*at)) {
        assert!(share > 0.99, "frame {at}: {share}");
    }
}

#[test]
fn the_learner_finds_numbers_of_bounces_that_begin_at_a_border() {
    let (samples, answers) = samples("mot_count1");
    let from_border = |mut sample: Sample| {
        let axis = usize::from(sample.mover.path.legs[1].by[0] == 0);
        sample.mover.path.start[axis] = 1;
        sample
    };
    let samples: Vec<Sample> = samples.into_iter().map(from_border).collect();
    let best = shares(&samples, answers).into_iter().fold(0.0, f64::max);
    assert!(best > 0.25 + 3.0 * margin(0.25), "{best}");
}
