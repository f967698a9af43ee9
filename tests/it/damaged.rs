//! Files of a dataset that have changed since they were made: noticed by their bytes, not by their sizes.

use std::fs;
use std::os::unix::fs::symlink;

use super::bench::{Bench, assert_same, said};

const ONE: &str = "[[tasks]]\ntype = \"ret_edit1\"\n";

/// Flips a bit in the middle of a file.
fn flip(bench: &Bench, name: &str) {
    let path = bench.path(name);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    // A file of its own: a merged one may be linked to that of its part.
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
}

#[test]
fn a_video_of_which_a_bit_was_flipped_is_made_again() {
    let bench = Bench::new(ONE);
    let whole = bench.made("set");
    let video = whole.keys().find(|name| name.starts_with("videos/")).unwrap();
    flip(&bench, &format!("set/{video}"));
    flip(&bench, "set/metadata.jsonl");
    let output = bench.generate("set");
    let said_of = |name: &str| format!("`set/{name}` has changed since it was made: it is made again");
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains(&said_of(video)), "{}", said(&output));
    assert!(said(&output).contains(&said_of("metadata.jsonl")), "{}", said(&output));
    assert!(said(&output).contains("rendered 1 video"), "{}", said(&output));
    assert!(!said(&output).contains("already holds"), "{}", said(&output));
    assert_same(&whole, &bench.tree("set"));
    let again = bench.generate("set");
    assert!(said(&again).contains("already holds this dataset, whole"), "{}", said(&again));
}

#[test]
fn a_video_that_changed_before_its_dataset_was_whole_is_made_again() {
    let bench = Bench::new(ONE);
    let whole = bench.made("set");
    let video = whole.keys().find(|name| name.starts_with("videos/")).unwrap();
    // As a run that was killed leaves it: videos with their records, and no manifest.
    fs::remove_file(bench.path("set/README.md")).unwrap();
    flip(&bench, &format!("set/{video}"));
    let output = bench.generate("set");
    assert!(said(&output).contains("has changed since it was made"), "{}", said(&output));
    assert_same(&whole, &bench.tree("set"));
}

#[test]
fn a_merged_video_of_which_a_bit_was_flipped_is_brought_again() {
    let bench = Bench::new(ONE);
    let part = ["generate", "spec.toml", "--cache", "cache"];
    bench.done(&[&part[..], &["-o", "a", "--shard", "0/2"]].concat());
    bench.done(&[&part[..], &["-o", "b", "--shard", "1/2"]].concat());
    bench.done(&["merge", "a", "b", "-o", "set"]);
    let whole = bench.tree("set");
    let video = whole.keys().find(|name| name.starts_with("videos/")).unwrap();
    flip(&bench, &format!("set/{video}"));
    let output = bench.run(&["merge", "a", "b", "-o", "set"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("has changed since it was made"), "{}", said(&output));
    assert_same(&whole, &bench.tree("set"));
}

#[test]
fn a_lock_that_is_a_link_empties_no_file() {
    let bench = Bench::new(ONE);
    bench.write("notes", "mine");
    fs::create_dir_all(bench.path("set/.vniah")).unwrap();
    symlink("../../notes", bench.path("set/.vniah/lock")).unwrap();
    bench.made("set");
    assert_eq!(fs::read_to_string(bench.path("notes")).unwrap(), "mine");
}
