//! Axes: accuracy by each key of difficulty that the dataset varies.
//!
//! In: the slices of each run. Out: SVG, in the page and by itself: a chart a key. With one run a line is a type, with several
//! it is a run over all types that vary the key.

use std::collections::BTreeSet;

use super::Run;
use super::chart::{self, Line, Point};
use crate::score::{Axis, Slice};
use crate::spec;

/// A chart has this many lines at most; where one run has more types, they are one line.
const MOST_LINES: usize = 6;

/// What a key is, beside its name: the axis of its chart.
fn says(key: &str) -> &'static str {
    spec::axis(key).map_or("", |axis| axis.says)
}

/// The lines of all charts by name, in the order of their colours: types or runs.
fn names<'a>(runs: &'a [Run]) -> Vec<&'a str> {
    if runs.len() > 1 {
        return runs.iter().map(|run| run.name.as_str()).collect();
    }
    let axes = runs.iter().flat_map(|run| run.scores.slices.difficulty.values());
    let types: BTreeSet<&str> = axes.flat_map(|axis| axis.types.keys()).map(String::as_str).collect();
    if types.len() > MOST_LINES { vec!["all types"] } else { types.into_iter().collect() }
}

/// Charts of all keys, with their titles.
fn charts(runs: &[Run]) -> Vec<(String, String)> {
    let names = names(runs);
    let keys: BTreeSet<&String> = runs.iter().flat_map(|run| run.scores.slices.difficulty.keys()).collect();
    let of = |key: &String| {
        let axes: Vec<Option<&Axis>> = runs.iter().map(|run| run.scores.slices.difficulty.get(key)).collect();
        let first = axes.iter().flatten().next();
        let columns: Vec<&str> =
            first.map_or_else(Vec::new, |axis| axis.all.iter().map(|slice| slice.value.as_str()).collect());
        let labels: Vec<String> =
            first.map_or_else(Vec::new, |axis| columns.iter().map(|value| axis.label(value)).collect());
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let slices = |index: usize, name: &str| -> &[Slice] {
            match (axes.as_slice(), name) {
                ([_, _, ..], _) => axes[index].map_or(&[], |axis| &axis.all),
                (_, "all types") => axes[0].map_or(&[], |axis| &axis.all),
                _ => axes[0].and_then(|axis| axis.types.get(name)).map_or(&[], Vec::as_slice),
            }
        };
        let lines: Vec<Line> =
            names.iter().enumerate().map(|(index, name)| line(slices(index, name), &columns)).collect();
        (key.clone(), chart::chart(&lines, &labels, runs[0].scores.chance.circular_content))
    };
    keys.into_iter().map(of).collect()
}

fn line(slices: &[Slice], columns: &[&str]) -> Line {
    let point =
        |slice: &Slice| Point { share: slice.circular, samples: slice.samples, interval: slice.interval };
    columns.iter().map(|value| slices.iter().find(|slice| slice.value == *value).map(point)).collect()
}

/// The section; nothing where nothing is varied.
pub(super) fn section(runs: &[Run]) -> String {
    let charts = charts(runs);
    if charts.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<section id=\"difficulty\"><h2>Accuracy by difficulty</h2>\n<p class=\"note\">Share of samples right in every try, with \
         95% intervals, by each key that the dataset varies; where one is varied at a time, the others are the type’s own. Values \
         stand in their order, not to scale. The dashed line is what staying with one option’s content reaches.</p>\n",
    );
    out.push_str(&chart::keys(names(runs).into_iter()));
    out.push_str("<div class=\"charts\">\n");
    for (key, drawn) in charts {
        let label = format!("Accuracy by {key}");
        out.push_str(&chart::figure((&key, says(&key)), &label, &drawn));
    }
    out.push_str("</div></section>");
    out
}

/// Each key's chart as a drawing by itself.
pub(super) fn drawings(runs: &[Run]) -> Vec<(String, String)> {
    let names = names(runs);
    let drawing = |(key, drawn): (String, String)| {
        let drawing = chart::drawing(&format!("{key}: {}", says(&key)), names.iter().copied(), &drawn);
        (key, drawing)
    };
    charts(runs).into_iter().map(drawing).collect()
}
