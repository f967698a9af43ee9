//! Sensitivity: what each run loses without the order of the video, and without the options, by task.
//!
//! In: runs. Out: one table; nothing where no run has the control `shuffled`, nor a type that is asked in both forms.

use std::collections::BTreeMap;

use super::Run;
use super::html::{escape, put};
use super::kinds::cell;
use super::tasks;
use crate::score::{Contrast, Figure, OVERALL, Sensitivity, sensitivity};

/// One column: of a run, a difference by task.
struct Column<'a> {
    run: usize,
    name: &'a str,
    title: &'static str,
    by_task: BTreeMap<&'a str, Contrast>,
}

/// What is taken of a task.
type Side = fn(&Sensitivity) -> Option<Contrast>;

/// Columns that hold something, run by run.
fn columns<'a>(runs: &'a [Run], figures: &'a [BTreeMap<String, Sensitivity>]) -> Vec<Column<'a>> {
    let sides: [(&'static str, Side); 2] =
        [("order sensitivity", |own| own.order), ("guessing gap", |own| own.guessing)];
    let mut columns = Vec::new();
    for (index, (run, figures)) in runs.iter().zip(figures).enumerate() {
        for (title, side) in sides {
            let found = figures.iter().filter_map(|(task, own)| Some((task.as_str(), side(own)?)));
            columns.push(Column { run: index, name: &run.name, title, by_task: found.collect() });
        }
    }
    columns.retain(|column| !column.by_task.is_empty());
    columns
}

/// The section.
pub(super) fn section(runs: &[Run]) -> String {
    let figures: Vec<BTreeMap<String, Sensitivity>> =
        runs.iter().map(|run| sensitivity(run.scores)).collect();
    let columns = columns(runs, &figures);
    if columns.is_empty() {
        return String::new();
    }
    let mut heads = String::new();
    for column in &columns {
        put!(
            heads,
            "<th scope=\"col\"><i class=\"key k{}\"></i>{}<small>{}</small></th>",
            column.run % 6,
            escape(column.name),
            column.title
        );
    }
    let found = columns.iter().flat_map(|column| column.by_task.keys().copied());
    let order = tasks::ordered(found.filter(|task| *task != OVERALL));
    let mut rows = String::new();
    for task in std::iter::once(OVERALL).chain(order) {
        put!(rows, "<tr><th scope=\"row\">{}</th>", escape(task));
        for column in &columns {
            let figure = column
                .by_task
                .get(task)
                .map_or(Figure::Absent, |own| Figure::Points { value: own.value, interval: own.interval });
            rows.push_str(&cell(&figure));
        }
        rows.push_str("</tr>\n");
    }
    format!(
        "<section id=\"sensitivity\"><h2>Order and guessing</h2>\n<p class=\"note\">In points, with 95% intervals as if both figures were \
         independent. Order sensitivity: the main figure less that of the control <code>shuffled</code>, whose videos hold the same \
         frames in another order; about 0 where order does not matter. Guessing gap: choice less open form, both corrected for chance, \
         the mean of the types that are asked in both forms.</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" \
         aria-label=\"Order and guessing\"><table class=\"runs kinds sides\"><thead><tr><th scope=\"col\">Task</th>{heads}</tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div></section>"
    )
}
