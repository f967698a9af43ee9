//! Curves: accuracy by length, overall and for each task, one line a run.
//!
//! In: the cells of each run. Out: SVG, in the page and by itself. Shares are of all samples of that length, with Wilson
//! intervals as bands and whiskers.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::html::{escape, put, whole};
use super::plot::standalone;
use crate::score::{Cell, wilson};

/// The drawing's size, and the plot within it: left, top, right, bottom.
const SIZE: (f64, f64) = (360.0, 220.0);
const PLOT: (f64, f64, f64, f64) = (38.0, 12.0, 348.0, 186.0);

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
    let groups = std::iter::once("overall").chain(tasks.into_iter().filter(|_| several)).collect();
    Some((groups, columns.into_iter().map(|(length, _)| length).collect()))
}

/// The section of curves; nothing where all videos have one length.
pub(super) fn section(runs: &[Run], threshold: f64) -> String {
    let Some((groups, columns)) = groups(runs) else { return String::new() };
    let mut out = String::from(
        "<section id=\"curves\"><h2>Accuracy by length</h2>\n<p class=\"note\">Share of samples right in every try, with \
         95% intervals. The dashed line is what staying with one option’s content reaches.</p>\n",
    );
    if runs.len() > 1 {
        let keys: Vec<String> = runs
            .iter()
            .enumerate()
            .map(|(index, run)| {
                format!("<span><i class=\"key k{}\"></i>{}</span>", index % 6, escape(&run.name))
            })
            .collect();
        put!(out, "<p class=\"keys\">{}</p>\n", keys.join(""));
    }
    out.push_str("<div class=\"charts\">\n");
    for group in groups {
        put!(
            out,
            "<figure class=\"chart\"><figcaption>{0}</figcaption><svg viewBox=\"0 0 {1} {2}\" role=\"img\" \
             aria-label=\"Accuracy by length, {0}\">{3}</svg></figure>\n",
            escape(group),
            SIZE.0,
            SIZE.1,
            chart(group, runs, &columns)
        );
    }
    out.push_str("</div>\n");
    out.push_str(&super::effective::table(runs, threshold));
    out.push_str("</section>");
    out
}

/// Each group's curves as a drawing by itself, with the names of the runs.
pub(super) fn drawings(runs: &[Run]) -> Vec<(String, String)> {
    let Some((groups, columns)) = groups(runs) else { return Vec::new() };
    let drawing = |group: &str| {
        let mut body = format!("<g transform=\"translate(0 24)\">{}</g>", chart(group, runs, &columns));
        put!(body, "<text x=\"10\" y=\"18\" class=\"title\">{}</text>", escape(group));
        for (index, run) in runs.iter().enumerate() {
            let top = SIZE.1 + 24.0 + 18.0 * index as f64;
            put!(
                body,
                "<g class=\"k{}\"><rect class=\"key\" x=\"38\" y=\"{top:.1}\" width=\"9\" height=\"9\"/></g>\
                 <text x=\"54\" y=\"{:.1}\">{}</text>",
                index % 6,
                top + 9.0,
                escape(&run.name)
            );
        }
        (group.to_owned(), standalone((SIZE.0, SIZE.1 + 30.0 + 18.0 * runs.len() as f64), &body))
    };
    groups.into_iter().map(drawing).collect()
}

fn y(share: f64) -> f64 {
    PLOT.3 - (PLOT.3 - PLOT.1) * share
}

fn chart(group: &str, runs: &[Run], columns: &[&str]) -> String {
    let keep = |cell: &Cell| group == "overall" || cell.task == group;
    let (left, _, right, bottom) = PLOT;
    let step = (right - left) / columns.len() as f64;
    let mut body = String::new();
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let at = y(share);
        put!(body, "<path class=\"rule\" d=\"M{left} {at:.1}H{right}\"/>");
        put!(
            body,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            at + 3.5,
            whole(share)
        );
    }
    let chance = y(runs[0].scores.chance.circular_content);
    put!(body, "<path class=\"chance\" d=\"M{left} {chance:.1}H{right}\"/>");
    // Names that would run into each other are left out, the first and the last kept.
    let every = columns.len().div_ceil(7);
    for (column, length) in columns.iter().enumerate() {
        if column % every == 0 || column + 1 == columns.len() {
            put!(
                body,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                left + step * (column as f64 + 0.5),
                bottom + 18.0,
                escape(length)
            );
        }
    }
    let lines: Vec<(String, String)> =
        (0..).zip(runs).map(|(index, run)| line(run, index, runs.len(), columns, step, &keep)).collect();
    // Bands lie below all lines.
    body.extend(lines.iter().map(|(band, _)| band.as_str()));
    body.extend(lines.iter().map(|(_, line)| line.as_str()));
    body
}

/// One run: its band, and a line, a marker and a whisker at each length that has samples.
fn line(
    run: &Run,
    index: usize,
    of: usize,
    columns: &[&str],
    step: f64,
    keep: &impl Fn(&Cell) -> bool,
) -> (String, String) {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for cell in run.scores.cells.iter().filter(|cell| keep(cell)) {
        let own = sums.entry(&cell.length).or_default();
        own.0 += cell.correct;
        own.1 += cell.samples;
    }
    // Runs stand beside each other, so that whiskers do not hide whiskers.
    let shift = (index as f64 - (of as f64 - 1.0) / 2.0) * 5.0;
    let mut path = String::new();
    let mut marks = String::new();
    let (mut upper, mut lower) = (String::new(), Vec::new());
    for (column, length) in columns.iter().enumerate() {
        let Some(&(correct, samples)) = sums.get(length) else { continue };
        let share = correct as f64 / samples as f64;
        let [low, high] = wilson(correct, samples);
        let (x, at) = (PLOT.0 + step * (column as f64 + 0.5) + shift, y(share));
        put!(upper, "{}{x:.1} {:.1}", if upper.is_empty() { "M" } else { "L" }, y(high));
        lower.push(format!("L{x:.1} {:.1}", y(low)));
        put!(path, "{}{x:.1} {at:.1}", if path.is_empty() { "M" } else { "L" });
        put!(
            marks,
            "<path class=\"whisker\" d=\"M{x:.1} {:.1}V{:.1}\"/>{}",
            y(low),
            y(high),
            marker(
                index,
                x,
                at,
                &format!(
                    "{}: {}%, n {samples}, {}–{}%",
                    escape(length),
                    whole(share),
                    whole(low),
                    whole(high)
                )
            )
        );
    }
    lower.reverse();
    let group = format!("<g class=\"k{}\">", index % 6);
    (
        format!("{group}<path class=\"band\" d=\"{upper}{}Z\"/></g>", lower.concat()),
        format!("{group}<path class=\"line\" d=\"{path}\"/>{marks}</g>"),
    )
}

/// Shapes differ beside colours, for those who cannot tell the colours apart.
fn marker(index: usize, x: f64, y: f64, title: &str) -> String {
    let shape = match index % 3 {
        0 => format!("<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\">"),
        1 => {
            format!("<rect class=\"dot\" x=\"{:.1}\" y=\"{:.1}\" width=\"7\" height=\"7\">", x - 3.5, y - 3.5)
        }
        _ => format!("<path class=\"dot mark\" d=\"M{x:.1} {:.1}l5 9h-10z\">", y - 5.5),
    };
    let close = ["</circle>", "</rect>", "</path>"][index % 3];
    format!("{shape}<title>{title}</title>{close}")
}
