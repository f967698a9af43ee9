//! Coverage of fabricated rows, against numbers worked out by hand.

use super::*;
use crate::dataset::NeedleRow;
use crate::language::Language;

fn row(kind: &str, task: &str, sample: usize, frames: u64, needles: &[(u64, u64, bool)]) -> Vec<Row> {
    let options: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let needle = |&(start_frame, end_frame, is_distractor): &(u64, u64, bool)| NeedleRow {
        key: String::new(),
        label: "a".to_owned(),
        kind: "overlay-text".to_owned(),
        start_frame,
        end_frame,
        x: 10,
        y: 10,
        w: 192,
        h: 54,
        is_distractor,
        motion: crate::needle::Motion::default(),
    };
    (0..4)
        .map(|rotation| Row {
            id: format!("{kind}-{sample}_{rotation}"),
            sample_id: format!("{kind}-{sample}"),
            language: Language::En,
            file_name: format!("videos/{kind}-{sample}.mp4"),
            video_path: String::new(),
            kind: kind.to_owned(),
            task: task.to_owned(),
            question: String::new(),
            options: options.clone(),
            gt: "a".to_owned(),
            gt_option: "A".to_owned(),
            rotation,
            length: 0.0,
            num_frames: frames,
            fps_num: 30,
            fps_den: 1,
            width: 1920,
            height: 1080,
            haystack_ids: Vec::new(),
            cell_length: "x".to_owned(),
            cell_depth_permille: 0,
            cell_depth_of: "needle".to_owned(),
            cell_window_start: 0,
            cell_window_end: 1,
            depth_permille: vec![0; needles.len()],
            needle_time: Vec::new(),
            needle_frames: Vec::new(),
            needles: needles.iter().map(needle).collect(),
            difficulty: crate::dataset::DifficultyRecord::default(),
            difficulty_effective: crate::needle::Effective::default(),
            sha256: String::new(),
            ..Row::unstated()
        })
        .map(Row::completed)
        .collect()
}

fn rows() -> Vec<Row> {
    // linspace(8) of 300 frames takes 0 42 85 128 170 213 256 299.
    [
        row("ret", "retrieval", 0, 300, &[(40, 43, false), (50, 60, true)]),
        row("ret", "retrieval", 1, 300, &[(43, 85, false), (80, 90, true)]),
        row("ord", "ordering", 0, 300, &[(0, 1, false), (299, 300, false)]),
        row("ord", "ordering", 1, 300, &[(0, 1, false), (298, 299, false)]),
        row("pos", "ordering", 0, 300, &[(128, 129, false)]),
    ]
    .concat()
}

fn one(text: &str, options: Options) -> SamplerCoverage {
    let sampler: Sampler = text.parse().unwrap();
    measure(&rows(), &[sampler], options).samplers.remove(text).unwrap()
}

#[test]
fn a_type_that_is_asked_in_both_forms_has_cells_for_each() {
    let open = |row: Row| Row { form: crate::question::Form::Open, ..row };
    let mut rows = row("ret", "retrieval", 0, 300, &[(40, 43, false)]);
    rows.extend(row("ret", "retrieval", 1, 300, &[(43, 85, false)]).into_iter().take(1).map(open));
    let found = measure(&rows, &["linspace(8)".parse().unwrap()], Options::default());
    let of = &found.samplers["linspace(8)"];
    let cells: Vec<(&str, u64, u64)> =
        of.cells.iter().map(|cell| (cell.kind.as_str(), cell.samples, cell.seen)).collect();
    assert_eq!(cells, [("ret", 1, 1), ("ret (open)", 1, 0)]);
}

#[test]
fn ceilings_are_averaged_as_scores_are() {
    let found = one("linspace(8)", Options { indices: true, ..Options::default() });
    let half = 0.5 + 0.5 * 0.25;
    assert_eq!((found.samples, found.seen, found.unknown, found.refused), (5, 3, 0, 0));
    // retrieval is its only type; ordering is the mean of a half and of all.
    assert!(
        (found.ceiling - f64::midpoint(half, f64::midpoint(half, 1.0))).abs() < 1e-6,
        "{}",
        found.ceiling
    );
    // All samples are of one length, which is averaged in the same way.
    assert_eq!(found.lengths.len(), 1);
    assert!((found.lengths[0].ceiling.circular_content - found.ceiling).abs() < 1e-6);
    assert!((found.types["ret"].ceiling.metrics.circular_letters - (0.5 + 0.5 / 256.0)).abs() < 1e-6);
    assert!((found.types["ret"].ceiling.metrics.per_try - half).abs() < 1e-6);
    assert!((found.chance.circular_letters - 1.0 / 256.0).abs() < 1e-6);
    let video = &found.questions["ret-1"];
    assert_eq!(video.seen, [Some(false), Some(true)]);
    assert_eq!(video.indices.as_deref(), Some(&[0, 42, 85, 128, 170, 213, 256, 299][..]));
    assert_eq!(found.questions["ret-0"].seen, [Some(true), Some(false)]);
    // The largest distance of neighbours is 43 frames.
    assert_eq!(found.lengths[0].guaranteed_secs, Some(1.433));
    assert_eq!(found.lengths[0].shortest_needle_secs, Some(0.033));
    assert_eq!(found.lengths[0].frames, [8, 8]);
}

#[test]
fn what_an_early_question_is_sure_of_ends_with_it() {
    let mut rows = row("ret", "retrieval", 0, 300, &[(40, 43, false)]);
    for row in &mut rows {
        row.ask_frame = 150;
    }
    let found = measure(&rows, &["linspace(8)".parse().unwrap()], Options::default());
    // 0 21 42 63 85 106 127 149: the largest distance is 22 frames.
    assert_eq!(found.samplers["linspace(8)"].lengths[0].guaranteed_secs, Some(0.733));
}

#[test]
fn unknown_and_refused_are_neither_seen_nor_hidden() {
    let unknown = one("gemini", Options::default());
    // One needle lasts longer than a second.
    assert_eq!((unknown.seen, unknown.unknown), (1, 4));
    assert!(unknown.ceiling < 1.0 && (unknown.ceiling_if_unknown_seen - 1.0).abs() < 1e-9);
    assert_eq!(unknown.questions["ret-0"].seen, [None, None]);
    let refused = one("hf-default(400)", Options::default());
    assert_eq!((refused.seen, refused.refused), (0, 5));
    assert!((refused.ceiling - 0.25).abs() < 1e-9);
    assert!(refused.questions["ret-0"].refused.as_ref().unwrap().contains("400 frames are asked for"));
    assert_eq!(refused.lengths[0].guaranteed_secs, None);
}

#[test]
fn needles_shrink_with_the_model_s_resize() {
    let resize = Some("square(384)".parse().unwrap());
    let found = one("linspace(8)", Options { resize, indices: false });
    assert_eq!(found.types["ret"].smallest_needle_px, Some([38.4, 19.2]));
    assert!(found.questions.values().all(|video| video.indices.is_none()));
}

#[test]
fn questions_about_one_video_are_told_apart() {
    let mut rows = rows();
    for row in &mut rows {
        row.file_name = "videos/all.mp4".to_owned();
    }
    let sampler: Sampler = "linspace(8)".parse().unwrap();
    let found = measure(&rows, &[sampler], Options::default()).samplers.remove("linspace(8)").unwrap();
    assert_eq!(found.questions.len(), 5);
    assert_eq!(found.questions["ret-0"].seen, [Some(true), Some(false)]);
    assert_eq!(found.questions["pos-0"].seen, [Some(true)]);
    assert!(found.questions.values().all(|question| question.file_name == "videos/all.mp4"));
}
