//! The summary of a plan, over fabricated haystacks and costs.

use super::tests::{checked, three};
use super::*;

#[test]
fn the_summary_adds_up() {
    let spec = checked("");
    let planner = Planner::new(&spec, &three()).unwrap();
    // What videos cost is not the plan's to know.
    let cost = |video: &PlannedVideo| {
        let encoded_frames = video.num_frames / 4;
        let (bytes, copied_bytes, recipe_bytes) = (video.num_frames * 1000, video.num_frames * 750, 100_000);
        Ok::<_, std::convert::Infallible>(VideoCost { encoded_frames, copied_bytes, bytes, recipe_bytes })
    };
    let Ok(summary) = summary(&planner, cost);
    let frames: u64 = planner.videos().map(|sample| sample.video.num_frames).sum();
    let encoded: u64 = planner.videos().map(|sample| sample.video.num_frames / 4).sum();
    assert_eq!((summary.samples, summary.rows, summary.cells, summary.frames), (27, 108, 9, frames));
    assert_eq!((summary.encoded_frames, summary.bytes), (encoded, frames * 1000));
    insta::assert_snapshot!(summary, @r"
    type               samples   needles       frames   encoded
    ret_edit1                3         3         1750     24.9%
    ret_insert1              3         3         1825     25.0%
    ret_insert2              3         3         1825     25.0%
    ord_edit1                3        12         1750     24.9%
    ord_insert1              3        12         2050     24.9%
    ord_insert2              3        12         2050     24.9%
    cnt_edit1                3         9         1750     24.9%
    cnt_edit2                3        25         1750     24.9%
    cnt_insert1              3        11         1825     25.0%

    27 questions x 4 tries = 108 rows
    11 min 3 s of video, 16575 frames, 24.9% of them to encode
    about 17 MB, or 3 MB as recipes; about 3 s of processor time once haystacks are prepared
    ");
}

#[test]
fn a_summary_counts_questions_tries_and_cells() {
    let counted = |text: &str| {
        let spec = checked(text);
        let planner = Planner::new(&spec, &three()).unwrap();
        let cost = |_: &PlannedVideo| Ok::<_, std::convert::Infallible>(VideoCost::default());
        let Ok(summary) = summary(&planner, cost);
        summary.to_string().lines().find(|line| line.contains("questions")).unwrap().to_owned()
    };
    assert_eq!(counted("[[tasks]]\ntype = \"ret_edit1\""), "3 questions x 4 tries = 12 rows");
    assert_eq!(
        counted("[[tasks]]\ntype = \"ret_edit1\"\n[grid]\nlengths = [\"20s\"]\ndepths = [0, 50, 100]"),
        "3 questions x 4 tries = 12 rows; cells (a type at a length and a depth): 3"
    );
}
