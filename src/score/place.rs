//! Where samples stand in the heatmap: their length and their depth.
//!
//! In: rows. Out: for each a length and a depth. A grid dataset states its lengths and depths; elsewhere lengths fall into the
//! bands below and depths into tenths. A sample with several needles stands at the depth of the first that is asked for, and
//! says so: an average of depths is the depth of nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// Where the depth of a score's cell comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "DepthOf")]
#[non_exhaustive]
pub enum DepthSource {
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
    pub depth_of: DepthSource,
}

/// Where the sample of `row` stands.
pub fn place(row: &Row) -> Place {
    let length = if row.cell_length.is_empty() { band_of(row).1.to_owned() } else { row.cell_length.clone() };
    if let Ok(depth) = u16::try_from(row.cell_depth_permille) {
        return Place { length, depth_permille: Some(depth), depth_of: DepthSource::Grid };
    }
    let mut asked = row.needles.iter().zip(&row.depth_permille).filter(|(needle, _)| !needle.is_distractor);
    let count = asked.clone().count();
    let first = asked.by_ref().min_by_key(|(needle, _)| needle.start_frame);
    Place {
        length,
        depth_permille: first.map(|(_, depth)| (depth / 100).min(9) * 100),
        depth_of: match count {
            0 => DepthSource::NoNeedle,
            1 => DepthSource::OnlyNeedle,
            _ => DepthSource::FirstNeedle,
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
