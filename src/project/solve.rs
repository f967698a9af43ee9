//! Can every question be answered from its video?
//!
//! In: rows of a dataset, its videos and its spec. Out: by type, how many samples the oracle solves from decoded frames alone, and
//! which it does not; where needles are meant to be seen, that has to be all.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::error::Error;
use super::oracle::{Sees, oracle};
use crate::answers::Answer;
use crate::answers::kind::{self, Verdict};
use crate::baseline::Reader;
use crate::dataset::{self, DifficultyRecord, Row};
use crate::job::Job;
use crate::needle::LookKind;
use crate::plan::difficulty_record;
use crate::question::{AnswerKind, Form};
use crate::render::videos::Videos;
use crate::score::asked;
use crate::spec::{CheckedSpec, Screen};
use crate::time::FrameRate;

/// What was solved of one type.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TypeOutcome {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the grid varies, as it stands in the ids of samples; empty for the type's own setting.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub setting: String,
    /// How its needles are found.
    pub solver: &'static str,
    /// Samples that were looked at.
    pub samples: u64,
    /// Those that were solved.
    pub solved: u64,
    /// Whether its needles are meant to be seen, so that all samples have to be solved.
    pub is_demanded: bool,
    /// Samples that were not solved.
    pub unsolved: Vec<String>,
}

/// Solves samples: those of `rows`.
pub(super) fn solve(
    videos: &Videos,
    rows: &[Row],
    spec: &CheckedSpec,
    sees: Sees<'_>,
    job: &Job,
) -> Result<Vec<TypeOutcome>, Error> {
    let answers = oracle(videos, rows, spec, sees, job)?;
    let said: BTreeMap<&str, Option<&str>> =
        answers.iter().map(|answer| (answer.id.as_str(), answer.response.as_deref())).collect();
    let wrong = rows.iter().filter(|row| !is_solved(row, said.get(row.id.as_str()).copied().flatten()));
    let unsolved: BTreeSet<&str> = wrong.map(|row| row.sample_id.as_str()).collect();
    let mut by_setting: BTreeMap<(&str, DifficultyRecord), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_setting.entry((&row.kind, row.difficulty.clone().completed())).or_default().push(row);
    }
    let outcomes = spec.tasks().iter().map(|task| {
        let name = task.family.kind();
        let own = by_setting.get(&(name, difficulty_record(task).completed())).into_iter().flatten();
        let own: Vec<&Row> = own.copied().filter(|row| task.forms.contains(&row.form)).collect();
        let ids: BTreeSet<&str> = own.iter().map(|row| row.sample_id.as_str()).collect();
        let look = task.family.look();
        TypeOutcome {
            kind: name.to_owned(),
            setting: task.setting.clone(),
            solver: match look {
                LookKind::Text if sees.reader == Reader::Ocr => "ocr",
                LookKind::Text => "text template",
                LookKind::Picture => "picture colours",
                LookKind::Clip => "nearest frame",
                LookKind::Patch => "patch template",
                LookKind::Mover => "tracks of patches",
                LookKind::Sound => "matched filter",
                LookKind::Caption => "subtitle file",
            },
            samples: ids.len() as u64,
            solved: ids.difference(&unsolved).count() as u64,
            is_demanded: own.iter().all(|row| screen(row).is_some_and(|screen| task.is_clear(screen))),
            unsolved: ids.intersection(&unsolved).map(|id| (*id).to_owned()).collect(),
        }
    });
    Ok(outcomes.filter(|of| of.samples > 0).collect())
}

/// What answers solve of one type in one form.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SolvedType {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// In which form it is asked.
    pub form: Form,
    /// Whether its answers depend on the order of time.
    pub needs_order: bool,
    /// Questions.
    pub samples: u64,
    /// Those whose every try is solved.
    pub solved: u64,
    /// Share that a guess solves, where every try of a question is guessed alike; nothing where answers are times.
    pub chance: Option<f64>,
}

/// What `answers` solve of each type, in the order of `rows`.
pub(super) fn solved_types(rows: &[Row], answers: &[Answer]) -> Vec<SolvedType> {
    let said: BTreeMap<&str, Option<&str>> =
        answers.iter().map(|answer| (answer.id.as_str(), answer.response.as_deref())).collect();
    let is_right = |row: &&Row| is_solved(row, said.get(row.id.as_str()).copied().flatten());
    let mut types: Vec<SolvedType> = Vec::new();
    for tries in dataset::samples(rows) {
        let row = tries[0];
        let (kind, form) = (&row.kind, row.form);
        let at = types.iter().position(|of| of.kind == *kind && of.form == form).unwrap_or_else(|| {
            types.push(SolvedType {
                kind: kind.clone(),
                form,
                needs_order: row.question_kind.needs_order(),
                samples: 0,
                solved: 0,
                chance: (row.answer_kind != AnswerKind::Spans).then_some(0.0),
            });
            types.len() - 1
        });
        let of = &mut types[at];
        of.samples += 1;
        of.solved += u64::from(tries.iter().all(is_right));
        // The mean of those so far.
        of.chance = of.chance.map(|mean| mean + (row.chance - mean) / of.samples as f64);
    }
    types
}

/// Whether a reply solves a row: by its letter, or by an answer that is graded as right.
fn is_solved(row: &Row, said: Option<&str>) -> bool {
    if row.has_options() {
        return said == Some(row.gt_option.as_str());
    }
    let asked = asked(row);
    let given = said.and_then(|said| kind::given(&asked, said).ok());
    let values = given.zip(kind::truth(&asked, &row.answer).ok());
    values.is_some_and(|(said, right)| kind::grade(&said, &right).verdict == Verdict::Correct)
}

/// What the frames of a row's video are.
fn screen(row: &Row) -> Option<Screen> {
    let fps = FrameRate::new(row.fps_num, row.fps_den)?;
    Some(Screen { width: row.width, height: row.height, fps })
}
