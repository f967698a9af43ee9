//! Every measure against a value that is worked out by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::question::{Point, Region};
use crate::time::FrameRate;

fn number(value: u32) -> Value {
    Value::Number(Decimal::from(value))
}

fn set(places: &[usize]) -> Value {
    Value::Set(places.iter().copied().collect::<BTreeSet<_>>())
}

/// Spans in seconds.
fn spans(all: &[[u64; 2]]) -> Value {
    Value::Spans(
        all.iter().filter_map(|[start, end]| TimeSpan::from_millis(start * 1000, end * 1000)).collect(),
    )
}

fn pair(given: Option<Value>, truth: Value) -> Pair {
    Pair { given, truth }
}

fn assert_close(value: f64, want: f64) {
    assert!((value - want).abs() < 1e-12, "{value}, not {want}");
}

fn assert_measures(kind: AnswerKind, pairs: &[Pair], want: &[(&str, f64)]) {
    let measures = measures(kind, pairs);
    let names: Vec<&str> = measures.keys().map(String::as_str).collect();
    let want: BTreeMap<&str, f64> = want.iter().copied().collect();
    assert_eq!(names, want.keys().copied().collect::<Vec<_>>());
    for (name, value) in want {
        assert!((measures[name] - value).abs() < 1e-12, "{name} is {}, not {value}", measures[name]);
    }
}

#[test]
fn numbers() {
    // 10 of 10; 9 of 10 (0.1 off: within all thresholds but 0.95); 4 of 10 (0.6 off: within none); and one that is unreadable.
    let pairs = [
        pair(Some(number(10)), number(10)),
        pair(Some(number(9)), number(10)),
        pair(Some(number(4)), number(10)),
        pair(None, number(10)),
    ];
    let want = [
        ("exact", 0.25),
        ("off_by_one", 0.5),
        ("mra", (1.0 + 0.9 + 0.0) / 4.0),
        ("read", 3.0),
        ("mae", 7.0 / 3.0),
        ("bias", -7.0 / 3.0),
    ];
    assert_measures(AnswerKind::Number, &pairs, &want);
    // Nothing was read: there is no error to tell.
    let none = [("exact", 0.0), ("off_by_one", 0.0), ("mra", 0.0), ("read", 0.0)];
    assert_measures(AnswerKind::Number, &pairs[3..], &none);
    // 3 of 2 is half off: within the threshold of 0.5 alone. Of a truth of 0 only 0 is right.
    assert_close(grade(&number(3), &number(2)).credit, 0.1);
    assert_close(grade(&number(0), &number(0)).credit, 1.0);
    assert_close(grade(&number(1), &number(0)).credit, 0.0);
}

#[test]
fn labels_and_choices() {
    let pairs = [
        pair(Some(Value::Label(1)), Value::Label(1)),
        pair(Some(Value::Label(0)), Value::Label(1)),
        pair(None, Value::Label(1)),
    ];
    assert_measures(AnswerKind::Label, &pairs, &[("exact", 1.0 / 3.0)]);
    assert!(!grade(&Value::Label(1), &Value::Option(1)).is_correct());
}

#[test]
fn sets() {
    // {0, 1, 5} for {0, 1, 2, 3}: precision 2/3, recall 2/4, F1 4/7.
    let pairs = [
        pair(Some(set(&[0, 1, 5])), set(&[0, 1, 2, 3])),
        pair(Some(set(&[2, 0])), set(&[0, 2])),
        pair(None, set(&[1])),
    ];
    let want = [
        ("exact", 1.0 / 3.0),
        ("precision", (2.0 / 3.0 + 1.0) / 3.0),
        ("recall", (0.5 + 1.0) / 3.0),
        ("f1", (4.0 / 7.0 + 1.0) / 3.0),
    ];
    assert_measures(AnswerKind::Set, &pairs, &want);
    assert_close(grade(&set(&[]), &set(&[])).credit, 1.0);
    assert_close(grade(&set(&[]), &set(&[1])).credit, 0.0);
}

#[test]
fn lists() {
    let list = |places: &[usize]| Value::List(places.to_vec());
    let pairs = [
        // Two of four places; pairs of 0, 1, 3, 2: five in order, one not.
        pair(Some(list(&[0, 1, 3, 2])), list(&[0, 1, 2, 3])),
        // One of three places; 0 and 1 are common, in order.
        pair(Some(list(&[0, 7, 1])), list(&[0, 1])),
        // No place; in the other order.
        pair(Some(list(&[1, 0])), list(&[0, 1])),
        // Fewer than two in common.
        pair(Some(list(&[0])), list(&[0, 1])),
        pair(None, list(&[0])),
        // One item that is right.
        pair(Some(list(&[4])), list(&[4])),
    ];
    let want = [
        ("exact", 1.0 / 6.0),
        ("positions", (0.5 + 1.0 / 3.0 + 0.0 + 0.5 + 0.0 + 1.0) / 6.0),
        ("tau", (4.0 / 6.0 + 1.0 - 1.0 + 0.0 + 0.0 + 1.0) / 6.0),
    ];
    assert_measures(AnswerKind::List, &pairs, &want);
}

#[test]
fn single_spans() {
    let pairs = [
        // 10-20 for 15-25: 5 of 15.
        pair(Some(spans(&[[10, 20]])), spans(&[[15, 25]])),
        // 0-7 for 0-10: 7 of 10, which reaches 0.7.
        pair(Some(spans(&[[0, 7]])), spans(&[[0, 10]])),
        pair(None, spans(&[[1, 2]])),
        pair(Some(spans(&[[3, 4]])), spans(&[[3, 4]])),
    ];
    let want = [
        ("mIoU", (1.0 / 3.0 + 0.7 + 0.0 + 1.0) / 4.0),
        ("R@0.3", 0.75),
        ("R@0.5", 0.5),
        ("R@0.7", 0.5),
        ("exact", 0.25),
        ("read", 3.0),
        ("bias_start", -5.0 / 3.0),
        ("bias_end", (-5.0 - 3.0) / 3.0),
        ("bias_length", -1.0),
    ];
    assert_measures(AnswerKind::Spans, &pairs, &want);
    assert!(!grade(&pairs[0].given.clone().unwrap(), &pairs[0].truth).is_correct());
    assert!(grade(&pairs[1].given.clone().unwrap(), &pairs[1].truth).is_correct());
}

#[test]
fn several_spans() {
    let pairs = [
        // Given 0-10 and 20-30 for 0-10, 22-30 and 40-50: pairs of 1 and 0.8; union 18 of 30.
        pair(Some(spans(&[[0, 10], [20, 30]])), spans(&[[0, 10], [22, 30], [40, 50]])),
        // Two pairs of 0.4 each: union 8 of 20.
        pair(Some(spans(&[[0, 4], [20, 24]])), spans(&[[0, 10], [20, 30]])),
    ];
    let want = [
        ("mIoU", 0.5 * (18.0 / 30.0 + 8.0 / 20.0)),
        ("R@0.3", 1.0),
        ("R@0.5", 0.5),
        ("R@0.7", 0.0),
        ("F1@0.3", 0.5 * (4.0 / 5.0 + 1.0)),
        ("F1@0.5", (4.0 / 5.0) / 2.0),
        ("F1@0.7", (4.0 / 5.0) / 2.0),
        ("span_count", 0.5),
        ("exact", 0.0),
        ("read", 2.0),
    ];
    assert_measures(AnswerKind::Spans, &pairs, &want);
    // Spans of one answer that overlap are time that is covered once.
    let Value::Spans(overlapping) = spans(&[[0, 10], [5, 15]]) else { return };
    let Value::Spans(whole) = spans(&[[0, 15]]) else { return };
    assert_close(iou(&overlapping, &whole), 1.0);
}

#[test]
fn points() {
    let truth = || Value::Region(Region::between([333_334, 666_667], [0, 333_334]).unwrap());
    let at = |x, y| Some(Value::Point(Point::of_millionths(x, y).unwrap()));
    let pairs = [
        pair(at(500_000, 100_000), truth()),
        // The border on the left is in the part, that on the right in the next one.
        pair(at(333_334, 0), truth()),
        pair(at(666_667, 0), truth()),
        // 0.3 to the right of it and 0.4 below.
        pair(at(966_667, 733_334), truth()),
        pair(None, truth()),
    ];
    let want = [("exact", 2.0 / 5.0), ("read", 4.0), ("distance", 0.5 / 4.0)];
    assert_measures(AnswerKind::Point, &pairs, &want);
    assert_measures(AnswerKind::Point, &pairs[4..], &[("exact", 0.0), ("read", 0.0)]);
    assert!(!grade(&truth(), &truth()).is_correct());
}

#[test]
fn texts_that_are_not_canonical_are_refused() {
    let vocabulary = [vec!["red".to_owned(), "crimson".to_owned()], vec!["blue".to_owned()]];
    let options = ["x".to_owned(), "y".to_owned()];
    let fps = FrameRate::ONE;
    for (kind, text) in [
        (AnswerKind::Choice, "z"),
        (AnswerKind::Number, "four"),
        (AnswerKind::Number, "04"),
        (AnswerKind::Number, "4.0"),
        (AnswerKind::Label, "crimson"),
        (AnswerKind::Set, "red, red"),
        (AnswerKind::Set, "red,blue"),
        (AnswerKind::List, "red, green"),
        (AnswerKind::Spans, "12 - 15"),
        (AnswerKind::Spans, "15.00 - 12.00"),
        (AnswerKind::Spans, "12.00 - 12.00"),
        (AnswerKind::Spans, "20.00 - 21.00, 12.00 - 13.00"),
        (AnswerKind::Point, "(0.25, 0.75)"),
        (AnswerKind::Point, "x 0 - 0.50, y 0 - 1"),
        (AnswerKind::Point, "x 0.5 - 0.25, y 0 - 1"),
        (AnswerKind::Point, "x 0 - 2, y 0 - 1"),
    ] {
        let asked = Asked { kind, options: &options, vocabulary: &vocabulary, num_frames: 100, fps };
        let problem = truth(&asked, text).unwrap_err();
        assert!(problem.contains("answer"), "{kind} {text}: {problem}");
    }
    let asked = Asked { kind: AnswerKind::Label, options: &[], vocabulary: &vocabulary, num_frames: 1, fps };
    assert!(truth(&asked, "bleu").unwrap_err().ends_with("the nearest is `blue`"));
}
