//! Charts: lines of shares over columns, with their intervals.
//!
//! In: lines, the names of the columns, the share that guessing reaches. Out: SVG elements.

use super::html::{escape, put, whole};
use super::svg::standalone;

/// A chart's size.
pub(super) const SIZE: (f64, f64) = (360.0, 220.0);
/// The plot within it: left, top, right, bottom.
const PLOT: (f64, f64, f64, f64) = (52.0, 12.0, 308.0, 186.0);
/// What is drawn upwards.
const TITLE: &str = "right in every try, %";

/// A share, what it is a share of, and its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) share: f64,
    pub(super) samples: u64,
    pub(super) interval: [f64; 2],
}

/// A point for each column that has samples.
pub(super) type Line = Vec<Option<Point>>;

fn y(share: f64) -> f64 {
    PLOT.3 - (PLOT.3 - PLOT.1) * share
}

/// Lines over `columns`, each in the colour of its number, and a dashed line at `chance`.
pub(super) fn chart(lines: &[Line], columns: &[&str], chance: f64) -> String {
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
    let middle = y(0.5);
    put!(
        body,
        "<text x=\"14\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {middle:.1})\">{TITLE}</text>"
    );
    // Its name stands beside the plot, where no line can cross it.
    let (at, beside) = (y(chance), right + 5.0);
    put!(body, "<path class=\"chance\" d=\"M{left} {at:.1}H{right}\"/>");
    put!(body, "<text x=\"{beside:.1}\" y=\"{:.1}\">chance</text>", at - 2.0);
    put!(body, "<text x=\"{beside:.1}\" y=\"{:.1}\">{}%</text>", at + 11.0, whole(chance));
    // Names that would run into each other are left out, the first and the last kept.
    let every = columns.len().div_ceil(6);
    for (column, name) in columns.iter().enumerate() {
        if column % every == 0 || column + 1 == columns.len() {
            put!(
                body,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                left + step * (column as f64 + 0.5),
                bottom + 18.0,
                escape(name)
            );
        }
    }
    // Lines stand beside each other, so that whiskers do not hide whiskers, within the room of their column.
    let apart = (step * 0.8 / lines.len().max(1) as f64).min(5.0);
    let drawn: Vec<(String, String)> = lines
        .iter()
        .enumerate()
        .map(|(index, own)| {
            let shift = (index as f64 - (lines.len() as f64 - 1.0) / 2.0) * apart;
            line(own, index, columns, |column| left + step * (column as f64 + 0.5) + shift)
        })
        .collect();
    // Bands lie below all lines.
    body.extend(drawn.iter().map(|(band, _)| band.as_str()));
    body.extend(drawn.iter().map(|(_, line)| line.as_str()));
    body
}

/// One line: its band, and a line, a marker and a whisker at each point.
fn line(points: &Line, index: usize, columns: &[&str], x: impl Fn(usize) -> f64) -> (String, String) {
    let mut path = String::new();
    let mut marks = String::new();
    let (mut upper, mut lower) = (String::new(), Vec::new());
    for (column, (point, name)) in points.iter().zip(columns).enumerate() {
        let Some(Point { share, samples, interval: [low, high] }) = *point else { continue };
        let (x, at) = (x(column), y(share));
        put!(upper, "{}{x:.1} {:.1}", if upper.is_empty() { "M" } else { "L" }, y(high));
        lower.push(format!("L{x:.1} {:.1}", y(low)));
        put!(path, "{}{x:.1} {at:.1}", if path.is_empty() { "M" } else { "L" });
        let title =
            format!("{}: {}%, n {samples}, {}–{}%", escape(name), whole(share), whole(low), whole(high));
        put!(
            marks,
            "<path class=\"whisker\" d=\"M{x:.1} {:.1}V{:.1}\"/>{}",
            y(low),
            y(high),
            marker(index, x, at, &title)
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

/// Names of lines, each with its colour.
pub(super) fn keys<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let key = |(index, name)| format!("<span><i class=\"key k{}\"></i>{}</span>", index % 6, escape(name));
    format!("<p class=\"keys\">{}</p>\n", names.enumerate().map(key).collect::<String>())
}

/// A chart on the page, with what stands small beside its title.
pub(super) fn figure((title, note): (&str, &str), label: &str, chart: &str) -> String {
    let note = if note.is_empty() { String::new() } else { format!("<small>{}</small>", escape(note)) };
    format!(
        "<figure class=\"chart\"><figcaption>{}{note}</figcaption><svg viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-label=\"{}\">{chart}</svg></figure>\n",
        escape(title),
        SIZE.0,
        SIZE.1,
        escape(label)
    )
}

/// A chart as a drawing by itself, with the names of its lines.
pub(super) fn drawing<'a>(title: &str, names: impl Iterator<Item = &'a str>, chart: &str) -> String {
    let mut body = format!("<g transform=\"translate(0 24)\">{chart}</g>");
    put!(body, "<text x=\"10\" y=\"18\" class=\"title\">{}</text>", escape(title));
    let mut lines = 0;
    for (index, name) in names.enumerate() {
        let top = SIZE.1 + 24.0 + 18.0 * index as f64;
        put!(
            body,
            "<g class=\"k{}\"><rect class=\"key\" x=\"52\" y=\"{top:.1}\" width=\"9\" height=\"9\"/></g>\
             <text x=\"68\" y=\"{:.1}\">{}</text>",
            index % 6,
            top + 9.0,
            escape(name)
        );
        lines += 1;
    }
    standalone((SIZE.0, SIZE.1 + 30.0 + 18.0 * f64::from(lines)), &body)
}
