//! Rows of a dataset from planned videos.
//!
//! In: a planned video with its questions, and its digest. Out: one row a try. The tries are cyclic shifts of the options, so
//! over them the target stands in each position once.

use crate::dataset::{NeedleRow, Row, VIDEOS, letter};
use crate::needle::Effective;
use crate::plan::{DepthOf, PlannedNeedle, PlannedQuestion, PlannedVideo, VideoPlan};
use crate::question::{self, Control};
use crate::render::subtitles;

/// Path of a video within its dataset; empty where there is none.
pub fn file_name(video: &PlannedVideo) -> String {
    if video.is_none() { String::new() } else { format!("{VIDEOS}/{}.mp4", video.name) }
}

/// The rows of all questions about a video: of each, one for each rotation of its options, or one where it has none.
pub fn rows(planned: &VideoPlan, sha256: &str) -> Vec<Row> {
    rows_under(planned, sha256, None)
}

/// The same in a control of the dataset, which may withhold a part of the prompt.
pub fn rows_under(planned: &VideoPlan, sha256: &str, control: Option<Control>) -> Vec<Row> {
    let of_video = video_row(planned, sha256);
    let row = |question| (0..).map(move |shift| (question, shift));
    let tries = planned.questions.iter().flat_map(|question| row(question).take(question.tries() as usize));
    let rows = tries.map(|(question, shift)| asked_row(question, shift, of_video.clone()));
    let states_times = control.is_none_or(Control::states_times);
    let prompted = |row: Row| {
        let prompt = if states_times { row.prompt() } else { row.prompt_without_times() };
        Row { prompt_text: prompt.text(), ..row }
    };
    rows.map(prompted).collect()
}

/// A row of a question in one rotation, given what holds for its video.
fn asked_row(question: &PlannedQuestion, shift: usize, of_video: Row) -> Row {
    let count = question.options.len();
    let options = question::rotated(&question.options, shift);
    Row {
        id: format!("{}_{shift}", question.sample_id),
        sample_id: question.sample_id.clone(),
        kind: question.kind.clone(),
        task: question.task.clone(),
        language: question.language,
        question_kind: question.question_kind,
        form: question.form,
        answer_kind: question.answer_kind,
        question: question.question.clone(),
        query: question.query.clone(),
        gt: question.answer.clone(),
        gt_option: if count == 0 { String::new() } else { letter((question.target + count - shift) % count) },
        answer: question.answer.clone(),
        vocabulary: question.vocabulary.clone(),
        chance: question.chance,
        group_id: question.group_id.clone(),
        ask_frame: question.ask_frame,
        evidence: question.evidence.clone(),
        difficulty_effective: Effective {
            age_frames: Some(age(question, of_video.num_frames)),
            ..of_video.difficulty_effective
        },
        audio_needed: question.audio_needed,
        options,
        rotation: shift as u32,
        ..of_video
    }
}

/// Frames from the end of the evidence to the question, where that is asked before the end of a video of so many frames; 0 elsewhere.
fn age(question: &PlannedQuestion, num_frames: u64) -> u64 {
    let end = question.evidence.iter().map(|evidence| evidence.span.end()).max();
    end.filter(|_| question.ask_frame < num_frames).map_or(0, |end| question.ask_frame.saturating_sub(end))
}

/// What all rows about a video have in common.
fn video_row(planned: &VideoPlan, sha256: &str) -> Row {
    let VideoPlan { video, cell, .. } = planned;
    let mut haystack_ids: Vec<String> = video.parts.iter().map(|part| part.haystack.clone()).collect();
    haystack_ids.dedup();
    Row {
        video_id: video.name.clone(),
        file_name: file_name(video),
        video_path: file_name(video),
        subtitle_path: subtitles::file_name(video),
        length: video.fps.secs(video.num_frames),
        num_frames: video.num_frames,
        fps_num: video.fps.num(),
        fps_den: video.fps.den(),
        width: video.width,
        height: video.height,
        haystack_ids,
        cell_length: cell.length.clone().unwrap_or_default(),
        cell_depth_permille: cell.depth_permille.map_or(-1, |depth| i32::from(depth.permille())),
        cell_depth_of: cell.depth_of.map_or("", DepthOf::name).to_owned(),
        cell_window_start: cell.window.map_or(-1, |window| window.start() as i64),
        cell_window_end: cell.window.map_or(-1, |window| window.end() as i64),
        depth_permille: video.shown().map(|needle| needle.depth.permille()).collect(),
        needle_time: video.shown().map(|needle| video.fps.secs(needle.span.start())).collect(),
        needle_frames: video.shown().map(|needle| needle.span).collect(),
        needles: video.shown().map(needle_row).collect(),
        difficulty: planned.difficulty.clone().completed(),
        difficulty_effective: planned.difficulty_effective.clone(),
        sha256: sha256.to_owned(),
        ..Row::unstated()
    }
}

fn needle_row(needle: &PlannedNeedle) -> NeedleRow {
    NeedleRow {
        label: needle.label.clone(),
        key: needle.key.clone(),
        kind: format!("{}-{}", needle.mode.name(), needle.look.kind().name()),
        start_frame: needle.span.start(),
        end_frame: needle.span.end(),
        x: needle.place.x,
        y: needle.place.y,
        w: needle.place.w,
        h: needle.place.h,
        is_distractor: needle.is_distractor,
        motion: needle.motion(),
    }
}
