//! Needles that are heard: mixed in, found again, and at chance without them.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::bench::{Bench, said};

const SPEC: &str = "seed = 1\nname = \"tiny\"\n[haystacks]\ncatalogue = \"haystacks.toml\"\n[suite]\nname = \"sound\"\nsamples = 2\n[controls]\nmake = [\"muted\", \"deaf\"]\n";

/// Two films without sound: all videos get a track.
const SCENES: &str = "[[haystack]]\nid = \"bay\"\nscene = { name = \"harbour\", seed = 1, width = 256, height = 144, fps = 25, frames = \
                      700 }\n[[haystack]]\nid = \"town\"\nscene = { name = \"city\", seed = 2, width = 256, height = 144, fps = 24, \
                      frames = 700 }\n";

fn rows(bench: &Bench, dir: &str) -> Vec<Value> {
    let text = fs::read_to_string(bench.path(dir).join("metadata.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Samples of each type whose every try has the right letter.
fn solved(bench: &Bench, rows: &[Value], answers: &str) -> BTreeMap<String, (usize, usize)> {
    let text = fs::read_to_string(bench.path(answers)).unwrap();
    let replies: BTreeMap<String, String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            (text("id"), text("response"))
        })
        .collect();
    let mut samples: BTreeMap<(String, String), bool> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["form"] == "choice") {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let is_right = replies.get(&text("id")).is_some_and(|reply| *reply == text("gt_option"));
        *samples.entry((text("type"), text("sample_id"))).or_insert(true) &= is_right;
    }
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for ((kind, _), is_right) in samples {
        let of = kinds.entry(kind).or_default();
        *of = (of.0 + usize::from(is_right), of.1 + 1);
    }
    kinds
}

#[test]
fn what_is_mixed_in_is_heard_and_nothing_tells_it_without() {
    let bench = Bench::new("");
    bench.write("spec.toml", SPEC);
    bench.write("haystacks.toml", SCENES);
    bench.made("set");
    let whole = rows(&bench, "set");
    assert!(whole.iter().all(|row| row["audio_needed"] == true));
    assert!(
        whole.iter().all(|row| row["needles"].as_array().unwrap().iter().any(|n| n["kind"] == "mix-sound"))
    );
    let kinds: std::collections::BTreeSet<&str> =
        whole.iter().map(|row| row["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    bench.done(&["verify", "set", "--cache", "cache"]);

    bench.done(&["baseline", "oracle", "set", "-o", "heard.jsonl", "--cache", "cache"]);
    for (kind, (right, of)) in solved(&bench, &whole, "heard.jsonl") {
        assert_eq!(right, of, "{kind}");
    }
    for control in ["muted", "deaf"] {
        let dir = format!("set/controls/{control}");
        let left = rows(&bench, &dir);
        assert!(
            left.iter().all(|row| row["needles"]
                .as_array()
                .unwrap()
                .iter()
                .all(|n| n["kind"] != "mix-sound"))
        );
        let file = format!("{control}.jsonl");
        bench.done(&["baseline", "oracle", &dir, "-o", &file, "--cache", "cache"]);
        for (kind, (right, _)) in solved(&bench, &left, &file) {
            assert_eq!(right, 0, "{kind} without sound");
        }
    }
    // A run that was never played the sound is told so: it replies as to the control, whatever it was asked of.
    let without_row = |line: &str| {
        let mut answer: Value = serde_json::from_str(line).unwrap();
        answer.as_object_mut().unwrap().remove("row_sha256");
        answer.to_string()
    };
    let muted = fs::read_to_string(bench.path("muted.jsonl")).unwrap();
    bench.write("unplayed.jsonl", &muted.lines().map(without_row).collect::<Vec<_>>().join("\n"));
    let own = bench.run(&["score", "set", "unplayed.jsonl", "--control", "muted=muted.jsonl"]);
    assert!(said(&own).contains("the model was probably never played the sound"), "{}", said(&own));
    let other = bench.run(&["score", "set", "heard.jsonl", "--control", "muted=muted.jsonl"]);
    assert!(!said(&other).contains("never played"), "{}", said(&other));
}

#[test]
fn under_black_pictures_all_is_heard_and_what_is_bound_to_a_picture_is_not_known() {
    let bench = Bench::new("");
    let tasks = "[[tasks]]\ntype = \"snd_count1\"\n[[tasks]]\ntype = \"snd_bind1\"\n";
    let spec = "seed = 1\n[haystacks]\ncatalogue = \"haystacks.toml\"\n[controls]\nmake = [\"audio-only\"]\n";
    bench.write("spec.toml", &format!("{spec}{tasks}"));
    bench.write("haystacks.toml", SCENES);
    bench.made("set");
    let dir = "set/controls/audio-only";
    bench.done(&["baseline", "oracle", dir, "-o", "black.jsonl", "--cache", "cache"]);
    let found = solved(&bench, &rows(&bench, dir), "black.jsonl");
    assert_eq!(found, [("snd_bind1".to_owned(), (0, 2)), ("snd_count1".to_owned(), (2, 2))].into());
}

#[test]
fn sound_that_a_spec_leaves_out_holds_no_needles() {
    let bench = Bench::new("[[tasks]]\ntype = \"snd_count1\"\n[video]\naudio = false\n");
    let output = bench.run(&["plan", "spec.toml"]);
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    assert!(
        text.contains("video.audio: leaves out the sound in which `snd_count1` hides its needles"),
        "{text}"
    );
}

#[test]
fn pictures_last_as_long_as_the_sounds_that_go_with_them() {
    // The bench's needles last 6 frames.
    let output = Bench::new("[[tasks]]\ntype = \"snd_bind1\"\n").run(&["plan", "spec.toml"]);
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    assert!(text.contains("set `duration` to \"1200ms\" or more"), "{text}");
}

#[test]
fn keys_of_what_is_seen_say_nothing_of_what_is_heard() {
    let bench = Bench::new("[[tasks]]\ntype = \"snd_count1\"\nopacity = 50\nsnr_db = 3\nduration = \"2s\"\n");
    let output = bench.run(&["plan", "spec.toml"]);
    let text = said(&output);
    assert!(text.contains("tasks[0].opacity: says nothing of the needles of `snd_count1`"), "{text}");
    assert!(text.contains("tasks[0].duration: says nothing of the needles of `snd_count1`"), "{text}");
    assert!(!text.contains("snr_db"), "{text}");
}
