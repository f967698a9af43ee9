//! A local task of lmms-eval (0.7.3 or later): nothing of lmms-eval is changed, `--include_path` names the directory.
//!
//! In: rows. Out: `lmms_eval_task/` with the task's YAML, `utils.py` and `scoring.py`, and `prompts.json` where rows are asked otherwise
//! than VNBench's; beside it `metadata.jsonl` and the videos, which the task finds from its own place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::place::Placed;
use super::{Error, Export, SCORING, is_plain};
use crate::dataset::{METADATA, Row};
use crate::files;
use crate::question::AnswerKind;

/// Directory of the task.
pub(super) const DIR: &str = "lmms_eval_task";
/// Prompts by row, of those that are not asked as VNBench asks.
const PROMPTS: &str = "prompts.json";

const TASK: &str = include_str!("../../templates/export/lmms_eval_task.yaml");
const UTILS: &str = include_str!("../../templates/export/lmms_eval_utils.py");

/// What the figures of choices are.
const CHOICES: &str = "\
# circular: share of samples that are right in every try (mean over tasks of the mean over types), by VNBench's letter
# rule; circular_error: its standard error, clustered by haystack; task_* and type_*: the same of a part; per_try: share
# of single tries. `vniah import` reads the samples log and scores it with intervals and a careful letter rule.
";
/// What the figures of open questions are.
const OPEN: &str = "\
# mIoU: mean overlap of the spans that a reply names with the right ones, as a share; IOU@3, IOU@5, IOU@7: share with an
# overlap of at least .3, .5, .7; exact: share of right numbers and names, and of points in the right part of the picture;
# parse_fail: share of replies that cannot be read, which count as 0; open_*: mIoU or exact of a type. `vniah import`
# reads the samples log and scores it.
";

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    let dir = export.out.join(DIR);
    placed.text(&dir.join(format!("{}.yaml", export.options.name)), &task(export))?;
    placed.text(&dir.join("utils.py"), UTILS)?;
    placed.text(&dir.join("scoring.py"), SCORING)?;
    let special = export.rows.iter().filter(|row| !is_plain(row));
    let prompts: BTreeMap<&str, String> =
        special.map(|row| (row.id.as_str(), export.prompt(row).text())).collect();
    if !prompts.is_empty() {
        let text = serde_json::to_string_pretty(&prompts).expect("texts serialise") + "\n";
        placed.text(&dir.join(PROMPTS), &text)?;
    }
    if !export.is_own {
        // A copy, since who edits one text is not to edit two.
        let copy = |fresh: &Path| files::copy(&export.dataset.join(METADATA), fresh);
        placed.put(&export.out.join(METADATA), copy)?;
    }
    export.place_videos(placed)
}

/// A metric of the task.
struct Metric {
    name: String,
    aggregation: &'static str,
    higher_is_better: bool,
}

/// Metrics of choices: of all, and of each task and type.
fn of_choices(rows: &[&Row]) -> Vec<Metric> {
    let metric = |name: &str, aggregation, higher_is_better| Metric {
        name: name.to_owned(),
        aggregation,
        higher_is_better,
    };
    let mut metrics = vec![
        metric("circular", "circular", true),
        metric("circular_error", "circular_stderr", false),
        metric("per_try", "per_try", true),
    ];
    let tasks: BTreeSet<&str> = rows.iter().map(|row| row.task.as_str()).collect();
    let types: BTreeSet<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    let names = tasks.into_iter().map(|task| format!("task_{task}"));
    let names = names.chain(types.into_iter().map(|kind| format!("type_{kind}")));
    metrics.extend(names.map(|name| metric(&name, "circular", true)));
    metrics
}

/// Metrics of open questions: those of their kinds of answer, and the main one of each type.
fn of_open(rows: &[&Row]) -> Vec<Metric> {
    let is_span = |row: &&&Row| row.answer_kind == AnswerKind::Spans;
    let mut names: Vec<String> = Vec::new();
    if rows.iter().any(|row| is_span(&row)) {
        names.extend(["mIoU", "IOU@3", "IOU@5", "IOU@7"].map(str::to_owned));
    }
    if !rows.iter().all(|row| is_span(&row)) {
        names.push("exact".to_owned());
    }
    let types: BTreeSet<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    names.extend(types.into_iter().map(|kind| format!("open_{kind}")));
    let metric = |name| Metric { name, aggregation: "mean_value", higher_is_better: true };
    let fails = Metric { name: "parse_fail".to_owned(), aggregation: "mean_value", higher_is_better: false };
    names.into_iter().map(metric).chain([fails]).collect()
}

/// The task with the metrics of its rows.
fn task(export: &Export<'_>) -> String {
    let (choices, open): (Vec<&Row>, Vec<&Row>) = export.rows.iter().partition(|row| row.has_options());
    let (mut account, mut metrics) = (String::new(), Vec::new());
    if !choices.is_empty() {
        account.push_str(CHOICES);
        metrics.extend(of_choices(&choices));
    }
    if !open.is_empty() {
        account.push_str(OPEN);
        metrics.extend(of_open(&open));
    }
    let (target, tokens) =
        if open.is_empty() { ("gt_option", "16") } else { ("!function utils.doc_to_target", "256") };
    let mut text = TASK
        .replace("{account}\n", &account)
        .replace("{name}", &export.options.name)
        .replace("{instruction}", export.instruction())
        .replace("{target}", target)
        .replace("{max_new_tokens}", tokens);
    for Metric { name, aggregation, higher_is_better } in metrics {
        // Names of a task or type are the user's, and a JSON string is one of YAML.
        let is_fixed = !name.contains('_') && !name.contains('@') || FIXED.contains(&name.as_str());
        let name = if is_fixed { name } else { serde_json::Value::from(name).to_string() };
        writeln!(
            text,
            "  - metric: {name}\n    aggregation: !function scoring.{aggregation}\n    higher_is_better: {higher_is_better}"
        )
        .expect("writing to a string succeeds");
    }
    text
}

/// Names of metrics that need no quotes.
const FIXED: [&str; 3] = ["circular_error", "per_try", "parse_fail"];
