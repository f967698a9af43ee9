//! `vniah import` and `score --vnbench` through the real program, on files in `tests/import`. Its `make.py` says which tool
//! wrote which: `inspect.*` are `inspect_ai`'s own, `lmms_*` lmms-eval 0.7.3's of an exported task, spreadsheets and tables
//! pandas' in `VLMEvalKit`'s columns, the others are in the layouts that `VNBench`'s scripts write.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::score::{dataset, stderr, vniah};

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name).display().to_string()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_layout_gives_the_same_score() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 1);
    assert_eq!(rows.len(), 36);
    let files = [
        ("vnbench_a.jsonl", "vnbench-a"),
        ("vnbench_b.jsonl", "vnbench-b"),
        ("lmms_samples.jsonl", "lmms-eval"),
        ("lmms_by_position.jsonl", "lmms-eval"),
        ("vlmevalkit.xlsx", "vlmevalkit"),
        ("vlmevalkit.tsv", "vlmevalkit"),
        ("vlmevalkit.json", "vlmevalkit"),
        ("inspect.eval", "inspect"),
        ("inspect.json", "inspect"),
        ("plain.jsonl", "jsonl"),
        ("plain.csv", "csv"),
    ];
    let mut figures = Vec::new();
    for (name, format) in files {
        let arguments = ["import", "set", &fixture(name), "-o", "a.jsonl", "--json"];
        let output = vniah(dir.path(), &arguments);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains(&format!("36 rows of the layout {format};")), "{name}: {said}");
        let account: Value = serde_json::from_slice(&output.stdout).unwrap();
        for (field, want) in [("read", 36), ("answered", 36), ("failed", 4), ("unjoined", 0), ("absent", 0)] {
            assert_eq!(account[field], want, "{name}: {field}");
        }
        let stated = vniah(dir.path(), &[&arguments[..], &["--format", format]].concat());
        assert_eq!((stated.status.code(), stated.stdout), (Some(0), output.stdout), "{name}");
        let scored = vniah(dir.path(), &["score", "set", "a.jsonl", "--model", "m", "-o", "s.json"]);
        assert!(scored.status.success(), "{name}: {}", stderr(&scored));
        let scores = read(&dir.path().join("s.json"));
        figures.push((name, scores["overall"].clone(), scores["types"].clone()));
    }
    // Retrieval is right, a quarter of what is answered with A is, and four requests failed.
    assert_eq!(figures[0].1["circular"], 0.333_333);
    assert_eq!(figures[0].1["missing"], 4);
    assert_eq!(figures[0].2["ret_edit1"]["circular"], 1.0);
    assert_eq!(figures[0].2["cnt_edit2"]["per_try"], 0.25);
    for (name, overall, types) in &figures[1..] {
        assert_eq!((overall, types), (&figures[0].1, &figures[0].2), "{name}");
    }
}

#[test]
fn what_does_not_join_is_told() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path(), 2);
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    let half = vniah(dir.path(), &["import", "set", &fixture("plain.csv"), "-o", "a.jsonl"]);
    assert!(half.status.success());
    assert!(
        stderr(&half).contains("36 rows of the dataset are absent, and score as missing: `h1_ret_edit1_0`"),
        "{}",
        stderr(&half)
    );
    write("two.csv", "id,response\nh0_ret_edit1_0,A\nh0_ret_edit1_0,B\nh0_ret_edit1_1,A\nx,A\n");
    let two = vniah(dir.path(), &["import", "set", "two.csv", "-o", "b.jsonl"]);
    assert_eq!(two.status.code(), Some(3));
    for wanted in [
        "1 row joins no row of the dataset: line 5: `x`",
        "1 row replies otherwise than another: line 3: `h0_ret_edit1_0`",
        "hint: --duplicates first|last chooses which to take",
    ] {
        assert!(stderr(&two).contains(wanted), "{}", stderr(&two));
    }
    assert!(!dir.path().join("b.jsonl").exists());
    let last = vniah(dir.path(), &["import", "set", "two.csv", "-o", "b.jsonl", "--duplicates", "last"]);
    assert!(last.status.success());
    let text = fs::read_to_string(dir.path().join("b.jsonl")).unwrap();
    assert!(text.starts_with("{\"id\":\"h0_ret_edit1_0\",\"response\":\"B\""), "{text}");
    write("none.csv", "id,response\nx,A\n");
    let none = vniah(dir.path(), &["import", "set", "none.csv", "-o", "c.jsonl"]);
    assert_eq!(none.status.code(), Some(3));
    write("named.csv", "row,said\nh0_ret_edit1_0,A\n");
    let named =
        ["import", "set", "named.csv", "-o", "d.jsonl", "--id-column", "row", "--response-column", "said"];
    assert!(vniah(dir.path(), &named).status.success());
    write("notes.txt", "mine\n");
    let mine = vniah(dir.path(), &["import", "set", "named.csv", "-o", "notes.txt"]);
    assert_eq!(
        (mine.status.code(), fs::read_to_string(dir.path().join("notes.txt")).unwrap()),
        (Some(2), "mine\n".to_owned())
    );
}

#[test]
fn a_file_that_states_other_right_letters_is_of_another_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = dataset(dir.path(), 1);
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("letters.csv", "id,gt_option,response\nh0_ret_edit1_0,A,B\nh0_ret_edit1_1,D,B\n");
    write("wrong.csv", "id,gt_option,response\nh0_ret_edit1_0,B,B\nh0_ret_edit1_1,D,B\n");
    // Neither a reply nor a right answer in words is a letter that contradicts.
    write("words.csv", "id,gt_option,response\nh0_ret_edit1_0,Alice,B\nh0_ret_edit1_1,,B\n");
    // What another tool calls an answer is the right one only where VLMEvalKit wrote the table.
    write("read.csv", "id,answer,response\nh0_ret_edit1_0,B,It is B.\n");
    // A number as a text is an option, and not the place of one.
    let text = serde_json::json!({"video_path": "h0_ret_edit1.mp4", "pred": "B", "gt": "3", "task_type": "ret_edit1", "try": 0});
    write("text.jsonl", &text.to_string());
    let import = |file: &str| vniah(dir.path(), &["import", "set", file, "-o", "a.jsonl"]);
    for (file, code) in
        [("letters.csv", 0), ("words.csv", 0), ("read.csv", 0), ("text.jsonl", 0), ("wrong.csv", 3)]
    {
        let output = import(file);
        assert_eq!(output.status.code(), Some(code), "{file}: {}", stderr(&output));
    }
    let told = stderr(&import("wrong.csv"));
    assert!(
        told.contains("1 row of `wrong.csv` states another right letter than the dataset has: line 2"),
        "{told}"
    );
    // In every layout that has a place for it: the same rows with another option in front.
    for row in rows.iter_mut().filter(|row| !row.id.starts_with("h0_ret")) {
        row.options.rotate_left(1);
        let right = row.options.iter().position(|option| *option == row.gt).unwrap();
        row.gt_option = vniah::dataset::letter(right);
    }
    vniah::files::write_json_lines(&dir.path().join("set/metadata.jsonl"), &rows).unwrap();
    for name in [
        "vnbench_a.jsonl",
        "vnbench_b.jsonl",
        "lmms_samples.jsonl",
        "lmms_by_position.jsonl",
        "vlmevalkit.xlsx",
        "vlmevalkit.tsv",
        "vlmevalkit.json",
        "inspect.eval",
        "inspect.json",
    ] {
        let output = import(&fixture(name));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{name}: {told}");
        assert!(told.contains("24 rows of") && told.contains("state another right letter"), "{name}: {told}");
    }
}

#[test]
fn answers_of_our_own_keep_what_they_record() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path(), 1);
    let line = "{\"id\": \"h0_ret_edit1_0\", \"response\": \"A\", \"model\": \"m\", \"sampler\": \"linspace(2)\", \"indices\": [3, 8], \
                \"sound\": \"none\", \"usage\": {\"prompt_tokens\": 7}, \"latency_ms\": 3}\n";
    fs::write(dir.path().join("a.jsonl"), line).unwrap();
    let output = vniah(dir.path(), &["import", "set", "a.jsonl", "-o", "b.jsonl"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let kept = read(&dir.path().join("b.jsonl"));
    assert_eq!((&kept["sampler"], &kept["indices"]), (&"linspace(2)".into(), &serde_json::json!([3, 8])));
    assert_eq!((&kept["sound"], &kept["usage"]["prompt_tokens"]), (&"none".into(), &7.into()));
    assert_eq!((&kept["model"], &kept["response"]), (&"m".into(), &"A".into()));
}

#[test]
fn vnbench_files_are_scored_by_their_own_answers() {
    let dir = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for name in ["vnbench_a.jsonl", "vnbench_b.jsonl"] {
        let output =
            vniah(dir.path(), &["score", "--vnbench", &fixture(name), "-o", "s.json", "--model", "m"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("`ret_insert1` is the fruit, `ret_insert2` the landmark"),
            "{}",
            stderr(&output)
        );
        let scores = read(&dir.path().join("s.json"));
        assert_eq!(scores["types"].as_object().unwrap().len(), 9);
        assert_eq!((&scores["overall"]["samples"], &scores["overall"]["missing"]), (&9.into(), &4.into()));
        assert_eq!(scores["overall"]["circular"], 0.333_333);
        assert_eq!(scores["types"]["ret_insert1"]["circular"], 1.0);
        all.push((scores["overall"].clone(), scores["types"].clone(), scores["letter_rules"].clone()));
    }
    assert_eq!(all[0], all[1]);
    let swapped = ["score", "--vnbench", &fixture("vnbench_a.jsonl"), "--labels", "swapped"];
    let output = vniah(dir.path(), &swapped);
    assert!(stderr(&output).contains("8 rows have another label in the file"), "{}", stderr(&output));
    for (arguments, code) in [
        (vec!["score", "--vnbench", "absent.jsonl"], 3),
        (vec!["score", "--vnbench", &fixture("plain.jsonl")], 3),
        (vec!["score"], 2),
        (vec!["score", "set", "a.jsonl", "--labels", "swapped"], 2),
    ] {
        let output = vniah(dir.path(), &arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
    }
}
