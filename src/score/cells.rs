//! Cells: the squares of the depth-by-length heatmap.
//!
//! In: samples. Out: one cell for each type, length and depth that has samples. A grid dataset states its lengths and
//! depths; elsewhere lengths fall into the bands below and depths into tenths. A sample with several needles stands at the
//! depth of the first that is asked for, and says so: an average of depths is the depth of nothing.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::rounded;
use super::file::Cell;
use super::interval::wilson;
use super::join::{Sample, Verdict};
use crate::dataset::Row;

/// Upper ends of the length bands in seconds, not included, and their names.
const BANDS: &[(u64, &str)] = &[
    (10, "0-10s"),
    (30, "10-30s"),
    (60, "30-60s"),
    (180, "1-3m"),
    (600, "3-10m"),
    (1800, "10-30m"),
    (3600, "30-60m"),
    (10_800, "1-3h"),
    (36_000, "3-10h"),
];
/// The band above the last.
const LONGEST: &str = "10h+";

/// What a cell's depth is the depth of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DepthOf {
    /// There is no needle.
    NoNeedle,
    /// The grid's depth.
    Grid,
    /// The one needle that is asked for.
    OnlyNeedle,
    /// The first of several needles that are asked for.
    FirstNeedle,
}

/// Where a sample stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The grid's length, or a band.
    pub length: String,
    /// The grid's depth, or the lower end of a tenth.
    pub depth_permille: Option<u16>,
    /// What the depth is the depth of.
    pub depth_of: DepthOf,
}

/// Where the sample of `row` stands.
pub fn place(row: &Row) -> Place {
    let length = if row.cell_length.is_empty() { band_of(row).1.to_owned() } else { row.cell_length.clone() };
    if let Ok(depth) = u16::try_from(row.cell_depth_permille) {
        return Place { length, depth_permille: Some(depth), depth_of: DepthOf::Grid };
    }
    let mut asked = row.needles.iter().zip(&row.depth_permille).filter(|(needle, _)| !needle.is_distractor);
    let count = asked.clone().count();
    let first = asked.by_ref().min_by_key(|(needle, _)| needle.start_frame);
    Place {
        length,
        depth_permille: first.map(|(_, depth)| (depth / 100).min(9) * 100),
        depth_of: match count {
            0 => DepthOf::NoNeedle,
            1 => DepthOf::OnlyNeedle,
            _ => DepthOf::FirstNeedle,
        },
    }
}

/// Position and name of the band of the video's exact length.
pub(super) fn band_of(row: &Row) -> (usize, &'static str) {
    let time = u128::from(row.num_frames) * u128::from(row.fps_den);
    let below = |secs: u64| time < u128::from(secs) * u128::from(row.fps_num);
    let at = BANDS.iter().position(|(end, _)| below(*end)).unwrap_or(BANDS.len());
    (at, BANDS.get(at).map_or(LONGEST, |(_, name)| name))
}

/// Length of the video in seconds.
pub(super) fn secs(row: &Row) -> f64 {
    row.num_frames as f64 * f64::from(row.fps_den) / f64::from(row.fps_num.max(1))
}

/// Lengths of the cells of `rows`, shortest first: the grid's, or the bands.
pub fn length_bands(rows: &[Row]) -> Vec<String> {
    let mut shortest: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows {
        let own = shortest.entry(place(row).length).or_insert(f64::INFINITY);
        *own = own.min(secs(row));
    }
    let mut lengths: Vec<(String, f64)> = shortest.into_iter().collect();
    lengths.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    lengths.into_iter().map(|(length, _)| length).collect()
}

/// What the depths of the cells of `rows` are.
pub(super) fn depth_bins(rows: &[Row]) -> String {
    let kinds: BTreeSet<bool> = rows.iter().map(|row| row.cell_depth_permille >= 0).collect();
    match (kinds.contains(&true), kinds.contains(&false)) {
        (true, false) => "the grid's",
        (false, _) => "bands of 100 per-mille, named by their lower end; several needles: the first",
        (true, true) => {
            "the grid's where a sample has one, else bands of 100 per-mille, named by their lower end"
        }
    }
    .to_owned()
}

#[derive(Default)]
struct Sums {
    task: String,
    secs: f64,
    depth_of: Option<DepthOf>,
    samples: u64,
    correct: u64,
    tries: u64,
    correct_tries: u64,
    unreadable: u64,
    missing: u64,
}

/// The cells under one reading, by type, then length, then depth.
pub(super) fn cells(samples: &[Sample], rule: usize) -> Vec<Cell> {
    let mut sums: BTreeMap<(&str, &str, Option<u16>), Sums> = BTreeMap::new();
    for sample in samples {
        let key = (&*sample.kind, sample.place.length.as_str(), sample.place.depth_permille);
        let own = sums.entry(key).or_default();
        own.secs = if own.samples == 0 { secs(sample.row) } else { own.secs.min(secs(sample.row)) };
        own.task.clone_from(&sample.row.task);
        own.depth_of = own.depth_of.max(Some(sample.place.depth_of));
        own.samples += 1;
        own.correct += u64::from(sample.is_correct(rule));
        own.tries += sample.tries.len() as u64;
        own.correct_tries += sample.count(rule, Verdict::Correct);
        own.unreadable += sample.count(rule, Verdict::Unreadable);
        own.missing += sample.count(rule, Verdict::Missing);
    }
    let mut cells: Vec<Cell> = sums
        .into_iter()
        .map(|((kind, length, depth_permille), own)| Cell {
            kind: kind.to_owned(),
            task: own.task,
            length: length.to_owned(),
            length_secs: (own.secs * 1e3).round() / 1e3,
            depth_permille,
            depth_of: own.depth_of.unwrap_or(DepthOf::NoNeedle),
            circular: rounded(own.correct as f64 / own.samples as f64),
            per_try: rounded(own.correct_tries as f64 / own.tries as f64),
            interval: wilson(own.correct, own.samples).map(rounded),
            samples: own.samples,
            correct: own.correct,
            unreadable: own.unreadable,
            missing: own.missing,
        })
        .collect();
    cells.sort_by(|one, other| {
        let order = one.kind.cmp(&other.kind).then(one.length_secs.total_cmp(&other.length_secs));
        order.then(one.depth_permille.cmp(&other.depth_permille))
    });
    cells
}
