//! The videos of the first ten types from a source that is used as it is: the same for ever, whatever is asked about them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use vniah::question::VNBENCH;

use super::movies::done;

fn hex(bytes: &[u8]) -> String {
    vniah::digest::of_bytes(bytes)
}

/// What is recorded: the release of FFmpeg, then by file name the digest of each video's plan and of its file.
fn recorded() -> (String, BTreeMap<String, [String; 2]>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/videos.sha256");
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let release = lines.next().unwrap().to_owned();
    let line = |line: &str| {
        let [plan, file, name] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        (name.to_owned(), [plan.to_owned(), file.to_owned()])
    };
    (release, lines.map(line).collect())
}

#[test]
fn videos_of_the_first_ten_types_keep_their_digests() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let footage = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.cache/bikes.mp4");
    assert!(footage.is_file(), "`tests/.cache/bikes.mp4` is missing: run `make footage`");
    let types = VNBENCH.into_iter().chain(["ret_multikey1"]);
    let tasks: Vec<String> = types.map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\n")).collect();
    let tasks = tasks.concat();
    let spec = format!(
        "seed = 7\n[haystacks]\npaths = [{:?}]\n[needles]\nduration = \"200ms\"\ngap = \"80ms\"\n{tasks}",
        footage.display().to_string()
    );
    fs::write(dir.join("spec.toml"), spec).unwrap();
    done(dir, &["plan", "spec.toml", "-o", "plan.jsonl"]);
    done(dir, &["generate", "spec.toml", "-o", "set"]);
    let plan = fs::read_to_string(dir.join("plan.jsonl")).unwrap();
    let manifest: Value = serde_json::from_slice(&fs::read(dir.join("set/manifest.json")).unwrap()).unwrap();
    let mut found = BTreeMap::new();
    for line in plan.lines().skip(1) {
        let video = &serde_json::from_str::<Value>(line).unwrap()["video"];
        let name = format!("{}.mp4", video["name"].as_str().unwrap());
        let file = hex(&fs::read(dir.join("set/videos").join(&name)).unwrap());
        found.insert(name, [hex(video.to_string().as_bytes()), file]);
    }
    let release = manifest["ffmpeg"]["release"].as_str().unwrap();
    let (known, expected) = recorded();
    assert!(found.keys().eq(expected.keys()), "{:?}", found.keys());
    for (name, [plan, file]) in &found {
        assert_eq!(*plan, expected[name][0], "{name} is planned otherwise");
        // Encoded frames depend on the release.
        assert!(release != known || *file == expected[name][1], "{name} has other bytes");
    }
}
