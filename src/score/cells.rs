//! Cells: the squares of the depth-by-length heatmap.
//!
//! In: samples. Out: one cell for each type, length and depth that has samples.

use std::collections::BTreeMap;

use super::figures::rounded;
use super::file::Cell;
use super::interval::wilson;
use super::place::DepthSource;
use super::sample::Sample;
use super::verdict::Verdict;

#[derive(Default)]
struct Sums<'a> {
    task: &'a str,
    secs: f64,
    depth_of: Option<DepthSource>,
    samples: u64,
    correct: u64,
    tries: u64,
    correct_tries: u64,
    unreadable: u64,
    missing: u64,
}

/// The cells under one reading, by type, then length, then depth.
pub(super) fn cells(samples: &[Sample], rule: usize) -> Vec<Cell> {
    let mut sums: BTreeMap<(&str, &str, Option<u16>), Sums<'_>> = BTreeMap::new();
    for sample in samples {
        let row = sample.row;
        let key = (&*sample.kind, &*row.length, row.depth_permille);
        let own = sums.entry(key).or_default();
        own.secs = if own.samples == 0 { row.secs } else { own.secs.min(row.secs) };
        own.task = &row.task;
        own.depth_of = own.depth_of.max(Some(row.depth_of));
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
            task: own.task.to_owned(),
            length: length.to_owned(),
            length_secs: (own.secs * 1e3).round() / 1e3,
            depth_permille,
            depth_of: own.depth_of.unwrap_or(DepthSource::NoNeedle),
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
