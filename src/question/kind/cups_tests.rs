//! The shell game: where the ball is in the end, that no frame tells it, and a game over several clips.
//!
//! In: samples of families, drawn with many seeds, on their planned paths. Out: nothing, or a failed assertion.

use std::collections::BTreeMap;

use super::change_tests::{
    APART, START, drawn, evidence, family, learnt, pool, right, said, sampled, scene, shown,
};
use crate::question::{self, Evidence};

#[test]
fn the_last_place_is_uniform_given_the_first_and_no_frame_shows_the_ball_once_it_is_covered() {
    let family = family("trk_cups1");
    let pool = pool(&family);
    let mut joint: BTreeMap<(u64, String), u32> = BTreeMap::new();
    for index in 0..3600 {
        let drawn = drawn(&family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 80, (640, 360));
        let ball = scene.of_label("ball").unwrap();
        // Raised and down: 7 of 40 parts.
        assert_eq!((ball.span.start(), ball.span.end()), (START, START + 14));
        let place = u64::from(ball.track[0].centre.x) * 3 / 1_000_000;
        *joint.entry((place, right(&drawn).unwrap())).or_default() += 1;
    }
    // Five standard deviations of 3600 draws of a ninth are 94.
    assert!(joint.len() == 9 && joint.values().all(|times| times.abs_diff(400) < 94), "{joint:?}");
}

#[test]
fn cups_never_lie_on_each_other_and_look_alike_at_the_end() {
    let family = family("trk_cups1");
    let pool = pool(&family);
    for index in 0..50 {
        let drawn = drawn(&family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 240, (640, 360));
        for frame in START..START + 240 {
            let mut cups = shown(&scene, "cup", frame);
            assert_eq!(cups.len(), 3);
            cups.sort_unstable();
            // Sides of the frame are 640 and 360, those of a cup 100.
            let apart = |one: &question::Point, other: &question::Point| {
                let across = u64::from(one.x.abs_diff(other.x)) * 640 / 1_000_000;
                let down = u64::from(one.y.abs_diff(other.y)) * 360 / 1_000_000;
                across.max(down)
            };
            assert!(apart(&cups[0], &cups[1]).min(apart(&cups[1], &cups[2])) >= 60, "{index} {frame}");
            if frame == START + 239 {
                assert!(cups.iter().all(|cup| cup.y == cups[0].y));
            }
        }
    }
}

#[test]
fn a_frame_and_its_number_do_not_tell_where_the_ball_is() {
    let family = family("trk_cups1");
    let (hits, asked) = learnt(&family, |_, scene, frame| {
        let [cups, balls] = ["cup", "ball"].map(|label| {
            let coarse = |of: question::Point| (of.x / 100_000, of.y / 250_000);
            let mut places: Vec<_> = shown(scene, label, frame).into_iter().map(coarse).collect();
            places.sort_unstable();
            places
        });
        format!("{cups:?} {balls:?}")
    });
    // Five standard deviations of 2000 draws of a third are 105.
    assert!(asked == 2000 && hits < 667 + 105, "{hits} of {asked}");
}

#[test]
fn whoever_sees_too_few_frames_follows_the_wrong_cup() {
    let family = family("trk_cups1");
    let pool = pool(&family);
    let mut hits = 0;
    for index in 0..300 {
        let drawn = drawn(&family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 240, (640, 360));
        // A change begins every 30 frames, and the ball is seen on the first.
        hits += u32::from(said(&family, &drawn, &sampled(&scene, 30, 18)) == right(&drawn));
    }
    // Whoever sees only rest takes each cup for the one that was there: five standard deviations of 300 draws of a third are 41.
    assert!(hits < 100 + 41, "{hits} of 300");
}

#[test]
fn families_that_cannot_be_are_refused_with_their_keys() {
    let file = include_str!("../../../templates/trk_cups1.toml");
    for (from, to, problem) in [
        ("swaps = 6", "swaps = 2", "ask.swaps: is outside 3..=30"),
        ("number = 3", "number = 2", "options.number: 2 is outside 3..=5, as many cups as there are options"),
        ("count = 1", "count = 2", "needle.count: is 1 where `kind = \"cups\"`"),
        ("count = 1", "count = 1\nclips = 7", "needle.clips: each clip shows a change, and there are 6"),
        ("kind = \"cups\"", "kind = \"blink\"", "ask.swaps: belongs to `kind = \"cups\"`"),
    ] {
        let error = question::parse("own.toml", &file.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn a_spec_says_how_many_cups_there_are_and_how_often_they_change_places() {
    let family = family("trk_cups2");
    let pool = pool(&family);
    for (cups, swaps) in [(3, 5), (4, 12), (5, 30)] {
        let variation = question::Variation {
            count: Some((cups, cups)),
            each: Some((swaps, swaps)),
            ..Default::default()
        };
        let varied = family.with(variation).unwrap();
        assert_eq!((varied.varied_count(), varied.varied_each()), ((cups, cups), Some((swaps, swaps))));
        for index in 0..50 {
            let drawn = drawn(&varied, &pool, (index, 0));
            let scene = scene(&drawn, &pool, varied.least_frames(), (640, 360));
            assert_eq!(said(&varied, &drawn, &scene), right(&drawn));
            assert_eq!((drawn.clips.len(), drawn.asks[0].options.len()), (3, cups));
        }
    }
    let problems = |count, each| {
        let problems = family.with(question::Variation { count, each, ..Default::default() });
        problems.unwrap_err().join("; ")
    };
    let wrong = problems(Some((3, 4)), Some((2, 2)));
    assert!(
        wrong.contains("needle.count: is one number") && wrong.contains("ask.swaps: is outside"),
        "{wrong}"
    );
}

#[test]
fn a_clip_of_a_spread_game_begins_as_the_one_before_ended_and_its_evidence_lies_in_the_clips() {
    let family = family("trk_cups2");
    let pool = pool(&family);
    for index in 0..50 {
        let drawn = drawn(&family, &pool, (index, 0));
        let scene = scene(&drawn, &pool, 120, (640, 360));
        let at = |frame: u64| {
            let mut cups = shown(&scene, "cup", frame);
            cups.sort_unstable();
            cups
        };
        let starts = [0, 1, 2].map(|clip| START + clip * (120 + APART));
        for pair in starts.windows(2) {
            assert_eq!(at(pair[0] + 119), at(pair[1]));
        }
        let evidence = evidence(&family, &drawn, &scene);
        let clip = |of: &Evidence| {
            starts.iter().position(|&start| start <= of.span.start() && of.span.end() <= start + 120)
        };
        let clips: Vec<Option<usize>> = evidence.iter().map(clip).collect();
        assert_eq!(clips, [Some(0), Some(0), Some(1), Some(2), Some(2)]);
    }
}
