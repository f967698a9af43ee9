//! A dataset carries what made it: moved to another machine, it is verified, solved and materialised all the same.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use serde_json::Value;

use super::bench::{Bench, assert_same, said};

const TASK: &str = "[[tasks]]\ntype = \"ret_edit1\"\n";

/// Takes the dataset `set` of `bench` to a machine that has nothing else.
fn moved(bench: Bench) -> Bench {
    let away = Bench::new("");
    fs::rename(bench.path("set"), away.path("set")).unwrap();
    for name in ["spec.toml", "haystacks.toml"] {
        fs::remove_file(away.path(name)).unwrap();
    }
    drop(bench);
    away
}

fn plan_of(set: &Path) -> String {
    let manifest: Value = serde_json::from_slice(&fs::read(set.join("manifest.json")).unwrap()).unwrap();
    manifest["plan_sha256"].as_str().unwrap().to_owned()
}

/// Copies a finished video to be a haystack.
fn footage(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap();
}

#[test]
fn a_moved_dataset_is_verified_without_its_cache_and_its_spec() {
    let bench = Bench::new(&format!("{TASK}[controls]\nmake = [\"no-needle\", \"text-only\"]\n"));
    let made = bench.made("set");
    assert!(made.contains_key("spec/spec.toml") && made.contains_key("spec/haystacks.toml"));
    assert!(
        !made.contains_key("controls/no-needle/spec/spec.toml"),
        "a control is read with its dataset's spec"
    );
    let away = moved(bench);
    away.done(&["verify", "set", "--cache", "other"]);
    away.done(&["verify", "set/controls/no-needle", "--cache", "other"]);
    away.done(&["baseline", "oracle", "set", "-o", "answers.jsonl", "--cache", "other"]);
    // The copy plans the same dataset, and is a spec like any other.
    away.done(&["generate", "set/spec/spec.toml", "-o", "again", "--cache", "other"]);
    assert_eq!(plan_of(&away.path("set")), plan_of(&away.path("again")));
    // The copy is a file of the dataset, which is compared with its digest.
    let spec = fs::read_to_string(away.path("set/spec/spec.toml")).unwrap();
    fs::write(away.path("set/spec/spec.toml"), format!("{spec}\n")).unwrap();
    let output = away.run(&["verify", "set", "--cache", "other"]);
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(found.contains("spec/spec.toml: its bytes are not those in the manifest"), "{found}");
}

#[test]
fn a_spec_that_was_edited_does_not_lock_out_what_it_made() {
    let bench = Bench::new(TASK);
    bench.made("set");
    let spec = bench.path("spec.toml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text.replacen("seed = ", "seed = 9", 1) + "[[tasks]]\ntype = \"cnt_edit1\"\n").unwrap();
    bench.done(&["generate", "spec.toml", "-o", "other", "--cache", "cache"]);
    bench.done(&["verify", "set", "--cache", "cache"]);
    bench.done(&["baseline", "oracle", "set", "-o", "answers.jsonl", "--cache", "cache"]);
    bench.done(&["verify", "other", "--cache", "cache"]);
    fs::write(&spec, "not a spec").unwrap();
    bench.done(&["verify", "set", "--cache", "cache"]);
}

#[test]
fn haystacks_in_any_order_are_carried_each_under_its_own_id() {
    let bench = Bench::new(TASK);
    bench.made("source");
    // Paths in another order than ids: `-` comes before `.`, and a path before what the catalogue names.
    let video = |id: &str| bench.path(&format!("source/videos/ret_edit1-{id}-0.mp4"));
    footage(&video("bar"), &bench.path("films/zoo-2.mp4"));
    footage(&video("bay"), &bench.path("films/zoo.mp4"));
    let scene = "name = \"harbour\", seed = 1, width = 160, height = 90, fps = 25, frames = 96";
    bench.write("haystacks.toml", &format!("[[haystack]]\nid = \"alley\"\nscene = {{ {scene} }}\n"));
    let spec = "seed = 1\n[haystacks]\npaths = [\"films/*.mp4\"]\ncatalogue = \"haystacks.toml\"\n[needles]\n\
                duration = \"6 frames\"\n[[tasks]]\ntype = \"ret_edit1\"\n";
    bench.write("each.toml", spec);
    // Joined, they take the form of the first: which that is must not depend on where they lie.
    bench.write("joined.toml", &format!("{spec}[grid]\nlengths = [\"6s\"]\n"));
    for (name, out) in [("each.toml", "set"), ("joined.toml", "long")] {
        bench.done(&["generate", name, "-o", out, "--cache", "cache"]);
    }
    let manifest: Value =
        serde_json::from_slice(&fs::read(bench.path("long/manifest.json")).unwrap()).unwrap();
    let forms =
        manifest["haystacks"].as_array().unwrap().iter().map(|haystack| haystack["form"]["width"].clone());
    assert_eq!(forms.collect::<Vec<_>>(), [160, 160, 160]);
    let sources = tempfile::tempdir().unwrap();
    fs::rename(bench.path("films"), sources.path().join("elsewhere")).unwrap();
    // They are found through links to directories, too, which may lead round in circles.
    let linked = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(sources.path(), linked.path().join("disk")).unwrap();
    std::os::unix::fs::symlink(linked.path(), sources.path().join("back")).unwrap();
    let kept = tempfile::tempdir().unwrap();
    let long = kept.path().join("long");
    fs::rename(bench.path("long"), &long).unwrap();
    let long = long.to_str().unwrap();
    let away = moved(bench);
    let from = ["--haystacks", linked.path().to_str().unwrap(), "--cache", "other"];
    for (command, dataset) in [("verify", "set"), ("reproduce", "set"), ("verify", long), ("reproduce", long)]
    {
        away.done(&[&[command, dataset], &from[..]].concat());
    }
}

#[test]
fn packs_of_keys_are_carried_stated_and_credited() {
    let bench = Bench::new("[[tasks]]\ntype = \"key_edit1\"\n");
    let film = "fps = 25, frames = 240, width = 160, height = 90";
    bench.write(
        "haystacks.toml",
        &format!("[[haystack]]\nid = \"bay\"\nscene = {{ name = \"harbour\", seed = 1, {film} }}\n"),
    );
    let made = bench.made("set");
    assert!(made.contains_key("spec/needles/built-in/colours/pack.toml"));
    assert!(std::str::from_utf8(&made["README.md"]).unwrap().contains("| `colours` | CC0-1.0 |"));
    let mut manifest: Value = serde_json::from_slice(&made["manifest.json"]).unwrap();
    let needles = manifest["needles"].as_array_mut().unwrap();
    assert!(needles.iter().any(|needle| needle["name"] == "colours"), "{needles:?}");
    // Manifests of earlier versions name no packs of keys.
    needles.retain(|needle| needle["name"] != "colours");
    fs::write(bench.path("set/manifest.json"), serde_json::to_string(&manifest).unwrap()).unwrap();
    let output = bench.run(&["verify", "set", "--cache", "cache"]);
    assert!(!said(&output).contains("no longer make the dataset"), "{}", said(&output));
}

#[test]
fn recipes_of_files_are_materialised_where_their_sources_are_named() {
    let bench = Bench::new(TASK);
    bench.made("source");
    let video = |id: &str| bench.path(&format!("source/videos/ret_edit1-{id}-0.mp4"));
    footage(&video("bar"), &bench.path("footage/one/clip.mp4"));
    footage(&video("bay"), &bench.path("footage/two/clip.mp4"));
    let spec = format!(
        "seed = 1\n[haystacks]\npaths = [\"footage/*/clip.mp4\"]\n[needles]\nduration = \"6 frames\"\n{TASK}"
    );
    bench.write("files.toml", &spec);
    bench.done(&["generate", "files.toml", "-o", "set", "--store", "recipe", "--cache", "cache"]);
    let catalogue = fs::read_to_string(bench.path("set/spec/haystacks.toml")).unwrap();
    assert!(
        catalogue.contains("path = \"one/clip.mp4\"") && catalogue.contains("path = \"two/clip.mp4\""),
        "{catalogue}"
    );
    assert!(!catalogue.contains("footage"), "{catalogue}");
    let sources = tempfile::tempdir().unwrap();
    // In directories of other names, the bytes tell which is which.
    fs::create_dir_all(sources.path().join("deep/a")).unwrap();
    fs::create_dir_all(sources.path().join("deep/b")).unwrap();
    fs::rename(bench.path("footage/two/clip.mp4"), sources.path().join("deep/a/clip.mp4")).unwrap();
    fs::rename(bench.path("footage/one/clip.mp4"), sources.path().join("deep/b/clip.mp4")).unwrap();
    let away = moved(bench);
    let output = away.run(&["verify", "set", "--cache", "other"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let told = said(&output);
    for part in ["one/clip.mp4", "two/clip.mp4", "--haystacks DIR"] {
        assert!(told.contains(part), "{told}");
    }
    let sources = sources.path().to_str().unwrap();
    away.done(&["verify", "set", "--cache", "other", "--haystacks", sources]);
    away.done(&["materialize", "set", "--cache", "other", "--haystacks", sources]);
}

#[test]
fn packs_families_and_fonts_of_the_users_move_with_the_dataset() {
    let needles = "packs = [\"my packs\"]\nfont = \"own.ttf\"\n[templates]\npaths = [\"asked\"]\n\
                   [[tasks]]\ntype = \"ret_own1\"\n[[tasks]]\ntype = \"ret_insert1\"\npack = \"zoo\"\n";
    let bench = Bench::new(needles);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let family = fs::read_to_string(repository.join("templates/ret_edit1.toml")).unwrap();
    fs::create_dir(bench.path("asked")).unwrap();
    bench.write(
        "asked/own.toml",
        &family.replace("\"ret_edit1\"", "\"ret_own1\"").replace("secret", "hidden"),
    );
    fs::copy(repository.join("needles/fonts/DejaVuSans.ttf"), bench.path("own.ttf")).unwrap();
    fs::create_dir_all(bench.path("my packs/zoo/pictures")).unwrap();
    let mut items = String::from("id = \"zoo\"\nlicence = \"CC0-1.0\"\ncredit = \"me\"\n");
    for (at, name) in ["ant", "bee", "cow", "dog", "elk"].iter().enumerate() {
        let colour = Rgb([[220, 30, 40], [30, 60, 200], [240, 220, 40], [20, 150, 60], [250, 250, 250]][at]);
        let stripe = |x: u32, y: u32| if (x + y * at as u32) % 16 < 8 { colour } else { Rgb([20, 20, 20]) };
        RgbImage::from_fn(64, 64, stripe)
            .save(bench.path(&format!("my packs/zoo/pictures/{name}.png")))
            .unwrap();
        write!(items, "[[items]]\nlabel = \"{name}\"\nasset = \"pictures/{name}.png\"\n").unwrap();
    }
    bench.write("my packs/zoo/pack.toml", &items);
    bench.write("my packs/zoo/LICENSE.txt", "public domain");
    bench.write("my packs/zoo/notes.md", "private");
    let made = bench.made("set");
    let carried: Vec<&str> = made
        .keys()
        .filter_map(|name| name.strip_prefix("spec/"))
        .filter(|name| !name.contains("/pictures/"))
        .collect();
    assert_eq!(
        carried,
        [
            "font/own.ttf",
            "haystacks.toml",
            "needles/0-my-packs/zoo/LICENSE.txt",
            "needles/0-my-packs/zoo/pack.toml",
            "needles/built-in/names/pack.toml",
            "spec.toml",
            "templates/0-asked/own.toml",
            "templates/built-in/ret_insert1.toml"
        ]
    );
    // What is looked for has to be what the videos show.
    let pictures = bench.path("my packs/zoo/pictures");
    fs::copy(pictures.join("bee.png"), pictures.join("ant.png")).unwrap();
    let changed = bench.run(&["baseline", "oracle", "set", "-o", "o.jsonl", "--cache", "cache"]);
    assert_eq!(changed.status.code(), Some(3), "{}", said(&changed));
    assert!(said(&changed).contains("pack `zoo`") && !bench.path("o.jsonl").exists(), "{}", said(&changed));
    let away = moved(bench);
    away.done(&["verify", "set", "--cache", "other"]);
}

#[test]
fn parts_carry_the_spec_and_merge_into_the_bytes_of_one_run() {
    let bench = Bench::new(TASK);
    let whole = bench.made("whole");
    for (shard, out) in [("0/2", "part0"), ("1/2", "part1")] {
        bench.done(&["generate", "spec.toml", "--shard", shard, "-o", out, "--cache", "cache"]);
    }
    bench.done(&["merge", "-o", "set", "part1", "part0"]);
    assert_same(&whole, &bench.tree("set"));
    moved(bench).done(&["verify", "set", "--cache", "other"]);
}

#[test]
fn a_carried_spec_leads_nowhere_out_of_its_dataset() {
    let bench = Bench::new(TASK);
    bench.made("set");
    let away = moved(bench);
    let spec = away.path("set/spec/spec.toml");
    let text = fs::read_to_string(&spec).unwrap();
    let refused = || {
        let output = away.run(&["verify", "set", "--cache", "other"]);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        said(&output)
    };
    fs::write(&spec, text.replace("\"haystacks.toml\"", "\"/etc/passwd\"")).unwrap();
    assert!(refused().contains("haystacks.catalogue: `/etc/passwd`"), "{}", refused());
    fs::write(away.path("elsewhere.toml"), &text).unwrap();
    fs::remove_file(&spec).unwrap();
    std::os::unix::fs::symlink(away.path("elsewhere.toml"), &spec).unwrap();
    assert!(refused().contains("is a link that leads outside of the dataset"), "{}", refused());
}
