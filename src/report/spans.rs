//! Spans: how well each run says when, by type, and how much its answers overlap with what is right.
//!
//! In: runs. Out: HTML; nothing where no type is answered by spans.

use super::Run;
use super::chart::figure;
use super::html::{count, escape, percent, put};
use super::table::score_cell;
use crate::question::AnswerKind;
use crate::question::span_law::RECALL_AT;
use crate::score::Group;

/// Bars of the histogram, each as wide as the others.
const BARS: usize = 10;
/// The plot: left, top, right, bottom.
const PLOT: (f64, f64, f64, f64) = (52.0, 12.0, 340.0, 176.0);

/// The section of spans.
pub(super) fn section(runs: &[Run]) -> String {
    let mut rows = String::new();
    let mut charts = String::new();
    for (index, run) in runs.iter().enumerate() {
        let types = run.scores.types.iter().filter(|(_, group)| group.answer_kind == Some(AnswerKind::Spans));
        for (kind, group) in types {
            rows.push_str(&line(index, run, kind, group));
            charts.push_str(&histogram(index, run, kind));
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut heads = String::new();
    for name in recalls() {
        put!(heads, "<th scope=\"col\">{name}</th>");
    }
    format!(
        "<section id=\"spans\"><h2>Spans</h2>\n<div class=\"wide\"><table class=\"runs\"><thead><tr><th scope=\"col\">Type, run</th>\
         <th scope=\"col\" class=\"score\">mIoU %</th>{heads}<th scope=\"col\">Start, s</th><th scope=\"col\">End, s</th>\
         <th scope=\"col\">Length, s</th><th scope=\"col\">Read</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n\
         <p class=\"note\">IoU: the time that the answer and the right span share, over the time that either covers; mIoU is its \
         mean, 0 where no answer can be read. R@0.5: share of answers with an IoU of 0.5 or more. Start, end and length: mean of \
         the answer less what is right, of single spans that can be read. The tick is the mIoU of the best constant answer.</p>\n\
         <div class=\"charts\">\n{charts}</div></section>"
    )
}

/// Names of the measures R@k.
fn recalls() -> [String; 3] {
    RECALL_AT.map(|share| format!("R@{share}"))
}

fn line(index: usize, run: &Run, kind: &str, group: &Group) -> String {
    let measure = |name: &str| group.measures.get(name);
    let share = |name: &str| measure(name).map_or_else(|| "–".to_owned(), |share| percent(*share));
    let signed = |name: &str| {
        measure(name).map_or_else(|| "–".to_owned(), |secs| format!("{secs:+.2}").replace('-', "−"))
    };
    let mut recall_cells = String::new();
    for name in recalls() {
        put!(recall_cells, "<td>{}</td>", share(&name));
    }
    format!(
        "<tr><th scope=\"row\"><i class=\"key k{}\"></i>{}, {}</th>{}{recall_cells}<td>{}</td><td>{}</td>\
         <td>{}</td><td>{} of {}</td></tr>\n",
        index % 6,
        escape(kind),
        escape(&run.name),
        score_cell(Some(group)),
        signed("bias_start"),
        signed("bias_end"),
        signed("bias_length"),
        count(measure("read").copied().unwrap_or_default() as usize),
        count(group.tries as usize),
    )
}

/// How many answers have which IoU.
fn histogram(index: usize, run: &Run, kind: &str) -> String {
    let mut bars = [0_u32; BARS];
    let samples = run.scores.verdicts.iter().filter(|sample| sample.kind == kind);
    for credit in samples.flat_map(|sample| &sample.credit) {
        bars[((credit * BARS as f64) as usize).min(BARS - 1)] += 1;
    }
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    let (left, top, right, bottom) = PLOT;
    let width = (right - left) / BARS as f64;
    let mut body = format!("<path class=\"rule\" d=\"M{left} {bottom}H{right}\"/>");
    put!(body, "<path class=\"rule\" d=\"M{left} {top}H{right}\"/>");
    for (number, at) in [(0, bottom), (most, top)] {
        put!(body, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{number}</text>", left - 6.0, at + 3.5);
    }
    for (bar, &answers) in bars.iter().enumerate() {
        let height = (bottom - top) * f64::from(answers) / f64::from(most);
        put!(
            body,
            "<g class=\"k{}\"><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>IoU {:.1} to {:.1}: {answers}\
             </title></rect></g>",
            index % 6,
            left + width * bar as f64,
            bottom - height,
            width,
            bar as f64 / BARS as f64,
            (bar + 1) as f64 / BARS as f64,
        );
    }
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let x = left + (right - left) * tick;
        put!(body, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>", bottom + 18.0);
    }
    put!(
        body,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">IoU</text>",
        f64::midpoint(left, right),
        bottom + 36.0
    );
    let label = format!("Answers of {} to {kind} by IoU: {bars:?}", run.name);
    figure((kind, &run.name), &label, &body)
}
