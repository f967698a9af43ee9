//! `vniah verify --solve`: can every question be answered from its video?
//!
//! In: a dataset and its spec. Out: by type, how many samples the oracle solves from decoded frames alone, and which it does
//! not; where needles are meant to be seen, that has to be all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::baseline;
use super::exit::{Exit, Failure};
use super::print::{percent, table};
use crate::answers::kind::{self, Verdict};
use crate::baseline::Reader;
use crate::dataset::{self, Row};
use crate::needle::LookKind;
use crate::plan::hardness;
use crate::render::videos::Videos;
use crate::score::asked;
use crate::spec::{CheckedSpec, Screen};
use crate::time::FrameRate;
use crate::wording;

/// Samples that a message names; JSON lists all.
const NAMED: usize = 3;

/// What was solved of one type.
#[derive(Debug, Serialize)]
pub(super) struct TypeOutcome {
    #[serde(rename = "type")]
    kind: String,
    /// What the grid varies, as it stands in the ids of samples; empty for the type's own setting.
    #[serde(skip_serializing_if = "String::is_empty")]
    setting: String,
    /// How its needles are found.
    solver: &'static str,
    samples: u64,
    solved: u64,
    /// Whether its needles are meant to be seen, so that all samples have to be solved.
    is_demanded: bool,
    /// Samples that were not solved.
    unsolved: Vec<String>,
}

/// Solves the dataset in `dir`, or those of its samples that are named.
pub(super) fn solve(
    dir: &Path,
    videos: &Videos,
    spec: &CheckedSpec,
    samples: &[String],
    text: baseline::Text,
) -> Result<Vec<TypeOutcome>, Failure> {
    let reader = text.reader_or(Reader::Ocr);
    let rows: Vec<Row> = dataset::read_rows(dir)?
        .into_iter()
        .filter(|row| samples.is_empty() || samples.contains(&row.sample_id))
        .collect();
    let sees = baseline::Sees { reader, sampler: None };
    let answers = baseline::oracle(videos, &rows, spec, sees)?;
    let said: BTreeMap<&str, Option<&str>> =
        answers.iter().map(|answer| (answer.id.as_str(), answer.response.as_deref())).collect();
    let wrong = rows.iter().filter(|row| !is_solved(row, said.get(row.id.as_str()).copied().flatten()));
    let unsolved: BTreeSet<&str> = wrong.map(|row| row.sample_id.as_str()).collect();
    let of = |task: &crate::spec::Task| {
        let name = task.family.kind();
        let difficulty = hardness(task);
        let own = rows.iter().filter(|row| row.kind == name && row.difficulty == difficulty);
        let own: Vec<&Row> = own.collect();
        let ids: BTreeSet<&str> = own.iter().map(|row| row.sample_id.as_str()).collect();
        let look = task.family.look();
        TypeOutcome {
            kind: name.to_owned(),
            setting: task.setting.clone(),
            solver: match look {
                LookKind::Text if reader == Reader::Ocr => "ocr",
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

/// What was solved, for a reader.
pub(super) fn text(solved: &[TypeOutcome]) -> String {
    let head = ["type", "solver", "samples", "solved", "%", "demanded"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for of in solved {
        lines.push(vec![
            if of.setting.is_empty() { of.kind.clone() } else { format!("{}-{}", of.kind, of.setting) },
            of.solver.to_owned(),
            of.samples.to_string(),
            of.solved.to_string(),
            percent(of.solved as f64 / of.samples.max(1) as f64),
            if of.is_demanded { "all" } else { "none: made hard to see" }.to_owned(),
        ]);
    }
    format!("\n{}", table(&lines))
}

/// Fails if a sample that has to be solved is not.
pub(super) fn verdict(solved: &[TypeOutcome]) -> Result<(), Failure> {
    let unsolved: Vec<&str> = solved
        .iter()
        .filter(|of| of.is_demanded)
        .flat_map(|of| of.unsolved.iter().map(String::as_str))
        .collect();
    if unsolved.is_empty() {
        return Ok(());
    }
    let more = if unsolved.len() > NAMED { ", ..." } else { "" };
    let named = unsolved[..unsolved.len().min(NAMED)].join("`, `");
    let message = format!(
        "{} cannot be solved from the videos: `{named}`{more}",
        wording::count(unsolved.len(), "sample")
    );
    Err(Failure::message(Exit::Check, message))
}
