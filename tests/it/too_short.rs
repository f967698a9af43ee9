//! Haystacks and lengths that are too short: refused with their number, or left out, type by type.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use vniah::haystack::{Form, Haystack};
use vniah::plan::{Planner, VideoPlan};
use vniah::spec::{self, CheckedSpec};
use vniah::time::FrameRate;

use super::bench::{Bench, assert_same, said};

fn checked(too_short: &str, more: &str) -> Arc<CheckedSpec> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.mp4"), "").unwrap();
    let text = format!("seed = 7\n[haystacks]\npaths = [\"a.mp4\"]\n{too_short}\n{more}");
    let path = dir.path().join("spec.toml");
    fs::write(&path, text).unwrap();
    Arc::new(spec::read(&path).unwrap_or_else(|error| panic!("{error}")))
}

fn haystack(id: &str, frames: u64) -> Haystack {
    let fps = FrameRate::new(25, 1).unwrap();
    Haystack {
        id: id.to_owned(),
        sha256: String::new(),
        form: Form { width: 320, height: 180, fps, frames, gop: 50, audio: None },
        licence: None,
        credit: None,
        shows: Vec::new(),
        warnings: Vec::new(),
    }
}

fn four() -> Vec<Haystack> {
    vec![haystack("ant", 40), haystack("bee", 179), haystack("cat", 180), haystack("dog", 1000)]
}

fn by_name(planner: &Planner) -> BTreeMap<String, VideoPlan> {
    planner.videos().map(|planned| (planned.video.name.clone(), planned)).collect()
}

const SKIP: &str = "too_short = \"skip\"";
/// The first needs 180 frames, the second 1.
const TASKS: &str = "[[tasks]]\ntype = \"cnt_edit1\"\n[[tasks]]\ntype = \"ret_insert1\"\n";

#[test]
fn a_type_does_without_what_is_too_short_for_it() {
    let planner = Planner::new(&checked(SKIP, TASKS), &four()).unwrap();
    let planned = by_name(&planner);
    let names: Vec<&str> = planned.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "cnt_edit1-cat-0",
            "cnt_edit1-dog-0",
            "ret_insert1-ant-0",
            "ret_insert1-bee-0",
            "ret_insert1-cat-0",
            "ret_insert1-dog-0"
        ]
    );
    assert_eq!((planner.len(), planner.questions(), planner.cells()), (6, 6, 2));
    assert_eq!(
        planner.warnings(),
        [
            "`cnt_edit1`: 2 of 4 haystacks too short and left out: it needs 180 frames; haystack `ant` has 40, haystack `bee` has 179"
        ]
    );
    // What is left is what a plan without the others has.
    let long = Planner::new(&checked("", TASKS), &four()[2..]).unwrap();
    for (name, video) in by_name(&long) {
        assert_eq!(planned[&name], video);
    }
}

#[test]
fn samples_are_shared_among_the_haystacks_that_are_left() {
    let tasks = "[[tasks]]\ntype = \"cnt_edit1\"\nsamples = 5\n[grid]\ndepths = [0, 100]\n";
    let planner = Planner::new(&checked(SKIP, tasks), &four()).unwrap();
    assert_eq!((planner.len(), planner.cells()), (10, 2));
    let mut of: BTreeMap<String, u64> = BTreeMap::new();
    for planned in planner.videos() {
        *of.entry(planned.video.parts[0].haystack.clone()).or_default() += 1;
    }
    // Two rounds at each depth, and a fifth by the type's own order.
    let mut counts: Vec<u64> = of.values().copied().collect();
    counts.sort_unstable();
    assert_eq!((counts, of.contains_key("cat") && of.contains_key("dog")), (vec![4, 6], true));
}

#[test]
fn lengths_of_a_grid_are_left_out_as_haystacks_are() {
    let grid = format!("{TASKS}[grid]\nlengths = [\"5s\", \"8s\", \"20s\"]\nrepeats = 2\n");
    let planner = Planner::new(&checked(SKIP, &grid), &four()).unwrap();
    let names: Vec<String> = planner.videos().map(|planned| planned.video.name).collect();
    assert_eq!(
        names,
        [
            "cnt_edit1-8s-0",
            "cnt_edit1-8s-1",
            "cnt_edit1-20s-0",
            "cnt_edit1-20s-1",
            "ret_insert1-5s-0",
            "ret_insert1-5s-1",
            "ret_insert1-8s-0",
            "ret_insert1-8s-1",
            "ret_insert1-20s-0",
            "ret_insert1-20s-1"
        ]
    );
    assert_eq!((planner.cells(), planner.questions()), (5, 10));
    assert_eq!(
        planner.warnings()[0],
        "`cnt_edit1`: 1 of 3 lengths too short and left out: it needs 180 frames; length `5s` has 125 at 25 frames a second"
    );
}

#[test]
fn a_type_without_any_room_is_left_out_and_all_types_are_refused() {
    let planner = Planner::new(&checked(SKIP, TASKS), &four()[..2]).unwrap();
    assert!(planner.videos().all(|planned| planned.questions[0].kind == "ret_insert1"));
    assert_eq!((planner.len(), planner.cells(), planner.firsts().collect::<Vec<u64>>()), (2, 1, vec![0]));
    assert_eq!(
        planner.warnings(),
        [
            "`cnt_edit1` is left out: it needs 180 frames, and none of 2 haystacks has as many (haystack `ant` has 40, haystack \
          `bee` has 179); longer videos bring it back"
        ]
    );
    let tasks = "[[tasks]]\ntype = \"cnt_edit1\"\n[[tasks]]\ntype = \"ord_edit1\"\n";
    let error = Planner::new(&checked(SKIP, tasks), &four()[..1]).unwrap_err();
    assert_eq!(error.problems.len(), 2, "{error}");
    assert!(error.hints[0].ends_with("`haystacks.too_short = \"skip\"` leaves nothing"), "{:?}", error.hints);
}

#[test]
fn an_error_counts_what_is_too_short_and_names_the_key() {
    let tasks = format!("{TASKS}[[tasks]]\ntype = \"ord_edit1\"\n");
    let error = Planner::new(&checked("too_short = \"error\"", &tasks), &four()).unwrap_err();
    assert_eq!(
        error.problems,
        [
            "cnt_edit1: 6 needles of 1s, 250ms apart, need 180 frames; haystack `ant` has 40, haystack `bee` has 179 (2 of 4 haystacks)",
            "ord_edit1: 4 needles of 1s, 1s apart, need 175 frames; haystack `ant` has 40 (1 of 4 haystacks)"
        ]
    );
    assert_eq!(error.hints.len(), 1);
    assert!(
        error.hints[0]
            .ends_with("`haystacks.too_short = \"skip\"` leaves out what is too short, type by type"),
        "{:?}",
        error.hints
    );
}

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
