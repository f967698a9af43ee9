//! A local task of lmms-eval (0.7.3 or later): nothing of lmms-eval is changed, `--include_path` names the directory.
//!
//! In: rows. Out: `lmms_eval_task/` with the task's YAML, `utils.py` and `scoring.py`; beside it `metadata.jsonl` and the
//! videos, which the task finds from its own place.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::place::Placed;
use super::{Error, Export, SCORING};
use crate::dataset::METADATA;
use crate::files;

/// Directory of the task.
pub(super) const DIR: &str = "lmms_eval_task";

const TASK: &str = include_str!("../../templates/export/lmms_eval_task.yaml");
const UTILS: &str = include_str!("../../templates/export/lmms_eval_utils.py");

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    let dir = export.out.join(DIR);
    placed.text(&dir.join(format!("{}.yaml", export.options.name)), &task(export))?;
    placed.text(&dir.join("utils.py"), UTILS)?;
    placed.text(&dir.join("scoring.py"), SCORING)?;
    if !export.is_own {
        // A copy, since who edits one text is not to edit two.
        let copy = |fresh: &Path| files::copy(&export.dataset.join(METADATA), fresh);
        placed.put(&export.out.join(METADATA), copy)?;
    }
    export.place_videos(placed)
}

/// The task with a metric for each task and type of the rows.
fn task(export: &Export<'_>) -> String {
    let mut text =
        TASK.replace("{name}", &export.options.name).replace("{instruction}", export.instruction());
    let tasks: BTreeSet<&str> = export.rows.iter().map(|row| row.task.as_str()).collect();
    let types: BTreeSet<&str> = export.rows.iter().map(|row| row.kind.as_str()).collect();
    let tasks = tasks.into_iter().map(|task| format!("task_{task}"));
    for metric in tasks.chain(types.into_iter().map(|kind| format!("type_{kind}"))) {
        // A JSON string is one of YAML.
        let metric = serde_json::Value::from(metric);
        write!(
            text,
            "  - metric: {metric}\n    aggregation: !function scoring.circular\n    higher_is_better: true\n"
        )
        .expect("writing to a string succeeds");
    }
    text
}
