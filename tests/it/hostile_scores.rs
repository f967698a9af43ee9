//! Names of models, types and tasks that would be formulas, links, commands or file names: they stay text.

use std::fs;

use serde_json::{Value, json};

use super::score::{answers, dataset, stderr, vniah};

#[test]
fn leaderboards_keep_foreign_names_as_text() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 4);
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    let board = |model: &str, form: &str| {
        let output = vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "s.json", "--model", model]);
        assert!(output.status.success(), "{}", stderr(&output));
        let output = vniah(dir.path(), &["compare", "s.json", "s.json", "--leaderboard", form]);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    for (model, expected) in [
        ("=HYPERLINK(\"http://x\",\"m\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"m\"\")\","),
        ("@SUM(m)", "'@SUM(m),"),
        ("+1m", "'+1m,"),
        ("\t=1m", "'=1m,"),
        ("m\n=1", "m =1,"),
    ] {
        let board = board(model, "csv");
        let lines: Vec<&str> = board.lines().collect();
        assert!(lines.len() == 3 && lines[1].starts_with(expected), "{model:?}: {board}");
    }
    for (model, expected) in [
        ("<img src=x onerror=m>", "| &lt;img src=x onerror=m&gt; | "),
        ("[x](javascript:m)", "| \\[x\\](javascript:m) | "),
        ("m\n| forged | 100 |", "| m \\| forged \\| 100 \\| | "),
    ] {
        let board = board(model, "markdown");
        // A head, a line below it and two rows: no name makes a row of its own.
        let rows = board.lines().filter(|line| line.starts_with('|')).count();
        assert!(board.contains(expected) && rows == 4, "{model:?}: {board}");
    }
    let latex = board("m\n\\input{x}", "latex");
    assert!(latex.contains("\nm \\textbackslash{}input\\{x\\} & "), "{latex}");
}

#[test]
fn plots_of_any_model_have_names_of_files() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 4);
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    let output = vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "s.json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let scores: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("s.json")).unwrap()).unwrap();
    let with = |model: String| {
        let mut scores = scores.clone();
        scores["model"] = json!(model);
        scores.to_string()
    };
    let long = |end: &str| with("m".repeat(900) + end);
    fs::write(dir.path().join("control.json"), with("a\u{1b}]0;x\u{7}\u{0}b/../c".to_owned())).unwrap();
    fs::write(dir.path().join("long1.json"), long("1")).unwrap();
    fs::write(dir.path().join("long2.json"), long("2")).unwrap();
    let files = ["control.json", "long1.json", "long2.json"];
    let report = [&["report", "set"], &files[..], &["-o", "page.html", "--plots", "plots"]].concat();
    let output = vniah(dir.path(), &report);
    assert!(output.status.success(), "{}", stderr(&output));
    let names: Vec<String> = vniah::files::sorted_dir(&dir.path().join("plots"))
        .unwrap()
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("vniah-m")).count(), 2, "{names:?}");
    assert!(names.contains(&"vniah-a-0-x-b-c.json".to_owned()), "{names:?}");
    assert!(names.iter().all(|name| name.len() < 200), "{names:?}");
    // Beyond any name, and numbers that no scores hold.
    let impossible = |change: &dyn Fn(&mut Value)| {
        let mut scores = scores.clone();
        change(&mut scores);
        fs::write(dir.path().join("bad.json"), scores.to_string()).unwrap();
        fs::remove_file(dir.path().join("page.html")).ok();
        let output = vniah(dir.path(), &["report", "set", "bad.json", "-o", "page.html"]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(!dir.path().join("page.html").exists());
        stderr(&output)
    };
    let message = impossible(&|scores| scores["model"] = json!("m".repeat(10_000_000)));
    assert!(message.contains("is longer than 1000 characters") && message.len() < 1000, "{message}");
    let message = impossible(&|scores| scores["overall"]["circular"] = json!(1e300));
    assert!(message.contains("`overall` has a share of 1"), "{message}");
    let message = impossible(&|scores| scores["overall"]["samples"] = json!(u64::MAX));
    assert!(message.contains("the counts of `overall` contradict each other"), "{message}");
    let message = impossible(&|scores| scores["cells"][0]["samples"] = json!(u64::MAX));
    assert!(message.contains("holds impossible numbers"), "{message}");
}

#[test]
fn answers_of_endless_names_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 1);
    let line = json!({"id": rows[0].id, "response": "A", "model": "m".repeat(10_000_000)});
    fs::write(dir.path().join("a.jsonl"), format!("{line}\n")).unwrap();
    let output = vniah(dir.path(), &["score", "set", "a.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("a.jsonl:1: `model` is longer than 1000 characters"),
        "{}",
        stderr(&output)
    );
}
