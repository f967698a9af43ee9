//! Controls: what a run gets right of the same questions about less, beside what it gets right of the dataset.
//!
//! In: runs. Out: a table for each run that has controls.

use super::Run;
use super::html::{escape, put};
use super::table::score_cell;
use crate::score::{Group, OVERALL, RuleScores};

/// What each control leaves, as its column says it.
const LEAVES: [(&str, &str); 10] = [
    ("no-needle", "haystacks alone"),
    ("shuffled", "pieces in another order"),
    ("one-frame", "one frame of a haystack"),
    ("still", "needles that do not move"),
    ("text-only", "no video"),
    ("subtitles-only", "lines of the subtitle track"),
    ("muted", "no needle in the sound"),
    ("deaf", "no sound"),
    ("audio-only", "black pictures"),
    ("no-times", "no times of frames"),
];

/// The section; nothing where no run has controls.
pub(super) fn section(runs: &[Run]) -> String {
    let tables: String = runs.iter().enumerate().map(|(index, run)| of_run(index, run)).collect();
    if tables.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"control-scores\"><h2>Controls</h2>\n<p class=\"note\">The same questions about less. What a run gets right there \
         does not come from what the control takes away: without needles, in one frame or by the text alone it is to be at \
         chance; of shuffled videos only the order of needles is lost. Share of samples right in every try, with 95% \
         intervals; the tick is what staying with one option’s content reaches.</p>\n{tables}</section>"
    )
}

fn of_run(index: usize, run: &Run) -> String {
    let controls = &run.scores.controls;
    if controls.is_empty() {
        return String::new();
    }
    let mut heads = String::from("<th scope=\"col\" class=\"score\">Dataset</th>");
    for name in controls.keys() {
        let leaves = LEAVES.iter().find(|(own, _)| own == name).map_or("", |(_, leaves)| leaves);
        put!(
            heads,
            "<th scope=\"col\" class=\"score\">{}<small>{}</small></th>",
            escape(name),
            escape(leaves)
        );
    }
    let mut rows = String::new();
    let mut add = |class: &str, name: &str, own: &Group, of: &dyn Fn(&RuleScores) -> Option<Group>| {
        let cells: String = controls.values().map(|control| score_cell(of(control).as_ref())).collect();
        put!(
            rows,
            "<tr class=\"{class}\"><th scope=\"row\">{}</th>{}{cells}</tr>\n",
            escape(name),
            score_cell(Some(own))
        );
    };
    add("all", OVERALL, &run.scores.overall, &|control| Some(control.overall.clone()));
    for (task, own) in &run.scores.tasks {
        add("task", task, own, &|control| control.tasks.get(task).cloned());
        for (kind, own) in run.scores.types_of(task) {
            add("type", kind, own, &|control| control.types.get(kind).cloned());
        }
    }
    format!(
        "<div class=\"wide\"><table class=\"groups beside\"><caption><i class=\"key k{}\"></i>{}</caption><thead><tr><th \
         scope=\"col\"></th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n",
        index % 6,
        escape(&run.name)
    )
}
