//! What the lengths and the depths of the heatmap are.
//!
//! In: a sheet. Out: fields of the settings of `scores.json`.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::Sheet;

/// Lengths of the cells, shortest first: the grid's, or the bands.
pub(super) fn length_bins(sheet: &Sheet) -> Vec<String> {
    let mut shortest: BTreeMap<&str, f64> = BTreeMap::new();
    for row in sheet.questions() {
        let own = shortest.entry(&row.length).or_insert(f64::INFINITY);
        *own = own.min(row.secs);
    }
    let mut lengths: Vec<(&str, f64)> = shortest.into_iter().collect();
    lengths.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.cmp(other.0)));
    lengths.into_iter().map(|(length, _)| length.to_owned()).collect()
}

/// What the depths of the cells are.
pub(super) fn depth_bins(sheet: &Sheet) -> String {
    let kinds: BTreeSet<bool> = sheet.questions().map(|row| row.has_grid_depth).collect();
    match (kinds.contains(&true), kinds.contains(&false)) {
        (true, false) => "the grid's",
        (false, _) => "bands of 100 per-mille, named by their lower end; several needles: the first",
        (true, true) => {
            "the grid's where a sample has one, else bands of 100 per-mille, named by their lower end"
        }
    }
    .to_owned()
}
