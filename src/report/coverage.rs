//! The page of `vniah coverage`: ceilings by depth and length, and where each sampler looks.
//!
//! In: rows, what samplers see, the samplers. Out: one self-contained page in the report's style.

use std::collections::BTreeSet;

use super::heatmap::{legend, map};
use super::html::{escape, percent, put};
use super::panel::{self, Frame};
use super::{MARK, STYLE};
use crate::coverage::{Coverage, SamplerCoverage};
use crate::dataset::Row;
use crate::sampler::{Sampler, Sight, saw};
use crate::score::OVERALL;
use crate::template;
use crate::time::FrameSpan;
use crate::wording;

/// The page.
pub fn page(rows: &[Row], coverage: &Coverage, samplers: &[Sampler]) -> String {
    let is_grid = rows.iter().any(|row| row.cell_depth_permille >= 0);
    let mut body = overview(coverage, samplers);
    for sampler in samplers {
        let of = &coverage.samplers[sampler.name()];
        put!(body, "<h2>{}</h2>\n{}{}", escape(sampler.name()), lengths(of), estimates(of));
        body.push_str(&legend());
        body.push_str("<div class=\"maps\">\n");
        let kinds: BTreeSet<&str> = of.cells.iter().map(|cell| cell.kind.as_str()).collect();
        let types = kinds.iter().copied().filter(|_| kinds.len() > 1);
        for kind in std::iter::once("").chain(types) {
            let cells = || of.cells.iter().filter(move |cell| kind.is_empty() || cell.kind == kind);
            let frame = Frame::of_coverage(cells(), is_grid);
            let title = if kind.is_empty() { OVERALL } else { kind };
            body.push_str(&map(&panel::ceiling(&frame, title.to_owned(), cells()), None));
        }
        body.push_str("</div>\n");
        body.push_str(&looks(rows, sampler));
    }
    format!(
        "{}<header class=\"top\"><h1>What each sampler sees</h1></header>\n<main>\n{body}</main>\n</body>\n</html>\n",
        template::head(MARK, "vniah coverage", STYLE)
    )
}

fn overview(coverage: &Coverage, samplers: &[Sampler]) -> String {
    let mut rows = String::new();
    for sampler in samplers {
        let of = &coverage.samplers[sampler.name()];
        let share = |part: u64| percent(part as f64 / of.samples.max(1) as f64);
        put!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(sampler.name()),
            share(of.seen),
            share(of.unknown),
            percent(of.ceilings.circular_content),
            percent(of.ceilings.circular_letters),
            percent(of.ceilings.per_try),
            escape(&of.resize),
        );
    }
    format!(
        "<p class=\"note\">A question is seen if all needles that it asks for are. The ceiling is what a perfect model scores that \
         guesses the rest: circular by staying with one option’s content, or by a letter for each try.</p>\n\
         <div class=\"wide\"><table class=\"runs\"><thead><tr><th scope=\"col\">Sampler</th><th scope=\"col\">Seen %</th>\
         <th scope=\"col\">Unknown %</th><th scope=\"col\">Ceiling %</th><th scope=\"col\">By letters %</th>\
         <th scope=\"col\">Per try %</th><th scope=\"col\">Resize</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}

fn lengths(of: &SamplerCoverage) -> String {
    let mut rows = String::new();
    for own in &of.lengths {
        let [few, many] = own.frames;
        let frames = if few == many { few.to_string() } else { format!("{few}–{many}") };
        let secs =
            |secs: Option<f64>| secs.map_or_else(|| "nothing".to_owned(), |secs| format!("{secs:.2} s"));
        put!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{frames}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&own.length),
            own.samples,
            percent(own.seen as f64 / own.samples.max(1) as f64),
            secs(own.guaranteed_secs),
            secs(own.shortest_needle_secs),
        );
    }
    format!(
        "<div class=\"wide\"><table class=\"runs\"><thead><tr><th scope=\"col\">Length</th><th scope=\"col\">Questions</th>\
         <th scope=\"col\">Frames taken</th><th scope=\"col\">Seen %</th><th scope=\"col\">Seen wherever it lies, from</th>\
         <th scope=\"col\">Shortest needle</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}

/// What the best estimates of times reach, a row for each type and length; nothing where none are asked for openly.
fn estimates(of: &SamplerCoverage) -> String {
    let Some(first) = of.spans.first() else { return String::new() };
    let mut heads = String::new();
    for name in first.recall.keys() {
        put!(heads, "<th scope=\"col\">{} %</th>", escape(name));
    }
    let mut rows = String::new();
    for spans in &of.spans {
        put!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td>",
            escape(&spans.kind),
            escape(&spans.length),
            spans.samples,
            percent(spans.mean_iou)
        );
        spans.recall.values().for_each(|share| put!(rows, "<td>{}</td>", percent(*share)));
        rows.push_str("</tr>\n");
    }
    let several: BTreeSet<&str> =
        of.spans.iter().filter(|spans| !spans.is_bound).map(|spans| spans.kind.as_str()).collect();
    let several: Vec<String> = several.into_iter().map(escape).collect();
    let note = if several.is_empty() {
        String::new()
    } else {
        format!(
            " {}: shown several times; this is one viewer, who takes each time alone, and a better one may pass it.",
            several.join(", ")
        )
    };
    format!(
        "<div class=\"wide\"><table class=\"runs\"><thead><tr><th scope=\"col\">Times</th><th scope=\"col\">Length</th>\
         <th scope=\"col\">Questions</th><th scope=\"col\">mIoU %</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n\
         <p class=\"note\">Ceilings of times: each is of the estimates that are best for it, R@k not of those for mIoU; no model that \
         sees only these frames passes one but by luck.{note}</p>\n"
    )
}

/// Width of the drawing of a video, and height of its row.
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 26.0;

/// For one video of each length: a stroke for each frame that is taken, and the needles, seen or not.
fn looks(rows: &[Row], sampler: &Sampler) -> String {
    let mut lengths: BTreeSet<String> = BTreeSet::new();
    let mut shown: Vec<&Row> = Vec::new();
    for row in rows.iter().filter(|row| row.needles.len() > 1).chain(rows) {
        if lengths.insert(crate::score::place(row).length) {
            shown.push(row);
        }
    }
    shown.sort_by_key(|row| (row.num_frames, row.id.clone()));
    let mut drawing = String::new();
    for (at, row) in shown.iter().enumerate() {
        let top = 8.0 + at as f64 * (HEIGHT + 24.0);
        let x = |frame: u64| frame as f64 / row.num_frames.max(1) as f64 * WIDTH;
        put!(
            drawing,
            "<rect x=\"0\" y=\"{top:.1}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" style=\"fill:var(--fill);stroke:none\"/>"
        );
        let (indices, taken) = match row.sampled(sampler) {
            Ok(indices) => {
                let taken = format!("{} taken", wording::count(indices.len(), "frame"));
                (indices, taken)
            }
            Err(refused) => (Vec::new(), refused.to_string()),
        };
        let phase = sampler.unknown_phase(row.fps()).filter(|_| !indices.is_empty());
        for needle in &row.needles {
            let span = FrameSpan::new(needle.start_frame, needle.end_frame);
            let (style, told) = match span.map_or(Sight::Unseen, |span| saw(&indices, span, phase)) {
                Sight::Seen => ("fill:var(--right);stroke:none", "seen"),
                Sight::Unknown => ("fill:none;stroke:var(--unsure);stroke-dasharray:3 2", "unknown"),
                Sight::Unseen => ("fill:none;stroke:var(--wrong)", "not seen"),
            };
            let (left, right) = (x(needle.start_frame), x(needle.end_frame));
            put!(
                drawing,
                "<rect x=\"{left:.2}\" y=\"{top:.1}\" width=\"{:.2}\" height=\"{HEIGHT}\" style=\"{style}\"><title>{}: \
                 {told}</title></rect>",
                (right - left).max(2.0),
                escape(&needle.label),
            );
        }
        let mut strokes = String::new();
        for &index in &indices {
            put!(strokes, "M{:.2} {:.1}v{:.1}", x(index), top + HEIGHT, 6.0);
        }
        put!(drawing, "<path d=\"{strokes}\" style=\"stroke:var(--ink);stroke-width:.8\"/>");
        put!(
            drawing,
            "<text x=\"0\" y=\"{:.1}\">{} ({}), {}</text>",
            top + HEIGHT + 18.0,
            escape(&row.sample_id),
            escape(&crate::score::place(row).length),
            escape(&taken)
        );
    }
    format!(
        "<figure class=\"chart looks\"><figcaption>Where it looks<small>needles that are seen are filled, others hollow; a stroke \
         for each frame that is taken</small></figcaption><svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" \
         aria-label=\"Where the sampler looks\">{drawing}</svg></figure>\n",
        8.0 + shown.len() as f64 * (HEIGHT + 24.0)
    )
}
