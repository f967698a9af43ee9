//! Sounds, subtitle lines and questions at a moment over real footage with sound: answered by the oracle, and the same bytes every time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::bench::{Bench, assert_same, said};
use super::footage::footage;

/// Speech in stereo, music in six channels, and a film without sound: joined, and copied from three prepared files.
const SOURCES: [&str; 3] = ["hello.mp4", "bunny.mp4", "bikes.mp4"];

/// A bench whose spec joins the footage to videos of this length, and makes of each type so many samples in each form.
fn bench(length: &str, types: &[(&str, u32)], more: &str) -> Bench {
    let bench = Bench::new("");
    let paths = SOURCES.map(footage);
    let task = |(kind, samples): &(&str, u32)| {
        let of =
            |form: &str| format!("[[tasks]]\ntype = \"{kind}\"\nform = \"{form}\"\nsamples = {samples}\n");
        of("choice") + &of("open")
    };
    let tasks: String = types.iter().map(task).collect();
    bench.write(
        "spec.toml",
        &format!(
            "seed = 1\n[haystacks]\npaths = {paths:?}\n[video]\nwidth = 160\nheight = 120\nfps = 25\n\
             [grid]\nlengths = [\"{length}\"]\n{more}{tasks}"
        ),
    );
    bench
}

/// Of each type, what is right and how many samples there are.
fn right(bench: &Bench, set: &str, answers: &str) -> BTreeMap<String, (u64, u64)> {
    let scores: Value = serde_json::from_str(&bench.done(&["score", set, answers, "--json"])).unwrap();
    let types = scores["types"].as_object().unwrap();
    let of = |group: &Value| (group["correct"].as_u64().unwrap(), group["samples"].as_u64().unwrap());
    types.iter().map(|(kind, group)| (kind.clone(), of(group))).collect()
}

#[test]
fn what_is_added_to_loud_footage_is_heard_and_nothing_else_is() {
    let types = [("snd_word1", 1), ("snd_rhythm1", 1), ("snd_count1", 1), ("snd_order1", 1)];
    let bench = bench("45s", &types, "[controls]\nmake = [\"muted\"]\n");
    bench.made("set");
    bench.done(&["baseline", "oracle", "set", "-o", "heard.jsonl", "--cache", "cache"]);
    for (kind, (right, of)) in right(&bench, "set", "heard.jsonl") {
        assert_eq!(right, of, "{kind}");
    }
    // The footage itself holds none of it: nothing is found, not even something wrong.
    bench.done(&["baseline", "oracle", "set/controls/muted", "-o", "muted.jsonl", "--cache", "cache"]);
    let muted = fs::read_to_string(bench.path("muted.jsonl")).unwrap();
    for line in muted.lines().filter(|line| !line.contains("snd_count1")) {
        let answer: Value = serde_json::from_str(line).unwrap();
        assert_eq!(answer["response"], "", "{line}");
    }
}

#[test]
fn when_a_sound_is_heard_over_footage_is_found_to_a_few_frames() {
    let bench = bench("90s", &[("snd_when1", 2)], "");
    bench.made("set");
    bench.done(&["baseline", "oracle", "set", "-o", "heard.jsonl", "--cache", "cache"]);
    let scores: Value =
        serde_json::from_str(&bench.done(&["score", "set", "heard.jsonl", "--json"])).unwrap();
    let group = &scores["types"]["snd_when1"];
    // Nobody can tell when a sound ends within a pause of its own.
    assert!(group["main"]["value"].as_f64().unwrap() > 0.9, "{group:#}");
}

#[test]
fn sounds_lines_and_moments_over_footage_are_the_same_bytes_every_time() {
    let types = [("snd_bind1", 1), ("sub_conflict1", 1), ("onl_seen1", 1)];
    let more = "[needles]\nduration = \"1200ms\"\ngap = \"200ms\"\n";
    let bench = bench("24s", &types, more);
    let text = fs::read_to_string(bench.path("spec.toml")).unwrap();
    bench.write("spec.toml", &text.replace("fps = 25\n", "fps = 25\nsubtitle_track = true\n"));
    let whole = bench.made("whole");
    assert!(whole.keys().any(|name| Path::new(name).extension().is_some_and(|ending| ending == "srt")));
    let make = |more: &[&str], cache: &str| {
        let output = bench.run(&[&["generate", "spec.toml", "--cache", cache], more].concat());
        assert!(output.status.success(), "{}", said(&output));
    };
    make(&["-o", "one", "--jobs", "1"], "another");
    assert_same(&whole, &bench.tree("one"));
    for shard in ["0", "1"] {
        make(&["-o", &format!("part{shard}"), "--shard", &format!("{shard}/2")], "cache");
    }
    bench.done(&["merge", "-o", "merged", "part0", "part1"]);
    assert_same(&whole, &bench.tree("merged"));
    let mut killed = 0;
    for millis in [400, 800, 1600] {
        let mut child = bench.start("resumed");
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
    }
    assert!(killed > 0, "no run was caught before its end");
    assert_same(&whole, &bench.made("resumed"));
}
