//! Attacks on made-up questions about keys, chains and states: what is fair passes, and each leak is found by its name.

use super::tests::{beaten, report, tries};
use crate::dataset::{NeedleRow, Row};
use crate::question::{Query, QuestionKind};
use crate::seed::{Seed, Stream};

/// Values of one key each.
const VALUES: usize = 6;
const KNOWS: &str = super::shown::KNOWS;

fn needle(key: &str, label: &str, at: usize) -> NeedleRow {
    NeedleRow {
        key: key.to_owned(),
        label: label.to_owned(),
        kind: "overlay-text".to_owned(),
        start_frame: at as u64 * 30,
        end_frame: at as u64 * 30 + 10,
        x: 0,
        y: 0,
        w: 8,
        h: 8,
        is_distractor: false,
        motion: crate::needle::Motion::default(),
    }
}

fn value(at: usize) -> String {
    format!("value{at}")
}

/// 150 questions of this kind for the value of a key: `pick` says which place in time it has, and `change` what else is shown.
fn asked(
    kind: QuestionKind,
    pick: impl Fn(&mut Stream) -> usize,
    change: impl Fn(&mut Vec<(String, String)>, usize),
) -> Vec<Row> {
    let one = |number: u64| {
        let mut stream = Seed::new(8).stream("audit/shown", number);
        let words = stream.distinct(VALUES, 200);
        let right = pick(&mut stream);
        let mut shown: Vec<(String, String)> =
            words.iter().enumerate().map(|(at, &word)| (format!("key{at}"), value(word))).collect();
        change(&mut shown, right);
        let others: Vec<usize> = (0..VALUES).filter(|&at| at != right).collect();
        let mut places: Vec<usize> = match right {
            // The first and the last are among the options, so that there is something to tell.
            0 => vec![0, VALUES - 1],
            right if right == VALUES - 1 => vec![right, 0],
            right => vec![right, 0, VALUES - 1],
        };
        let rest: Vec<usize> = others.into_iter().filter(|at| !places.contains(at)).collect();
        places.extend(stream.distinct(4 - places.len(), rest.len()).into_iter().map(|at| rest[at]));
        stream.shuffle(&mut places);
        let options: Vec<String> = places.iter().map(|&at| value(words[at])).collect();
        let target = places.iter().position(|&at| at == right).unwrap();
        let mut rows = tries("key", number, &options, target);
        for row in &mut rows {
            row.question_kind = kind;
            row.query = Query { steps: 1, ..Query::about(&format!("key{right}")) };
            row.question = format!("What is the value of key{right}?");
            row.needles = shown.iter().enumerate().map(|(at, (key, label))| needle(key, label, at)).collect();
        }
        rows
    };
    (0..150).flat_map(one).collect()
}

fn found(rows: &[Row]) -> Vec<String> {
    let report = report(rows);
    assert_eq!(report.failed().count(), 0, "{:?}", report.checks);
    beaten(&report)
        .into_iter()
        .filter(|(_, knows)| *knows == KNOWS)
        .map(|(attack, _)| attack.to_owned())
        .collect()
}

#[test]
fn a_place_in_time_that_is_right_too_often_is_named() {
    let first = asked(QuestionKind::Key, |_| 0, |_, _| ());
    assert_eq!(found(&first), ["shown first"]);
    let last = asked(QuestionKind::State, |_| VALUES - 1, |_, _| ());
    assert_eq!(found(&last), ["shown last"]);
}

#[test]
fn an_option_that_is_shown_more_often_is_named() {
    let again = |shown: &mut Vec<(String, String)>, right: usize| {
        let twice = shown[right].clone();
        shown.insert(0, twice);
    };
    let found = found(&asked(QuestionKind::Key, |stream| stream.below(VALUES as u64) as usize, again));
    assert!(found.contains(&"shown most often".to_owned()), "{found:?}");
    assert!(found.contains(&"most updated".to_owned()), "{found:?}");
}

#[test]
fn an_option_of_a_longer_chain_is_named() {
    let longer = |shown: &mut Vec<(String, String)>, right: usize| {
        let link = (shown[right].1.clone(), "the end".to_owned());
        shown.insert(0, link);
    };
    let found = found(&asked(QuestionKind::Chain, |stream| stream.below(VALUES as u64) as usize, longer));
    assert_eq!(found, ["longest chain"]);
}

#[test]
fn questions_of_one_group_are_one_trial() {
    let mut rows = asked(QuestionKind::Key, |stream| stream.below(VALUES as u64) as usize, |_, _| ());
    let questions = |rows: &[Row]| report(rows).figures.iter().map(|figure| figure.questions).max();
    assert_eq!(questions(&rows), Some(150));
    for row in &mut rows {
        let number: u32 = row.sample_id.rsplit('-').next().unwrap().parse().unwrap();
        row.group_id = format!("pair{}", number / 2);
    }
    assert_eq!(questions(&rows), Some(75));
}
