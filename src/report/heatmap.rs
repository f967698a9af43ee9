//! Heatmaps: accuracy by depth and length, overall and for each type; with a sampler, its ceiling and accuracy given seen.
//!
//! In: panels. Out: HTML tables whose squares are coloured along the cividis scale, which reads the same with and without
//! colour vision, and say their share, interval and number of samples. A square of accuracy is a button that shows its
//! samples in the viewer.

use std::collections::BTreeSet;

use super::Run;
use super::View;
use super::html::{escape, put, whole};
use super::panel::{self, Frame, Panel, Square};
use crate::dataset::TypeNames;
use crate::score::OVERALL;

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
pub(super) fn colours(share: f64) -> (String, &'static str) {
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

/// The heatmaps of one run: for each group (all, then each type; the type is empty for all) one panel, or three with a
/// sampler.
pub(super) fn panels(run: &Run, view: Option<&View<'_>>) -> Vec<(String, Vec<Panel>)> {
    let cells = &run.scores.cells;
    let kinds: BTreeSet<&str> = cells.iter().map(|cell| cell.kind.as_str()).collect();
    let types = kinds.iter().copied().filter(|_| kinds.len() > 1);
    let names = TypeNames::of(view.iter().flat_map(|view| &view.seen).map(|sample| sample.row));
    let group = |kind: &str| {
        let own = || cells.iter().filter(move |cell| kind.is_empty() || cell.kind == kind);
        let title = if kind.is_empty() { OVERALL } else { kind };
        let frame = Frame::new(own());
        let mut panels = vec![panel::accuracy(&frame, title, own())];
        if let Some(view) = view {
            let seen = view.coverage.cells.iter().filter(|cell| kind.is_empty() || cell.kind == kind);
            let name = format!("{title}, {}", view.sampler);
            panels.push(panel::ceiling(&frame, name.clone(), seen));
            panels.push(panel::given_seen(&frame, name, run, (&view.seen, &names), kind));
        }
        (kind.to_owned(), panels)
    };
    std::iter::once("").chain(types).map(group).collect()
}

/// The section of heatmaps.
pub(super) fn section(runs: &[Run], view: Option<&View<'_>>) -> String {
    if runs.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<section id=\"heatmaps\"><h2>Depth by length</h2>\n<p class=\"note\">Share of samples right in every try, in per \
         cent; below it the number of samples and the 95% interval. Select a square to see its samples.</p>\n",
    );
    if let Some(view) = view {
        put!(
            out,
            "<p class=\"note\">Beside it, for {}: the ceiling of a perfect model that guesses what it was not shown (below it, \
             how many samples were seen), and accuracy of the samples all of whose needles were seen.</p>\n",
            escape(view.sampler)
        );
    }
    out.push_str(&legend());
    for (index, run) in runs.iter().enumerate() {
        if runs.len() > 1 {
            put!(out, "<h3><i class=\"key k{}\"></i>{}</h3>\n", index % 6, escape(&run.name));
        }
        out.push_str("<div class=\"maps\">\n");
        for (number, (kind, panels)) in panels(run, view).into_iter().enumerate() {
            // What belongs together starts a row of its own.
            if number > 0 && panels.len() > 1 {
                out.push_str("</div>\n<div class=\"maps\">\n");
            }
            for (at, panel) in panels.iter().enumerate() {
                out.push_str(&map(panel, (at == 0).then_some((kind.as_str(), index))));
            }
        }
        out.push_str("</div>\n");
    }
    out.push_str("</section>");
    out
}

pub(super) fn legend() -> String {
    let stops: Vec<String> = (0..=10).map(|step| colours(f64::from(step) / 10.0).0).collect();
    format!(
        "<div class=\"legend\" aria-hidden=\"true\"><span>0</span><i style=\"background:linear-gradient(90deg,{})\"></i>\
         <span>100%</span></div>\n",
        stops.join(",")
    )
}

/// One heatmap. With a type (empty for all) and a run its squares show their samples.
pub(super) fn map(panel: &Panel, of: Option<(&str, usize)>) -> String {
    let mut rows = String::new();
    for (depth, name) in &panel.rows {
        put!(rows, "<tr><th scope=\"row\">{name}</th>");
        for length in &panel.columns {
            rows.push_str(&cell(panel.squares.get(&(*depth, length.clone())), of, length, *depth));
        }
        rows.push_str("</tr>\n");
    }
    let mut heads = String::new();
    for length in &panel.columns {
        put!(heads, "<th scope=\"col\">{}</th>", escape(length));
    }
    let note = if panel.note.is_empty() { String::new() } else { format!("<small>{}</small>", panel.note) };
    format!(
        "<figure class=\"map\"><figcaption>{}{note}</figcaption><div class=\"wide\"><table class=\"heat\"><thead><tr>\
         <th scope=\"col\">depth</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div></figure>\n",
        escape(&panel.title)
    )
}

fn cell(square: Option<&Square>, of: Option<(&str, usize)>, length: &str, depth: Option<u16>) -> String {
    let Some(square) = square else { return "<td class=\"none\"></td>".to_owned() };
    let (background, text) = colours(square.share);
    let style = format!("style=\"background:{background};color:{text}\"");
    let [one, two] = &square.notes;
    let inside = format!("<b>{}</b><small>{one}</small><small>{two}</small>", whole(square.share));
    match of {
        None => format!("<td><div class=\"square\" {style}>{inside}</div></td>"),
        Some((kind, run)) => format!(
            "<td><button type=\"button\" {style} data-run=\"{run}\" data-type=\"{}\" data-length=\"{}\" \
             data-depth=\"{}\">{inside}</button></td>",
            escape(kind),
            escape(length),
            depth.map_or_else(|| "none".to_owned(), |depth| depth.to_string()),
        ),
    }
}
