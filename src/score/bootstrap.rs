//! The bootstrap: whole haystacks are drawn with replacement, since samples about one haystack vary together.
//!
//! In: integer sums of each cluster, by group. Out: what a statistic of the sums gives on each of
//! [`RESAMPLES`](super::RESAMPLES) draws, and the middle 95% of that. What is drawn depends on the seed and on the number
//! of clusters alone, so that all statistics of one run are taken on the same draws.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::RESAMPLES;
use crate::seed::Seed;

/// With fewer clusters their spread says too little of the haystacks that were not drawn.
pub const FEWEST_CLUSTERS: usize = 10;

/// Sums of `N` counts for each group in each cluster, in one run of memory: they are visited a thousand times in random
/// order.
pub(super) struct Clusters<const N: usize> {
    /// Where the entries of each cluster begin, and the end.
    starts: Vec<usize>,
    entries: Vec<(u32, [i32; N])>,
    groups: usize,
}

impl<const N: usize> Clusters<N> {
    /// Packs clusters, each a map of group to sums.
    pub(super) fn new<K>(clusters: &BTreeMap<K, BTreeMap<usize, [i64; N]>>, groups: usize) -> Self {
        let mut packed = Self { starts: vec![0], entries: Vec::new(), groups };
        for cluster in clusters.values() {
            let entries = cluster.iter().map(|(group, sums)| (*group as u32, sums.map(|sum| sum as i32)));
            packed.entries.extend(entries);
            packed.starts.push(packed.entries.len());
        }
        packed
    }

    /// Number of clusters.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are enough of them to draw from.
    pub(super) fn suffice(&self) -> bool {
        self.len() >= FEWEST_CLUSTERS
    }

    /// Sums of each group over all clusters.
    pub(super) fn totals(&self) -> Vec<[i64; N]> {
        let mut totals = vec![[0; N]; self.groups];
        self.entries.iter().for_each(|entry| add(&mut totals, entry));
        totals
    }

    /// Number of clusters that hold something of the groups that `inside` names.
    pub(super) fn touching(&self, inside: impl Fn(usize) -> bool) -> u64 {
        let touches = |range: &[usize]| {
            self.entries[range[0]..range[1]].iter().any(|(group, _)| inside(*group as usize))
        };
        self.starts.windows(2).filter(|range| touches(range)).count() as u64
    }

    /// What `statistic` gives on each draw.
    pub(super) fn resampled<T: Send>(
        &self,
        seed: Seed,
        statistic: impl Fn(&[[i64; N]]) -> T + Sync,
    ) -> Vec<T> {
        (0..RESAMPLES)
            .into_par_iter()
            .map(|index| {
                let mut stream = seed.stream("score/bootstrap/haystacks", u64::from(index));
                let mut sums = vec![[0; N]; self.groups];
                for _ in 0..self.len() {
                    let drawn = stream.below(self.len() as u64) as usize;
                    self.entries[self.starts[drawn]..self.starts[drawn + 1]]
                        .iter()
                        .for_each(|entry| add(&mut sums, entry));
                }
                statistic(&sums)
            })
            .collect()
    }
}

fn add<const N: usize>(sums: &mut [[i64; N]], (group, counts): &(u32, [i32; N])) {
    for (sum, count) in sums[*group as usize].iter_mut().zip(counts) {
        *sum += i64::from(*count);
    }
}

/// Collects the sums of samples into clusters.
pub(super) fn sum_into<const N: usize>(
    clusters: &mut BTreeMap<String, BTreeMap<usize, [i64; N]>>,
    cluster: &str,
    group: usize,
    counts: [i64; N],
) {
    if !clusters.contains_key(cluster) {
        clusters.insert(cluster.to_owned(), BTreeMap::new());
    }
    let own = clusters.get_mut(cluster).expect("it is there now").entry(group).or_insert([0; N]);
    for (sum, count) in own.iter_mut().zip(counts) {
        *sum += count;
    }
}

/// Intervals of one ratio a group: count 0 divided by count 1, over draws; nothing where the draws do not vary or the
/// clusters are too few.
pub(super) fn ratios(clusters: &Clusters<2>, seed: Seed) -> Vec<Option<[f64; 2]>> {
    let totals = clusters.totals();
    let groups = totals.len();
    if !clusters.suffice() {
        return vec![None; groups];
    }
    let ratio = |[above, below]: [i64; 2]| (below != 0).then(|| above as f64 / below as f64);
    let drawn = clusters.resampled(seed, |sums| sums.iter().copied().map(ratio).collect::<Vec<_>>());
    (0..groups)
        .map(|group| {
            let values = drawn.iter().filter_map(|draw| draw[group]).collect();
            percentiles(values, ratio(totals[group])?)
        })
        .collect()
}

/// The middle 95% of values, widened to hold the estimate; nothing if they do not vary.
pub(super) fn percentiles(mut values: Vec<f64>, estimate: f64) -> Option<[f64; 2]> {
    values.sort_by(f64::total_cmp);
    let (first, last) = (*values.first()?, *values.last()?);
    if last <= first {
        return None;
    }
    let tail = values.len() / 40;
    Some([values[tail].min(estimate), values[values.len() - 1 - tail].max(estimate)])
}
