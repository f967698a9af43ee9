//! Single frames solve what does not depend on the order of time, and nothing else: over scenes as their plans have them.

use std::collections::BTreeMap;

use super::plan_tests;
use crate::answers::kind::{self, Verdict};
use crate::baseline::{Unordered, reply_unordered};
use crate::dataset::Row;
use crate::question::{AnswerKind, QuestionKind};
use crate::score::asked;
use crate::seed::Seed;

/// Rows of a plan: the first try of each question.
fn planned(tasks: &str) -> Vec<Row> {
    plan_tests::planned(tasks).into_iter().filter(|row| row.id.ends_with("_0")).collect()
}

/// Questions, and those that are solved, by type.
fn solved(rows: &[Row], solve: impl Fn(&Row) -> Option<String>) -> BTreeMap<&str, (f64, f64)> {
    let mut shares: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for row in rows {
        let said = solve(row).unwrap_or_default();
        let is_right = if row.has_options() {
            said == row.gt_option
        } else {
            let asked = asked(row);
            let values = kind::given(&asked, &said).ok().zip(kind::truth(&asked, &row.answer).ok());
            values.is_some_and(|(said, right)| kind::grade(&said, &right).verdict == Verdict::Correct)
        };
        let (questions, right) = shares.entry(&row.kind).or_default();
        *questions += 1.0;
        *right += f64::from(u8::from(is_right));
    }
    shares
}

const SAMPLES: u64 = 400;

fn of_suite(form: &str) -> Vec<Row> {
    planned(&format!("[suite]\nname = \"all\"\nform = \"{form}\"\nsamples = {SAMPLES}\n"))
}

fn unordered(row: &Row) -> Option<String> {
    reply_unordered(row, &row.scene(), Unordered { seed: Seed::new(3) })
}

#[test]
fn single_frames_are_at_chance_where_order_is_asked_for_and_solve_the_rest() {
    let rows = of_suite("choice");
    let chance: BTreeMap<&str, f64> = rows.iter().map(|row| (row.kind.as_str(), row.chance)).collect();
    for (name, (questions, right)) in solved(&rows, unordered) {
        let of = rows.iter().find(|row| row.kind == name).unwrap();
        if of.form == crate::question::Form::Open {
            continue;
        }
        let (share, chance) = (right / questions, chance[name]);
        // Five standard errors.
        let near = 5.0 * (chance * (1.0 - chance) / questions).sqrt();
        match of.question_kind {
            // All its frames, in any order, tell along which axis a thing moves, and not which way.
            QuestionKind::Heading => assert!((share - 0.5).abs() < near * 1.2, "{name}: {share}"),
            kind if kind.needs_order() => {
                assert!((share - chance).abs() < near, "{name}: {share} is not near {chance}");
            }
            _ => assert!((share - 1.0).abs() < 1e-9, "{name}: {share}"),
        }
    }
}

#[test]
fn single_frames_do_not_name_what_order_tells_either() {
    let rows = of_suite("open");
    for (name, (questions, right)) in solved(&rows, unordered) {
        let of = rows.iter().find(|row| row.kind == name).unwrap();
        let share = right / questions;
        if of.question_kind.is_motion() || of.question_kind == QuestionKind::Arrow {
            let chance = if of.question_kind == QuestionKind::Heading { 0.5 } else { of.chance };
            let near = 5.0 * (chance * (1.0 - chance) / questions).sqrt();
            // A number or an order may be one that no question has: it is no better than chance then, and may be worse.
            let is_named = of.answer_kind == AnswerKind::Label;
            assert!(share < chance + near, "{name}: {share} is above {chance}");
            assert!(!is_named || share > chance - near, "{name}: {share} is not near {chance}");
        } else if of.answer_kind == AnswerKind::Moment {
            // Single frames show that a thing is never there, which half of the answers are; not when it is there.
            let near = 5.0 * (0.25 / questions).sqrt();
            assert!((share - of.chance).abs() < near, "{name}: {share} is not near {}", of.chance);
        } else if of.question_kind.needs_order() {
            assert!(share < 0.3, "{name}: {share}");
        } else {
            assert!((share - 1.0).abs() < 1e-9, "{name}: {share}");
        }
    }
}

#[test]
fn a_point_at_random_is_right_as_often_as_rows_say() {
    let rows = planned("[[tasks]]\ntype = \"spa_patch1\"\nform = \"open\"\nsamples = 1000\n");
    let said: BTreeMap<String, Option<String>> = crate::baseline::blind(&rows, Seed::new(3))
        .into_iter()
        .map(|answer| (answer.id, answer.response))
        .collect();
    let (questions, right) = solved(&rows, |row| said[&row.id].clone())["spa_patch1"];
    let chance: f64 = 1.0 / 9.0;
    assert!(rows.iter().all(|row| (row.chance - chance).abs() < 1e-9));
    // Four standard errors.
    let near = 4.0 * (chance * (1.0 - chance) / questions).sqrt();
    assert!((right / questions - chance).abs() < near, "{right} of {questions}");
    // The same point for all is as good as any other.
    for point in ["(0, 0)", "(0.5, 0.5)", "(1, 0.3)"] {
        let (questions, right) = solved(&rows, |_| Some(point.to_owned()))["spa_patch1"];
        assert!((right / questions - chance).abs() < near, "{point}: {right} of {questions}");
    }
}

#[test]
fn a_former_state_among_the_options_changes_nothing_for_single_frames() {
    let rows = planned(&format!("[[tasks]]\ntype = \"trk_edit1\"\nsamples = {}\n", 2 * SAMPLES));
    let has_stale = |row: &&Row| {
        let scene = row.scene();
        let before = crate::question::stale(&row.query, &scene);
        row.options.iter().any(|option| Some(option.as_str()) == before)
    };
    let (with, without): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| has_stale(&row));
    assert!(with.len() > 300 && without.len() > 300, "{} and {}", with.len(), without.len());
    for rows in [&with, &without] {
        let (questions, right) = solved(rows, unordered)["trk_edit1"];
        let spread = 5.0 * (questions * 0.25 * 0.75).sqrt();
        assert!((right - questions / 4.0).abs() < spread, "{right} of {questions}");
    }
}

#[test]
fn the_answer_is_one_whatever_the_order_of_the_options() {
    let turned_rows = planned(
        "[[tasks]]\ntype = \"ord_next1\"\nsamples = 20\n[[tasks]]\ntype = \"ord_edit1\"\nsamples = 20\n",
    );
    for row in turned_rows {
        let text = |row: &Row| {
            let letter = unordered(row).unwrap();
            row.options[usize::from(letter.as_bytes()[0] - b'A')].clone()
        };
        let mut turned = row.clone();
        turned.options.rotate_left(1);
        assert_eq!(text(&row), text(&turned), "{}", row.id);
    }
}
