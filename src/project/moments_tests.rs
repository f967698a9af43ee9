//! Questions at times of a video: what their rows give away, to whom.

use std::collections::BTreeMap;

use super::plan_tests::planned;
use crate::audit::audit;
use crate::baseline::{Unordered, reply_unordered};
use crate::dataset::{Row, samples};
use crate::needle::Library;
use crate::question::QuestionKind;
use crate::seed::Seed;

/// Videos of each type.
const VIDEOS: usize = 1500;

fn rows(more: &str) -> Vec<Row> {
    let task = |kind: &str| format!("[[tasks]]\ntype = \"{kind}\"\nsamples = {VIDEOS}\n{more}\n");
    planned(&["onl_count1", "onl_last1", "onl_seen1"].map(task).concat())
}

/// Whether so many of `of` with this chance lie within 4.5 standard deviations.
fn is_at(count: usize, of: usize, chance: f64) -> bool {
    let (mean, spread) = (of as f64 * chance, (of as f64 * chance * (1.0 - chance)).sqrt());
    (count as f64 - mean).abs() <= 4.5 * spread
}

#[test]
fn neither_when_it_is_asked_nor_what_is_offered_tells_the_answer() {
    let report = audit(&rows(""), &BTreeMap::new(), &Library::embedded());
    let beaten: Vec<_> = report.beaten().iter().map(|figure| (&figure.attack, &figure.knows)).collect();
    assert!(beaten.is_empty(), "{beaten:?}");
    let failed: Vec<_> = report.failed().map(|check| (&check.check, &check.examples)).collect();
    assert!(failed.is_empty(), "{failed:?}");
    for knows in ["when it is asked", "which question about its video", "the rest of the video"] {
        assert!(report.figures.iter().any(|figure| figure.knows == knows), "{knows}");
    }
}

#[test]
fn evidence_ends_before_the_question_and_more_comes_after_it() {
    for row in &rows("") {
        let [age, last] =
            [row.difficulty_effective.age_frames.unwrap(), row.evidence.last().unwrap().span.end()];
        assert_eq!(row.ask_frame - last, age, "{}", row.id);
        assert!(age >= 25 && row.ask_frame < row.num_frames, "{}", row.id);
        // Nothing is on screen when it is asked, and something is shown later.
        let is_shown =
            |at: u64| row.needles.iter().any(|needle| (needle.start_frame..needle.end_frame).contains(&at));
        assert!(!is_shown(row.ask_frame) && !is_shown(row.ask_frame - 1), "{}", row.id);
        assert!(row.needles.iter().any(|needle| needle.start_frame > row.ask_frame), "{}", row.id);
        let answer = row.question_kind.answer(&row.query, &row.scene()).unwrap();
        assert_eq!(answer.stated(row.answer_kind, row.fps(), row.language), row.answer, "{}", row.id);
    }
}

#[test]
fn each_answer_is_as_likely_at_each_time_and_whatever_was_right_before() {
    let rows = rows("");
    let asked: Vec<&Row> = samples(&rows).into_iter().map(|tries| tries[0]).collect();
    let mut right: BTreeMap<(QuestionKind, usize, String), usize> = BTreeMap::new();
    let mut pairs: BTreeMap<(QuestionKind, String, String), usize> = BTreeMap::new();
    for group in asked.chunks(3) {
        assert!(
            group.iter().all(|row| row.group_id == group[0].group_id && row.video_id == group[0].video_id)
        );
        assert!(group.windows(2).all(|pair| pair[0].ask_frame < pair[1].ask_frame));
        for (turn, row) in group.iter().enumerate() {
            let kind = row.question_kind;
            if kind == QuestionKind::Last {
                let place = row.options.iter().position(|option| *option == row.gt).unwrap();
                *right.entry((kind, turn, place.to_string())).or_default() += 1;
            } else {
                *right.entry((kind, turn, row.gt.clone())).or_default() += 1;
            }
        }
        if group[0].question_kind == QuestionKind::Last {
            assert!(group.windows(2).all(|pair| pair[0].gt != pair[1].gt), "{}", group[0].group_id);
        } else {
            *pairs.entry((group[0].question_kind, group[0].gt.clone(), group[1].gt.clone())).or_default() +=
                1;
        }
    }
    let chance = |kind: QuestionKind| if kind == QuestionKind::Seen { 0.5 } else { 0.25 };
    assert_eq!(right.len(), 3 * (4 + 4 + 2));
    for ((kind, turn, answer), count) in &right {
        assert!(is_at(*count, VIDEOS, chance(*kind)), "{kind:?} {turn} {answer}: {count}");
    }
    assert_eq!(pairs.len(), 16 + 4);
    for ((kind, first, second), count) in &pairs {
        assert!(is_at(*count, VIDEOS, chance(*kind) * chance(*kind)), "{kind:?} {first} {second}: {count}");
    }
}

#[test]
fn whoever_forgets_the_order_or_looks_on_is_at_chance_where_order_is_asked_for() {
    let rows = rows("");
    let last: Vec<&Row> =
        rows.iter().filter(|row| row.question_kind == QuestionKind::Last && row.rotation == 0).collect();
    let unordered = Unordered { seed: Seed::new(3) };
    let right = |row: &&&Row| reply_unordered(row, &row.scene(), unordered) == Some(row.gt_option.clone());
    let (solved, all) = (last.iter().filter(right).count(), last.len());
    assert!(is_at(solved, all, 0.25), "{solved} of {all}");
    // The thing that is shown when all is over.
    let at_end = last.iter().filter(|row| row.needles.last().unwrap().label == row.gt).count();
    assert!(is_at(at_end, all, 0.25), "{at_end} of {all}");
}

#[test]
fn an_age_that_is_asked_for_is_the_age_of_all() {
    let rows = rows("age = \"5s\"");
    assert!(rows.iter().all(|row| row.difficulty_effective.age_frames == Some(125)));
    assert_eq!(rows[0].difficulty.age.as_deref(), Some("5s"));
}

#[test]
fn when_a_thing_appears_is_told_by_nothing_but_the_picture() {
    let rows = planned(&format!("[[tasks]]\ntype = \"onl_say1\"\nsamples = {VIDEOS}\n"));
    let report = audit(&rows, &BTreeMap::new(), &Library::embedded());
    assert!(report.beaten().is_empty(), "{:?}", report.beaten());
    for (attack, least, most) in [("answer right before", 0.4, 0.6), ("usual time", 0.0, 0.3)] {
        let figure = report.figures.iter().find(|figure| figure.attack == attack).unwrap();
        assert!((least..=most).contains(&figure.per_try.share), "{attack}: {}", figure.per_try.share);
    }
    let half = rows.iter().filter(|row| row.answer == "never").count();
    assert_eq!(2 * half, rows.len(), "one of each pair is without the thing");
    let mut pairs: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        assert!((row.chance - 0.5).abs() < 1e-12 && row.sees_all() && row.needles.len() == 4);
        pairs.entry(&row.group_id).or_default().push(row);
    }
    let (mut at_place, mut early) = ([0; 4], 0);
    for pair in pairs.values() {
        let [one, other] = pair[..] else { panic!("a pair is two videos") };
        let frames = |row: &Row| -> Vec<(u64, u64)> {
            row.needles.iter().map(|needle| (needle.start_frame, needle.end_frame)).collect()
        };
        assert_eq!((&one.question, frames(one)), (&other.question, frames(other)));
        let shown = if one.answer == "never" { other } else { one };
        let thing = &shown.query.things[0];
        let of = |row: &Row| row.needles.iter().filter(|needle| needle.label == *thing).count();
        assert_eq!((of(one) + of(other), of(shown)), (1, 1), "{}", shown.id);
        let labels: Vec<(&str, &str)> = one
            .needles
            .iter()
            .zip(&other.needles)
            .map(|(one, other)| (one.label.as_str(), other.label.as_str()))
            .collect();
        assert_eq!(labels.iter().filter(|(one, other)| one != other).count(), 1, "alike but for one");
        let place = shown.needles.iter().position(|needle| needle.label == *thing).unwrap();
        at_place[place] += 1;
        early += usize::from(2 * shown.needles[place].start_frame < shown.num_frames);
    }
    assert!(at_place.iter().all(|&count| is_at(count, pairs.len(), 0.25)), "{at_place:?}");
    assert!(is_at(early, pairs.len(), 0.5), "{early}");
}
