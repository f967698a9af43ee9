//! Exported tasks have replies read by `vniah grade`: to the verdicts and figures of `vniah score`. That the tools run the tasks,
//! `tests/ecosystem` shows.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use vniah::dataset::Row;

use super::ask::rows;
use super::bench::{Bench, said};
use super::recipes::recipes;

/// One type in both forms, and every other kind of figure.
const SPEC: &str = "[[tasks]]\ntype = \"ret_edit1\"\nform = [\"choice\", \"open\"]\n[[tasks]]\ntype = \"ord_edit1\"\n\
                    [[tasks]]\ntype = \"cnt_edit1\"\nform = \"open\"\n[[tasks]]\ntype = \"when_edit1\"\nform = \"open\"\n\
                    durations = [\"1s\", \"2s\"]\n";

fn dataset() -> Bench {
    let bench = Bench::new(SPEC);
    bench.made("set");
    bench
}

/// Replies in all ways: right, wrong, in words that VNBench's rule misreads, unreadable, and failed.
fn replies(rows: &[Row]) -> BTreeMap<String, Option<String>> {
    let reply = |(at, row): (usize, &Row)| {
        let right = if row.has_options() { &row.gt_option } else { &row.answer };
        let reply = match at % 7 {
            0 => Some(format!("Answer: {right}")),
            1 => Some("I cannot tell.".to_owned()),
            2 => Some(if row.has_options() { "B" } else { "7" }.to_owned()),
            3 => Some("[LMMS_EVAL_REQUEST_FAILED after 5 retries] Connection error.".to_owned()),
            4 => None,
            _ => Some(right.clone()),
        };
        (row.id.clone(), reply)
    };
    rows.iter().enumerate().map(reply).collect()
}

/// The same as answers, as `score` takes them: a request that failed has no reply.
fn answers(replies: &BTreeMap<String, Option<String>>) -> String {
    let line = |(id, reply): (&String, &Option<String>)| {
        let reply = reply.as_ref().filter(|reply| !reply.starts_with("[LMMS"));
        json!({"id": id, "response": reply}).to_string() + "\n"
    };
    replies.iter().map(line).collect()
}

/// The verdicts of `score` on `answers.jsonl` by a letter rule, by sample.
fn verdicts(bench: &Bench, rule: &str) -> BTreeMap<String, Value> {
    let scores = bench.done(&["score", "set", "answers.jsonl", "--json", "--model", "m", "--rule", rule]);
    let mut scores: Value = serde_json::from_str(&scores).unwrap();
    let samples = scores["verdicts"].as_array_mut().unwrap().drain(..);
    samples.map(|sample| (sample["sample_id"].as_str().unwrap().to_owned(), sample)).collect()
}

/// Runs `vniah grade` on lines.
fn graded(bench: &Bench, dir: &str, lines: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
    command.args(["grade", dir]).current_dir(bench.dir.path());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Python with the program on `PATH`, or with nothing there.
fn python(dir: &Path, program: &str, has_vniah: bool) -> Output {
    // The interpreter itself: what is first on `PATH` may be a script that needs `PATH`.
    let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
    let python = String::from_utf8(python.stdout).unwrap();
    let beside = Path::new(env!("CARGO_BIN_EXE_vniah")).parent().unwrap();
    let path = if has_vniah { beside.as_os_str() } else { "".as_ref() };
    Command::new(python.trim()).args(["-c", program]).current_dir(dir).env("PATH", path).output().unwrap()
}

#[test]
fn replies_are_graded_one_by_one_as_they_are_scored() {
    let bench = dataset();
    let rows = rows(&bench);
    let replies = replies(&rows);
    let lines: String = rows
        .iter()
        .map(|row| json!({"id": row.id, "response": replies[&row.id]}).to_string() + "\n\n")
        .collect();
    let output = graded(&bench, "set", &lines);
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    bench.write("answers.jsonl", &answers(&replies));
    let [robust, official] = ["robust", "official"].map(|rule| verdicts(&bench, rule));
    let mut seen = BTreeMap::new();
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(line["id"], row.id.as_str());
        let sample = &robust[&row.sample_id];
        for key in ["type", "task", "cluster"] {
            assert_eq!(line[key], sample[key], "{}", row.id);
        }
        let verdict = |of: &Value| match (of["correct"].as_bool().unwrap(), of["answer"].as_str()) {
            (true, _) => 'C',
            (false, Some(_)) => 'I',
            (false, None) if of["reason"] == "missing" => 'M',
            (false, None) => 'U',
        };
        let try_ = row.id.rsplit_once('_').unwrap().1.parse::<usize>().unwrap();
        let scored = |sample: &Value| sample["verdicts"].as_str().unwrap().chars().nth(try_).unwrap();
        assert_eq!(verdict(line), scored(sample), "{line}");
        if row.has_options() {
            assert_eq!(verdict(&line["official"]), scored(&official[&row.sample_id]), "{line}");
        } else {
            assert_eq!(line["official"], Value::Null);
        }
        *seen.entry(verdict(line)).or_insert(0) += 1;
    }
    assert_eq!(lines.len(), rows.len());
    assert_eq!(seen.len(), 4, "{seen:?}");
    for (line, wanted) in [
        ("{\"id\":\"x\"}\n", "`set` has no row `x`"),
        ("{}\n", "standard input, line 1: expected an object with the strings `id` and `response`"),
    ] {
        let refused = graded(&bench, "set", line);
        assert_eq!(refused.status.code(), Some(3));
        assert!(said(&refused).contains(wanted), "{}", said(&refused));
    }
}

#[test]
fn exported_functions_have_the_figures_of_score() {
    let bench = dataset();
    let rows = rows(&bench);
    let replies = replies(&rows);
    bench.write("answers.jsonl", &answers(&replies));
    let scores: Value =
        serde_json::from_str(&bench.done(&["score", "set", "answers.jsonl", "--json", "--model", "m"]))
            .unwrap();
    bench.write("replies.json", &serde_json::to_string(&replies).unwrap());
    bench.done(&["export", "set", "--to", "lmms-eval,vlmevalkit,inspect", "-o", "out"]);
    let program = "import json, scoring\n\
                   grader = scoring.Grader('..')\n\
                   replies = json.load(open('../../replies.json'))\n\
                   print(json.dumps(scoring.figures([grader.grade(*item) for item in replies.items()])))\n";
    let mut all = Vec::new();
    for dir in ["out/lmms_eval_task", "out/vlmevalkit", "out/inspect_task"] {
        let output = python(&bench.path(dir), program, true);
        assert!(output.status.success(), "{}", said(&output));
        all.push(serde_json::from_slice::<BTreeMap<String, f64>>(&output.stdout).unwrap());
    }
    assert!(all[0] == all[1] && all[1] == all[2]);
    let figures = &all[0];
    let is = |name: &str, wanted: &Value| {
        let wanted = wanted.as_f64().unwrap();
        assert!((figures[name] - wanted).abs() < 1e-6, "{name}: {} is not {wanted}", figures[name]);
    };
    is("main", &scores["overall"]["main"]["value"]);
    is("circular", &scores["overall"]["circular"]);
    is("per_try", &scores["overall"]["per_try"]);
    for (task, group) in scores["tasks"].as_object().unwrap() {
        is(&format!("task_{task}"), &group["main"]["value"]);
    }
    for (kind, group) in scores["types"].as_object().unwrap() {
        let prefix = group["form"].as_str().unwrap().replace("choice", "type");
        is(&format!("{prefix}_{}", kind.trim_end_matches(" (open)")), &group["main"]["value"]);
    }
    let official = &scores["letter_rules"]["official"]["types"];
    let mean = |types: &Value| {
        let [one, other] = ["ret_edit1", "ord_edit1"].map(|kind| types[kind]["per_try"].as_f64().unwrap());
        f64::midpoint(one, other)
    };
    is("official_per_try", &json!(mean(official)));
    assert!(mean(official) < mean(&scores["types"]) && figures["mIoU"] > 0.0, "{figures:?}");
    // The task of lmms-eval names these metrics, and no other.
    let task = fs::read_to_string(bench.path("out/lmms_eval_task/vniah.yaml")).unwrap();
    let metrics = task.lines().filter_map(|line| line.strip_prefix("  - metric: "));
    let mut named: Vec<&str> = metrics.map(|name| name.trim_matches('"')).collect();
    named.sort_unstable();
    assert_eq!(named, figures.keys().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_task_that_finds_no_vniah_says_what_to_install() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    bench.done(&["export", "set", "--to", "lmms-eval", "-o", "out"]);
    let output = python(&bench.path("out/lmms_eval_task"), "import utils", false);
    assert!(!output.status.success());
    let wanted = "this task reads replies with vniah, which is not installed: install its wheel into this Python (`pip install \
                  vniah-*.whl`), or put the directory of the program `vniah` on PATH";
    assert!(said(&output).contains(wanted), "{}", said(&output));
    // What cannot be graded is told when the task is loaded, too.
    fs::remove_file(bench.path("out/metadata.jsonl")).unwrap();
    let output = python(&bench.path("out/lmms_eval_task"), "import utils", true);
    assert!(!output.status.success() && said(&output).contains("metadata.jsonl"), "{}", said(&output));
}

#[test]
fn a_task_of_inspect_has_a_sample_a_row() {
    let bench = dataset();
    bench.done(&["export", "set", "--to", "inspect", "-o", "out", "--name", "my-task"]);
    let tree = bench.tree("out");
    let samples = std::str::from_utf8(&tree["inspect_task/samples.jsonl"]).unwrap();
    let samples: Vec<Value> = samples.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows = rows(&bench);
    assert_eq!(samples.len(), rows.len());
    for (sample, row) in samples.iter().zip(&rows) {
        assert_eq!(sample["id"], row.id.as_str());
        // The whole prompt, as the column of the row has it.
        assert_eq!(sample["prompt"], row.prompt_text.as_str());
        assert_eq!(sample["target"], if row.has_options() { &*row.gt_option } else { &*row.answer });
        assert!(tree.contains_key(sample["video"].as_str().unwrap()), "{sample}");
    }
    assert_eq!(tree["metadata.jsonl"], bench.tree("set")["metadata.jsonl"]);
    let task = std::str::from_utf8(&tree["inspect_task/task.py"]).unwrap();
    assert!(task.contains("\n@task(name=\"my-task\")\n") && !task.contains("{name}"), "{task}");
}

#[test]
fn an_export_of_recipes_that_was_stopped_is_resumed() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"cnt_edit1\"\n");
    recipes(&bench, "set", &[]);
    let export = || bench.run(&["export", "set", "--to", "inspect", "-o", "out", "--cache", "cache"]);
    let first = export();
    assert!(said(&first).contains("wrote 4 videos, 0 were there"), "{}", said(&first));
    let whole = bench.tree("out");
    let video = bench.path("out/videos/ret_edit1-bay-0.mp4");
    let content = fs::read(&video).unwrap();
    fs::remove_file(&video).unwrap();
    let second = export();
    assert!(said(&second).contains("wrote 1 video, 3 were there"), "{}", said(&second));
    super::bench::assert_same(&whole, &bench.tree("out"));
    // Half a video is not taken for the whole, and not written over.
    fs::write(&video, &content[..content.len() / 2]).unwrap();
    let refused = export();
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
    assert!(said(&refused).contains("ret_edit1-bay-0.mp4` already exists and differs"), "{}", said(&refused));
}
