//! Plots as files: the overview and every heatmap and curve as SVG and PNG, for papers; heatmaps in V-NIAH's JSON; effective lengths.
//!
//! In: rows, scores, perhaps what a sampler sees. Out: names and bytes of files. A drawing states all of its colours and sizes
//! itself; its text is set in the embedded font.

use std::collections::{BTreeMap, BTreeSet};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use serde::Serialize;

use super::heatmap::{colours, panels};
use super::html::{escape, put, whole};
use super::panel::Panel;
use super::svg::standalone;
use super::{Error, Options, Run, axes, checked, curve, overview};
use crate::dataset::Row;
use crate::digest;
use crate::id;
use crate::needle;
use crate::score::{EffectiveLength, OVERALL, Scores, effective_length, place};

/// Name of the file that lists the others.
pub const INDEX: &str = "plots.json";

/// Pixels of a PNG for each unit of its drawing.
const SCALE: f32 = 3.0;

/// Characters of a run or a type in the name of a file: two of them, and what else is in it, stay below the 255 of file systems.
const LONGEST_NAME: usize = 80;

/// Pixels of a PNG.
const MOST_PIXELS: f32 = 1e8;

/// What [`INDEX`] names as its `generator`.
pub const GENERATOR: &str = "vniah report --plots";

/// What [`INDEX`] holds.
#[derive(Debug, Serialize)]
struct Index<'a> {
    generator: &'static str,
    sampler: Option<&'a str>,
    threshold: f64,
    /// By run, then group.
    effective_lengths: BTreeMap<&'a str, BTreeMap<String, EffectiveLength>>,
    files: Vec<&'a str>,
}

/// A square of LongVA's heatmap.
#[derive(Debug, Serialize)]
struct NiahSquare {
    #[serde(rename = "Num. Frame")]
    frames: u64,
    #[serde(rename = "Frame Depth")]
    depth: f64,
    #[serde(rename = "Score")]
    score: f64,
}

/// Every file, by name.
pub fn files(
    rows: &[Row],
    scores: &[Scores],
    options: &Options<'_>,
) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let runs = checked(rows, scores, options.control)?;
    let (view, threshold) = (options.view, options.threshold);
    let mut drawings: BTreeMap<String, String> = BTreeMap::new();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut names = Names::default();
    for run in &runs {
        let name = names.name(&run.name);
        let mut kinds = Names::default();
        for (kind, panels) in panels(run, view) {
            let kind = kinds.name(if kind.is_empty() { OVERALL } else { &kind });
            drawings.insert(format!("heatmap-{name}-{kind}"), heatmaps(&run.name, &panels));
        }
        files.insert(format!("vniah-{name}.json"), json(&niah(rows, run)));
    }
    if let Some(drawing) = overview::drawing(&runs, view) {
        drawings.insert("overview".to_owned(), drawing);
    }
    let mut groups = Names::default();
    for (group, drawing) in curve::drawings(&runs) {
        drawings.insert(format!("curve-{}", groups.name(&group)), drawing);
    }
    let mut keys = Names::default();
    for (key, drawing) in axes::drawings(&runs) {
        drawings.insert(format!("difficulty-{}", keys.name(&key)), drawing);
    }
    for (name, svg) in drawings {
        files.insert(format!("{name}.png"), png(&svg)?);
        files.insert(format!("{name}.svg"), svg.into_bytes());
    }
    let effective = runs.iter().map(|run| (run.name.as_str(), effective_length(run.scores, threshold)));
    let index = Index {
        generator: GENERATOR,
        sampler: view.map(|view| view.sampler),
        threshold,
        effective_lengths: effective.collect(),
        files: files.keys().map(String::as_str).collect(),
    };
    let index = json(&index);
    files.insert(INDEX.to_owned(), index);
    Ok(files)
}

/// Parts of file names, each given once.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    /// The part that stands for `text`. A long text is cut, and told from others by its digest.
    fn name(&mut self, text: &str) -> String {
        let mut name = id::slug(text);
        if name.len() > LONGEST_NAME {
            name.truncate(LONGEST_NAME);
            name = format!("{name}-{}", &digest::of_bytes(text.as_bytes())[..8]);
        }
        while !self.0.insert(name.clone()) {
            name.push('x');
        }
        name
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("values of this crate serialise");
    text.push(b'\n');
    text
}

/// The heatmap as LongVA's `vision_niah` writes it: frames of the shortest video of each square, depth in per cent.
fn niah(rows: &[Row], run: &Run) -> Vec<NiahSquare> {
    let mut frames: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        let own = frames.entry(place(row).length).or_insert(u64::MAX);
        *own = (*own).min(row.num_frames);
    }
    let mut sums: BTreeMap<(u64, u16), (u64, u64)> = BTreeMap::new();
    for cell in &run.scores.cells {
        let Some(depth) = cell.depth_permille else { continue };
        let own = sums.entry((frames.get(&cell.length).copied().unwrap_or(0), depth)).or_default();
        own.0 += cell.correct;
        own.1 += cell.samples;
    }
    let square = |((frames, depth), (correct, samples)): ((u64, u16), (u64, u64))| NiahSquare {
        frames,
        depth: f64::from(depth) / 10.0,
        score: correct as f64 / samples.max(1) as f64,
    };
    sums.into_iter().map(square).collect()
}

/// Size of a square, and the space around a panel: left, top, right, bottom.
const SQUARE: (f64, f64) = (50.0, 42.0);
const AROUND: (f64, f64, f64, f64) = (64.0, 58.0, 14.0, 44.0);
/// Width of the scale of colours.
const KEY: f64 = 58.0;
/// Least width of a panel's squares, so that its title has room.
const LEAST: f64 = 200.0;

/// One run's panels of one group, side by side.
fn heatmaps(run: &str, panels: &[Panel]) -> String {
    let mut left = 0.0;
    let mut body = String::new();
    let mut height = 0.0_f64;
    for panel in panels {
        let (drawn, width, tall) = heatmap(panel, left);
        body.push_str(&drawn);
        left += width;
        height = height.max(tall);
    }
    body.push_str(&key(left, height));
    put!(body, "<text x=\"10\" y=\"18\" class=\"title\">{}</text>", escape(run));
    standalone((left + KEY, height), &body)
}

fn heatmap(panel: &Panel, from: f64) -> (String, f64, f64) {
    let (left, top) = (from + AROUND.0, AROUND.1);
    let (wide, tall) = (panel.columns.len() as f64 * SQUARE.0, panel.rows.len() as f64 * SQUARE.1);
    let mut out = String::new();
    put!(out, "<text x=\"{left:.1}\" y=\"36\" class=\"name\">{}</text>", escape(&panel.title));
    put!(out, "<text x=\"{left:.1}\" y=\"50\">{}</text>", panel.note);
    for (row, (depth, name)) in panel.rows.iter().enumerate() {
        let y = top + row as f64 * SQUARE.1;
        put!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>",
            left - 6.0,
            y + SQUARE.1 / 2.0 + 4.0
        );
        for (column, length) in panel.columns.iter().enumerate() {
            let x = left + column as f64 * SQUARE.0;
            let (w, h) = (SQUARE.0 - 1.5, SQUARE.1 - 1.5);
            let Some(square) = panel.squares.get(&(*depth, length.clone())) else {
                put!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w}\" height=\"{h}\" fill=\"none\" stroke=\"#dfe1e3\"/>\
                     <path d=\"M{x:.1} {:.1}l{w} -{h}\" stroke=\"#dfe1e3\"/>",
                    y + h
                );
                continue;
            };
            let (background, ink) = colours(square.share);
            put!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w}\" height=\"{h}\" fill=\"{background}\"/>");
            let middle = x + w / 2.0;
            let [one, two] = &square.notes;
            for (class, down, text) in
                [("share", 15.0, whole(square.share).as_str()), ("small", 26.0, one), ("small", 36.0, two)]
            {
                put!(
                    out,
                    "<text x=\"{middle:.1}\" y=\"{:.1}\" class=\"{class}\" text-anchor=\"middle\" style=\"fill:{ink}\">{text}</text>",
                    y + down
                );
            }
        }
    }
    for (column, length) in panel.columns.iter().enumerate() {
        let x = left + (column as f64 + 0.5) * SQUARE.0;
        put!(
            out,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            top + tall + 15.0,
            escape(length)
        );
    }
    let (middle, side) = (left + wide / 2.0, from + 14.0);
    put!(out, "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">length</text>", top + tall + 32.0);
    let centre = top + tall / 2.0;
    put!(
        out,
        "<text x=\"{side:.1}\" y=\"{centre:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 {side:.1} {centre:.1})\">depth</text>"
    );
    (out, AROUND.0 + wide.max(LEAST) + AROUND.2, top + tall + AROUND.3)
}

/// The scale of colours, from 100% down to 0.
fn key(left: f64, height: f64) -> String {
    let (top, tall) = (AROUND.1, height - AROUND.1 - AROUND.3);
    let mut out = String::new();
    let steps = 50;
    for step in 0..steps {
        let (background, _) = colours(1.0 - (f64::from(step) + 0.5) / f64::from(steps));
        let each = tall / f64::from(steps);
        put!(
            out,
            "<rect x=\"{left:.1}\" y=\"{:.2}\" width=\"12\" height=\"{:.2}\" fill=\"{background}\"/>",
            top + f64::from(step) * each,
            each + 0.3
        );
    }
    for (share, text) in [(1.0, "100%"), (0.5, "50%"), (0.0, "0")] {
        put!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
            left + 16.0,
            top + (1.0 - share) * tall + 4.0
        );
    }
    out
}

/// A drawing as PNG, set in the embedded font.
fn png(svg: &str) -> Result<Vec<u8>, Error> {
    let drawing = |error: &dyn std::fmt::Display| Error::Drawing(error.to_string());
    let mut options = usvg::Options { font_family: "DejaVu Sans".to_owned(), ..usvg::Options::default() };
    options.fontdb_mut().load_font_data(needle::embedded_font().to_vec());
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| drawing(&error))?;
    let size = tree.size();
    let (width, height) = (size.width() * SCALE, size.height() * SCALE);
    if width * height > MOST_PIXELS {
        return Err(drawing(&format!("it would have {width:.0} x {height:.0} pixels")));
    }
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or_else(|| drawing(&"it has no size"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| drawing(&error))
}
