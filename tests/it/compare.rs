//! `vniah compare` through the real program.

use std::fs;
use std::path::Path;

use serde_json::Value;
use vniah::dataset::{Row, letter};

use super::score::{answers, dataset, stderr, vniah};

/// Scores of a run that is right where `knows` says so, and always one letter off elsewhere.
fn run(dir: &Path, rows: &[Row], name: &str, knows: impl Fn(usize, &Row) -> bool) {
    answers(dir.join(format!("{name}.jsonl")), rows, |row| {
        let haystack: usize = row.haystack_ids[0][1..].parse().unwrap();
        let right = row.gt_option.as_bytes()[0] - b'A';
        Some(letter(usize::from(right + u8::from(!knows(haystack, row))) % 4))
    });
    let arguments =
        ["score", "set", &format!("{name}.jsonl"), "-o", &format!("{name}.json"), "--model", name];
    let output = vniah(dir, &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
}

fn out(dir: &Path, arguments: &[&str]) -> String {
    let output = vniah(dir, arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn pairs_of_runs_are_compared_sample_by_sample() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 40);
    // The second has ten haystacks more, but loses counting on two of the first's.
    run(dir.path(), &rows, "one", |haystack, _| haystack < 20);
    run(dir.path(), &rows, "two", |haystack, row| {
        (if row.task == "counting" { 2 } else { 0 }..30).contains(&haystack)
    });
    let pairs: Value =
        serde_json::from_str(&out(dir.path(), &["compare", "one.json", "two.json", "--json"])).unwrap();
    let overall = &pairs[0]["overall"];
    assert_eq!((&overall["samples"], &overall["both"]), (&360.into(), &174.into()));
    assert_eq!((&overall["only_first"], &overall["only_second"]), (&6.into(), &90.into()));
    assert_eq!(
        (&overall["circular"], &overall["difference"]),
        (&serde_json::json!([0.5, 0.733_333]), &0.233_333.into())
    );
    // Whole haystacks differ: 10 of 40 more, 2 less in a third of the types. The interval is that of 40, not of 360.
    let [low, high] = [0, 1].map(|at| overall["interval"][at].as_f64().unwrap());
    assert!(low < 0.13 && high > 0.34 && low > 0.0, "{low} {high}");
    assert_eq!(overall["mcnemar_p"], 0.0);
    let counting = &pairs[0]["tasks"]["counting"];
    assert_eq!((&counting["only_first"], &counting["difference"]), (&6.into(), &0.2.into()));
    let kind = &pairs[0]["types"]["cnt_edit1"];
    assert_eq!((&kind["only_first"], &kind["only_second"]), (&2.into(), &10.into()));
    assert!((kind["mcnemar_p"].as_f64().unwrap() - 0.038_574).abs() < 1e-6, "{kind}");
    // 2.80 times the root of 12 of 40.
    assert!((kind["smallest_difference"].as_f64().unwrap() - 0.242_6).abs() < 1e-3, "{kind}");
    let cells: u64 = pairs[0]["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["difference"]["samples"].as_u64().unwrap())
        .sum();
    assert_eq!(cells, 360);
    insta::assert_snapshot!("compare_two", out(dir.path(), &["compare", "one.json", "two.json"]));
    let same: Value =
        serde_json::from_str(&out(dir.path(), &["compare", "one.json", "one.json", "--json"])).unwrap();
    assert_eq!(
        (&same[0]["overall"]["mcnemar_p"], &same[0]["overall"]["smallest_difference"]),
        (&1.0.into(), &Value::Null)
    );
}

#[test]
fn several_runs_make_a_leaderboard() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 12);
    run(dir.path(), &rows, "a_b", |haystack, _| haystack < 4);
    run(dir.path(), &rows, "c,\"d\"", |haystack, _| haystack < 9);
    run(dir.path(), &rows, "e|f", |haystack, _| haystack < 6);
    let files = ["a_b.json", "c,\"d\".json", "e|f.json"];
    let mut boards = Vec::new();
    for form in ["markdown", "csv", "latex", "html"] {
        let board = out(dir.path(), &[&["compare"], &files[..], &["--leaderboard", form]].concat());

        boards.push(format!("{form}\n{board}"));
    }
    insta::assert_snapshot!("leaderboards", boards.join("\n"));
    let all = out(dir.path(), &[&["compare"], &files[..]].concat());
    assert!(all.contains("c,\"d\" / e|f") && all.contains("e|f / a_b"), "{all}");
    fs::rename(dir.path().join("a_b.json"), dir.path().join("old.json")).unwrap();
    let rows = dataset(dir.path(), 13);
    run(dir.path(), &rows, "a_b", |haystack, _| haystack < 4);
    let other = vniah(dir.path(), &["compare", "old.json", "a_b.json"]);
    assert_eq!(other.status.code(), Some(3));
    assert!(stderr(&other).contains("are of different datasets"), "{}", stderr(&other));
    assert_eq!(vniah(dir.path(), &["compare", "old.json"]).status.code(), Some(2));
}
