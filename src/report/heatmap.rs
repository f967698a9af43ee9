//! Heatmaps: accuracy by depth and length, overall and for each type.
//!
//! In: the cells of each run. Out: HTML tables whose squares are coloured along the cividis scale, which reads the same
//! with and without colour vision, and say their share, interval and number of samples. A square is a button that shows
//! its samples in the viewer.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::html::{escape, put, whole};
use crate::score::{Cell, DepthOf, wilson};

/// Ten points of cividis, dark to light.
const SCALE: [[u8; 3]; 10] = [
    [0, 34, 78],
    [18, 53, 112],
    [59, 73, 108],
    [87, 93, 109],
    [112, 113, 115],
    [138, 134, 120],
    [165, 156, 116],
    [195, 179, 105],
    [225, 204, 85],
    [254, 232, 56],
];

/// Background and text colour of a share.
fn colours(share: f64) -> (String, &'static str) {
    let at = share.clamp(0.0, 1.0) * 9.0;
    let index = (at as usize).min(8);
    let part = at - index as f64;
    let mixed: Vec<f64> = (0..3)
        .map(|c| f64::from(SCALE[index][c]) * (1.0 - part) + f64::from(SCALE[index + 1][c]) * part)
        .collect();
    // The lighter half of the scale carries dark text.
    let light = 0.2126 * mixed[0] + 0.7152 * mixed[1] + 0.0722 * mixed[2] > 118.0;
    let colour = format!("rgb({:.0},{:.0},{:.0})", mixed[0], mixed[1], mixed[2]);
    (colour, if light { "#10151c" } else { "#fff" })
}

/// Samples and right ones at one length and depth.
#[derive(Clone, Copy, Default)]
struct Square {
    samples: u64,
    correct: u64,
}

/// The section of heatmaps.
pub(super) fn section(runs: &[Run]) -> String {
    if runs.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<section id=\"heatmaps\"><h2>Depth by length</h2>\n<p class=\"note\">Share of samples right in every try, in per \
         cent; below it the number of samples and the 95% interval. Select a square to see its samples.</p>\n",
    );
    out.push_str(&legend());
    for (index, run) in runs.iter().enumerate() {
        let cells = &run.scores.cells;
        if runs.len() > 1 {
            put!(out, "<h3><i class=\"key k{}\"></i>{}</h3>\n", index % 6, escape(&run.name));
        }
        out.push_str("<div class=\"maps\">\n");
        out.push_str(&map("overall", "", cells.iter().collect(), index));
        let kinds: BTreeSet<&str> = cells.iter().map(|cell| cell.kind.as_str()).collect();
        if kinds.len() > 1 {
            for kind in kinds {
                out.push_str(&map(
                    kind,
                    kind,
                    cells.iter().filter(|cell| cell.kind == kind).collect(),
                    index,
                ));
            }
        }
        out.push_str("</div>\n");
    }
    out.push_str("</section>");
    out
}

fn legend() -> String {
    let stops: Vec<String> = (0..=10).map(|step| colours(f64::from(step) / 10.0).0).collect();
    format!(
        "<div class=\"legend\" aria-hidden=\"true\"><span>0</span><i style=\"background:linear-gradient(90deg,{})\"></i>\
         <span>100%</span></div>\n",
        stops.join(",")
    )
}

/// One heatmap; `kind` is empty for all types.
fn map(title: &str, kind: &str, cells: Vec<&Cell>, run: usize) -> String {
    let mut lengths: BTreeMap<&str, f64> = BTreeMap::new();
    let mut squares: BTreeMap<(Option<u16>, &str), Square> = BTreeMap::new();
    let mut depth_of: BTreeSet<DepthOf> = BTreeSet::new();
    for cell in cells {
        let shortest = lengths.entry(&cell.length).or_insert(f64::INFINITY);
        *shortest = shortest.min(cell.length_secs);
        let square = squares.entry((cell.depth_permille, &cell.length)).or_default();
        square.samples += cell.samples;
        square.correct += cell.correct;
        depth_of.insert(cell.depth_of);
    }
    let mut columns: Vec<(&str, f64)> = lengths.into_iter().collect();
    columns.sort_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(other.0)));
    let depths: BTreeSet<Option<u16>> = squares.keys().map(|(depth, _)| *depth).collect();
    let mut rows = String::new();
    for depth in &depths {
        put!(rows, "<tr><th scope=\"row\">{}</th>", depth_name(*depth, &depth_of));
        for (length, _) in &columns {
            rows.push_str(&square_cell(squares.get(&(*depth, *length)), kind, length, *depth, run));
        }
        rows.push_str("</tr>\n");
    }
    let mut heads = String::new();
    for (length, _) in &columns {
        put!(heads, "<th scope=\"col\">{}</th>", escape(length));
    }
    let first = if depth_of.contains(&DepthOf::FirstNeedle) {
        "<small>depth of the first needle</small>"
    } else {
        ""
    };
    format!(
        "<figure class=\"map\"><figcaption>{}{first}</figcaption><div class=\"wide\"><table class=\"heat\"><thead><tr>\
         <th scope=\"col\">depth</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div></figure>\n",
        escape(title)
    )
}

fn depth_name(depth: Option<u16>, of: &BTreeSet<DepthOf>) -> String {
    match depth {
        None => "none".to_owned(),
        Some(depth) if of.contains(&DepthOf::Grid) && depth % 10 == 0 => format!("{}%", depth / 10),
        Some(depth) if of.contains(&DepthOf::Grid) => format!("{}.{}%", depth / 10, depth % 10),
        Some(depth) => format!("{}–{}%", depth / 10, depth / 10 + 10),
    }
}

fn square_cell(square: Option<&Square>, kind: &str, length: &str, depth: Option<u16>, run: usize) -> String {
    let Some(square) = square else { return "<td class=\"none\"></td>".to_owned() };
    let share = square.correct as f64 / square.samples as f64;
    let [low, high] = wilson(square.correct, square.samples);
    let (background, text) = colours(share);
    format!(
        "<td><button type=\"button\" style=\"background:{background};color:{text}\" data-run=\"{run}\" data-type=\"{}\" \
         data-length=\"{}\" data-depth=\"{}\"><b>{}</b><small>n {}</small><small>{}–{}</small></button></td>",
        escape(kind),
        escape(length),
        depth.map_or_else(|| "none".to_owned(), |depth| depth.to_string()),
        whole(share),
        square.samples,
        whole(low),
        whole(high),
    )
}
