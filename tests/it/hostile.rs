//! Datasets from elsewhere, made to lead commands astray: each is refused with its reason, and nothing outside of it is read or written.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Output;

use serde_json::{Value, json};

use super::bench::{Bench, said};
use super::recipes::recipes;

const TASK: &str = "[[tasks]]\ntype = \"cnt_edit1\"\n";
const VIDEO: &str = "set/videos/cnt_edit1-bar-0.mp4";

/// A bench with a small dataset of files, `set`.
fn bench() -> Bench {
    let bench = Bench::new(TASK);
    bench.made("set");
    bench
}

/// Changes the JSON file `name`.
fn edit(bench: &Bench, name: &str, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_slice(&fs::read(bench.path(name)).unwrap()).unwrap();
    change(&mut value);
    bench.write(name, &value.to_string());
}

/// The text of a dataset's rows with the first one changed.
fn first_row(text: &str, change: impl FnOnce(&mut Value)) -> String {
    let (first, rest) = text.split_once('\n').unwrap();
    let mut row = serde_json::from_str(first).unwrap();
    change(&mut row);
    format!("{row}\n{rest}")
}

fn refused(output: &Output, code: i32, message: &str) {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    assert!(said(output).contains(message), "expected: {message}\nfound: {}", said(output));
}

/// A key of a row, what it is made to say, and what is told of that.
type Case = (&'static str, Value, String);

fn paths() -> Vec<Case> {
    let path = |name: &str, reason: &str| {
        format!("row 1: `file_name` `{name}` is not a path within the dataset: {reason}")
    };
    let long = "x".repeat(100_000);
    vec![
        ("file_name", json!("../secret.txt"), path("../secret.txt", "it holds `..`")),
        ("file_name", json!("videos/../../secret.txt"), path("videos/../../secret.txt", "it holds `..`")),
        ("file_name", json!("/etc/passwd"), path("/etc/passwd", "it is absolute")),
        ("file_name", json!("//host/x.mp4"), path("//host/x.mp4", "it is absolute")),
        ("file_name", json!("metadata.jsonl"), path("metadata.jsonl", "it is not in `videos`")),
        ("file_name", json!("videosx/a.mp4"), path("videosx/a.mp4", "it is not in `videos`")),
        ("file_name", json!("videos//a.mp4"), path("videos//a.mp4", "it holds an empty part or `.`")),
        ("file_name", json!("videos/./a.mp4"), path("videos/./a.mp4", "it holds an empty part or `.`")),
        ("file_name", json!("videos/"), path("videos/", "it holds an empty part or `.`")),
        ("file_name", json!("videos/..\\..\\a"), path("videos/..\\..\\a", "it holds a backslash")),
        ("file_name", json!("videos/a\0.mp4"), path("videos/a\\u{0}.mp4", "it holds a control character")),
        ("file_name", json!("videos/a\u{1b}[2J"), path("videos/a\\u{1b}[2J", "it holds a control character")),
        (
            "file_name",
            json!(format!("videos/{long}")),
            path(&format!("videos/{}…", "x".repeat(73)), "it is longer than a file name may be"),
        ),
        (
            "video_path",
            json!("../secret.txt"),
            "row 1: `video_path` `../secret.txt` is not a path within the dataset: it holds `..`".to_owned(),
        ),
    ]
}

fn words_and_numbers() -> Vec<Case> {
    let long = "x".repeat(100_000);
    let cut = format!("{}…", "x".repeat(80));
    vec![
        (
            "sample_id",
            json!("../x"),
            "row 1: `sample_id` `../x` is not an id: expected letters, digits".to_owned(),
        ),
        ("sample_id", json!("x'+evil()+'"), "`sample_id` `x'+evil()+'` is not an id".to_owned()),
        ("sample_id", json!(".."), "row 1: `sample_id` `..` is not an id: it begins with a dot".to_owned()),
        ("sample_id", json!(""), "row 1: `sample_id` `` is not an id: it is empty".to_owned()),
        (
            "type",
            json!(long),
            format!("row 1: `type` `{cut}` cannot be used: it is longer than 500 characters"),
        ),
        (
            "task",
            json!("a\nb"),
            "row 1: `task` `a\\nb` cannot be used: it holds a control character".to_owned(),
        ),
        ("haystack_ids", json!([long]), format!("row 1: `haystack_ids` `{cut}` cannot be used")),
        (
            "num_frames",
            json!(1_u64 << 63),
            "row 1: `num_frames` is 9223372036854775808: expected at most 100,000,000".to_owned(),
        ),
        ("num_frames", json!(u64::MAX), "row 1: `num_frames` is 18446744073709551615".to_owned()),
        ("fps_den", json!(u32::MAX), "row 1: `fps_num/fps_den` is 25/4294967295: expected a rate".to_owned()),
        ("length", json!(-1.0), "row 1: `length` is -1: expected 0 to 10,000,000 seconds".to_owned()),
        ("length", json!(1e300), "expected 0 to 10,000,000 seconds".to_owned()),
        ("width", json!(u32::MAX), "row 1: `width` is 4294967295: expected at most 65,536".to_owned()),
        ("cell_depth_permille", json!(i32::MIN), "`cell_depth_permille` is -2147483648".to_owned()),
        ("cell_window_end", json!(i64::MAX), "`cell_window_end` is 9223372036854775807".to_owned()),
        ("depth_permille", json!([65535]), "row 1: `depth_permille` is 65535: expected 0 to 1000".to_owned()),
        ("needle_time", json!([1e18]), "`needle_time` is 1000000000000000000".to_owned()),
        ("needle_frames", json!([[0, u64::MAX]]), "`needle_frames` is 18446744073709551615".to_owned()),
    ]
}

#[test]
fn rows_that_say_what_no_row_may_are_refused_with_the_reason() {
    let bench = bench();
    let rows = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    for (key, value, message) in paths().into_iter().chain(words_and_numbers()) {
        bench.write("set/metadata.jsonl", &first_row(&rows, |row| row[key] = value));
        refused(&bench.run(&["coverage", "set", "--sampler", "fps(1)"]), 3, &message);
    }
    let needle = |row: &mut Value| {
        row["needles"][0]["start_frame"] = json!(u64::MAX);
    };
    bench.write("set/metadata.jsonl", &first_row(&rows, needle));
    refused(
        &bench.run(&["report", "set", "-o", "x.html"]),
        3,
        "`needles` has the frames 18446744073709551615 to",
    );
    // All problems are told at once, and the rest is counted.
    let all = |row: &mut Value| {
        row["file_name"] = json!("../a");
        row["type"] = json!("\u{7}");
        row["haystack_ids"] = json!(vec!["\n"; 30]);
    };
    bench.write("set/metadata.jsonl", &first_row(&rows, all));
    let output = bench.run(&["coverage", "set", "--sampler", "fps(1)"]);
    refused(
        &output,
        3,
        "`set/metadata.jsonl` is refused: row 1: `file_name` `../a` is not a path within the dataset",
    );
    refused(&output, 3, "row 1: `type` `\\u{7}` cannot be used");
    refused(&output, 3, "; and 12 more");
}

#[test]
fn no_command_follows_a_row_out_of_its_dataset() {
    let bench = bench();
    bench.write("secret.txt", "the secret");
    let rows = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    bench.write("set/metadata.jsonl", &rows.replace("videos/cnt_edit1-bar-0.mp4", "videos/../../secret.txt"));
    bench.write("answers.jsonl", "{\"id\":\"x\"}\n");
    let server = ["--base-url", "http://127.0.0.1:9/v1", "--model", "m"];
    for args in [
        &[&["ask", "set", "--mode", "video-url", "--video", "data", "-o", "a.jsonl"], &server[..]].concat()[..],
        &["serve", "set", "--port", "0"],
        &["frames", "set", "--sampler", "linspace(2)", "-o", "frames"],
        &["export", "set", "--to", "llava", "-o", "out"],
        &["export", "set", "--to", "webdataset"],
        &["report", "set", "-o", "page.html"],
        &["coverage", "set", "--sampler", "fps(1)"],
        &["score", "set", "answers.jsonl"],
        &["audit", "set"],
        &["verify", "set", "--cache", "cache"],
        &["baseline", "blind", "set", "-o", "b.jsonl"],
        &["baseline", "oracle", "set", "-o", "b.jsonl", "--cache", "cache"],
    ] {
        refused(
            &bench.run(args),
            3,
            "`file_name` `videos/../../secret.txt` is not a path within the dataset: it holds `..`",
        );
    }
    for made in ["a.jsonl", "b.jsonl", "frames/index.jsonl", "out", "page.html", "set/webdataset"] {
        assert!(!bench.path(made).exists(), "{made}");
    }
}

#[test]
fn a_part_cannot_write_outside_of_what_is_merged() {
    let bench = Bench::new(TASK);
    bench.done(&["generate", "spec.toml", "--shard", "0/1", "-o", "part", "--cache", "cache"]);
    let good = fs::read_to_string(bench.path("part/shard.json")).unwrap();
    bench.write("bashrc", "evil");
    let sha256 = vniah::digest::of_bytes(b"evil");
    let store = "files of a dataset lie in `videos`, `recipes`, `pictures` or `spec`";
    for (name, reason) in [
        ("videos/../../bashrc", "it holds `..`"),
        ("pictures/../../bashrc", "it holds `..`"),
        ("/tmp/bashrc", "it is absolute"),
        ("videos/a\n", "it holds a control character"),
        (".vniah/lock", "it begins with a dot"),
        ("recipes/a.recipe", store),
        ("controls/text-only/manifest.json", store),
        ("videos/deep/a.mp4", store),
        ("videos/cnt_edit1-bar-0.mp4", "it is named twice"),
    ] {
        bench.write("part/shard.json", &good);
        edit(&bench, "part/shard.json", |part| {
            let outputs = part["manifest"]["outputs"].as_array_mut().unwrap();
            outputs.push(json!({"name": name, "bytes": 4, "sha256": sha256}));
        });
        let shown = name.replace('\n', "\\n");
        let message = format!("output `{shown}` is not a path within the dataset: {reason}");
        refused(&bench.run(&["merge", "-o", "home/out", "part"]), 3, &message);
    }
    // As many parts as there are numbers are not counted out.
    for (count, message) in
        [(999_999, "parts 1/999999, 2/999999"), (u64::MAX, "it is part 0/18446744073709551615 of 2 samples")]
    {
        bench.write("part/shard.json", &good);
        edit(&bench, "part/shard.json", |part| part["shard"]["count"] = json!(count));
        let output = bench.run(&["merge", "-o", "home/out", "part"]);
        refused(&output, 3, message);
        assert!(said(&output).len() < 2000, "{}", said(&output).len());
    }
    // Rows of a part are looked at before anything is written.
    bench.write("part/shard.json", &good);
    let rows = fs::read_to_string(bench.path("part/metadata.jsonl")).unwrap();
    let rows = rows.replace("\"file_name\":\"videos/", "\"file_name\":\"../videos/");
    bench.write("part/metadata.jsonl", &rows);
    let digest = vniah::digest::of_bytes(rows.as_bytes());
    edit(&bench, "part/shard.json", |part| {
        for output in part["manifest"]["outputs"].as_array_mut().unwrap() {
            if output["name"] == "metadata.jsonl" {
                output["sha256"] = json!(digest);
            }
        }
    });
    refused(
        &bench.run(&["merge", "-o", "home/out", "part"]),
        3,
        "row 1: `file_name` `../videos/cnt_edit1-bar-0.mp4`",
    );
    assert!(!bench.path("home").exists());
}

#[test]
fn a_manifest_that_names_files_elsewhere_is_refused() {
    let bench = bench();
    bench.write("secret.txt", "the secret");
    edit(&bench, "set/manifest.json", |manifest| {
        let outputs = manifest["outputs"].as_array_mut().unwrap();
        outputs.push(json!({"name": "../secret.txt", "bytes": 10, "sha256": ""}));
    });
    let message = "output `../secret.txt` is not a path within the dataset: it holds `..`";
    for args in [
        &["verify", "set", "--cache", "cache"][..],
        &["materialize", "set", "--cache", "cache"],
        &["generate", "spec.toml", "-o", "set", "--cache", "cache"],
        &["audit", "set"],
    ] {
        refused(&bench.run(args), 3, message);
    }
}

#[test]
fn links_that_lead_out_of_a_dataset_are_not_followed_to_secrets() {
    let bench = bench();
    bench.write("secret.txt", "the secret");
    let video = bench.path(VIDEO);
    let good = fs::read(&video).unwrap();
    fs::remove_file(&video).unwrap();
    symlink(bench.path("secret.txt"), &video).unwrap();
    let message = "is a link to a file outside the dataset and not to an MP4 video, so it is not read";
    let ask = ["ask", "set", "--mode", "video-url", "--video", "data", "-o", "a.jsonl", "--model", "m"];
    for args in [
        &[&ask[..], &["--base-url", "http://127.0.0.1:9/v1"]].concat()[..],
        &["export", "set", "--to", "llava", "-o", "out"],
        &["export", "set", "--to", "webdataset", "-o", "out"],
        &["frames", "set", "--sampler", "linspace(2)", "-o", "frames"],
    ] {
        let output = bench.run(args);
        assert!(said(&output).contains(message), "{args:?}: {}", said(&output));
        assert!(!output.status.success());
    }
    // A pipe has no end, and nobody waits for it.
    fs::remove_file(&video).unwrap();
    symlink("/dev/zero", &video).unwrap();
    let output = bench.run(&["frames", "set", "--sampler", "linspace(2)", "-o", "frames"]);
    refused(&output, 3, "is not a file");
    // Videos that lie elsewhere, as in the cache of Hugging Face, are read; what is exported is a file of its own.
    fs::remove_file(&video).unwrap();
    fs::write(bench.path("blob"), &good).unwrap();
    symlink("../../blob", &video).unwrap();
    bench.done(&["export", "set", "--to", "llava", "-o", "linked"]);
    let exported = bench.path("linked/videos/cnt_edit1-bar-0.mp4");
    assert!(!exported.is_symlink());
    fs::write(&exported, "changed").unwrap();
    assert!(
        fs::read(bench.path("blob")).unwrap() == good,
        "the export shares no bytes with what the link leads to"
    );
}

#[test]
fn nothing_is_written_through_links_of_a_dataset() {
    let bench = Bench::new(TASK);
    recipes(&bench, "set", &[]);
    fs::create_dir(bench.path("home")).unwrap();
    bench.write("home/notes", "mine");
    fs::remove_dir_all(bench.path("set/videos")).ok();
    symlink("../home", bench.path("set/videos")).unwrap();
    let message = "is a link that leads outside of `set`: nothing is written through it";
    refused(&bench.run(&["materialize", "set", "--cache", "cache"]), 3, message);
    fs::remove_file(bench.path("set/videos")).unwrap();
    // A link in the place of a file that is being written is replaced.
    fs::create_dir(bench.path("set/videos")).unwrap();
    let partial = "set/videos/cnt_edit1-bar-0.mp4.partial";
    symlink("../../home/notes", bench.path(partial)).unwrap();
    bench.done(&["materialize", "set", "--cache", "cache"]);
    symlink("../home", bench.path("set/webdataset")).unwrap();
    refused(&bench.run(&["export", "set", "--to", "webdataset"]), 3, message);
    assert_eq!(bench.tree("home").len(), 1);
    assert_eq!(fs::read(bench.path("home/notes")).unwrap(), b"mine");
    // The same where a link of a part stands for its video.
    bench.done(&["generate", "spec.toml", "--shard", "0/1", "-o", "part", "--cache", "cache"]);
    let video = bench.path("part/videos/cnt_edit1-bar-0.mp4");
    fs::rename(&video, bench.path("blob")).unwrap();
    symlink("../../blob", &video).unwrap();
    bench.done(&["merge", "-o", "merged", "part"]);
    assert!(!bench.path("merged/videos/cnt_edit1-bar-0.mp4").is_symlink());
}

#[test]
fn files_without_end_are_errors() {
    let bench = bench();
    let device = "`/dev/zero` has more than 64 MiB in line 1";
    refused(&bench.run(&["score", "set", "/dev/zero"]), 3, device);
    fs::remove_file(bench.path("set/metadata.jsonl")).unwrap();
    symlink("/dev/zero", bench.path("set/metadata.jsonl")).unwrap();
    refused(&bench.run(&["score", "set", "x"]), 3, "`set/metadata.jsonl` has more than 64 MiB in line 1");
}

#[test]
fn recipes_that_count_without_bounds_are_refused() {
    let bench = Bench::new(TASK);
    recipes(&bench, "set", &[]);
    let path = bench.path("set/recipes/cnt_edit1-bar-0.recipe");
    let good = fs::read(&path).unwrap();
    let end = good.iter().position(|byte| *byte == b'\n').unwrap();
    let head: Value = serde_json::from_slice(&good[..end]).unwrap();
    let number =
        head["pieces"].as_array().unwrap().iter().position(|piece| piece["encoded"].is_array()).unwrap();
    let frames = json!({"copy": {"haystack": "bar", "frames": [0, u64::MAX]}});
    let sound = json!({"like": "bar", "stretches": [[u64::MAX, null, 0]]});
    for (place, value, message) in [
        (
            format!("/pieces/{number}/encoded/0/1"),
            json!(u64::MAX),
            "names frame 18446744073709551615 of a run of",
        ),
        (format!("/pieces/{number}"), frames, "bytes of packets and names"),
        (
            "/pieces/0/copy/frames/1".to_owned(),
            json!(u64::MAX),
            "names 18446744073709551615 frames, over 100000000",
        ),
        ("/sound".to_owned(), sound, "names sample 18446744073709551615 of a sound"),
        ("/fps".to_owned(), json!([0, 1]), "frame rate `0/1` holds a zero"),
    ] {
        let mut bad = head.clone();
        *bad.pointer_mut(&place).unwrap() = value;
        fs::write(&path, [bad.to_string().as_bytes(), &good[end..]].concat()).unwrap();
        refused(&bench.run(&["materialize", "set", "--cache", "cache"]), 3, message);
    }
}

#[test]
fn plans_that_count_without_bounds_are_refused() {
    let bench = Bench::new(TASK);
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    let plan = fs::read_to_string(bench.path("plan.jsonl")).unwrap();
    let (header, samples) = plan.split_once('\n').unwrap();
    for (place, value, message) in [
        ("/questions/0/target", json!(4), "`bad.jsonl`: video 1: its target 4 is none of its 4 options"),
        ("/questions/0/options", json!(vec!["1"; 1000]), "video 1: it has 1000 options"),
        ("/questions/0/sample_id", json!("../x"), "video 1: `file_name`"),
        ("/video/num_frames", json!(u64::MAX), "video 1: `num_frames` is 18446744073709551615"),
        ("/questions/0/type", json!("x".repeat(100_000)), "cannot be used: it is longer than 500 characters"),
    ] {
        let bad = first_row(samples, |row| {
            *row.pointer_mut(place).unwrap() = value;
            if place == "/questions/0/options" {
                row["questions"][0]["target"] = json!(0);
            }
            if place == "/questions/0/sample_id" {
                row["video"]["name"] = json!("../x");
            }
        });
        bench.write("bad.jsonl", &format!("{header}\n{bad}"));
        refused(&bench.run(&["audit", "bad.jsonl"]), 3, message);
    }
}
