//! `vniah score` through the real program.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails its test by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vniah::dataset::{NeedleRow, Row, letter};
use vniah::time::FrameSpan;

/// Runs the program in `dir`.
pub(crate) fn vniah(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah")).args(arguments).current_dir(dir).output().unwrap()
}

/// What it wrote to stderr.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A dataset of nine types on each of `haystacks`, four tries a sample, in `dir/set`.
pub(crate) fn dataset(dir: &Path, haystacks: usize) -> Vec<Row> {
    const TYPES: [(&str, &str); 9] = [
        ("retrieval", "ret_edit1"),
        ("retrieval", "ret_insert1"),
        ("retrieval", "ret_insert2"),
        ("ordering", "ord_edit1"),
        ("ordering", "ord_insert1"),
        ("ordering", "ord_insert2"),
        ("counting", "cnt_edit1"),
        ("counting", "cnt_insert1"),
        ("counting", "cnt_edit2"),
    ];
    let mut rows = Vec::new();
    for haystack in 0..haystacks {
        for (index, (task, kind)) in TYPES.into_iter().enumerate() {
            for rotation in 0..4 {
                let mut options = ["Alice", "Bob", "Carol", "Dave"].map(str::to_owned).to_vec();
                let gt = options[(haystack * 5 + index * 3) % 4].clone();
                options.rotate_left(rotation);
                rows.push(row(haystack, task, kind, options, gt, rotation as u32));
            }
        }
    }
    fs::create_dir_all(dir.join("set")).unwrap();
    vniah::files::write_json_lines(&dir.join("set/metadata.jsonl"), &rows).unwrap();
    rows
}

fn row(haystack: usize, task: &str, kind: &str, options: Vec<String>, gt: String, rotation: u32) -> Row {
    let num_frames = 300 + 150 * haystack as u64;
    let start = num_frames * (haystack as u64 % 10) / 12;
    let sample_id = format!("h{haystack}_{kind}");
    let needle = NeedleRow {
        key: String::new(),
        label: gt.clone(),
        kind: "overlay-text".to_owned(),
        start_frame: start,
        end_frame: start + 25,
        x: 40,
        y: 140,
        w: 240,
        h: 30,
        is_distractor: false,
        motion: vniah::needle::Motion::default(),
    };
    Row {
        id: format!("{sample_id}_{rotation}"),
        file_name: format!("videos/{sample_id}.mp4"),
        video_path: format!("videos/{sample_id}.mp4"),
        sample_id,
        kind: kind.to_owned(),
        task: task.to_owned(),
        language: vniah::language::Language::En,
        question: "What is the secret word?".to_owned(),
        gt_option: letter(options.iter().position(|option| *option == gt).unwrap()),
        options,
        gt,
        rotation,
        length: num_frames as f64 / 25.0,
        num_frames,
        fps_num: 25,
        fps_den: 1,
        width: 320,
        height: 180,
        haystack_ids: vec![format!("h{haystack}")],
        cell_length: String::new(),
        cell_depth_permille: -1,
        cell_depth_of: String::new(),
        cell_window_start: -1,
        cell_window_end: -1,
        depth_permille: vec![(start * 1000 / num_frames) as u16],
        needle_time: vec![start as f64 / 25.0],
        needle_frames: vec![FrameSpan::new(start, start + 25).unwrap()],
        needles: vec![needle],
        difficulty: vniah::dataset::DifficultyRecord::default(),
        difficulty_effective: vniah::needle::Effective::default(),
        sha256: "0".repeat(64),
        ..Row::unstated()
    }
    .completed()
}

/// Writes answers; none for rows to which `reply` gives nothing.
pub(crate) fn answers(path: PathBuf, rows: &[Row], reply: impl Fn(&Row) -> Option<String>) {
    let lines: String = rows
        .iter()
        .filter_map(|row| {
            let response = reply(row)?;
            Some(format!(
                "{}\n",
                serde_json::json!({"id": row.id, "response": response, "model": "toy", "tokens": 3})
            ))
        })
        .collect();
    fs::write(path, lines).unwrap();
}

fn scores(path: &Path) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn always_a_on_all_of_vnbench_is_at_chance() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 150);
    answers(dir.path().join("a.jsonl"), &rows, |_| Some("A".to_owned()));
    let output = vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "scores.json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let scores = scores(&dir.path().join("scores.json"));
    assert_eq!(scores["overall"]["samples"], 1350);
    assert_eq!(scores["overall"]["circular"], 0.0);
    assert_eq!(scores["overall"]["per_try"], 0.25);
    assert_eq!(scores["chance"]["circular_content"], 0.25);
}

#[test]
fn the_table_and_the_file_are_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 12);
    // Right on the first eight haystacks; wordy on one, every option on another, silent on the last.
    answers(dir.path().join("a.jsonl"), &rows, |row| match row.haystack_ids[0].as_str() {
        "h8" => Some("C".to_owned()),
        "h9" => Some(format!("Answer: {}", row.gt_option)),
        "h10" => Some(row.options.join(" or ")),
        "h11" => None,
        _ => Some(row.gt_option.clone()),
    });
    let output = vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "scores.json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!("score_table", String::from_utf8(output.stdout).unwrap());
    let text = fs::read_to_string(dir.path().join("scores.json")).unwrap();
    insta::assert_snapshot!("scores_json", text);
    let json = vniah(dir.path(), &["score", "set", "a.jsonl", "--json"]);
    assert_eq!(String::from_utf8(json.stdout).unwrap(), text);
    let official = vniah(dir.path(), &["score", "set", "a.jsonl", "--json", "--rule", "official"]);
    let official: serde_json::Value = serde_json::from_slice(&official.stdout).unwrap();
    assert_eq!(official["rule"], "official");
    assert_eq!(
        official["overall"]["circular"],
        scores(&dir.path().join("scores.json"))["letter_rules"]["official"]["overall"]["circular"]
    );
}

#[test]
fn several_files_are_one_run_and_their_order_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 3);
    answers(dir.path().join("1.jsonl"), &rows[..50], |row| Some(row.gt_option.clone()));
    answers(dir.path().join("2.jsonl"), &rows[50..], |row| Some(row.gt_option.clone()));
    let one = vniah(dir.path(), &["score", "set", "1.jsonl", "2.jsonl", "--json"]);
    let other = vniah(dir.path(), &["score", "set", "2.jsonl", "1.jsonl", "--json"]);
    assert!(one.status.success() && one.stdout == other.stdout);
    let scores: serde_json::Value = serde_json::from_slice(&one.stdout).unwrap();
    assert_eq!((&scores["overall"]["circular"], &scores["overall"]["missing"]), (&1.0.into(), &0.into()));
}

#[test]
fn answers_that_were_asked_of_other_rows_are_not_scored() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 1);
    let run = |arguments: &[&str]| {
        let output = vniah(dir.path(), arguments);
        (output.status.code(), stderr(&output))
    };
    let is_refused = |(code, told): &(Option<i32>, String), count: usize| {
        let wanted = format!("{count} answers were asked of rows of another dataset or control");
        assert!(*code == Some(3) && told.contains(&wanted), "{told}");
    };
    assert_eq!(run(&["baseline", "blind", "set", "-o", "a.jsonl"]).0, Some(0));
    assert_eq!(run(&["score", "set", "a.jsonl"]).0, Some(0));
    // Two videos that show something else, as another seed makes them: ids and right answers are the same.
    let changed = |row: &Row| {
        let sha256 = if row.task == "ordering" { "1".repeat(64) } else { row.sha256.clone() };
        Row { sha256, ..row.clone() }
    };
    let others: Vec<Row> = rows.iter().map(changed).collect();
    for place in ["other", "set/controls/no-needle"] {
        fs::create_dir_all(dir.path().join(place)).unwrap();
        vniah::files::write_json_lines(&dir.path().join(place).join("metadata.jsonl"), &others).unwrap();
    }
    is_refused(&run(&["score", "other", "a.jsonl"]), 12);
    let control = |file: &str| format!("no-needle={file}");
    is_refused(&run(&["score", "set", "a.jsonl", "--control", &control("a.jsonl")]), 12);
    assert_eq!(run(&["baseline", "blind", "other", "-o", "b.jsonl"]).0, Some(0));
    assert_eq!(run(&["score", "set", "a.jsonl", "--control", &control("b.jsonl")]).0, Some(0));
    // What is imported says what it was asked, or was: an import does not make it another row's.
    assert_eq!(run(&["import", "other", "a.jsonl", "-o", "c.jsonl"]).0, Some(0));
    is_refused(&run(&["score", "other", "c.jsonl"]), 12);
    fs::write(dir.path().join("plain.csv"), "id,response\nh0_ord_edit1_0,A\nh0_ord_edit1_1,A\n").unwrap();
    assert_eq!(run(&["import", "set", "plain.csv", "-o", "d.jsonl"]).0, Some(0));
    assert_eq!(run(&["score", "set", "d.jsonl"]).0, Some(0));
    is_refused(&run(&["score", "other", "d.jsonl"]), 2);
    // Answers that do not say it are scored.
    answers(dir.path().join("e.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    assert_eq!(run(&["score", "other", "e.jsonl"]).0, Some(0));
}

#[test]
fn what_cannot_be_scored_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 1);
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    answers(dir.path().join("good.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    write(
        "unknown.jsonl",
        "{\"id\":\"h0_ret_edit1_7\",\"response\":\"A\"}\n{\"id\":\"zzz\",\"response\":\"A\"}\n",
    );
    write(
        "twice.jsonl",
        "{\"id\":\"h0_ret_edit1_0\",\"response\":\"A\"}\n{\"id\":\"h0_ret_edit1_0\",\"response\":\"B\"}\n",
    );
    write(
        "models.jsonl",
        "{\"id\":\"h0_ret_edit1_0\",\"model\":\"x\"}\n{\"id\":\"h0_ret_edit1_1\",\"model\":\"y\"}\n",
    );
    write("array.json", "[{\"id\": \"h0_ret_edit1_0\"}]\n");
    write("notes.txt", "mine\n");
    let mut gallery = Vec::new();
    for (arguments, code) in [
        (vec!["unknown.jsonl"], 3),
        (vec!["twice.jsonl"], 3),
        (vec!["models.jsonl"], 3),
        (vec!["array.json"], 3),
        (vec!["absent.jsonl"], 3),
        (vec!["good.jsonl", "-o", "notes.txt"], 2),
    ] {
        let output = vniah(dir.path(), &[&["score", "set"], arguments.as_slice()].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        gallery.push(format!("$ vniah score set {}\n{}", arguments.join(" "), stderr(&output)));
    }
    insta::assert_snapshot!("score_errors", gallery.join("\n"));
    assert_eq!(fs::read_to_string(dir.path().join("notes.txt")).unwrap(), "mine\n");
    for _ in 0..2 {
        let again = vniah(dir.path(), &["score", "set", "good.jsonl", "-o", "scores.json"]);
        assert!(again.status.success(), "scores may be written over scores");
    }
}
