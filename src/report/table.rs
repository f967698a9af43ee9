//! Tables: one of the runs, one of every task and type beside each other.
//!
//! In: runs. Out: HTML.

use super::Run;
use super::html::{count, escape, interval, percent, put};
use crate::score::{Group, OVERALL};

/// The section of scores; a sentence where there are none.
pub(super) fn section(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "<p class=\"note\">No scores were given: this page shows the samples alone.</p>".to_owned();
    }
    format!("{}\n{}\n{}", overview(runs), by_type(runs), notes(runs))
}

fn overview(runs: &[Run]) -> String {
    let mut rows = String::new();
    let any_judge = runs.iter().any(|run| run.scores.judge.is_some());
    for (index, run) in runs.iter().enumerate() {
        let group = &run.scores.overall;
        let other = |rule: &str| {
            run.scores
                .letter_rules
                .get(rule)
                .map_or_else(String::new, |scores| percent(scores.overall.main.value))
        };
        put!(
            rows,
            "<tr><th scope=\"row\"><i class=\"key k{}\"></i>{}</th>{}<td>{}</td><td>{}</td><td>{}</td>{}<td>{}</td><td>{}</td>\
             <td>{}</td></tr>\n",
            index % 6,
            escape(&run.name),
            score_cell(Some(group)),
            percent(group.per_try),
            other("robust"),
            other("official"),
            if any_judge { format!("<td>{}</td>", judged(run)) } else { String::new() },
            count(group.samples as usize),
            count(group.unreadable as usize),
            count(group.missing as usize),
        );
    }
    format!(
        "<div class=\"wide\"><table class=\"runs\"><thead><tr><th scope=\"col\">Run</th>\
         <th scope=\"col\" class=\"score\">{} %</th><th scope=\"col\">Per-try %</th>\
         <th scope=\"col\">Robust rule</th><th scope=\"col\">Official rule</th>{}<th scope=\"col\">Samples</th>\
         <th scope=\"col\">Unreadable tries</th><th scope=\"col\">Missing tries</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div>{}",
        main_head(runs),
        if any_judge { "<th scope=\"col\">Robust and judge</th>" } else { "" },
        judges(runs),
    )
}

/// Accuracy where a judge speaks after the robust rule.
fn judged(run: &Run) -> String {
    let own = run.scores.letter_rules.get("judged");
    own.map_or_else(|| "–".to_owned(), |own| percent(own.overall.main.value))
}

/// What each judge did, one sentence a run.
fn judges(runs: &[Run]) -> String {
    let mut out = String::new();
    for run in runs {
        let Some(own) = &run.scores.judge else { continue };
        put!(
            out,
            "<p class=\"note judge\">{}: of {} replies that the robust rule cannot read, the judge {} reads an option in {} (the \
             right one in {}), none in {}; {} of its verdicts cannot be read, {} replies are not judged.</p>\n",
            escape(&run.name),
            count(own.replies as usize),
            escape(&own.models.join(", ")),
            count(own.named as usize),
            count(own.correct as usize),
            count(own.none as usize),
            count(own.unreadable as usize),
            count(own.not_judged as usize),
        );
    }
    out
}

/// Accuracy, drawn and written.
pub(super) fn score_cell(group: Option<&Group>) -> String {
    let Some(group) = group else { return "<td class=\"score\">–</td>".to_owned() };
    format!(
        "<td class=\"score\"><b>{}</b>{}<small>{} – {}</small></td>",
        percent(group.main.value),
        interval(group.main.value, group.main.interval, tick(group)),
        percent(group.main.interval[0]),
        percent(group.main.interval[1]),
    )
}

/// The chance that is drawn: of choices that of staying with one option's content, elsewhere of the main figure.
pub(super) fn tick(group: &Group) -> f64 {
    group.chance_of_content()
}

/// The measure of choices.
const CIRCULAR: &str = "circular";

/// Whether some main figure is another than the share of samples that are right in every try.
pub(super) fn is_mixed(runs: &[Run]) -> bool {
    runs.iter().flat_map(|run| run.scores.types.values()).any(|group| group.main.measure != CIRCULAR)
}

/// What the column of main figures is called.
pub(super) fn main_head(runs: &[Run]) -> &'static str {
    if is_mixed(runs) { "Main" } else { "Circular" }
}

fn by_type(runs: &[Run]) -> String {
    let mut heads = String::new();
    for (index, run) in runs.iter().enumerate() {
        put!(
            heads,
            "<th scope=\"col\" class=\"score\"><i class=\"key k{}\"></i>{}</th><th scope=\"col\">Per-try</th>",
            index % 6,
            escape(&run.name)
        );
    }
    let line = |class: &str, name: &str, of: &dyn Fn(&Run) -> Option<Group>| {
        let groups: Vec<Option<Group>> = runs.iter().map(of).collect();
        let samples = groups.iter().flatten().next().map_or(0, |group| group.samples);
        let mut cells = String::new();
        for group in &groups {
            let per_try = group.as_ref().map_or_else(|| "–".to_owned(), |group| percent(group.per_try));
            put!(cells, "{}<td>{per_try}</td>", score_cell(group.as_ref()));
        }
        format!(
            "<tr class=\"{class}\"><th scope=\"row\">{}</th><td>{}</td>{cells}</tr>\n",
            escape(name),
            count(samples as usize)
        )
    };
    let mut rows = line("all", OVERALL, &|run| Some(run.scores.overall.clone()));
    let scores = runs[0].scores;
    for task in scores.tasks.keys() {
        rows.push_str(&line("task", task, &|run| run.scores.tasks.get(task).cloned()));
        for (kind, _) in scores.types_of(task) {
            let group = &scores.types[kind];
            let name = match group.main.measure.as_str() {
                CIRCULAR => kind.to_owned(),
                measure => format!("{kind}, {measure}"),
            };
            rows.push_str(&line("type", &name, &|run| run.scores.types.get(kind).cloned()));
        }
    }
    format!(
        "<h3>By task and type</h3>\n<div class=\"wide\"><table class=\"groups\"><thead><tr><th scope=\"col\">Group</th>\
         <th scope=\"col\">Samples</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )
}

fn notes(runs: &[Run]) -> String {
    let chance = runs[0].scores.chance;
    let settings = &runs[0].scores.settings;
    let main = if is_mixed(runs) {
        "Main figures: of choices the share of samples right in every try, of spans the mean IoU, of other open answers the \
         share that is exact; ticks of these are the best constant answer. "
    } else {
        ""
    };
    format!(
        "<p class=\"note\">{main}A sample counts as right if every try is right. Types are averaged to tasks, tasks to overall; \
         samples without a readable answer stay in the denominator. Guessing reaches {}% per try; in circular accuracy \
         {}% with random letters and {}% by staying with one option’s content (the tick on each scale). \
         95% intervals: types and cells {}; means {}.</p>",
        percent(chance.per_try),
        percent(chance.circular_letters),
        percent(chance.circular_content),
        escape(&settings.interval_of_types),
        escape(&settings.interval_of_means),
    )
}
