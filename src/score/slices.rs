//! Slices: accuracy of the samples that share a length, a depth, a number of needles, a distance or an answer.
//!
//! In: joined samples. Out: shares of samples, whatever their type.

use std::collections::{BTreeMap, BTreeSet};

use super::details::{Slice, Slices};
use super::difficulty;
use super::place::{DepthSource, band_of, secs};
use super::sample::Sample;
use super::slicer::Slicer;
use crate::dataset::Row;
use crate::seed::Seed;
use crate::time::percent;

/// Types with more answers than this (names of landmarks, orders) have no slices by answer: each would be of a few samples.
const MOST_ANSWERS: usize = 40;
/// Upper ends of the distances between needles in seconds, not included, and their names.
const DISTANCES: &[(u64, &str)] = &[
    (1, "0-1s"),
    (2, "1-2s"),
    (5, "2-5s"),
    (10, "5-10s"),
    (30, "10-30s"),
    (60, "30-60s"),
    (180, "1-3m"),
    (600, "3-10m"),
    (3600, "10-60m"),
];
/// The distance above the last.
const FARTHEST: &str = "1h+";

/// Position and name of the distance of `row`'s needles: the smallest between two that are asked for.
fn distance(row: &Row) -> Option<(usize, &'static str)> {
    let mut spans: Vec<(u64, u64)> = row
        .needles
        .iter()
        .filter(|needle| !needle.is_distractor)
        .map(|needle| (needle.start_frame, needle.end_frame))
        .collect();
    spans.sort_unstable();
    let smallest = spans.windows(2).map(|pair| pair[1].0.saturating_sub(pair[0].1)).min()?;
    let time = u128::from(smallest) * u128::from(row.fps_den);
    let below = |secs: u64| time < u128::from(secs) * u128::from(row.fps_num);
    let at = DISTANCES.iter().position(|(end, _)| below(*end)).unwrap_or(DISTANCES.len());
    Some((at, DISTANCES.get(at).map_or(FARTHEST, |(_, name)| name)))
}

/// An answer's place in order: numbers by value, before words by letter.
fn answer_key(answer: &str) -> (u64, String) {
    (answer.parse().unwrap_or(u64::MAX), answer.to_owned())
}

/// All slices under one letter rule.
pub(super) fn slices(samples: &[Sample], rule: usize, seed: Seed) -> Slices {
    let mut lengths: BTreeMap<&str, u64> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| !sample.row.cell_length.is_empty()) {
        let millis = (secs(sample.row) * 1e3) as u64;
        let shortest = lengths.entry(&sample.row.cell_length).or_insert(u64::MAX);
        *shortest = millis.min(*shortest);
    }
    let mut answers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for sample in samples {
        answers.entry(&sample.kind).or_default().insert(&sample.row.gt);
    }
    let mut by_length = Slicer::new(rule);
    let mut by_band = Slicer::new(rule);
    let mut by_depth = Slicer::new(rule);
    let mut by_needles = Slicer::new(rule);
    let mut by_distance = Slicer::new(rule);
    let mut by_answer = Slicer::new(rule);
    for sample in samples {
        let row = sample.row;
        if let Some(shortest) = lengths.get(row.cell_length.as_str()) {
            by_length.add(&(*shortest, row.cell_length.as_str()), sample);
        }
        if row.num_frames > 0 {
            by_band.add(&band_of(row), sample);
        }
        if let Some(depth) = sample.place.depth_permille {
            by_depth.add(&(depth, sample.place.depth_of == DepthSource::Grid), sample);
        }
        let asked = row.needles.iter().filter(|needle| !needle.is_distractor).count();
        if asked > 0 {
            by_needles.add(&asked, sample);
        }
        if let Some(place) = distance(row) {
            by_distance.add(&place, sample);
        }
        let is_told_apart = !row.question_kind.asks_for_times() && !row.gt.contains(", ");
        if answers[&*sample.kind].len() <= MOST_ANSWERS && is_told_apart {
            by_answer.add(&(&*sample.kind, answer_key(&row.gt)), sample);
        }
    }
    let kinds: Vec<&str> = by_answer.keys().map(|(kind, _)| *kind).collect();
    let mut answer: BTreeMap<String, Vec<Slice>> = BTreeMap::new();
    for (kind, slice) in kinds.iter().zip(by_answer.slices(seed, |(_, (_, text))| text.clone())) {
        answer.entry((*kind).to_owned()).or_default().push(slice);
    }
    Slices {
        length: by_length.slices(seed, |(_, name)| (*name).to_owned()),
        length_band: by_band.slices(seed, |(_, name)| (*name).to_owned()),
        depth: by_depth.slices(seed, |(depth, grid)| depth_name(*depth, *grid)),
        needles: by_needles.slices(seed, usize::to_string),
        distance: by_distance.slices(seed, |(_, name)| (*name).to_owned()),
        answer,
        difficulty: difficulty::axes(samples, rule, seed),
    }
}

/// A depth of the grid, or a tenth, in per cent.
fn depth_name(permille: u16, is_of_grid: bool) -> String {
    if is_of_grid { percent(permille) } else { format!("{}-{}", permille / 10, percent(permille + 100)) }
}
