//! Parts of a dataset, made apart and merged: the bytes that one run makes, or a word on what is missing.

use std::fs;
use std::time::Duration;

use super::bench::{Bench, Tree, assert_same, said};

/// Makes a part as a machine of its own would: the cache is shared.
fn part(bench: &Bench, shard: &str, out: &str, jobs: &str) {
    bench.done(&["generate", "spec.toml", "--shard", shard, "-o", out, "--cache", "cache", "--jobs", jobs]);
}

#[test]
fn parts_made_in_any_order_merge_into_the_bytes_of_one_run() {
    // 18 samples in 4 parts: two parts have one sample more than the others.
    let bench = Bench::new("");
    let whole = bench.made("whole");
    for (shard, jobs) in [("2/4", "1"), ("0/4", "2"), ("3/4", "1"), ("1/4", "2")] {
        part(&bench, shard, &format!("part{}", &shard[..1]), jobs);
    }
    let first = bench.tree("part0");
    assert_eq!(first.keys().filter(|name| name.starts_with("videos/")).count(), 5);
    assert!(!first.contains_key("manifest.json"), "a part is no dataset");
    let pictures = |tree: &Tree| tree.keys().filter(|name| name.starts_with("pictures/")).count();
    let apart: usize = (0..4).map(|part| pictures(&bench.tree(&format!("part{part}")))).sum();
    assert_eq!((pictures(&whole), apart), (9, 9), "each picture is made by one part");
    // Made again, a part is as it was; made twice, it counts once.
    let again = bench.run(&["generate", "spec.toml", "--shard", "0/4", "-o", "part0", "--cache", "cache"]);
    assert!(said(&again).contains("already holds this dataset, whole"), "{}", said(&again));
    part(&bench, "0/4", "twice", "1");
    bench.done(&["merge", "-o", "set", "part3", "part1", "twice", "part0", "part2"]);
    assert_same(&whole, &bench.tree("set"));
    assert_same(&first, &bench.tree("part0"));
    let again = bench.run(&["merge", "-o", "set", "part0", "part1", "part2", "part3"]);
    assert!(said(&again).contains("already holds this dataset, whole"), "{}", said(&again));
    bench.done(&["verify", "set", "--cache", "cache", "--sample", "ret_edit1-bar-0"]);
}

#[test]
fn a_merge_that_is_killed_goes_on() {
    let bench = Bench::new("");
    let whole = bench.made("whole");
    for shard in ["0/2", "1/2"] {
        part(&bench, shard, &format!("part{}", &shard[..1]), "2");
    }
    for millis in [5, 15, 30] {
        let mut child = bench.begin(&["merge", "-o", "set", "part0", "part1"]);
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    bench.done(&["merge", "-o", "set", "part0", "part1"]);
    assert_same(&whole, &bench.tree("set"));
}

#[test]
fn everything_that_keeps_parts_apart_is_said_at_once() {
    let bench = Bench::new("");
    part(&bench, "0/4", "one", "2");
    part(&bench, "1/4", "two", "2");
    bench.spec("spec.toml", 2, "");
    part(&bench, "2/4", "other", "2");
    let output = bench.run(&["merge", "-o", "set", "one", "two", "other", "nowhere"]);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    for expected in
        ["`one` and `other` are parts of different datasets", "nowhere/shard.json", "missing: parts 2/4, 3/4"]
    {
        assert!(message.contains(expected), "{expected}: {message}");
    }
    assert!(!bench.path("set").exists());
    // A directory of one part takes no other, and none the whole.
    for shard in [&["--shard", "1/4"][..], &[]] {
        let args = [&["generate", "spec.toml", "-o", "other", "--cache", "cache"], shard].concat();
        let output = bench.run(&args);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    }
}

#[test]
fn a_video_that_changed_after_its_part_was_made_is_not_merged() {
    let bench = Bench::new("[[tasks]]\ntype = \"cnt_edit1\"\n");
    part(&bench, "0/1", "part", "2");
    let video = bench.path("part/videos/cnt_edit1-bar-0.mp4");
    let mut bytes = fs::read(&video).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&video, bytes).unwrap();
    let output = bench.run(&["merge", "-o", "set", "part"]);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("cnt_edit1-bar-0.mp4") && message.contains("make that part again"), "{message}");
    assert!(!bench.path("set/videos/cnt_edit1-bar-0.mp4").exists());
}

#[test]
fn rows_that_changed_after_their_part_was_made_are_not_merged() {
    let bench = Bench::new("[[tasks]]\ntype = \"cnt_edit1\"\n");
    part(&bench, "0/1", "part", "2");
    let rows = bench.path("part/metadata.jsonl");
    let text = fs::read_to_string(&rows).unwrap();
    // Without its last row, which no file but this one names.
    let end = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&rows, &text[..end]).unwrap();
    let output = bench.run(&["merge", "-o", "set", "part"]);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("part/metadata.jsonl") && message.contains("make that part again"), "{message}");
    assert!(!bench.path("set/manifest.json").exists());
}

#[test]
fn a_shard_that_cannot_be_is_a_mistake_of_usage() {
    let bench = Bench::new("");
    for shard in ["4/4", "1", "a/b", "0/0"] {
        let output = bench.run(&["generate", "spec.toml", "--shard", shard, "-o", "x"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("expected I/N, such as 0/8"), "{}", said(&output));
    }
}

#[test]
fn all_questions_about_a_video_come_from_the_part_that_made_it() {
    let task =
        |kind: &str| format!("[[tasks]]\ntype = \"{kind}\"\nsamples = 3\nform = [\"choice\", \"open\"]\n");
    let bench = Bench::new(&["ret_edit1", "ext_insert1", "chn_insert1"].map(task).concat());
    let whole = bench.made("whole");
    for shard in ["0/2", "1/2"] {
        part(&bench, shard, &format!("part{}", &shard[..1]), "2");
    }
    bench.done(&["merge", "-o", "set", "part0", "part1"]);
    assert_same(&whole, &bench.tree("set"));
    // 3 videos of two questions, 3 pairs of two, 3 videos of three distances each: every one by options and openly.
    let rows = String::from_utf8(whole["metadata.jsonl"].clone()).unwrap().lines().count();
    assert_eq!(rows, 3 * (4 + 1) + 6 * (2 + 1) + 9 * (4 + 1));
}
