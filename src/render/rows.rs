//! Rows of a dataset from planned samples.
//!
//! In: a planned sample and the digest of its video. Out: one row a try. The tries are cyclic shifts of the options, so
//! over them the target stands in each position once.

use crate::dataset::{NeedleRow, Row, VIDEOS, letter};
use crate::plan::{DepthOf, PlannedNeedle, PlannedSample};
use crate::question;

/// Path of a video within its dataset; empty where there is none.
pub fn file_name(sample: &PlannedSample) -> String {
    if sample.video.is_none() {
        return String::new();
    }
    format!("{VIDEOS}/{}.mp4", sample.video.name)
}

/// One row for each rotation of the options.
pub fn rows(sample: &PlannedSample, sha256: &str) -> Vec<Row> {
    let count = sample.options.len();
    (0..count).map(|shift| row(sample, sha256, shift, count)).collect()
}

fn row(sample: &PlannedSample, sha256: &str, shift: usize, count: usize) -> Row {
    let video = &sample.video;
    let options = question::rotated(&sample.options, shift);
    let mut haystack_ids: Vec<String> = video.parts.iter().map(|part| part.haystack.clone()).collect();
    haystack_ids.dedup();
    Row {
        id: format!("{}_{shift}", sample.sample_id),
        sample_id: sample.sample_id.clone(),
        file_name: file_name(sample),
        video_path: file_name(sample),
        kind: sample.kind.clone(),
        task: sample.task.clone(),
        language: sample.language,
        question: sample.question.clone(),
        gt: sample.options[sample.target].clone(),
        gt_option: letter((sample.target + count - shift) % count),
        options,
        rotation: shift as u32,
        length: video.fps.secs(video.num_frames),
        num_frames: video.num_frames,
        fps_num: video.fps.num(),
        fps_den: video.fps.den(),
        width: video.width,
        height: video.height,
        haystack_ids,
        cell_length: sample.cell.length.clone().unwrap_or_default(),
        cell_depth_permille: sample.cell.depth_permille.map_or(-1, |depth| i32::from(depth.permille())),
        cell_depth_of: sample.cell.depth_of.map_or("", DepthOf::name).to_owned(),
        cell_window_start: sample.cell.window.map_or(-1, |window| window.start() as i64),
        cell_window_end: sample.cell.window.map_or(-1, |window| window.end() as i64),
        depth_permille: video.needles.iter().map(|needle| needle.depth.permille()).collect(),
        needle_time: video.needles.iter().map(|needle| video.fps.secs(needle.span.start())).collect(),
        needle_frames: video.needles.iter().map(|needle| needle.span).collect(),
        needles: video.needles.iter().map(needle_row).collect(),
        difficulty: sample.difficulty.clone(),
        difficulty_effective: sample.difficulty_effective.clone(),
        sha256: sha256.to_owned(),
    }
}

fn needle_row(needle: &PlannedNeedle) -> NeedleRow {
    NeedleRow {
        label: needle.label.clone(),
        kind: format!("{}-{}", needle.mode.name(), needle.look.kind().name()),
        start_frame: needle.span.start(),
        end_frame: needle.span.end(),
        x: needle.place.x,
        y: needle.place.y,
        w: needle.place.w,
        h: needle.place.h,
        is_distractor: needle.is_distractor,
    }
}
