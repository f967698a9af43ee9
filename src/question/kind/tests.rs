//! Kinds that name what they ask about: what is shown gives the answer that was drawn, and nothing but looking tells it.

use std::collections::BTreeMap;

use super::*;
use crate::question::answer::Form;
use crate::question::draw::draw;
use crate::question::drawn::{Ask, Clip, Drawn};
use crate::question::family::Family;
use crate::question::pool::Candidate;
use crate::question::scene::{Played, Point};
use crate::question::sense::Sense;
use crate::question::{Families, embedded};
use crate::seed::Seed;
use crate::time::{FrameRate, FrameSpan};

const SAMPLES: u64 = 2000;

fn pool(prefix: &str, number: usize) -> Pool {
    let candidate = |at: usize| {
        let label = format!("{prefix}{}{}", char::from(b'a' + (at % 26) as u8), at / 26);
        Candidate {
            item: label.clone(),
            names: vec![label.clone()],
            plural: format!("{label}s"),
            hints: vec![format!("what {at} is like")],
            label,
            alike: Vec::new(),
            aliases: Vec::new(),
        }
    };
    Pool::new((0..number).map(candidate).collect())
}

/// The types that this is about.
pub(super) fn naming() -> Families {
    let is_new = |kind: QuestionKind| {
        kind.names_things() && !kind.is_motion()
            || matches!(kind, QuestionKind::Exists | QuestionKind::Cell | QuestionKind::Conflict)
    };
    embedded(Language::En).into_iter().filter(|(_, family)| is_new(family.question_kind())).collect()
}

/// What a video of it shows, one clip a second; of what moves, the track.
fn scene(drawn: &Drawn, labels: &Pool, keys: &Pool) -> Scene {
    if drawn.clips.iter().any(|clip| !clip.moving.is_empty()) {
        return motion_tests::scene(&motion_tests::movers(drawn, labels), 75);
    }
    let sighting = |(at, clip): (usize, &Clip)| {
        let middle = |index: u32, cells: u32| (2 * index + 1) * 500_000 / cells;
        Sighting {
            key: clip.key.map(|key| keys.candidates()[key].label.clone()).unwrap_or_default(),
            centre: clip
                .cell
                .map(|cell| Point { x: middle(cell.column, cell.cells), y: middle(cell.row, cell.cells) }),
            played: (at as u64 * 25..at as u64 * 25 + 25)
                .map(|frame| Played { frame, moment: if clip.is_reversed { 10_000 - frame } else { frame } })
                .collect(),
            ..Sighting::of(
                &labels.candidates()[clip.candidates[0]].label,
                FrameSpan::new(at as u64 * 25, at as u64 * 25 + 25).unwrap(),
            )
        }
    };
    let with_cue = |(at, clip): (usize, &Clip)| {
        let thing = sighting((at, clip));
        let cue = clip.cue.map(|cue| Sighting {
            sense: Sense::Read,
            ..Sighting::of(&keys.candidates()[cue].label, thing.span)
        });
        std::iter::once(thing).chain(cue)
    };
    drawn.clips.iter().enumerate().flat_map(with_cue).collect()
}

/// One sample: what is drawn, its scene, and the keys and labels it was drawn from.
pub(super) struct Sample {
    pub(super) drawn: Drawn,
    pub(super) scene: Scene,
}

pub(super) fn samples(family: &Family, member: u64) -> Vec<Sample> {
    let labels = pool("L", 40);
    let is_of_one_pool = matches!(family.question_kind(), QuestionKind::Chain | QuestionKind::Conflict);
    let keys = if is_of_one_pool { labels.clone() } else { pool("K", 12) };
    let seed = Seed::new(5);
    (0..SAMPLES)
        .map(|index| {
            let material = Material {
                family,
                pool: &labels,
                distractors: None,
                left_out: &[],
                others_left_out: &[],
                pack: "names",
                keys: Some(&keys),
                cues: Some(&keys),
                member,
                travel: 3 * 65_536,
            };
            let drawn = draw(material, &mut seed.stream(family.kind(), index));
            let scene = scene(&drawn, &labels, &keys);
            Sample { drawn, scene }
        })
        .collect()
}

pub(super) fn answered(family: &Family, ask: &Ask, scene: &Scene) -> String {
    let answer = family.question_kind().answer(&ask.query, scene);
    answer.map(|answer| answer.text(FrameRate::ONE, Language::En)).unwrap_or_default()
}

/// Four standard deviations from chance.
pub(super) fn at_chance(what: &str, hits: usize, of: usize, chance: f64) {
    let (hits, of) = (hits as f64, of as f64);
    let spread = 4.0 * (of * chance * (1.0 - chance)).sqrt();
    assert!((hits - of * chance).abs() <= spread, "{what}: {hits} of {of}, chance {chance}");
}

#[test]
fn what_is_shown_gives_the_option_that_was_drawn_as_the_target() {
    for (kind, family) in naming() {
        for member in 0..family.question_kind().members() {
            for Sample { drawn, scene } in samples(&family, member) {
                assert_eq!(drawn.asks.len() as u64, family.asks(), "{kind}");
                assert!(drawn.clips.len() <= family.most_places(), "{kind}");
                for ask in &drawn.asks {
                    assert_eq!(answered(&family, ask, &scene), ask.options[ask.target], "{kind}: {ask:?}");
                    let distinct: std::collections::BTreeSet<&String> = ask.options.iter().collect();
                    assert_eq!(
                        (ask.options.len(), distinct.len()),
                        (family.options_number(), ask.options.len())
                    );
                    assert!(!ask.question.contains('{') && !ask.question.is_empty(), "{}", ask.question);
                    assert!(!family.question_kind().evidence(&ask.query, &scene).is_empty());
                }
            }
        }
    }
}

#[test]
fn no_place_among_the_options_is_right_more_often() {
    for (kind, family) in naming() {
        let members = family.question_kind().members();
        let all: Vec<Sample> = (0..members).flat_map(|member| samples(&family, member)).collect();
        for place in 0..family.options_number() {
            let hits = all.iter().filter(|sample| sample.drawn.asks[0].target == place).count();
            at_chance(
                &format!("{kind}: option {place}"),
                hits,
                all.len(),
                1.0 / family.options_number() as f64,
            );
        }
    }
}

#[test]
fn of_a_pair_one_video_has_each_answer() {
    for (kind, family) in naming().into_iter().filter(|(_, family)| family.question_kind().members() == 2) {
        let (first, second) = (samples(&family, 0), samples(&family, 1));
        for (one, other) in first.iter().zip(&second) {
            let (one_ask, other_ask) = (&one.drawn.asks[0], &other.drawn.asks[0]);
            assert_eq!(one_ask.question, other_ask.question, "{kind}");
            assert_ne!(one_ask.target, other_ask.target);
            assert_eq!(one.drawn.clips.len(), other.drawn.clips.len());
        }
        let hits = first.iter().filter(|sample| sample.drawn.asks[0].target == 0).count();
        let chance = 1.0 / family.options_number() as f64;
        at_chance(&format!("{kind}: which of the pair"), hits, first.len(), chance);
    }
}

/// Attacks of somebody who recognises what is shown: with when, and how often, but without what belongs to what.
#[test]
fn neither_time_nor_number_of_sights_tells_the_target() {
    for kind in ["key_edit1", "chn_edit1", "trk_edit1"] {
        let family = &naming()[kind];
        let mut hits: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all = 0;
        for Sample { drawn, scene } in samples(family, 0) {
            for ask in &drawn.asks {
                all += 1;
                let places = |option: &String| -> Vec<usize> {
                    let shown = scene.sightings().iter().enumerate();
                    shown.filter(|(_, sighting)| sighting.label == *option).map(|(at, _)| at).collect()
                };
                let best = |key: &dyn Fn(&Vec<usize>) -> i64| {
                    let keys: Vec<i64> = ask.options.iter().map(|option| key(&places(option))).collect();
                    (0..keys.len()).max_by_key(|&at| (keys[at], std::cmp::Reverse(at))).unwrap_or(0)
                };
                let last = |places: &Vec<usize>| places.last().map_or(-1, |&at| at as i64);
                let guesses = [
                    ("seen last", best(&last)),
                    ("seen first", best(&|places| -places.first().map_or(99, |&at| at as i64))),
                    ("seen most often", best(&|places| places.len() as i64)),
                    ("seen least often", best(&|places| -(places.len() as i64))),
                ];
                for (name, guess) in guesses {
                    *hits.entry(name).or_default() += usize::from(guess == ask.target);
                }
            }
        }
        for (name, hits) in hits {
            at_chance(&format!("{kind}: {name}"), hits, all, 0.25);
        }
    }
}

/// Of the options that can be right, none is more often for its time: the last before a thing is never, the first after it is never.
#[test]
fn what_is_next_stands_anywhere_among_the_options_that_can_be() {
    let family = &naming()["ord_next1"];
    let mut ranks: BTreeMap<(i64, usize), usize> = BTreeMap::new();
    let mut of: BTreeMap<i64, usize> = BTreeMap::new();
    for Sample { drawn, scene } in samples(family, 0) {
        let ask = &drawn.asks[0];
        let place = |label: &String| scene.sightings().iter().position(|sighting| sighting.label == *label);
        let right = place(&ask.options[ask.target]);
        let rank = ask.options.iter().filter(|option| place(option) < right).count();
        *ranks.entry((ask.query.steps, rank)).or_default() += 1;
        *of.entry(ask.query.steps).or_default() += 1;
    }
    for (steps, all) in of {
        let possible = if steps < 0 { 0..3 } else { 1..4 };
        for rank in possible {
            at_chance(&format!("{steps}: {rank}"), ranks[&(steps, rank)], all, 1.0 / 3.0);
        }
    }
    assert_eq!(ranks.len(), 12);
}

#[test]
fn a_chain_is_asked_at_every_distance_from_one_start() {
    for (kind, steps) in [("chn_edit1", 3), ("chn_ring1", 4)] {
        let family = &naming()[kind];
        for Sample { drawn, .. } in samples(family, 0).iter().take(50) {
            let asked: Vec<i64> = drawn.asks.iter().map(|ask| ask.query.steps).collect();
            assert_eq!(asked, (1..=steps).collect::<Vec<i64>>());
            assert!(drawn.asks.iter().all(|ask| ask.query.things == drawn.asks[0].query.things));
        }
    }
}

#[test]
fn a_question_may_name_a_key_by_a_hint() {
    let text = include_str!("../../../templates/key_edit1.toml")
        .replace("[needle]", "[ask]\nhints = true\n\n[needle]");
    let family = crate::question::parse("x.toml", &text).unwrap();
    let Sample { drawn, .. } = &samples(&family, 0)[0];
    let ask = &drawn.asks[0];
    assert!(
        ask.question.contains("what ") && !ask.question.contains(&ask.query.things[0]),
        "{}",
        ask.question
    );
}

#[test]
fn a_place_is_asked_for_as_a_point_in_words_of_its_own() {
    let text = include_str!("../../../templates/spa_patch1.toml");
    let family = crate::question::parse("x.toml", text).unwrap();
    let Sample { drawn, .. } = &samples(&family, 0)[0];
    let ask = &drawn.asks[0];
    let [choice, open] = [Form::Choice, Form::Open].map(|form| ask.worded(form));
    assert!(
        choice.ends_with("in which part is it?")
            && open.ends_with("Where in the picture is it, as you see it?")
    );
    assert!(open.contains(&ask.query.things[0]), "{open}");
    // Families that have no such words ask both forms alike.
    let start = text.find("[wordings]").unwrap();
    let plain = text.replace(&text[start..text.find("[ask]").unwrap()], "");
    let plain = crate::question::parse("x.toml", &plain).unwrap();
    let ask = &samples(&plain, 0)[0].drawn.asks[0];
    assert_eq!(ask.worded(Form::Open), ask.worded(Form::Choice));
    // What the question names, its other words name, too: whoever searches for it goes by them.
    let unnamed =
        text.replacen("point = \"A small picture of this is pasted into the video: {noun}.", "point = \"", 1);
    let problem = crate::question::parse("x.toml", &unnamed).unwrap_err().to_string();
    assert!(problem.contains("wordings.point: names its thing by `{noun}` if `question` does"), "{problem}");
}

#[test]
fn families_that_cannot_be_are_refused_with_their_keys() {
    let refused = |kind: &str, changes: &[(&str, &str)]| {
        let file = format!("{}/templates/{kind}.toml", env!("CARGO_MANIFEST_DIR"));
        let mut text = std::fs::read_to_string(file).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{kind}: {from}");
            text = text.replace(from, to);
        }
        crate::question::parse("x.toml", &text).unwrap_err().to_string().replace("question family has ", "")
    };
    let all = [
        refused("key_edit1", &[("count = 6", "count = 3"), ("keys = \"colours\"\n", "")]),
        refused("key_edit2", &[("each = [2, 4]", "each = [1, 3]")]),
        refused("key_edit3", &[("{all}", "{first}"), ("things = [2, 4]", "things = [2, 5]\ncells = 2")]),
        refused(
            "chn_edit1",
            &[("count = 4", "count = 2"), ("each = 3", "each = [2, 3]"), ("one = ", "two = ")],
        ),
        refused("ord_next1", &[("[-2, -1, 1, 2]", "[0, 3, 3]"), ("count = 7", "count = 4")]),
        refused("spa_patch1", &[("cells = 3", "cells = 4"), ("number = 4", "number = 17")]),
        refused(
            "spa_patch2",
            &[("labels = \"distinct\"", "labels = \"same\""), ("number = 2", "number = 3")],
        ),
        refused("trk_edit1", &[("count = 5", "count = 4"), ("each = 5\n", "")]),
        refused("ext_edit1", &[("number = 2", "number = 4"), ("{noun}", "Alice")]),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    3 problems in x.toml
      needle.text: `{key}` stands where `needle.keys` names a pack, and nowhere else
      needle.keys: missing; name the pack of the keys
      needle.count: has to be 4 or more, so that there are 4 options
    1 problem in x.toml
      needle.each: is 1, or from 2 on: one name and several are answers of two kinds
    4 problems in x.toml
      ask.cells: belongs to `kind = "cell"`
      question: `{first}` is not a placeholder of this question, which has `{steps}`, `{all}`
      question: nothing stands for what it is about; write `{all}`
      ask.things: is above the 4 options
    3 problems in x.toml
      needle.each: every chain has as many as the others; write one number
      wordings.two: `kind = "chain"` has one
      options.number: every option is of another chain; set `needle.count` to 4 or more
    5 problems in x.toml
      ask.steps: 0 is outside -2..=2, or is 0
      ask.steps: 3 is outside -2..=2, or is 0
      ask.steps: 3 is outside -2..=2, or is 0
      ask.steps: 3 stands there twice
      needle.count: has to be 9 or more, so that there are 4 options
    2 problems in x.toml
      ask.cells: a picture has 2 or 3 cells on each side
      options.number: the picture has fewer than 17 cells
    2 problems in x.toml
      options.number: is 2 where `kind = "side"`
      needle.labels: has to be `distinct` where `kind = "side"`
    2 problems in x.toml
      needle.each: missing; say how many changes a box has
      needle.count: has to be 5 or more, so that there are 4 options
    1 problem in x.toml
      options.number: is 2 where `kind = "exists"`
    "#);
}
