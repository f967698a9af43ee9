//! The bootstrap: whole haystacks are drawn with replacement, since samples about one haystack vary together.
//!
//! In: integer sums of each cluster, by group. Out: what a statistic of the sums gives on each of
//! [`RESAMPLES`] draws, and the middle 95% of that. What is drawn depends on the seed and on the number
//! of clusters alone, so that all statistics of one run are taken on the same draws.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use rayon::prelude::*;

use crate::seed::Seed;

/// Samples drawn by the bootstrap. 1,000 put the ends of a 95% interval within half a point.
pub const RESAMPLES: u32 = 1000;
/// With fewer clusters their spread says too little of the haystacks that were not drawn.
pub const FEWEST_CLUSTERS: usize = 10;

/// A ratio of two sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ratio {
    pub(super) above: i64,
    pub(super) below: i64,
}

impl Ratio {
    pub(super) fn share(self) -> Option<f64> {
        (self.below != 0).then(|| self.above as f64 / self.below as f64)
    }
}

impl AddAssign for Ratio {
    fn add_assign(&mut self, other: Self) {
        self.above += other.above;
        self.below += other.below;
    }
}

/// Sums of each group by its place, by cluster: its rank, or its name.
pub(super) type ByCluster<S, C = u32> = BTreeMap<C, BTreeMap<usize, S>>;

/// Sums for each group in each cluster, in one run of memory: they are visited a thousand times in random order.
pub(super) struct Clusters<S> {
    /// Where the entries of each cluster begin, and the end.
    starts: Vec<usize>,
    entries: Vec<(u32, S)>,
    groups: usize,
}

impl<S: Copy + Default + AddAssign + Send + Sync> Clusters<S> {
    /// Packs clusters, each a map of group to sums.
    pub(super) fn new<C>(clusters: &ByCluster<S, C>, groups: usize) -> Self {
        let mut packed = Self { starts: vec![0], entries: Vec::new(), groups };
        for cluster in clusters.values() {
            packed.entries.extend(cluster.iter().map(|(group, sums)| (*group as u32, *sums)));
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
    pub(super) fn totals(&self) -> Vec<S> {
        let mut totals = vec![S::default(); self.groups];
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
    pub(super) fn resampled<T: Send>(&self, seed: Seed, statistic: impl Fn(&[S]) -> T + Sync) -> Vec<T> {
        (0..RESAMPLES)
            .into_par_iter()
            .map(|index| {
                let mut stream = seed.stream("score/bootstrap/haystacks", u64::from(index));
                let mut sums = vec![S::default(); self.groups];
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

fn add<S: Copy + AddAssign>(sums: &mut [S], (group, more): &(u32, S)) {
    sums[*group as usize] += *more;
}

/// Collects the sums of samples into clusters.
pub(super) fn sum_into<S: Default + AddAssign, C: Ord>(
    clusters: &mut ByCluster<S, C>,
    cluster: C,
    group: usize,
    sums: S,
) {
    *clusters.entry(cluster).or_default().entry(group).or_default() += sums;
}

/// Intervals of one ratio a group: over draws; nothing where the draws do not vary or the
/// clusters are too few.
pub(super) fn ratios(clusters: &Clusters<Ratio>, seed: Seed) -> Vec<Option<[f64; 2]>> {
    let totals = clusters.totals();
    let groups = totals.len();
    if !clusters.suffice() {
        return vec![None; groups];
    }
    let drawn = clusters.resampled(seed, |sums| sums.iter().map(|ratio| ratio.share()).collect::<Vec<_>>());
    (0..groups)
        .map(|group| {
            let values = drawn.iter().filter_map(|draw| draw[group]).collect();
            percentiles(values, totals[group].share()?)
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
