//! Slices: accuracy of the samples that share a length, a depth, a number of needles, a distance or an answer.
//!
//! In: joined samples. Out: shares of samples, whatever their type.

use std::collections::{BTreeMap, BTreeSet};

use super::details::{Slice, Slices};
use super::difficulty;
use super::place::DepthSource;
use super::sample::Sample;
use super::slicer::Slicer;
use crate::seed::Seed;
use crate::time::percent;

/// Types with more answers than this (names of landmarks, orders) have no slices by answer: each would be of a few samples.
const MOST_ANSWERS: usize = 40;
/// An answer's place in order: numbers by value, before words by letter.
fn answer_key(answer: &str) -> (u64, String) {
    (answer.parse().unwrap_or(u64::MAX), answer.to_owned())
}

/// All slices under one letter rule.
pub(super) fn slices(samples: &[Sample], rule: usize, seed: Seed) -> Slices {
    let mut lengths: BTreeMap<&str, u64> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| !sample.row.cell_length.is_empty()) {
        let millis = (sample.row.secs * 1e3) as u64;
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
        if let Some(shortest) = lengths.get(&*row.cell_length) {
            by_length.add(&(*shortest, &*row.cell_length), sample);
        }
        if row.num_frames > 0 {
            by_band.add(&row.band, sample);
        }
        if let Some(depth) = row.depth_permille {
            by_depth.add(&(depth, row.depth_of == DepthSource::Grid), sample);
        }
        if row.asked_needles > 0 {
            by_needles.add(&row.asked_needles, sample);
        }
        if let Some(place) = row.distance {
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
