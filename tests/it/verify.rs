//! `vniah verify` through the real program: what is wrong is found, and named.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use serde_json::Value;
use vniah::dataset::Store;
use vniah::digest;
use vniah::haystack::Wanted;
use vniah::job::Job;
use vniah::plan::{Planner, VideoPlan};
use vniah::render::haystacks::Preparation;
use vniah::render::video;
use vniah::spec;
use vniah::time::FrameSpan;

use super::bench::{Bench, said};

const SPEC: &str =
    "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"ret_insert2\"\n[[tasks]]\ntype = \"cnt_edit2\"\n";

/// Verifies `set`: the exit code, and each file that is named with what is said of it.
pub(super) fn verify(bench: &Bench) -> (i32, Vec<(String, String)>) {
    let output = bench.run(&["verify", "set", "--cache", "cache", "--json"]);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let differences = report["differences"].as_array().unwrap();
    let listed = differences.iter().map(|each| (text(&each["file"]), text(&each["what"]))).collect();
    (output.status.code().unwrap(), listed)
}

#[test]
fn a_type_in_two_tasks_is_solved_with_the_needles_of_each_form() {
    let tasks = "[[tasks]]\ntype = \"ret_insert1\"\n[[tasks]]\ntype = \"ord_insert1\"\n\
                 [[tasks]]\ntype = \"ret_insert1\"\nform = \"open\"\npack = \"flags\"\n";
    let bench = Bench::new(tasks);
    bench.made("set");
    let solved = bench.done(&["verify", "set", "--cache", "cache", "--solve", "--json"]);
    let solved: Value = serde_json::from_str(&solved).unwrap();
    let of = |solved: &Value| {
        (solved["type"].as_str().unwrap().to_owned(), solved["samples"].clone(), solved["solved"].clone())
    };
    let found: Vec<_> =
        solved["solved"].as_array().unwrap_or_else(|| panic!("{solved}")).iter().map(of).collect();
    let two = |kind: &str| (kind.to_owned(), Value::from(2), Value::from(2));
    assert_eq!(found, [two("ret_insert1"), two("ord_insert1"), two("ret_insert1")]);
    let manifest: Value = serde_json::from_slice(&bench.tree("set")["manifest.json"]).unwrap();
    assert_eq!(manifest["templates"].as_array().unwrap().len(), 2, "each family once");
    // The same form in two tasks is not two questions.
    let again = "[[tasks]]\ntype = \"ret_insert1\"\nform = [\"choice\", \"open\"]\n[[tasks]]\ntype = \"ret_insert1\"\nform = \"open\"\n";
    bench.spec("again.toml", 1, again);
    let refused = bench.run(&["plan", "again.toml"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).contains("type `ret_insert1` is listed twice"), "{}", said(&refused));
}

/// Files that `verify` names; each way of breaking a dataset has to be told by exit code 5.
fn named(bench: &Bench) -> BTreeSet<String> {
    let (code, listed) = verify(bench);
    assert_eq!(code, 5, "{listed:?}");
    listed.into_iter().map(|(file, _)| file).collect()
}

fn names(files: &[&str]) -> BTreeSet<String> {
    files.iter().map(|&file| file.to_owned()).collect()
}

/// Writes all digests anew, as if the dataset had been made as it now is: what is wrong is in the frames alone.
pub(super) fn amend(bench: &Bench) {
    let of = |name: &str| {
        let bytes = fs::read(bench.path("set").join(name)).unwrap();
        (bytes.len() as u64, digest::of_bytes(&bytes))
    };
    let rows = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    let rows: Vec<Value> = rows
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["sha256"] = of(row["video_path"].as_str().unwrap()).1.into();
            row
        })
        .collect();
    vniah::files::write_json_lines(&bench.path("set/metadata.jsonl"), &rows).unwrap();
    let manifest = fs::read_to_string(bench.path("set/manifest.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    for output in manifest["outputs"].as_array_mut().unwrap() {
        let (bytes, sha256) = of(output["name"].as_str().unwrap());
        output["bytes"] = bytes.into();
        output["sha256"] = sha256.into();
    }
    vniah::files::write_json(&bench.path("set/manifest.json"), &manifest).unwrap();
}

/// Breaks a fresh dataset, and gives what `verify` names: at once, and with all digests amended.
fn broken(bench: &Bench, shatter: impl Fn()) -> [BTreeSet<String>; 2] {
    if bench.path("set").exists() {
        fs::remove_dir_all(bench.path("set")).unwrap();
    }
    bench.made("set");
    shatter();
    let at_once = named(bench);
    amend(bench);
    [at_once, named(bench)]
}

#[test]
fn a_dataset_that_is_right_passes() {
    let bench = Bench::new(SPEC);
    bench.made("set");
    assert_eq!(verify(&bench), (0, Vec::new()));
    amend(&bench);
    assert_eq!(verify(&bench), (0, Vec::new()));
}

#[test]
fn a_byte_that_has_changed_is_found() {
    let bench = Bench::new(SPEC);
    let file = "videos/ret_edit1-bay-0.mp4";
    let both = broken(&bench, || {
        let path = bench.path("set").join(file);
        let mut bytes = fs::read(&path).unwrap();
        let body = bytes.windows(4).position(|window| window == b"mdat").unwrap();
        let middle = body + (bytes.len() - body) / 2;
        bytes[middle] ^= 0x10;
        fs::write(&path, bytes).unwrap();
    });
    assert_eq!(both, [names(&[file]), names(&[file])]);
}

#[test]
fn videos_that_have_changed_places_are_found() {
    let bench = Bench::new(SPEC);
    let files = ["videos/ret_edit1-bar-0.mp4", "videos/ret_insert2-bar-0.mp4"];
    let both = broken(&bench, || {
        let [one, two] = files.map(|file| bench.path("set").join(file));
        fs::rename(&one, bench.path("aside")).unwrap();
        fs::rename(&two, &one).unwrap();
        fs::rename(bench.path("aside"), &two).unwrap();
    });
    assert_eq!(both, [names(&files), names(&files)]);
}

#[test]
fn a_file_that_is_cut_short_or_lost_is_found() {
    let bench = Bench::new(SPEC);
    let file = "videos/ret_insert2-bay-0.mp4";
    for keep in [0, 1, 3] {
        let both = broken(&bench, || {
            let path = bench.path("set").join(file);
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() * keep / 4]).unwrap();
        });
        assert_eq!(both, [names(&[file]), names(&[file])], "{keep} quarters");
    }
    bench.path("set").exists().then(|| fs::remove_dir_all(bench.path("set")).unwrap()).unwrap();
    bench.made("set");
    fs::remove_file(bench.path("set").join(file)).unwrap();
    assert_eq!(named(&bench), names(&[file]));
}

#[test]
fn rows_that_have_changed_are_found() {
    let bench = Bench::new(SPEC);
    let path = bench.path("set/metadata.jsonl");
    let both = broken(&bench, || {
        let text = fs::read_to_string(&path).unwrap();
        let changed = text.replacen("What is the secret word?", "What was the secret word?", 1);
        assert_ne!(text, changed);
        fs::write(&path, changed).unwrap();
    });
    assert_eq!(both, [names(&["metadata.jsonl"]), names(&["metadata.jsonl"])]);
    let both = broken(&bench, || {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        fs::write(&path, lines[..lines.len() - 1].join("\n") + "\n").unwrap();
    });
    assert_eq!(both, [names(&["metadata.jsonl"]), names(&["metadata.jsonl"])]);
}

/// Renders a sample of the bench's spec again, changed, over the video that is right.
pub(super) fn render_otherwise(bench: &Bench, id: &str, change: impl Fn(&mut VideoPlan)) {
    let spec = Arc::new(spec::read(&bench.path("spec.toml")).unwrap());
    let wanted: Wanted = *spec.wanted();
    let preparation =
        Preparation { cache: bench.path("cache"), wanted, joined: false, isolate: None, job: Job::default() };
    let ready = preparation.prepare(preparation.survey(spec.entries()).unwrap()).unwrap();
    let haystacks: Vec<_> = ready.values().map(|ready| ready.haystack.clone()).collect();
    let planner = Planner::new(&spec, &haystacks).unwrap();
    let mut sample = planner.videos().find(|sample| sample.video.name == id).unwrap();
    change(&mut sample);
    let path = bench.path(&format!("set/videos/{id}.mp4"));
    video::render(&sample.video, &ready, spec.library(), (Store::File, &path)).unwrap();
}

#[test]
fn a_needle_one_frame_late_is_found() {
    let bench = Bench::new(SPEC);
    for id in ["ret_edit1-bar-0", "ret_edit1-bay-0", "ret_insert2-bay-0", "cnt_edit2-bay-0"] {
        let later = |span: FrameSpan| FrameSpan::new(span.start() + 1, span.end() + 1).unwrap();
        let both = broken(&bench, || {
            render_otherwise(&bench, id, |sample| {
                // The last clip has room behind it, or else the first before it.
                let last = sample.video.needles.last().unwrap().span;
                let is_last = last.end() < sample.video.num_frames;
                let moved = if is_last { last } else { sample.video.needles[0].span };
                for needle in sample.video.needles.iter_mut().filter(|needle| needle.span == moved) {
                    let earlier = || FrameSpan::new(moved.start() - 1, moved.end() - 1).unwrap();
                    needle.span = if is_last { later(moved) } else { earlier() };
                }
            });
        });
        let file = format!("videos/{id}.mp4");
        assert_eq!(both, [names(&[&file]), names(&[&file])]);
    }
}

#[test]
fn another_needle_in_the_right_place_is_found() {
    let bench = Bench::new(SPEC);
    for id in ["ret_edit1-bay-0", "ret_insert2-bar-0", "cnt_edit2-bay-0"] {
        let both = broken(&bench, || {
            render_otherwise(&bench, id, |sample| match &mut sample.video.needles[0].look {
                vniah::needle::Look::Text { text, .. } => *text = "The secret word is Xerxes.".to_owned(),
                vniah::needle::Look::Picture { pack, item, .. } => {
                    (*pack, *item) = ("fruits".to_owned(), "banana".to_owned());
                }
                vniah::needle::Look::Patch { .. } => drop(sample.video.needles.remove(0)),
                other => panic!("{other:?}"),
            });
        });
        let file = format!("videos/{id}.mp4");
        assert_eq!(both, [names(&[&file]), names(&[&file])]);
    }
}

#[test]
fn specs_of_one_plan_are_told_apart() {
    let bench = Bench::new(SPEC);
    bench.made("set");
    bench.spec("coarse.toml", 1, &format!("{SPEC}[video]\nquality = 23\n"));
    bench.done(&["generate", "coarse.toml", "-o", "coarse", "--cache", "cache"]);
    assert_eq!(verify(&bench), (0, Vec::new()));
    let other = bench.run(&["verify", "set", "--cache", "cache", "--spec", "coarse.toml"]);
    assert_eq!(other.status.code(), Some(3));
    let message = "error: `coarse.toml` and its haystacks no longer make the dataset in `set`";
    assert!(said(&other).contains(message), "{}", said(&other));
}
