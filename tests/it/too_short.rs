//! Specs that leave out what is too short: their words, and the datasets that they make.

use std::fs;

use super::bench::{Bench, assert_same, said};

#[test]
fn another_word_is_refused_with_every_other_problem() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit9\"\n");
    let spec = fs::read_to_string(bench.path("spec.toml")).unwrap();
    bench.write("spec.toml", &spec.replace("[haystacks]\n", "[haystacks]\ntoo_short = \"ignore\"\n"));
    let output = bench.run(&["plan", "spec.toml"]);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("haystacks.too_short: `ignore` is not `\"error\"` or `\"skip\"`"), "{message}");
    assert!(message.contains("ret_edit9"), "{message}");
}

#[test]
fn a_dataset_of_what_is_left_is_whole() {
    // Six subtitles of 18 frames, 4 apart, need 128: one haystack has 110, the other 131.
    let bench = Bench::new(
        "[[tasks]]\ntype = \"cnt_edit1\"\nduration = \"18 frames\"\n[[tasks]]\ntype = \"ret_edit1\"\n",
    );
    let refused = bench.generate("set");
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
    assert!(said(&refused).contains("haystack `bar` has 110 (1 of 2 haystacks)"), "{}", said(&refused));

    let spec = fs::read_to_string(bench.path("spec.toml")).unwrap();
    bench.write("spec.toml", &spec.replace("[haystacks]\n", "[haystacks]\ntoo_short = \"skip\"\n"));
    let made = bench.generate("set");
    assert!(made.status.success(), "{}", said(&made));
    let warning = "warning: `cnt_edit1`: 1 of 2 haystacks too short and left out: it needs 128 frames; haystack `bar` has 110";
    assert!(said(&made).contains(warning), "{}", said(&made));
    let whole = bench.tree("set");
    assert_eq!(whole.keys().filter(|name| name.starts_with("videos/")).count(), 3);
    let planned = bench.done(&["plan", "spec.toml", "--cache", "cache"]);
    assert!(planned.contains("note: `cnt_edit1`: 1 of 2 haystacks"), "{planned}");

    // Parts join to the same bytes.
    for (shard, part) in [("0/2", "one"), ("1/2", "two")] {
        bench.done(&["generate", "spec.toml", "-o", part, "--cache", "cache", "--shard", shard]);
    }
    bench.done(&["merge", "-o", "merged", "one", "two"]);
    assert_same(&whole, &bench.tree("merged"));
    // The copy of the spec in the dataset says the same.
    fs::remove_file(bench.path("spec.toml")).unwrap();
    fs::remove_file(bench.path("haystacks.toml")).unwrap();
    bench.done(&["verify", "set", "--cache", "cache"]);
}
