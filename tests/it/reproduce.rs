//! Samples made again from what their dataset carries, and two datasets compared, through the real program.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::bench::{Bench, assert_same, said};
use super::recipes;

const TASKS: &str = "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"sub_ret1\"\n";
const SAMPLE: &str = "ret_edit1-bar-0";
const VIDEO: &str = "set/videos/ret_edit1-bar-0.mp4";

/// Takes a dataset to a machine that has nothing else.
fn moved(bench: &Bench) -> Bench {
    let away = Bench::new("");
    fs::rename(bench.path("set"), away.path("set")).unwrap();
    for name in ["spec.toml", "haystacks.toml"] {
        fs::remove_file(away.path(name)).unwrap();
    }
    away
}

fn reproduced(bench: &Bench, more: &[&str]) -> (Option<i32>, Value, String) {
    let output = bench.run(&[&["reproduce", "set", "--cache", "other", "--json"], more].concat());
    let told = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), told, said(&output))
}

fn compared(bench: &Bench, args: &[&str]) -> (Option<i32>, Value) {
    let output = bench.run(&[&["diff", "--json"], args].concat());
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output))),
    )
}

/// Whether the file of this name has this ending.
fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == ending)
}

/// Changes one byte in the last quarter of a file, where a video has pictures or sound.
fn damage(path: &Path) -> u64 {
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.len() * 3 / 4;
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
    at as u64
}

#[test]
fn a_moved_dataset_gives_its_samples_again() {
    let bench = Bench::new(&format!("{TASKS}[controls]\nmake = [\"no-needle\", \"text-only\"]\n"));
    let made = bench.made("set");
    let away = moved(&bench);
    let told = away.done(&["reproduce", "set", "--sample", SAMPLE, "--cache", "other", "-o", "kept"]);
    assert!(told.starts_with("ret_edit1-bar-0: equal (4 rows, "), "{told}");
    let kept = away.tree("kept");
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["metadata.jsonl", "videos/ret_edit1-bar-0.mp4"]);
    assert!(kept["videos/ret_edit1-bar-0.mp4"] == made["videos/ret_edit1-bar-0.mp4"]);
    let rows = String::from_utf8(made["metadata.jsonl"].clone()).unwrap();
    let ours: String = rows
        .lines()
        .filter(|row| row.contains("\"sample_id\":\"ret_edit1-bar-0\""))
        .map(|row| row.to_owned() + "\n")
        .collect();
    assert_eq!(String::from_utf8(kept["metadata.jsonl"].clone()).unwrap(), ours);
    // One haystack is enough for one sample.
    let prepared =
        |away: &Bench| away.tree("other/prepared").keys().filter(|name| has_ending(name, "mp4")).count();
    assert_eq!(prepared(&away), 1);
    // Run again, it finds what it has kept; it overwrites nothing.
    away.done(&["reproduce", "set", "--sample", SAMPLE, "--cache", "other", "-o", "kept"]);
    assert_same(&kept, &away.tree("kept"));
    damage(&away.path("kept/videos/ret_edit1-bar-0.mp4"));
    let before = away.tree("kept");
    let refused = away.run(&["reproduce", "set", "--sample", SAMPLE, "--cache", "other", "-o", "kept"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert_same(&before, &away.tree("kept"));
    // All of it, with its subtitles and controls, and nothing is written into the dataset.
    // A dataset is no place for what is made again: one of recipes would take the videos for its own.
    let into = away.run(&["reproduce", "set", "--cache", "other", "-o", "set"]);
    assert_ne!(into.status.code(), Some(0));
    assert!(said(&into).contains("`set` is not empty"), "{}", said(&into));
    let (code, told, said) = reproduced(&away, &["-o", "all"]);
    assert_eq!((code, told.as_array().map(Vec::len)), (Some(0), Some(4)), "{said}");
    let all = away.tree("all");
    assert_eq!(all.keys().filter(|name| has_ending(name, "srt")).count(), 2);
    assert!(all.iter().all(|(name, bytes)| made[name] == *bytes));
    away.done(&["reproduce", "set/controls/no-needle", "--cache", "other"]);
    let told = away.done(&["reproduce", "set/controls/text-only", "--cache", "other"]);
    assert!(told.contains("no video"), "{told}");
    assert_same(&made, &away.tree("set"));
}

#[test]
fn what_is_not_made_again_is_told() {
    let bench = Bench::new(TASKS);
    bench.made("set");
    let away = moved(&bench);
    let video = away.path(VIDEO);
    let whole = fs::read(&video).unwrap();
    let at = damage(&video);
    let (code, told, said) = reproduced(&away, &["--sample", SAMPLE]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("error: 1 of 1 video not equal to what is made again"), "{said}");
    let difference = &told[0]["video"]["difference"];
    assert_eq!(
        (&difference["first_byte"], &difference["kept_bytes"]),
        (&at.into(), &whole.len().into()),
        "{told}"
    );
    let frames = &difference["frames"];
    assert!(frames.is_null() || frames["compared"] == 110, "{told}");
    let human = away.run(&["reproduce", "set", "--sample", SAMPLE, "--cache", "other"]);
    let human = String::from_utf8(human.stdout).unwrap();
    assert!(human.contains(&format!("byte {at} is the first that differs")), "{human}");
    // A video that is lost, and another one in its place.
    fs::remove_file(&video).unwrap();
    let (code, told, _) = reproduced(&away, &["--sample", SAMPLE]);
    assert_eq!(code, Some(5));
    assert!(told[0]["video"]["difference"]["reason"].as_str().unwrap().contains("cannot read"), "{told}");
    fs::copy(away.path("set/videos/sub_ret1-bar-0.mp4"), &video).unwrap();
    let (code, told, _) = reproduced(&away, &["--sample", SAMPLE]);
    assert_eq!(code, Some(5));
    assert_ne!(told[0]["video"]["difference"]["frames"]["different"], 0, "{told}");
    fs::write(&video, &whole).unwrap();
    // A row and a subtitle that somebody has changed.
    let rows = fs::read_to_string(away.path("set/metadata.jsonl")).unwrap();
    fs::write(away.path("set/metadata.jsonl"), rows.replacen("\"width\":128", "\"width\":130", 1)).unwrap();
    let (code, told, _) = reproduced(&away, &["--sample", SAMPLE]);
    let field = serde_json::json!({ "field": "width", "first": 130, "second": 128 });
    assert_eq!(
        (code, &told[0]["rows"][0]["fields"], &told[0]["video"]["difference"]),
        (Some(5), &Value::Array(vec![field]), &Value::Null)
    );
    fs::write(away.path("set/metadata.jsonl"), rows).unwrap();
    let lines = away.path("set/videos/sub_ret1-bay-0.srt");
    let text = fs::read_to_string(&lines).unwrap();
    fs::write(&lines, text.replacen("00:00:0", "00:00:1", 1)).unwrap();
    let (code, told, _) = reproduced(&away, &["--sample", "sub_ret1-bay-0"]);
    assert_eq!((code, told[0]["subtitles"].is_string()), (Some(5), true), "{told}");
    let (code, _, said) = reproduced(&away, &["--sample", "ret_edit1-bar-9"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("has no sample `ret_edit1-bar-9`"), "{said}");
}

#[test]
fn two_datasets_are_compared_by_field() {
    let bench = Bench::new(TASKS);
    bench.made("set");
    bench.made("same");
    assert_eq!(compared(&bench, &["set", "same", "--bytes"]).0, Some(0));
    assert!(bench.done(&["diff", "set", "same"]).starts_with("settings: equal\nhaystacks: 2 equal\n"));
    // Another seed: other samples, in videos of other bytes.
    bench.spec("seed.toml", 2, TASKS);
    bench.done(&["generate", "seed.toml", "-o", "seed", "--cache", "cache"]);
    let (code, told) = compared(&bench, &["set", "seed"]);
    assert_eq!((code, &told["is_equal"]), (Some(5), &Value::Bool(false)));
    let settings: Vec<&str> =
        told["settings"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect();
    assert_eq!(settings, ["plan_sha256", "seed", "spec.seed"]);
    assert_eq!((&told["haystacks"]["equal"], &told["needles"]["equal"]), (&2.into(), &2.into()), "{told:#}");
    // Lines of subtitles are in no pixel.
    assert_eq!((&told["videos"]["equal"], told["samples"].as_array().map(Vec::len)), (&2.into(), Some(4)));
    let human = bench.run(&["diff", "set", "seed"]);
    let told = String::from_utf8(human.stdout.clone()).unwrap();
    for part in [
        "settings: 3 differences\n",
        "  spec.seed",
        "samples: 4 differ\n",
        "videos: 2 equal, 2 differ\n",
        "  sha256",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(said(&human).contains("error: `set` and `seed` are not equal"), "{}", said(&human));
    // Fewer tasks: rows of one only.
    bench.spec("fewer.toml", 1, "[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.done(&["generate", "fewer.toml", "-o", "fewer", "--cache", "cache"]);
    let (_, told) = compared(&bench, &["set", "fewer"]);
    assert_eq!(
        (&told["rows"]["equal"], told["rows"]["only_first"].as_array().map(Vec::len)),
        (&8.into(), Some(8)),
        "{told:#}"
    );
    // A comment changes the text of the spec alone.
    let spec = fs::read_to_string(bench.path("spec.toml")).unwrap();
    bench.write("spec.toml", &format!("# mine\n{spec}"));
    bench.made("comment");
    let (code, told) = compared(&bench, &["set", "comment"]);
    assert_eq!(
        (code, &told["settings"][0]["field"], told["settings"].as_array().map(Vec::len)),
        (Some(5), &"spec_text_sha256".into(), Some(1))
    );
    // Damage shows where the bytes are read.
    damage(&bench.path("same/videos/ret_edit1-bar-0.mp4"));
    fs::remove_file(bench.path("same/croissant.json")).unwrap();
    assert_eq!(compared(&bench, &["set", "same"]).0, Some(0));
    let (code, told) = compared(&bench, &["set", "same", "--bytes"]);
    assert_eq!(code, Some(5));
    assert_eq!(told["videos"]["different"][0]["name"], "videos/ret_edit1-bar-0.mp4");
    assert_eq!(told["files"]["different"][0]["name"], "croissant.json");
    assert_eq!(bench.run(&["diff", "set", "absent"]).status.code(), Some(3));
}

#[test]
fn recipes_are_made_again_and_compared_with_files() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("files");
    recipes::recipes(&bench, "set", &[]);
    let (code, told) = compared(&bench, &["files", "set"]);
    assert_eq!((code, &told["videos"]["equal"], &told["rows"]["equal"]), (Some(5), &2.into(), &8.into()));
    assert_eq!(told["settings"][0]["field"], "store");
    let away = moved(&bench);
    let (code, told, said) = reproduced(&away, &["-o", "kept"]);
    assert_eq!((code, told[0]["is_equal"].as_bool()), (Some(0), Some(true)), "{said}");
    assert!(
        away.tree("kept")["videos/ret_edit1-bar-0.mp4"] == bench.tree("files")["videos/ret_edit1-bar-0.mp4"]
    );
}
