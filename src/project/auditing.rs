//! Can questions be answered without their videos?
//!
//! In: a dataset, a plan, or `VNBench`'s annotation. Out: a report of attacks and checks. Nothing need be rendered.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::Error;
use super::opened::Dataset;
use crate::audit::{self, Report, vnbench};
use crate::dataset::{self, Row};
use crate::files;
use crate::letter;
use crate::needle::Library;
use crate::plan::{self, PlannedQuestion, VideoPlan};
use crate::render::rows;

impl Dataset {
    /// Attacks the questions without looking at a video. `library` says which names mean one thing.
    pub fn audit(&self, library: &Library) -> Result<Report, Error> {
        // What rows contradict is the audit's to say.
        let rows = dataset::read_contradictory_rows(self.dir())?;
        let haystacks = self.manifest()?.haystacks;
        let lengths = haystacks.into_iter().map(|haystack| {
            let secs = haystack.form.fps.secs(haystack.form.frames);
            (haystack.id, secs)
        });
        audited(&rows, &lengths.collect(), library)
    }
}

/// Attacks the questions of the plan at `path`, before anything is rendered.
pub fn audit_plan(path: &Path, library: &Library) -> Result<Report, Error> {
    audited(&of_plan(path)?, &BTreeMap::new(), library)
}

/// Attacks the questions of `VNBench`'s annotation at `path`.
pub fn audit_annotation(path: &Path, library: &Library) -> Result<Report, Error> {
    audited(&vnbench::read(path)?, &BTreeMap::new(), library)
}

fn audited(rows: &[Row], lengths: &BTreeMap<String, f64>, library: &Library) -> Result<Report, Error> {
    if rows.is_empty() { Err(Error::NothingToAudit) } else { Ok(audit::audit(rows, lengths, library)) }
}

/// Rows of the dataset that a plan would become.
fn of_plan(path: &Path) -> Result<Vec<Row>, Error> {
    let stated = plan::stated(path).ok_or_else(|| Error::NoPlan { path: path.to_owned() })?;
    stated
        .check(plan::FORMAT_VERSION)
        .map_err(|mismatch| Error::PlanVersion { path: path.to_owned(), mismatch })?;
    let header = |line: &Result<serde_json::Value, files::Error>| {
        line.as_ref().is_ok_and(|line| line.get("format_version").is_some())
    };
    let lines = files::read_json_lines::<serde_json::Value>(path)?.skip_while(header);
    let mut all = Vec::new();
    for (number, line) in (1..).zip(lines) {
        let unplanned = |source| Error::Unplanned { path: path.to_owned(), number, source };
        let planned: VideoPlan = serde_json::from_value(line?).map_err(unplanned)?;
        if let Some(problem) = impossible(&planned) {
            return Err(Error::Impossible { path: path.to_owned(), number, problem });
        }
        all.extend(rows::rows(&planned, ""));
    }
    Ok(all)
}

/// What no planned video says, and this one does.
fn impossible(planned: &VideoPlan) -> Option<String> {
    if planned.questions.is_empty() {
        return Some("it has no questions".to_owned());
    }
    planned.questions.iter().find_map(impossible_question).or_else(|| {
        // One row says all that the others say, but for the order of the options.
        let mut alone = planned.clone();
        for question in alone.questions.iter_mut().filter(|question| !question.options.is_empty()) {
            question.options = vec![question.options[question.target].clone()];
            question.target = 0;
        }
        rows::rows(&alone, "").iter().flat_map(dataset::problems).next()
    })
}

fn impossible_question(question: &PlannedQuestion) -> Option<String> {
    let (target, options) = (question.target, question.options.len());
    if target >= options.max(1) {
        return Some(format!("its target {target} is none of its {options} options"));
    }
    if options > letter::MOST {
        return Some(format!("it has {options} options"));
    }
    let shown = question.evidence.iter().map(|evidence| evidence.span.end()).max().unwrap_or_default();
    if shown > question.ask_frame {
        return Some(format!("it is asked at frame {}, and about frames up to {shown}", question.ask_frame));
    }
    let stated = question.options.get(target)?;
    let answer = &question.answer;
    (stated != answer).then(|| format!("its answer `{answer}` is not its option `{stated}`"))
}
