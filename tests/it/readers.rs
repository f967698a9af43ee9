//! What readers of datasets, plans and answers refuse, through the real program: each file is named, with what to do.

use std::fs::{self, File};
use std::process::Command;

use serde_json::Value;

use super::bench::{Bench, said};
use super::score;

const SPEC: &str = "[[tasks]]\ntype = \"ret_edit1\"\n";

/// Changes one JSON file.
fn amend(bench: &Bench, name: &str, change: impl Fn(&mut Value)) {
    let path = bench.path(name);
    let mut value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut value);
    vniah::files::write_json(&path, &value).unwrap();
}

/// Runs a command that has to fail, and gives its exit code and what it says.
fn refused(bench: &Bench, args: &[&str]) -> (i32, String) {
    let output = bench.run(args);
    (output.status.code().unwrap(), said(&output))
}

#[test]
fn manifests_and_parts_of_other_versions_are_refused_by_every_command() {
    let bench = Bench::new(SPEC);
    bench.made("set");
    bench.done(&["generate", "spec.toml", "-o", "part", "--cache", "cache", "--shard", "0/1"]);
    let ours = vniah::dataset::FORMAT_VERSION;
    for (version, age) in [(ours + 94, "newer"), (ours - 1, "older")] {
        amend(&bench, "set/manifest.json", |manifest| manifest["format_version"] = version.into());
        amend(&bench, "part/shard.json", |part| part["manifest"]["format_version"] = version.into());
        let before = bench.tree("set");
        let expected = format!("has format version {version}, and this program reads version {ours}");
        for args in [
            &["verify", "set", "--cache", "cache"][..],
            &["materialize", "set", "--cache", "cache"],
            &["audit", "set"],
            &["generate", "spec.toml", "-o", "set", "--cache", "cache"],
            &["merge", "-o", "merged", "part"],
        ] {
            let (code, message) = refused(&bench, args);
            assert_eq!(code, 3, "{args:?}: {message}");
            assert!(message.contains(&expected) && message.contains(age), "{args:?}: {message}");
        }
        super::bench::assert_same(&before, &bench.tree("set"));
    }
    amend(&bench, "set/manifest.json", |manifest| {
        manifest.as_object_mut().unwrap().remove("format_version");
    });
    let (code, message) = refused(&bench, &["verify", "set", "--cache", "cache"]);
    assert!(code == 3 && message.contains("states no format version"), "{message}");
}

#[test]
fn plans_of_other_versions_are_refused() {
    let bench = Bench::new(SPEC);
    bench.done(&["plan", "spec.toml", "--cache", "cache", "-o", "plan.jsonl"]);
    let text = fs::read_to_string(bench.path("plan.jsonl")).unwrap();
    let ours = vniah::plan::FORMAT_VERSION;
    let other = format!("\"format_version\":{}", ours + 1);
    bench.write("plan.jsonl", &text.replacen(&format!("\"format_version\":{ours}"), &other, 1));
    let (code, message) = refused(&bench, &["audit", "plan.jsonl"]);
    assert_eq!(code, 3, "{message}");
    assert!(message.contains(&format!("has format version {}", ours + 1)), "{message}");
}

#[test]
fn samples_that_lack_a_rotation_are_not_scored() {
    let bench = Bench::new("");
    let rows = score::dataset(bench.dir.path(), 1);
    let answers: Vec<_> =
        rows.iter().map(|row| serde_json::json!({"id": row.id, "response": row.gt_option})).collect();
    vniah::files::write_json_lines(&bench.path("answers.jsonl"), &answers).unwrap();
    let score = ["score", "set", "answers.jsonl", "-o", "scores.json"];
    bench.done(&score);
    let first: Vec<_> = rows.iter().filter(|row| row.rotation == 0).collect();
    vniah::files::write_json_lines(&bench.path("set/metadata.jsonl"), &first).unwrap();
    let (code, message) = refused(&bench, &score);
    assert_eq!(code, 3, "{message}");
    let expected = "sample `h0_ret_edit1` has 4 options but 1 row, of `try` 0: expected one row for each rotation, `try` 0 to 3";
    assert!(message.contains(expected), "{message}");
    // All rows, of which one asks in the rotation of another.
    let mut twice = rows.clone();
    twice[1].options = twice[0].options.clone();
    twice[1].gt_option = twice[0].gt_option.clone();
    vniah::files::write_json_lines(&bench.path("set/metadata.jsonl"), &twice).unwrap();
    let (code, message) = refused(&bench, &score);
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("its options are not those of try 0 shifted by 1"), "{message}");
}

#[test]
fn answers_under_another_key_are_no_missing_answers() {
    let bench = Bench::new("");
    let rows = score::dataset(bench.dir.path(), 1);
    for key in ["prediction", "answer"] {
        let answers: Vec<_> = rows.iter().map(|row| serde_json::json!({"id": row.id, key: "B"})).collect();
        vniah::files::write_json_lines(&bench.path("answers.jsonl"), &answers).unwrap();
        let (code, message) = refused(&bench, &["score", "set", "answers.jsonl", "-o", "scores.json"]);
        assert_eq!(code, 3, "{message}");
        assert!(
            message.contains(&format!("none of its 36 lines has `response`; the keys are `{}`", {
                let mut keys = ["id", key];
                keys.sort_unstable();
                keys.join("`, `")
            })),
            "{message}"
        );
        let import =
            format!("`vniah import OUT answers.jsonl --response-column {key} -o imported.jsonl` reads them");
        assert!(message.contains(&import), "{message}");
        assert!(!bench.path("scores.json").exists());
    }
    // Requests that all failed are missing answers.
    let failed: Vec<_> = rows
        .iter()
        .map(|row| serde_json::json!({"id": row.id, "response": null, "status": "error"}))
        .collect();
    vniah::files::write_json_lines(&bench.path("answers.jsonl"), &failed).unwrap();
    bench.done(&["score", "set", "answers.jsonl", "-o", "scores.json"]);
}

#[test]
fn a_machine_that_is_short_of_descriptors_says_nothing_of_the_dataset() {
    let bench = Bench::new("");
    bench.made("set");
    let command =
        format!("ulimit -n 12; exec {} verify set --cache cache --jobs 16", env!("CARGO_BIN_EXE_vniah"));
    let output = Command::new("sh").args(["-c", &command]).current_dir(bench.dir.path()).output().unwrap();
    let message = said(&output);
    assert!(message.contains("Too many open files"), "{message}");
    assert_eq!(output.status.code(), Some(4), "{message}");
    bench.done(&["verify", "set", "--cache", "cache", "--jobs", "16"]);
}

#[test]
fn two_processes_do_not_materialize_one_dataset_at_once() {
    let bench = Bench::new(SPEC);
    bench.done(&["generate", "spec.toml", "-o", "set", "--cache", "cache", "--store", "recipe"]);
    let materialize = ["materialize", "set", "--cache", "cache"];
    fs::create_dir(bench.path("set/.vniah")).unwrap();
    let lock = File::create(bench.path("set/.vniah/lock")).unwrap();
    lock.lock().unwrap();
    let (code, message) = refused(&bench, &materialize);
    assert!(code == 3 && message.contains("is being written by another process"), "{code}: {message}");
    drop(lock);
    bench.done(&materialize);
    assert!(bench.path("set/videos/ret_edit1-bar-0.mp4").is_file());
    assert!(!bench.path("set/.vniah").exists());
}

#[test]
fn frames_and_specs_that_were_left_unfinished_are_finished() {
    let bench = Bench::new(SPEC);
    bench.made("set");
    let frames =
        |out: &'static str, sampler: &'static str| ["frames", "set", "--sampler", sampler, "-o", out];
    bench.done(&frames("whole", "linspace(5)"));
    let whole = bench.tree("whole");
    // What a run leaves that was stopped after its first pictures.
    bench.done(&frames("begun", "linspace(5)"));
    let begun = bench.path("begun");
    fs::remove_file(begun.join("index.jsonl")).unwrap();
    fs::remove_dir_all(begun.join("ret_edit1-bay-0")).unwrap();
    let (code, message) = refused(&bench, &frames("begun", "linspace(5)"));
    assert!(code == 2 && message.contains("is not empty: nothing is overwritten"), "{message}");
    fs::write(begun.join(".vniah-unfinished"), "another content").unwrap();
    let (code, message) = refused(&bench, &frames("begun", "linspace(5)"));
    assert!(
        code == 2 && message.contains("unfinished frames of another dataset or other settings"),
        "{message}"
    );
    fs::remove_file(begun.join(".vniah-unfinished")).unwrap();

    let args = frames("stopped", "linspace(5)");
    let mut child = bench.begin(&args);
    let mark = bench.path("stopped/.vniah-unfinished");
    while child.try_wait().unwrap().is_none() && !mark.exists() {
        std::thread::yield_now();
    }
    child.kill().ok();
    child.wait().unwrap();
    if mark.exists() {
        bench.done(&args);
    }
    super::bench::assert_same(&whole, &bench.tree("stopped"));

    bench.done(&["init", "my"]);
    fs::remove_file(bench.path("my/haystacks.toml")).unwrap();
    bench.done(&["init", "my"]);
    assert!(bench.path("my/haystacks.toml").is_file());
}
