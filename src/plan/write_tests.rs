//! Files of plans hold what is planned.

use super::tests::{checked, plan, three};
use super::*;

#[test]
fn a_plan_file_has_a_header_and_a_line_a_sample() {
    let spec = checked("");
    let planner = Planner::new(&spec, &three()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.jsonl");
    write(&path, &planner, THREE_FRAMES).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let header: Header = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!((header.samples, header.seed), (27, 7));
    let samples: Vec<VideoPlan> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(samples, plan(&spec, &three()));
}

type Costs = fn(&PlannedVideo) -> Result<VideoCost, crate::files::Error>;

const THREE_FRAMES: Costs = |_| Ok(VideoCost { encoded_frames: 3, ..VideoCost::default() });

#[test]
fn a_plan_of_many_videos_is_in_order_whatever_the_threads() {
    let spec = checked(
        "[[tasks]]\ntype = \"ret_edit1\"\nsamples = 5000\n[[tasks]]\ntype = \"cnt_edit2\"\nsamples = 2\n",
    );
    let planner = Planner::new(&spec, &three()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut texts = Vec::new();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let path = dir.path().join(format!("{threads}.jsonl"));
        let written = pool.install(|| write(&path, &planner, THREE_FRAMES)).unwrap();
        assert_eq!(written, summary(&planner, THREE_FRAMES).unwrap());
        assert_eq!((written.videos, written.encoded_frames), (5002, 3 * 5002));
        texts.push(std::fs::read_to_string(&path).unwrap());
    }
    assert_eq!(texts[0], texts[1]);
    let expected = planner.videos().map(|video| serde_json::to_string(&video).unwrap());
    assert!(texts[0].lines().skip(1).map(str::to_owned).eq(expected));
    let failing =
        |_: &PlannedVideo| Err(crate::files::Error::TooLong { path: "of costs".into(), what: String::new() });
    write(&dir.path().join("none.jsonl"), &planner, failing).unwrap_err();
    assert_eq!(crate::files::sorted_dir(dir.path()).unwrap().len(), 2);
}
