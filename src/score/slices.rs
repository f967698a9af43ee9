//! Slices: accuracy of the samples that share a length, a depth, a number of needles, a distance or an answer.
//!
//! In: joined samples. Out: shares of samples, whatever their type. Where no haystack holds two samples of a slice its
//! interval is Wilson's, elsewhere a bootstrap over clusters of haystacks, never narrower than Wilson's.

use std::collections::{BTreeMap, BTreeSet};

use super::bootstrap::{ByCluster, Clusters, Ratio, ratios, sum_into};
use super::cells::{DepthSource, band_of, secs};
use super::details::{Slice, Slices};
use super::difficulty;
use super::figures::rounded;
use super::interval::{hull, wilson};
use super::join::{Sample, Verdict};
use crate::dataset::Row;
use crate::question::QuestionKind;
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

/// Samples under keys that sort in the order in which slices are shown.
pub(super) struct Slicer<K: Ord + Clone> {
    rule: usize,
    sums: BTreeMap<K, Sums>,
    clusters: BTreeMap<String, BTreeMap<K, Ratio>>,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    samples: u64,
    correct: u64,
    tries: u64,
    correct_tries: u64,
}

impl<K: Ord + Clone> Slicer<K> {
    pub(super) fn new(rule: usize) -> Self {
        Self { rule, sums: BTreeMap::new(), clusters: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, key: &K, sample: &Sample) {
        let correct = sample.is_correct(self.rule);
        let own = self.sums.entry(key.clone()).or_default();
        own.samples += 1;
        own.correct += u64::from(correct);
        own.tries += sample.tries.len() as u64;
        own.correct_tries += sample.count(self.rule, Verdict::Correct);
        if !self.clusters.contains_key(&sample.cluster) {
            self.clusters.insert(sample.cluster.clone(), BTreeMap::new());
        }
        let cluster = self.clusters.get_mut(&sample.cluster).expect("it is there now");
        *cluster.entry(key.clone()).or_default() += Ratio { above: i64::from(correct), below: 1 };
    }

    /// Keys of the slices, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.sums.keys()
    }

    /// The slices in the order of their keys, each under the name that `name` gives it.
    pub(super) fn slices(self, seed: Seed, name: impl Fn(&K) -> String) -> Vec<Slice> {
        let position: BTreeMap<&K, usize> = self.sums.keys().zip(0..).collect();
        let mut clusters = ByCluster::new();
        let mut is_clustered = vec![false; position.len()];
        let mut touching = vec![0_u64; position.len()];
        for (cluster, groups) in &self.clusters {
            for (key, ratio) in groups {
                let at = position[key];
                is_clustered[at] |= ratio.below > 1;
                touching[at] += 1;
                sum_into(&mut clusters, cluster, at, *ratio);
            }
        }
        let packed = Clusters::new(&clusters, position.len());
        let drawn =
            if is_clustered.contains(&true) { ratios(&packed, seed) } else { vec![None; position.len()] };
        let slice = |(at, (key, own)): (usize, (&K, &Sums))| {
            let drawn = drawn[at].filter(|_| is_clustered[at]);
            // Near 0 and 1 a bootstrap is narrower than samples that share nothing allow.
            let independent = wilson(own.correct, own.samples);
            let ends = drawn.map_or(independent, |drawn| hull(drawn, independent));
            Slice {
                value: name(key),
                samples: own.samples,
                correct: own.correct,
                tries: own.tries,
                correct_tries: own.correct_tries,
                circular: rounded(own.correct as f64 / own.samples as f64),
                per_try: rounded(own.correct_tries as f64 / own.tries as f64),
                interval: ends.map(rounded),
                interval_by: if drawn.is_some() { "bootstrap" } else { "wilson" }.to_owned(),
                clusters: touching[at],
            }
        };
        self.sums.iter().enumerate().map(slice).collect()
    }
}

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
        let is_told_apart = match row.question_kind {
            QuestionKind::Which | QuestionKind::Count => true,
            QuestionKind::Order => !row.gt.contains(", "),
            QuestionKind::When => false,
        };
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
