//! Curves: accuracy by length, overall and for each task, one line a run.
//!
//! In: the samples of each run. Out: SVG, in the page and by itself. Shares are the means that the effective length compares,
//! with their intervals as bands and whiskers.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::chart::{self, Line, Point};
use crate::score::{LengthShare, OVERALL};

/// The groups that have a curve, `overall` first, and the lengths, shortest first; `None` where all videos have one length.
fn groups<'a>(runs: &'a [Run]) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
    let mut lengths: BTreeMap<&str, f64> = BTreeMap::new();
    let mut tasks = BTreeSet::new();
    for cell in runs.iter().flat_map(|run| &run.scores.cells) {
        let shortest = lengths.entry(&cell.length).or_insert(f64::INFINITY);
        *shortest = shortest.min(cell.length_secs);
        tasks.insert(cell.task.as_str());
    }
    if lengths.len() < 2 {
        return None;
    }
    let mut columns: Vec<(&str, f64)> = lengths.into_iter().collect();
    columns.sort_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(other.0)));
    let several = tasks.len() > 1;
    let groups = std::iter::once(OVERALL).chain(tasks.into_iter().filter(|_| several)).collect();
    Some((groups, columns.into_iter().map(|(length, _)| length).collect()))
}

/// The section of curves; nothing where all videos have one length.
pub(super) fn section(runs: &[Run], threshold: f64) -> String {
    let Some((groups, columns)) = groups(runs) else { return String::new() };
    let mut out = String::from(
        "<section id=\"curves\"><h2>Accuracy by length</h2>\n<p class=\"note\">Share of samples right in every try, with \
         95% intervals: types are averaged to tasks, tasks to overall. The dashed line, chance, is what staying with one \
         option’s content reaches.</p>\n",
    );
    if runs.len() > 1 {
        out.push_str(&chart::keys(names(runs)));
    }
    out.push_str("<div class=\"charts\">\n");
    for group in groups {
        let label = format!("Accuracy by length, {group}");
        out.push_str(&chart::figure((group, ""), &label, &drawn(group, runs, &columns)));
    }
    out.push_str("</div>\n");
    out.push_str(&super::effective::table(runs, threshold));
    out.push_str("</section>");
    out
}

/// Each group's curves as a drawing by itself, with the names of the runs.
pub(super) fn drawings(runs: &[Run]) -> Vec<(String, String)> {
    let Some((groups, columns)) = groups(runs) else { return Vec::new() };
    let drawing = |group: &str| chart::drawing(group, names(runs), &drawn(group, runs, &columns));
    groups.into_iter().map(|group| (group.to_owned(), drawing(group))).collect()
}

fn names<'a>(runs: &'a [Run]) -> impl Iterator<Item = &'a str> {
    runs.iter().map(|run| run.name.as_str())
}

/// One line a run.
fn drawn(group: &str, runs: &[Run], columns: &[&str]) -> String {
    let lines: Vec<Line> = runs
        .iter()
        .map(|run| run.curves.get(group).map_or_else(|| vec![None; columns.len()], |own| line(own, columns)))
        .collect();
    let scores = runs[0].scores;
    let chance = scores.tasks.get(group).unwrap_or(&scores.overall).chance.circular_content;
    chart::chart(&lines, columns, chance)
}

fn line(shares: &BTreeMap<String, LengthShare>, columns: &[&str]) -> Line {
    let point =
        |own: &LengthShare| Point { share: own.circular, samples: own.samples, interval: own.interval };
    columns.iter().map(|length| shares.get(*length).map(point)).collect()
}
