//! Answers of a solver that looks at decoded pixels alone.
//!
//! In: rows of a dataset, its videos and its spec; of the control `subtitles-only`, the lines of its subtitle tracks. Out: its answers.
//! What it cannot answer, the dataset has not shown.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::error::Error;
use crate::answers::Answer;
use crate::baseline::{self, Reader, Senses, Speech, Unordered};
use crate::dataset::Row;
use crate::detect;
use crate::job::{Job, Stage};
use crate::needle::LookKind;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::spec::CheckedSpec;
use crate::wording;

/// What the oracle looks at, and how it reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sees<'a> {
    /// How subtitles are read; by their templates, where a sampler is named.
    pub reader: Reader,
    /// How spoken words are told apart.
    pub speech: Speech,
    /// The frames that it takes; all where there is none.
    pub sampler: Option<&'a Sampler>,
    /// Whether it takes each frame for itself, without order and time, and with which seed it guesses at these.
    pub unordered: Option<Unordered>,
}

/// The oracle's answers to `rows`.
pub(super) fn oracle(
    videos: &Videos,
    rows: &[Row],
    spec: &CheckedSpec,
    sees: Sees<'_>,
    job: &Job,
) -> Result<Vec<Answer>, Error> {
    let has_text = || spec.tasks().iter().any(|task| task.family.look() == LookKind::Text);
    if sees.reader == Reader::Ocr && has_text() {
        detect::check_tesseract().map_err(baseline::Error::from)?;
    }
    let has_speech = || spec.tasks().iter().any(|task| task.family.look() == LookKind::Sound);
    if sees.speech == Speech::Asr && has_speech() {
        detect::check_recogniser().map_err(baseline::Error::from)?;
    }
    let videos_of_rows = looks(rows, sees.sampler.is_some());
    let samples = |rows: &mut dyn Iterator<Item = &Row>| {
        rows.map(|row| row.sample_id.as_str()).collect::<BTreeSet<&str>>().len() as u64
    };
    let all = samples(&mut rows.iter());
    let stage = job.start(Stage::Solve, all);
    let answers = videos_of_rows
        .par_iter()
        .map(|rows| {
            job.go_on()?;
            let answers = answers(videos, rows, spec, sees)?;
            stage.item(&rows[0].sample_id).advance(samples(&mut rows.iter().copied()));
            Ok(answers)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut answers: Vec<Answer> = answers.into_iter().flatten().collect();
    stage.finish(&format!("solved {}", wording::count(all, "sample")));
    let place: BTreeMap<&str, (&str, usize)> =
        rows.iter().enumerate().map(|(at, row)| (row.id.as_str(), (row.sample_id.as_str(), at))).collect();
    answers.sort_by_key(|answer| place.get(answer.id.as_str()).copied());
    Ok(answers)
}

/// Rows that one look at a video answers: all questions about it that search for the same. A sampler takes other frames when it is
/// asked at another time.
fn looks(rows: &[Row], is_sampled: bool) -> Vec<Vec<&Row>> {
    let mut looks: BTreeMap<(&str, &str, &str, u64), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let searched = if row.question_kind.names_its_thing() { row.question.as_str() } else { "" };
        let asked = if is_sampled { row.ask_frame } else { 0 };
        looks.entry((&row.video_id, &row.kind, searched, asked)).or_default().push(row);
    }
    looks.into_values().collect()
}

/// Its answers to rows about one video.
fn answers(
    videos: &Videos,
    tries: &[&Row],
    spec: &CheckedSpec,
    sees: Sees<'_>,
) -> Result<Vec<Answer>, Error> {
    let first = tries[0];
    let lines = videos.subtitles(&first.subtitle_path)?;
    if first.video_path.is_empty() {
        return Ok(baseline::oracle_of_lines(tries, spec, (&lines, sees.unordered))?);
    }
    let video = videos.open(&first.video_path)?;
    let senses = Senses { reader: sees.reader, speech: sees.speech };
    let Some(sampler) = sees.sampler else {
        return Ok(baseline::oracle(tries, spec, &video, senses, (&lines, sees.unordered))?);
    };
    let unsampled = |refused| Error::Unsampled { sample: first.sample_id.clone(), refused };
    let taken = first.sampled(sampler).map_err(unsampled)?;
    let mut indices = taken.clone();
    indices.sort_unstable();
    indices.dedup();
    let answers = baseline::oracle_of_sampled(tries, spec, &video, &indices, (&lines, sees.unordered))?;
    // Answers say what was seen, as those of a model do, and who saw less has another name.
    let seen = |answer: Answer| Answer {
        model: answer.model.map(|model| format!("{model}, {}", sampler.name())),
        sampler: Some(sampler.name().to_owned()),
        indices: Some(taken.clone()),
        ..answer
    };
    Ok(answers.into_iter().map(seen).collect())
}
