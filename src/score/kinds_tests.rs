//! What single kinds of question say beyond accuracy, on rows whose figures can be worked out by hand.

use super::open_tests::{open, scored};
use super::*;
use crate::dataset::NeedleRow;
use crate::question::{AnswerKind, Form, Query, QuestionKind};

/// Open rows that ask whether a thing is shown: two of each pair, the first of which shows it.
fn pairs(number: usize) -> Vec<Row> {
    let row = |at: usize| {
        let answer = if at.is_multiple_of(2) { "Yes" } else { "No" };
        Row {
            question_kind: QuestionKind::Exists,
            vocabulary: vec![vec!["Yes".to_owned()], vec!["No".to_owned()]],
            chance: 0.5,
            group_id: format!("pair{}", at / 2),
            ..open("ext", AnswerKind::Label, at, answer)
        }
    };
    (0..2 * number).map(row).collect()
}

/// A question with its options in two tries.
fn choice(row: &Row, options: &[&str]) -> Vec<Row> {
    let tries = |shift: usize| {
        let mut options: Vec<String> = options.iter().map(|text| (*text).to_owned()).collect();
        options.rotate_left(shift);
        let at = options.iter().position(|option| *option == row.answer).unwrap();
        Row {
            id: format!("{}-choice_{shift}", row.sample_id),
            sample_id: format!("{}-choice", row.sample_id),
            form: Form::Choice,
            answer_kind: AnswerKind::Choice,
            rotation: shift as u32,
            gt_option: crate::dataset::letter(at),
            options,
            ..row.clone()
        }
    };
    (0..options.len()).map(tries).collect()
}

#[test]
fn existence_has_hits_false_alarms_and_d_prime() {
    let rows = pairs(9);
    // Nine of nine hits, none of nine false alarms: 0.95 and 0.05, whose quantiles lie 2 * 1.644854 apart.
    let right: Vec<Option<&str>> = rows.iter().map(|row| Some(row.answer.as_str())).collect();
    let scores = scored(&rows, &right);
    let own = &scores.existence["ext"];
    assert_eq!((own.shown, own.hits, own.absent, own.false_alarms), (9, 9, 9, 0));
    assert_eq!((own.d_prime, own.yes), (Some(3.289_707), 0.5));
    // Always yes tells nothing, and gets no pair right.
    let scores = scored(&rows, &vec![Some("Yes"); 18]);
    let own = &scores.existence["ext"];
    assert_eq!((own.hits, own.false_alarms, own.d_prime, own.yes), (9, 9, Some(0.0), 1.0));
    let groups = scores.groups.as_ref().unwrap().overall.clone();
    assert_eq!((groups.groups, groups.right, groups.chance), (9, 0.0, Some(0.25)));
    let line = "existence of ext: 9 hits of 9 tries, 9 false alarms of 9, d' 0.00; 100.0% say yes";
    assert_eq!(sentences(&scores), [line]);
    // What cannot be read is neither; one side alone has no d'.
    let scores = scored(&rows[..2], &[Some("Yes"), None]);
    let own = &scores.existence["ext"];
    assert_eq!((own.shown, own.absent, own.d_prime, own.yes), (1, 0, None, 1.0));
}

#[test]
fn tries_of_choices_count_by_the_text_of_the_option() {
    let rows: Vec<Row> = pairs(1).iter().flat_map(|row| choice(row, &["Yes", "No"])).collect();
    // Always A: in each sample yes once and no once.
    let scores = scored(&rows, &[Some("A"); 4]);
    let own = &scores.existence["ext"];
    assert_eq!((own.shown, own.hits, own.absent, own.false_alarms, own.yes), (2, 1, 2, 1, 0.5));
    // Of both tries the chance is that of one: who holds to a text is right in both.
    assert_eq!(scores.groups.unwrap().overall.chance, Some(0.25));
}

/// Box one is red, then blue; box two is green.
fn state(number: usize) -> Row {
    let needle = |key: &str, label: &str, start: u64| NeedleRow {
        key: key.to_owned(),
        label: label.to_owned(),
        kind: "overlay-text".to_owned(),
        start_frame: start,
        end_frame: start + 25,
        x: 0,
        y: 0,
        w: 10,
        h: 10,
        is_distractor: false,
    };
    Row {
        question_kind: QuestionKind::State,
        query: Query::about("one"),
        needles: vec![needle("one", "red", 0), needle("two", "green", 100), needle("one", "blue", 200)],
        ..open("trk", AnswerKind::Label, number, "blue")
    }
}

#[test]
fn wrong_answers_that_were_right_before_are_stale() {
    let rows: Vec<Row> = (0..5).map(state).collect();
    let scores = scored(&rows, &[Some("red"), Some("red"), Some("green"), Some("blue"), None]);
    let own = &scores.states["trk"];
    // Of the two wrong labels of the vocabulary one is stale.
    assert_eq!((own.wrong, own.stale, own.share, own.chance), (3, 2, 0.666_667, 0.5));
    let none = scored(&rows, &[Some("blue"); 5]);
    assert_eq!((none.states["trk"].wrong, none.states["trk"].share), (0, 0.0));
    // Among the options no state from before.
    let rows = choice(&state(0), &["green", "blue"]);
    let own = &scored(&rows, &[Some("green"), Some("blue")]).states["trk"];
    assert_eq!((own.wrong, own.stale, own.chance), (1, 0, 0.0));
}

#[test]
fn chains_are_scored_by_their_hops() {
    let row = |number: usize| Row {
        question_kind: QuestionKind::Chain,
        query: Query { steps: 1 + (number % 3) as i64, ..Query::about("red") },
        group_id: format!("v{}", number / 3),
        ..open("chn", AnswerKind::Label, number, "blue")
    };
    let rows: Vec<Row> = (0..6).map(row).collect();
    let replies = ["blue", "blue", "red", "blue", "red", "red"].map(Some);
    let scores = scored(&rows, &replies);
    let found: Vec<(&str, u64, f64)> = scores.hops["chn"]
        .iter()
        .map(|slice| (slice.value.as_str(), slice.samples, slice.circular))
        .collect();
    assert_eq!(found, [("1", 2, 1.0), ("2", 2, 0.5), ("3", 2, 0.0)]);
    assert_eq!(scores.groups.as_ref().unwrap().overall.chance, Some(0.008));
    assert_eq!(
        sentences(&scores),
        ["circular of chn by number of hops (samples): 1: 100.0% (2), 2: 50.0% (2), 3: 0.0% (2)"]
    );
}

#[test]
fn the_gap_of_forms_tells_guessing_from_knowing() {
    let opens: Vec<Row> = (0..4).map(|at| open("ret", AnswerKind::Label, at, "red")).collect();
    let mut rows: Vec<Row> =
        opens.iter().flat_map(|row| choice(&Row { chance: 0.5, ..row.clone() }, &["red", "blue"])).collect();
    rows.extend(opens);
    // All choices are right, and of the open ones a half.
    let replies: Vec<Option<&str>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| match row.form {
            Form::Choice => Some(row.gt_option.as_str()),
            Form::Open => Some(if at % 2 == 0 { "red" } else { "blue" }),
        })
        .collect();
    let scores = scored(&rows, &replies);
    let own = &scores.gap["ret"];
    assert_eq!((own.choice, own.open, own.gap), (1.0, 0.5, 0.5));
    // Without chance 1 is 1, and 0.5 is (0.5 - 0.2) / 0.8.
    assert_eq!((own.open_chance, own.corrected), (0.2, 0.625));
    let line = "gap of ret: choice 100.0% less open 50.0% is 50.0 points; corrected for chance 62.5";
    assert_eq!(sentences(&scores), [line]);
    // One form has none.
    assert!(scored(&rows[8..], &[Some("red"); 4]).gap.is_empty());
}

#[test]
fn these_figures_are_read_again_and_files_without_them_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.json");
    let scores = scored(&pairs(2), &[Some("Yes"); 4]);
    write(&path, &scores).unwrap();
    assert_eq!(read(&path).unwrap(), scores);
    let mut older: serde_json::Value = serde_json::from_str(&scores.to_json()).unwrap();
    older.as_object_mut().unwrap().remove("existence");
    older["groups"]["overall"].as_object_mut().unwrap().remove("chance");
    std::fs::write(&path, older.to_string()).unwrap();
    assert!(read(&path).unwrap().existence.is_empty());
    // Shares are shares wherever they stand.
    let mut wrong = scores.clone();
    wrong.existence.get_mut("ext").unwrap().yes = 1.5;
    write(&path, &wrong).unwrap();
    assert!(read(&path).is_err());
}
