//! Intervals against the truth: how often they hold it, and that they move with the data.

use super::interval::{Entry, Measure, Population};
use super::tally::{Tallies, Tally};
use crate::seed::{Seed, Stream};

/// Samples of `types` types about each of `clusters` haystacks, right where `is_right` says so.
fn interval(types: usize, clusters: usize, mut is_right: impl FnMut(usize, usize) -> bool) -> [f64; 2] {
    let names: Vec<String> = (0..types.max(clusters)).map(|number| format!("{number:03}")).collect();
    let mut entries = Vec::new();
    for (cluster, name) in names.iter().enumerate().take(clusters) {
        for (kind, kind_name) in names.iter().enumerate().take(types) {
            let right = u32::from(is_right(cluster, kind));
            let tally = Tally { right_samples: right, right_tries: right * 4, credit: 0 };
            let tallies =
                Tallies { samples: 1, tries: 4, readings: [tally, Tally::default(), Tally::default()] };
            entries.push(Entry {
                task: ["a", "b", "c"][kind % 3],
                kind: kind_name,
                cluster: name,
                is_by_credit: false,
                tallies,
            });
        }
    }
    let population = Population::new(&entries, 1);
    let tasks = types.min(3);
    population.intervals(Seed::new(0)).mean(0, Measure::Circular, tasks)
}

#[test]
fn one_right_answer_more_moves_both_ends_up() {
    // Few clusters, and enough of them.
    for clusters in [1, 4, 9, 10, 11, 24] {
        let types = 9;
        let of = |right: usize| interval(types, clusters, |cluster, kind| cluster * types + kind < right);
        let all = types * clusters;
        let steps: Vec<[f64; 2]> = [0, 1, 2, all - 2, all - 1, all].map(of).to_vec();
        for pair in steps.windows(2) {
            let [one, more] = [pair[0], pair[1]];
            assert!(one[0] <= more[0] + 1e-9 && one[1] <= more[1] + 1e-9, "{clusters} clusters: {steps:?}");
        }
        // All wrong mirrors all right.
        assert!((steps[0][1] + steps[5][0] - 1.0).abs() < 1e-9, "{steps:?}");
    }
}

fn holds(stream: &mut Stream, permille: u64) -> bool {
    stream.below(1000) < permille
}

/// How many of 100 datasets have an interval that holds the mean of `permilles`, a type each.
fn covered(clusters: usize, permilles: &[u64], label: &str) -> usize {
    let truth = permilles.iter().sum::<u64>() as f64 / permilles.len() as f64 / 1000.0;
    (0..100)
        .filter(|&round| {
            let mut stream = Seed::new(7).stream(label, round);
            let [low, high] =
                interval(permilles.len(), clusters, |_, kind| holds(&mut stream, permilles[kind]));
            low <= truth && truth <= high
        })
        .count()
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    // Of independent samples: at, near and far from the ends; types alike, and far apart.
    for (clusters, permilles) in [
        (6, [10; 3]),
        (6, [300; 3]),
        (6, [20, 500, 980]),
        (24, [5; 3]),
        (24, [30; 3]),
        (24, [500; 3]),
        (24, [970; 3]),
        (24, [20, 500, 980]),
    ] {
        let covered = covered(clusters, &permilles, "tests/coverage");
        // 95 less twice the standard deviation of 2.2.
        assert!(covered >= 90, "{clusters} clusters, {permilles:?}: {covered} of 100");
    }
}

#[test]
fn whole_haystacks_that_are_right_or_wrong_count_as_one_each() {
    let mut covered = 0;
    for round in 0..100 {
        let mut stream = Seed::new(8).stream("tests/coverage/haystacks", round);
        let right: Vec<bool> = (0..40).map(|_| holds(&mut stream, 800)).collect();
        let [low, high] = interval(3, 40, |cluster, _| right[cluster]);
        covered += usize::from(low <= 0.8 && 0.8 <= high);
    }
    assert!(covered >= 90, "{covered} of 100");
}
