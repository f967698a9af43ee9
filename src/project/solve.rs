//! Can every question be answered from its video?
//!
//! In: rows of a dataset, its videos and its spec. Out: by type, how many samples the oracle solves from decoded frames alone, and
//! which it does not; where needles are meant to be seen, that has to be all.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::error::Error;
use super::oracle::{Sees, oracle};
use crate::answers::kind::{self, Verdict};
use crate::baseline::Reader;
use crate::dataset::Row;
use crate::job::Job;
use crate::needle::LookKind;
use crate::plan::difficulty_record;
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
    let of = |task: &crate::spec::Task| {
        let name = task.family.kind();
        let difficulty = difficulty_record(task);
        let own = rows.iter().filter(|row| row.kind == name && row.difficulty == difficulty);
        let own: Vec<&Row> = own.collect();
        let ids: BTreeSet<&str> = own.iter().map(|row| row.sample_id.as_str()).collect();
        let look = task.family.look();
        TypeOutcome {
            kind: name.to_owned(),
            setting: task.setting.clone(),
            solver: match look {
                LookKind::Text if sees.reader == Reader::Ocr => "ocr",
                LookKind::Text => "text template",
                LookKind::Picture => "picture colours",
                LookKind::Patch => "patch template",
            },
            samples: ids.len() as u64,
            solved: ids.difference(&unsolved).count() as u64,
            is_demanded: own.iter().all(|row| screen(row).is_some_and(|screen| task.is_clear(screen))),
            unsolved: ids.intersection(&unsolved).map(|id| (*id).to_owned()).collect(),
        }
    };
    Ok(spec.tasks().iter().map(of).filter(|of| of.samples > 0).collect())
}

/// Whether a reply solves a row: by its letter, or by an answer that is graded as right.
fn is_solved(row: &Row, said: Option<&str>) -> bool {
    if row.has_options() {
        return said == Some(row.gt_option.as_str());
    }
    let asked = asked(row);
    let value = |text: &str| kind::truth(&asked, text).ok();
    let values = said.and_then(value).zip(value(&row.answer));
    values.is_some_and(|(said, right)| kind::grade(&said, &right).verdict == Verdict::Correct)
}

/// What the frames of a row's video are.
fn screen(row: &Row) -> Option<Screen> {
    let fps = FrameRate::new(row.fps_num, row.fps_den)?;
    Some(Screen { width: row.width, height: row.height, fps })
}
