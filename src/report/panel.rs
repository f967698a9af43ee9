//! Panels: what a heatmap shows, before it is drawn as HTML or SVG.
//!
//! In: the cells of a run, or samples as a sampler sees them. Out: squares by depth and length: accuracy, the sampler's
//! ceiling, accuracy of the questions whose needles it saw.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::html::whole;
use crate::coverage::{CellCoverage, Seen};
use crate::dataset::TypeNames;
use crate::sampler::Sight;
use crate::score::{Cell, DepthSource, SampleVerdicts, place, wilson};

/// One heatmap.
pub(super) struct Panel {
    pub(super) title: String,
    /// What stands beside the title.
    pub(super) note: &'static str,
    /// Lengths, shortest first.
    pub(super) columns: Vec<String>,
    /// Depths, the shallowest first, each with its name.
    pub(super) rows: Vec<(Option<u16>, String)>,
    /// By depth and length.
    pub(super) squares: BTreeMap<(Option<u16>, String), Square>,
}

/// One square of a heatmap.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Square {
    pub(super) share: f64,
    /// Two lines below the share: how many samples, and its interval or what else bounds it.
    pub(super) notes: [String; 2],
}

impl Square {
    fn of(correct: u64, samples: u64) -> Self {
        let [low, high] = wilson(correct, samples);
        Self {
            share: correct as f64 / samples.max(1) as f64,
            notes: [format!("n {samples}"), format!("{}–{}", whole(low), whole(high))],
        }
    }
}

/// What the squares of one dataset have in common.
pub(super) struct Frame {
    lengths: BTreeMap<String, f64>,
    depths: BTreeSet<Option<u16>>,
    is_grid: bool,
    is_first: bool,
}

impl Frame {
    /// Of the cells that are shown.
    pub(super) fn new<'a>(cells: impl Iterator<Item = &'a Cell>) -> Self {
        let mut own =
            Self { lengths: BTreeMap::new(), depths: BTreeSet::new(), is_grid: false, is_first: false };
        for cell in cells {
            own.is_grid |= cell.depth_of == DepthSource::Grid;
            own.is_first |= cell.depth_of == DepthSource::FirstNeedle;
            own.add(&cell.length, cell.length_secs, cell.depth_permille);
        }
        own
    }

    /// Of what a sampler sees.
    pub(super) fn of_coverage<'a>(cells: impl Iterator<Item = &'a CellCoverage>, is_grid: bool) -> Self {
        let mut own = Self { lengths: BTreeMap::new(), depths: BTreeSet::new(), is_grid, is_first: false };
        for cell in cells {
            own.add(&cell.length, cell.length_secs, cell.depth_permille);
        }
        own
    }

    fn add(&mut self, length: &str, secs: f64, depth: Option<u16>) {
        let shortest = self.lengths.entry(length.to_owned()).or_insert(f64::INFINITY);
        *shortest = shortest.min(secs);
        self.depths.insert(depth);
    }

    fn depth_name(&self, depth: Option<u16>) -> String {
        depth_name(depth, self.is_grid)
    }

    fn panel(
        &self,
        title: String,
        note: &'static str,
        squares: BTreeMap<(Option<u16>, String), Square>,
    ) -> Panel {
        let mut columns: Vec<(&String, &f64)> = self.lengths.iter().collect();
        columns.sort_by(|one, other| one.1.total_cmp(other.1).then(one.0.cmp(other.0)));
        let note = if note.is_empty() && self.is_first { "depth of the first needle" } else { note };
        Panel {
            title,
            note,
            columns: columns.into_iter().map(|(length, _)| length.clone()).collect(),
            rows: self.depths.iter().map(|&depth| (depth, self.depth_name(depth))).collect(),
            squares,
        }
    }
}

type Counts = BTreeMap<(Option<u16>, String), (u64, u64)>;

fn squares(counts: Counts) -> BTreeMap<(Option<u16>, String), Square> {
    counts.into_iter().map(|(at, (correct, samples))| (at, Square::of(correct, samples))).collect()
}

/// Share of samples that are right in every try.
pub(super) fn accuracy<'a>(frame: &Frame, title: &str, cells: impl Iterator<Item = &'a Cell>) -> Panel {
    let mut counts = Counts::new();
    for cell in cells {
        let own = counts.entry((cell.depth_permille, cell.length.clone())).or_default();
        own.0 += cell.correct;
        own.1 += cell.samples;
    }
    frame.panel(title.to_owned(), "", squares(counts))
}

/// What a perfect model that guesses the unseen reaches.
pub(super) fn ceiling<'a>(
    frame: &Frame,
    title: String,
    cells: impl Iterator<Item = &'a CellCoverage>,
) -> Panel {
    let mut sums: BTreeMap<(Option<u16>, String), (f64, u64, u64)> = BTreeMap::new();
    for cell in cells {
        let own = sums.entry((cell.depth_permille, cell.length.clone())).or_default();
        own.0 += cell.ceiling.circular_content * cell.samples as f64;
        own.1 += cell.seen;
        own.2 += cell.samples;
    }
    let square = |(sum, seen, samples): (f64, u64, u64)| Square {
        share: sum / samples.max(1) as f64,
        notes: [format!("n {samples}"), format!("saw {seen}")],
    };
    let squares = sums.into_iter().map(|(at, own)| (at, square(own))).collect();
    frame.panel(title, "the sampler’s ceiling", squares)
}

/// Accuracy of the samples all of whose needles were seen: in the frames that the run says were sent, or else in those of the sampler;
/// `kind`, as `names` calls it, is empty for all types.
pub(super) fn given_seen<'a>(
    frame: &Frame,
    title: String,
    run: &Run,
    (seen, names): (&[Seen<'a>], &TypeNames<'a>),
    kind: &str,
) -> Panel {
    let verdicts: BTreeMap<&str, &SampleVerdicts> =
        run.scores.verdicts.iter().map(|own| (own.sample_id.as_str(), own)).collect();
    let mut counts = Counts::new();
    for sample in seen {
        let verdict = verdicts.get(sample.row.sample_id.as_str());
        let recorded = verdict.and_then(|verdict| verdict.seen);
        if !recorded.unwrap_or(sample.sight == Sight::Seen) {
            continue;
        }
        if !kind.is_empty() && names.name(sample.row) != kind {
            continue;
        }
        let place = place(sample.row);
        let own = counts.entry((place.depth_permille, place.length)).or_default();
        own.0 += u64::from(verdict.is_some_and(|verdict| verdict.is_right()));
        own.1 += 1;
    }
    frame.panel(title, "given that all was seen", squares(counts))
}

/// What the depth of a square is called: one of the grid, or else a band of a tenth.
pub(super) fn depth_name(depth: Option<u16>, is_grid: bool) -> String {
    match depth {
        None => "none".to_owned(),
        Some(depth) if is_grid && depth % 10 == 0 => format!("{}%", depth / 10),
        Some(depth) if is_grid => format!("{}.{}%", depth / 10, depth % 10),
        Some(depth) => format!("{}–{}%", depth / 10, depth / 10 + 10),
    }
}
