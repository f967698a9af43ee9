//! A local task of lmms-eval (0.7.3 or later): nothing of lmms-eval is changed, `--include_path` names the directory.
//!
//! In: rows. Out: `lmms_eval_task/` with the task's YAML, `utils.py` and `scoring.py`, and `prompts.json` where rows are asked otherwise
//! than VNBench's; beside it `sounds/` where questions need the sound, `metadata.jsonl`, which replies are graded by, and the videos, which the task finds from its own place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::place::Placed;
use super::sounds::Sounds;
use super::{Error, Export, SCORING, is_plain};
use crate::dataset::Row;
use crate::question::AnswerKind;

/// Directory of the task.
pub(super) const DIR: &str = "lmms_eval_task";
/// Prompts by row, of those that are not asked as VNBench asks.
const PROMPTS: &str = "prompts.json";

const TASK: &str = include_str!("../../templates/export/lmms_eval_task.yaml");
const UTILS: &str = include_str!("../../templates/export/lmms_eval_utils.py");

/// What the figures are.
const ACCOUNT: &str = "\
# Replies are read by vniah itself, which has to be installed: figures are those of `vniah score`. main: the figure that
# stands for the dataset; circular: share of samples that are right in every try (mean over tasks of the mean over types);
# circular_error: its standard error, clustered by haystack; per_try: share of single tries; task_*, type_*, open_*: the main
# figure of a part. `vniah import` reads the samples log, and `vniah score` adds intervals.
";
/// Models that play no track of a video: `openai` takes its frames, and the chat models of Qwen leave the track out. They are given the
/// sound beside the video.
const WITHOUT_TRACK: [&str; 3] = ["openai", "qwen2_5_omni", "qwen3_omni"];
/// What else there is of choices.
const CHOICES: &str = "\
# official_circular, official_per_try: the same of choices by VNBench's letter rule.
";
/// What else there is of open questions.
const OPEN: &str = "\
# mIoU: mean overlap of the spans that a reply names with the right ones, as a share; IOU@3, IOU@5, IOU@7: share with an
# overlap of at least .3, .5, .7; exact: share of right numbers and names, and of points in the right part of the picture;
# parse_fail: share of replies that cannot be read, which count as 0.
";

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    let dir = export.out.join(DIR);
    let sounds = export.place_sounds(placed)?;
    placed.text(&dir.join(format!("{}.yaml", export.options.name)), &task(export, &sounds))?;
    placed.text(&dir.join("utils.py"), UTILS)?;
    placed.text(&dir.join("scoring.py"), SCORING)?;
    let special = export.rows.iter().filter(|row| !is_plain(row));
    let prompts: BTreeMap<&str, String> = special.map(|row| (row.id.as_str(), export.text(row))).collect();
    if !prompts.is_empty() {
        let text = serde_json::to_string_pretty(&prompts).expect("texts serialise") + "\n";
        placed.text(&dir.join(PROMPTS), &text)?;
    }
    export.place_rows(placed)?;
    export.place_videos(placed)
}

/// A metric of the task.
struct Metric {
    name: String,
    aggregation: &'static str,
    higher_is_better: bool,
}

impl Metric {
    fn new(name: impl Into<String>, aggregation: &'static str) -> Self {
        Self { name: name.into(), aggregation, higher_is_better: true }
    }

    /// One that is to be low.
    fn of_faults(name: &str, aggregation: &'static str) -> Self {
        Self { higher_is_better: false, ..Self::new(name, aggregation) }
    }
}

/// The metrics that `counts` of scoring.py gives rows.
fn metrics(choices: &[&Row], open: &[&Row]) -> Vec<Metric> {
    let mut metrics = vec![
        Metric::new("main", "main"),
        Metric::new("circular", "circular"),
        Metric::of_faults("circular_error", "circular_stderr"),
        Metric::new("per_try", "per_try"),
    ];
    if !choices.is_empty() {
        metrics.push(Metric::new("official_circular", "circular"));
        metrics.push(Metric::new("official_per_try", "per_try"));
    }
    let is_span = |row: &&&Row| row.answer_kind == AnswerKind::Spans;
    if open.iter().any(|row| is_span(&row)) {
        metrics.extend(["mIoU", "IOU@3", "IOU@5", "IOU@7"].map(|name| Metric::new(name, "mean_value")));
    }
    if !open.iter().all(|row| is_span(&row)) {
        metrics.push(Metric::new("exact", "mean_value"));
    }
    let tasks: BTreeSet<&str> = choices.iter().chain(open).map(|row| row.task.as_str()).collect();
    metrics.extend(tasks.into_iter().map(|task| Metric::new(format!("task_{task}"), "main")));
    for (prefix, rows) in [("type", choices), ("open", open)] {
        let types: BTreeSet<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
        metrics.extend(types.into_iter().map(|kind| Metric::new(format!("{prefix}_{kind}"), "main")));
    }
    if !open.is_empty() {
        metrics.push(Metric::of_faults("parse_fail", "mean_value"));
    }
    metrics
}

/// The keywords of models that are given the sound beside the video, where any question needs it.
fn with_sound(sounds: &Sounds<'_>) -> String {
    let models = WITHOUT_TRACK.iter().filter(|_| !sounds.is_empty());
    let words = |model: &&str| {
        format!("  {model}:\n    pre_prompt: \"\"\n    post_prompt: \"\\n{{instruction}}\"\n    sound: wav\n")
    };
    models.map(words).collect()
}

/// The task with the metrics of its rows.
fn task(export: &Export<'_>, sounds: &Sounds<'_>) -> String {
    let (choices, open): (Vec<&Row>, Vec<&Row>) = export.rows.iter().partition(|row| row.has_options());
    let mut account = ACCOUNT.to_owned();
    if !choices.is_empty() {
        account.push_str(CHOICES);
    }
    if !open.is_empty() {
        account.push_str(OPEN);
    }
    let (target, tokens) =
        if open.is_empty() { ("gt_option", "16") } else { ("!function utils.doc_to_target", "256") };
    let mut text = TASK
        .replace("{account}\n", &account)
        .replace("{name}", &export.options.name)
        .replace("{with_sound}\n", &with_sound(sounds))
        .replace("{instruction}", export.instruction())
        .replace("{target}", target)
        .replace("{max_new_tokens}", tokens);
    for Metric { name, aggregation, higher_is_better } in metrics(&choices, &open) {
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
const FIXED: [&str; 5] = ["circular_error", "per_try", "official_circular", "official_per_try", "parse_fail"];
