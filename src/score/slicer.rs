//! Shares of samples under keys.
//!
//! In: joined samples, each under a key. Out: one slice a key. Where no haystack holds two samples of a slice its interval is
//! Wilson's, elsewhere a bootstrap over clusters of haystacks, never narrower than Wilson's.

use std::collections::BTreeMap;

use super::bootstrap::{ByCluster, Clusters, Ratio, ratios, sum_into};
use super::details::Slice;
use super::figures::rounded;
use super::interval::{hull, wilson};
use super::sample::Sample;
use super::verdict::Verdict;
use crate::seed::Seed;

/// Samples under keys that sort in the order in which slices are shown.
pub(super) struct Slicer<K: Ord + Clone> {
    rule: usize,
    sums: BTreeMap<K, Sums>,
    clusters: BTreeMap<u32, BTreeMap<K, Ratio>>,
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
        let cluster = self.clusters.entry(sample.cluster.rank).or_default();
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
                sum_into(&mut clusters, *cluster, at, *ratio);
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
