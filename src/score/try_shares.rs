//! Shares of tries by type, with intervals.
//!
//! In: what is counted of the tries of each sample, by type and figure. Out: an interval a figure. Tries of one sample vary together,
//! so that a share is worth as many samples as it is counted of, not as many tries; and samples of one haystack do, so that
//! haystacks are drawn where there are enough of them.

use std::collections::BTreeMap;

use super::bootstrap::{ByCluster, Clusters, Ratio, percentiles, ratios};
use super::figures::rounded;
use super::interval::{hull, wilson_share};
use super::normal::quantile;
use crate::seed::Seed;

/// A type and a figure of it.
pub(super) type Key = (String, &'static str);

/// What is counted, under keys.
#[derive(Default)]
pub(super) struct TryShares {
    totals: BTreeMap<Key, Total>,
    clusters: BTreeMap<u32, BTreeMap<Key, Ratio>>,
}

/// Sums over all samples of a key.
#[derive(Clone, Copy, Default)]
struct Total {
    tries: Ratio,
    samples: u64,
}

impl TryShares {
    /// Adds what is counted of one sample: tries that are meant, of those that count. A sample of which none counts says nothing.
    pub(super) fn add(&mut self, (kind, figure): (&str, &'static str), cluster: u32, tries: Ratio) {
        if tries.below == 0 {
            return;
        }
        let key = (kind.to_owned(), figure);
        let total = self.totals.entry(key.clone()).or_default();
        total.tries += tries;
        total.samples += 1;
        *self.clusters.entry(cluster).or_default().entry(key).or_default() += tries;
    }

    /// The 95% interval of each share: Wilson's over samples, and with enough clusters no narrower than the bootstrap's.
    pub(super) fn intervals(&self, seed: Seed) -> BTreeMap<Key, [f64; 2]> {
        let drawn = ratios(&self.packed(), seed);
        let interval = |((key, total), drawn): ((&Key, &Total), Option<[f64; 2]>)| {
            let independent = wilson_share(total.tries.share()?, total.samples as f64);
            let ends = drawn.map_or(independent, |drawn| hull(drawn, independent));
            Some((key.clone(), ends.map(rounded)))
        };
        self.totals.iter().zip(drawn).filter_map(interval).collect()
    }

    /// The 95% interval of d' of a type, of which `hits` and `alarms` are figures; nothing where one of them is not counted.
    ///
    /// The ends of both shares are Wilson's over samples, and their distances from the quantiles are added up as squares, as errors
    /// of independent shares are (Zou and Donner, "Construction of confidence limits about effect measures", Statistics in
    /// Medicine 27 (2008)). With enough clusters it is no narrower than the bootstrap's.
    pub(super) fn d_prime(
        &self,
        kind: &str,
        [hits, alarms]: [&'static str; 2],
        seed: Seed,
    ) -> Option<[f64; 2]> {
        let [hits, alarms] = [hits, alarms].map(|figure| (kind.to_owned(), figure));
        let ends = |key: &Key| {
            let total = self.totals.get(key)?;
            let share = corrected(total.tries);
            let [low, high] = wilson_share(share, total.samples as f64 + 1.0);
            Some([low, share, high].map(quantile))
        };
        let independent = difference(ends(&hits)?, ends(&alarms)?);
        let place = |key: &Key| self.totals.keys().position(|other| other == key);
        let (hits, alarms) = (place(&hits)?, place(&alarms)?);
        let packed = self.packed();
        let d_prime = |sums: &[Ratio]| quantile(corrected(sums[hits])) - quantile(corrected(sums[alarms]));
        let drawn = packed
            .suffice()
            .then(|| percentiles(packed.resampled(seed, d_prime), d_prime(&packed.totals())))
            .flatten();
        Some(drawn.map_or(independent, |drawn| hull(drawn, independent)).map(rounded))
    }

    fn packed(&self) -> Clusters<Ratio> {
        let position: BTreeMap<&Key, usize> = self.totals.keys().zip(0..).collect();
        let mut clusters = ByCluster::new();
        for (cluster, figures) in &self.clusters {
            let sums = figures.iter().map(|(key, tries)| (position[key], *tries)).collect();
            clusters.insert(*cluster, sums);
        }
        Clusters::new(&clusters, position.len())
    }
}

/// A share that is neither 0 nor 1: the log-linear correction of Hautus (1995).
pub(super) fn corrected(tries: Ratio) -> f64 {
    (tries.above as f64 + 0.5) / (tries.below as f64 + 1.0)
}

/// The interval of the difference of two independent figures, each given as its low end, itself and its high end.
pub(super) fn difference(one: [f64; 3], other: [f64; 3]) -> [f64; 2] {
    let apart = |near: f64, far: f64| (near * near + far * far).sqrt();
    let estimate = one[1] - other[1];
    [
        estimate - apart(one[1] - one[0], other[2] - other[1]),
        estimate + apart(one[2] - one[1], other[1] - other[0]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(above: i64, below: i64) -> Ratio {
        Ratio { above, below }
    }

    fn are_near(found: [f64; 2], wanted: [f64; 2]) -> bool {
        found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-9)
    }

    #[test]
    fn a_share_is_worth_its_samples_not_its_tries() {
        let mut shares = TryShares::default();
        for sample in 0..4 {
            shares.add(("a", "x"), sample, of(1, 2));
        }
        shares.add(("a", "x"), 9, of(0, 0));
        // Wilson's interval of a half of 4, not of 8 (0.215 to 0.785).
        assert!(are_near(shares.intervals(Seed::new(0))[&("a".to_owned(), "x")], [0.150_039, 0.849_961]));
    }

    #[test]
    fn with_enough_clusters_the_wider_of_both_counts() {
        let mut shares = TryShares::default();
        // Ten haystacks of ten samples each, all alike within a haystack.
        for sample in 0..100 {
            shares.add(("a", "x"), sample / 10, of(i64::from(sample / 10 % 2), 1));
        }
        let [low, high] = shares.intervals(Seed::new(0))[&("a".to_owned(), "x")];
        // Wilson's of 50 of 100 is 0.404 to 0.596; of ten haystacks it is about 0.2 to 0.8.
        assert!((0.15..0.3).contains(&low) && (0.7..0.85).contains(&high), "{low} {high}");
    }

    #[test]
    fn a_difference_has_the_ends_of_its_parts() {
        // 3 and 4 at right angles are 5 apart, whichever part they come from.
        assert!(are_near(difference([7.0, 10.0, 10.0], [2.0, 2.0, 6.0]), [3.0, 8.0]));
        assert!(are_near(difference([1.0, 1.0, 1.0], [1.0, 1.0, 1.0]), [0.0, 0.0]));
    }
}
