//! Haystacks and lengths that are too short: refused with their number, or left out, type by type.

use std::collections::BTreeMap;

use super::tests::{checked_with, haystack};
use super::{Planner, VideoPlan};
use crate::haystack::Haystack;

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
    let planner = Planner::new(&checked_with(SKIP, TASKS), &four()).unwrap();
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
    let long = Planner::new(&checked_with("", TASKS), &four()[2..]).unwrap();
    for (name, video) in by_name(&long) {
        assert_eq!(planned[&name], video);
    }
}

#[test]
fn samples_are_shared_among_the_haystacks_that_are_left() {
    let tasks = "[[tasks]]\ntype = \"cnt_edit1\"\nsamples = 5\n[grid]\ndepths = [0, 100]\n";
    let planner = Planner::new(&checked_with(SKIP, tasks), &four()).unwrap();
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
    let planner = Planner::new(&checked_with(SKIP, &grid), &four()).unwrap();
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
    let planner = Planner::new(&checked_with(SKIP, TASKS), &four()[..2]).unwrap();
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
    let error = Planner::new(&checked_with(SKIP, tasks), &four()[..1]).unwrap_err();
    assert_eq!(error.problems.len(), 2, "{error}");
    assert!(error.hints[0].ends_with("`haystacks.too_short = \"skip\"` leaves nothing"), "{:?}", error.hints);
}

#[test]
fn an_error_counts_what_is_too_short_and_names_the_key() {
    let tasks = format!("{TASKS}[[tasks]]\ntype = \"ord_edit1\"\n");
    let error = Planner::new(&checked_with("too_short = \"error\"", &tasks), &four()).unwrap_err();
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
