//! The score as a whole, on made-up datasets.
#![expect(clippy::float_cmp, reason = "shares are rounded to six decimals, so equality is exact")]

use std::collections::BTreeSet;

use super::*;
use crate::answers::Answer;
use crate::dataset::{NeedleRow, letter};
use crate::time::FrameSpan;

/// VNBench in miniature: nine types on each of `haystacks`, four tries.
pub(super) fn dataset(haystacks: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for haystack in 0..haystacks {
        for (index, (task, kind)) in ["retrieval", "ordering", "counting"]
            .iter()
            .flat_map(|task| {
                ["edit1", "insert1", "insert2"].map(|kind| (*task, format!("{}_{kind}", &task[..3])))
            })
            .enumerate()
        {
            let base: Vec<String> =
                ["w", "x", "y", "z"].iter().map(|text| format!("{text}{haystack}")).collect();
            let target = (haystack * 5 + index * 3) % 4;
            for rotation in 0..4 {
                let mut options = base.clone();
                options.rotate_left(rotation);
                rows.push(row(haystack, task, &kind, &base[target], options, rotation));
            }
        }
    }
    rows
}

fn row(haystack: usize, task: &str, kind: &str, gt: &str, options: Vec<String>, rotation: usize) -> Row {
    let frames = 250 + haystack as u64 * 25;
    let start = frames / 3;
    Row {
        id: format!("h{haystack}_{kind}_{rotation}"),
        sample_id: format!("h{haystack}_{kind}"),
        file_name: format!("videos/h{haystack}_{kind}.mp4"),
        video_path: format!("videos/h{haystack}_{kind}.mp4"),
        kind: kind.to_owned(),
        task: task.to_owned(),
        language: crate::language::Language::En,
        question: "What is hidden?".to_owned(),
        gt: gt.to_owned(),
        gt_option: letter(options.iter().position(|option| option == gt).unwrap()),
        options,
        rotation: rotation as u32,
        length: frames as f64 / 25.0,
        num_frames: frames,
        fps_num: 25,
        fps_den: 1,
        width: 320,
        height: 180,
        haystack_ids: vec![format!("h{haystack}")],
        cell_length: String::new(),
        cell_depth_permille: -1,
        cell_depth_of: String::new(),
        cell_window_start: -1,
        cell_window_end: -1,
        depth_permille: vec![333],
        needle_time: vec![start as f64 / 25.0],
        needle_frames: vec![FrameSpan::new(start, start + 25).unwrap()],
        needles: vec![NeedleRow {
            key: String::new(),
            label: gt.to_owned(),
            kind: "insert-picture".to_owned(),
            start_frame: start,
            end_frame: start + 25,
            x: 0,
            y: 0,
            w: 320,
            h: 180,
            is_distractor: false,
            motion: crate::needle::Motion::default(),
        }],
        difficulty: crate::dataset::DifficultyRecord::default(),
        difficulty_effective: crate::needle::Effective::default(),
        sha256: "0".repeat(64),
        ..Row::unstated()
    }
    .completed()
}

fn scored(rows: &[Row], answer: impl Fn(&Row) -> Option<String>) -> Scores {
    let answers = rows.iter().map(|row| Answer::new(&row.id, answer(row))).collect();
    let options = Options::new("m");
    score(rows, &answers, &options).unwrap()
}

#[test]
fn always_a_is_at_chance_per_try_and_nothing_circular() {
    let scores = scored(&dataset(150), |_| Some("A".to_owned()));
    assert_eq!((scores.overall.samples, scores.overall.tries), (1350, 5400));
    assert_eq!((scores.overall.circular, scores.overall.per_try), (0.0, 0.25));
    assert!(scores.overall.interval[0] <= 0.0 && scores.overall.interval[1] > 0.01);
    let chance = scores.chance;
    assert_eq!((chance.per_try, chance.circular_content, chance.circular_letters), (0.25, 0.25, 0.003_906));
}

#[test]
fn sticking_to_a_content_reaches_its_chance() {
    let rows = dataset(150);
    // The text that stood second in try 0 stands one place earlier in each try after it.
    let scores = scored(&rows, |row| Some(letter((5 - row.rotation as usize) % 4)));
    assert!((scores.overall.circular - 0.25).abs() < 0.02, "{}", scores.overall.circular);
    let [low, high] = scores.overall.interval;
    assert!(low <= 0.25 && 0.25 <= high);
}

#[test]
fn perfect_is_one_and_everything_listed_is_nothing() {
    let rows = dataset(20);
    let perfect = scored(&rows, |row| Some(format!("The answer is {}.", row.gt_option)));
    assert_eq!((perfect.overall.circular, perfect.overall.interval[1]), (1.0, 1.0));
    assert!((0.80..0.90).contains(&perfect.overall.interval[0]), "20 haystacks, not 180 samples");
    let listed = scored(&rows, |row| Some(row.options.join(", ")));
    assert_eq!((listed.overall.circular, listed.overall.per_try, listed.overall.unreadable), (0.0, 0.0, 720));
}

#[test]
fn missing_answers_stay_in_the_denominator() {
    let rows = dataset(20);
    let half = scored(&rows, |row| (row.kind != "cou_edit1").then(|| row.gt_option.clone()));
    assert_eq!((half.overall.samples, half.overall.missing), (180, 80));
    assert_eq!(half.types["cou_edit1"].circular, 0.0);
    assert_eq!(half.tasks["counting"].circular, 0.666_667);
    assert_eq!(half.overall.circular, 0.888_889);
    assert_eq!(half.verdicts.iter().filter(|sample| sample.verdicts == "MMMM").count(), 20);
    let none = Answers::default();
    let options = Options::new("m");
    assert_eq!(score(&rows, &none, &options).unwrap().overall.missing, 720);
}

#[test]
fn tasks_count_alike_however_many_types_they_have() {
    let mut rows = dataset(12);
    rows.retain(|row| row.task != "counting" || row.kind == "cou_edit1");
    let scores = scored(&rows, |row| {
        Some(if row.task == "counting" { row.gt_option.clone() } else { "?".to_owned() })
    });
    assert_eq!(scores.overall.circular, 0.333_333);
}

#[test]
fn one_wrong_try_fails_a_sample() {
    let rows = dataset(12);
    let scores = scored(&rows, |row| {
        let wrong = row.options.iter().position(|option| *option != row.gt).unwrap();
        Some(if row.rotation == 3 { letter(wrong) } else { row.gt_option.clone() })
    });
    assert_eq!((scores.overall.circular, scores.overall.per_try), (0.0, 0.75));
    assert!(scores.verdicts.iter().all(|sample| sample.verdicts == "CCCI"));
}

#[test]
fn scores_depend_on_content_alone_and_survive_a_file() {
    let rows = dataset(30);
    let answer =
        |row: &Row| Some(if row.id.len().is_multiple_of(3) { "A".to_owned() } else { row.gt_option.clone() });
    let scores = scored(&rows, answer);
    let mut backwards = rows.clone();
    backwards.reverse();
    let reversed = scored(&backwards, answer);
    assert_eq!(scores.overall, reversed.overall);
    assert_eq!(scores.cells, reversed.cells);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.json");
    write(&path, &scores).unwrap();
    assert!(is_scores(&path));
    assert_eq!(read(&path).unwrap(), scores);
}

#[test]
fn scores_are_known_by_the_beginning_of_their_file() {
    let scores = scored(&dataset(30), |row| Some(row.gt_option.clone()));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.json");
    let is = |text: &str| {
        std::fs::write(&path, text).unwrap();
        is_scores(&path)
    };
    // What stands behind the beginning is not looked at: nothing of it could be parsed here.
    let behind = format!("{} not JSON {}", " ".repeat(1 << 17), "x".repeat(1 << 17));
    assert!(is(&(scores.to_json().trim_end().trim_end_matches('}').to_owned() + &behind)));
    assert!(is(
        "{\"format_version\": 1, \"model\": \"m\", \"overall\": {\"circular\": 0.5}, \"verdicts\": []}"
    ));
    for other in [
        "",
        "[]",
        "{}",
        "{\"format_version\": 5}",
        "{\"format_version\": 5, \"outputs\": [], \"warnings\": []}",
        "{\"overall\": {\"circular\": 0.5}, \"verdicts\": []}",
        "{\"format_version\": 5, \"overall\": \"good\", \"verdicts\": []}",
        "{\"id\": \"x_0\", \"response\": \"A\"}\n",
    ] {
        assert!(!is(other), "{other}");
    }
    assert!(!is_scores(dir.path()), "a directory");
}

#[test]
fn cells_are_places_and_each_sample_is_in_one() {
    let mut rows = dataset(20);
    for row in &mut rows {
        if row.task == "ordering" {
            row.needles.push(NeedleRow { start_frame: 2, end_frame: 4, ..row.needles[0].clone() });
            row.depth_permille.push(8);
        }
        if row.task == "counting" {
            row.needles.clear();
            row.depth_permille.clear();
        }
    }
    let scores = scored(&rows, |row| Some(row.gt_option.clone()));
    assert_eq!(scores.cells.iter().map(|cell| cell.samples).sum::<u64>(), 180);
    assert_eq!(scores.settings.length_bins, ["10-30s"]);
    for cell in &scores.cells {
        let want = match cell.task.as_str() {
            "retrieval" => (Some(300), DepthSource::OnlyNeedle),
            "ordering" => (Some(0), DepthSource::FirstNeedle),
            _ => (None, DepthSource::NoNeedle),
        };
        assert_eq!((cell.depth_permille, cell.depth_of), want);
    }
    for row in &mut rows {
        row.cell_length = "15s".to_owned();
        row.cell_depth_permille = 1000;
    }
    let grid = scored(&rows, |row| Some(row.gt_option.clone()));
    let places: BTreeSet<_> =
        grid.cells.iter().map(|cell| (cell.length.as_str(), cell.depth_permille)).collect();
    assert_eq!(places.into_iter().collect::<Vec<_>>(), [("15s", Some(1000))]);
    assert_eq!(grid.cells.len(), 9);
}

#[test]
fn unknown_ids_and_two_models_are_errors() {
    let rows = dataset(1);
    let answers = [Answer::new("h0_ret_edit1_9", None)].into_iter().collect();
    let options = Options::new("m");
    let error = score(&rows, &answers, &options).unwrap_err().to_string();
    assert_eq!(
        error,
        "1 answer is to ids that the dataset does not have: `h0_ret_edit1_9` (nearest: `h0_ret_edit1_0`)"
    );
    assert!(matches!(score(&[], &Answers::default(), &options), Err(Error::NoRows)));
}

#[test]
fn long_responses_keep_their_ends() {
    let rows = dataset(1);
    let scores = scored(&rows, |row| {
        Some(format!("{}{} Answer: {}", "é".repeat(300), "x".repeat(300), row.gt_option))
    });
    let kept = scores.verdicts[0].responses[0].as_ref().unwrap();
    assert!(kept.len() < 420 && kept.starts_with("éé") && kept.contains("Answer: "));
    assert_eq!(scores.overall.circular, 1.0);
}
