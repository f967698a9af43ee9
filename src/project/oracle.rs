//! Answers of a solver that looks at decoded pixels alone.
//!
//! In: rows of a dataset, its videos and its spec. Out: its answers. What it cannot answer, the dataset has not shown.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::error::Error;
use crate::answers::Answer;
use crate::baseline::{self, Reader, Unordered};
use crate::dataset::Row;
use crate::detect;
use crate::job::{Job, Stage};
use crate::needle::LookKind;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::spec::CheckedSpec;

/// What the oracle looks at, and how it reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sees<'a> {
    /// How subtitles are read; by their templates, where a sampler is named.
    pub reader: Reader,
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
    let mut samples: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        samples.entry(&row.sample_id).or_default().push(row);
    }
    let samples: Vec<Vec<&Row>> = samples.into_values().collect();
    let stage = job.start(Stage::Solve, samples.len() as u64);
    let answers = samples
        .par_iter()
        .map(|tries| {
            job.go_on()?;
            let answers = answers(videos, tries, spec, sees)?;
            stage.advance(&tries[0].sample_id);
            Ok(answers)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    stage.finish(&format!("solved {} samples", samples.len()));
    Ok(answers.into_iter().flatten().collect())
}

/// Its answers to the tries of one sample.
fn answers(
    videos: &Videos,
    tries: &[&Row],
    spec: &CheckedSpec,
    sees: Sees<'_>,
) -> Result<Vec<Answer>, Error> {
    let first = tries[0];
    let video = videos.open(&first.video_path)?;
    let Some(sampler) = sees.sampler else {
        return Ok(baseline::oracle(tries, spec, &video, sees.reader, sees.unordered)?);
    };
    let unsampled = |refused| Error::Unsampled { sample: first.sample_id.clone(), refused };
    let mut indices = first.sampled(sampler).map_err(unsampled)?;
    indices.sort_unstable();
    indices.dedup();
    Ok(baseline::oracle_of_sampled(tries, spec, &video, &indices, sees.unordered)?)
}
