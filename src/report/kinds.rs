//! Kinds of question: groups, existence, stale answers, hops and both forms, a table each.
//!
//! In: runs. Out: HTML; nothing where no type is of these kinds. A row is a type, with several runs one of each; chains have a
//! curve over the number of links, too.

use std::collections::BTreeSet;

use super::Run;
use super::chart::{self, Line, Point};
use super::html::{count, escape, interval, percent, put};
use crate::score::{Figure, Group, KindTable, TableKind, kind_tables};

/// The section.
pub(super) fn section(runs: &[Run]) -> String {
    let tables: Vec<Vec<KindTable>> = runs.iter().map(|run| kind_tables(run.scores)).collect();
    let kinds = [
        TableKind::Groups,
        TableKind::Existence,
        TableKind::Moments,
        TableKind::States,
        TableKind::Aliasing,
        TableKind::Hops,
        TableKind::Gap,
    ];
    let mut body = groups(runs);
    for kind in kinds {
        let of_kind: Vec<Option<&KindTable>> =
            tables.iter().map(|tables| tables.iter().find(|table| table.kind == kind)).collect();
        body.push_str(&table(runs, &of_kind));
        if kind == TableKind::Hops {
            body.push_str(&curves(runs));
        }
    }
    if body.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"kinds\"><h2>Kinds of question</h2>\n<p class=\"note\">Beside a figure stands its 95% interval; the tick on a \
         scale is chance.</p>\n{body}</section>"
    )
}

/// What share of all groups is right, a sentence a run.
fn groups(runs: &[Run]) -> String {
    let mut out = String::new();
    for run in runs {
        let Some(groups) = &run.scores.groups else { continue };
        let own = &groups.overall;
        put!(
            out,
            "<p class=\"note\">{}: of {} groups of questions {}% are right as a whole ({} – {}); mean of (right / samples)² {}%.</p>\n",
            escape(&run.name),
            count(own.groups as usize),
            percent(own.right),
            percent(own.interval[0]),
            percent(own.interval[1]),
            percent(own.squared),
        );
    }
    out
}

/// One table over all runs; runs of one dataset have the same columns.
fn table(runs: &[Run], tables: &[Option<&KindTable>]) -> String {
    let Some(first) = tables.iter().flatten().next() else { return String::new() };
    let mut heads = String::new();
    for head in &first.heads {
        put!(heads, "<th scope=\"col\">{}</th>", escape(&typeset(head)));
    }
    let mut rows = String::new();
    let types: BTreeSet<&str> =
        tables.iter().flatten().flat_map(|table| &table.rows).map(|(kind, _)| kind.as_str()).collect();
    for kind in types {
        for (index, (run, table)) in runs.iter().zip(tables).enumerate() {
            let found = table.and_then(|table| table.rows.iter().find(|(of, _)| of == kind));
            let Some((_, figures)) = found else { continue };
            let run = if runs.len() > 1 {
                format!("<small><i class=\"key k{}\"></i>{}</small>", index % 6, escape(&run.name))
            } else {
                String::new()
            };
            put!(rows, "<tr><th scope=\"row\">{}{run}</th>", escape(kind));
            for figure in figures {
                rows.push_str(&cell(figure));
            }
            rows.push_str("</tr>\n");
        }
    }
    format!(
        "<h3>{title}</h3>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table class=\"runs kinds{class}\">\
         <thead><tr><th scope=\"col\">Type</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n\
         <p class=\"note\">{}</p>\n",
        escape(&typeset(first.note)),
        title = escape(first.title),
        // A curve shows the scales of hops.
        class = if first.kind == TableKind::Hops { " hops" } else { "" },
    )
}

/// Text of the terminal, with the signs that a page has.
fn typeset(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    (first + letters.as_str()).replace(" - ", " − ").replace("^2", "²").replace('\'', "’")
}

/// A figure with its interval, as a cell.
pub(super) fn cell(figure: &Figure) -> String {
    let points = |share: f64| format!("{:+.1}", share * 100.0).replace('-', "−");
    let number = |number: f64| format!("{number:.2}").replace('-', "−");
    let ends = |ends: &Option<[f64; 2]>, shown: &dyn Fn(f64) -> String, between: &str| {
        let text =
            |[low, high]: &[f64; 2]| format!("<small>{}{between}{}</small>", shown(*low), shown(*high));
        ends.as_ref().map(text).unwrap_or_default()
    };
    let inner = match figure {
        Figure::Count(number) => count(*number as usize),
        Figure::Measure(name) => escape(name),
        Figure::Share { value, interval: Some(known), chance } => {
            let scale = chance.map(|chance| interval(*value, *known, chance)).unwrap_or_default();
            format!("{scale}<b>{}</b>{}", percent(*value), ends(&Some(*known), &percent, " – "))
        }
        Figure::Share { value, .. } => percent(*value),
        Figure::Points { value, interval } => {
            format!("<b>{}</b>{}", points(*value), ends(interval, &points, " to "))
        }
        Figure::Number { value, interval } => {
            format!("<b>{}</b>{}", number(*value), ends(interval, &number, " to "))
        }
        _ => "–".to_owned(),
    };
    format!("<td>{inner}</td>")
}

/// A chart for each type of chains: right samples by number of links, a line a run.
fn curves(runs: &[Run]) -> String {
    let types: BTreeSet<&String> = runs.iter().flat_map(|run| run.scores.hops.keys()).collect();
    let mut charts = String::new();
    for kind in types {
        let Some(first) = runs.iter().find_map(|run| run.scores.hops.get(kind)) else { continue };
        if first.len() < 2 {
            continue;
        }
        let columns: Vec<&str> = first.iter().map(|slice| slice.value.as_str()).collect();
        let line = |run: &Run| -> Line {
            let slices = run.scores.hops.get(kind).map_or(&[][..], Vec::as_slice);
            let found = |column: &&str| slices.iter().find(|slice| slice.value == **column);
            let point = |column| {
                let slice = found(column)?;
                Some(Point { share: slice.circular, samples: slice.samples, interval: slice.interval })
            };
            columns.iter().map(point).collect()
        };
        let lines: Vec<Line> = runs.iter().map(line).collect();
        let scores = runs[0].scores;
        let chance = scores.types.get(kind).map_or(0.0, Group::chance_of_content);
        let note = format!("{} by number of hops", scores.right_measure(kind));
        let label = format!("{kind}: {note}");
        charts.push_str(&chart::figure((kind, &note), &label, &chart::chart(&lines, &columns, chance)));
    }
    if charts.is_empty() {
        return String::new();
    }
    let keys =
        if runs.len() > 1 { chart::keys(runs.iter().map(|run| run.name.as_str())) } else { String::new() };
    format!("{keys}<div class=\"charts\">\n{charts}</div>\n")
}
