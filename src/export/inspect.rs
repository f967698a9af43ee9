//! A task of `inspect_ai` (0.3.285 or later): nothing of inspect is changed, it is given the task's file.
//!
//! In: rows. Out: `inspect_task/` with `task.py`, `scoring.py` and `samples.jsonl`, one sample a row; beside it `metadata.jsonl` and
//! the videos, which the task finds from its own place.

use serde::Serialize;

use super::place::Placed;
use super::{Error, Export, SCORING, right};
use crate::files;
use crate::question::AnswerKind;

/// Directory of the task.
const DIR: &str = "inspect_task";
/// The samples.
const SAMPLES: &str = "samples.jsonl";

const TASK: &str = include_str!("../../templates/export/inspect_task.py");

#[derive(Debug, Serialize)]
struct Sample<'a> {
    id: &'a str,
    video: &'a str,
    /// Its sound as a file, where the question needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<&'a str>,
    prompt: String,
    target: &'a str,
    metadata: Metadata<'a>,
}

/// What inspect shows of a sample and filters by.
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    sample_id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    task: &'a str,
    answer_kind: AnswerKind,
    length: f64,
}

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    let dir = export.out.join(DIR);
    placed.text(&dir.join("task.py"), &TASK.replace("{name}", &export.options.name))?;
    placed.text(&dir.join("scoring.py"), SCORING)?;
    let sounds = export.place_sounds(placed)?;
    placed.put(&dir.join(SAMPLES), |fresh| {
        let samples = export.rows.iter().map(|row| Sample {
            id: &row.id,
            video: &row.video_path,
            sound: sounds.get(row.video_path.as_str()).filter(|_| row.audio_needed).map(String::as_str),
            prompt: export.text(row),
            target: right(row),
            metadata: Metadata {
                sample_id: &row.sample_id,
                kind: &row.kind,
                task: &row.task,
                answer_kind: row.answer_kind,
                length: row.length,
            },
        });
        files::write_json_lines(fresh, samples)
    })?;
    export.place_rows(placed)?;
    export.place_videos(placed)
}
