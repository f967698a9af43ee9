//! Chances of labels that are picked at random, no two of them alike.
//!
//! In: a pool and what is left out. Out: how often a pick, or a sequence of picks, is a given one.
//!
//! Picks follow one another: each is uniform among the candidates that are not alike to an earlier one.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use crate::question::pool::Pool;

/// Groups of look-alikes by their size: how many there are.
fn groups(pool: &Pool, left_out: &[usize]) -> Groups {
    let mut sizes = BTreeMap::new();
    for size in pool.group_sizes(left_out) {
        *sizes.entry(size).or_default() += 1;
    }
    sizes
}

/// How often the label that is most frequent among `picks` picks, one of which is then chosen uniformly, is chosen.
pub(super) fn most_frequent(pool: &Pool, left_out: &[usize], picks: usize) -> f64 {
    // The questions of a type ask this again and again of the same few groups.
    static KNOWN: LazyLock<Mutex<BTreeMap<(Groups, usize), f64>>> = LazyLock::new(Mutex::default);
    let asked = (groups(pool, left_out), picks);
    if let Some(&known) = KNOWN.lock().expect("nothing panics while it is held").get(&asked) {
        return known;
    }
    let groups = &asked.0;
    let best = groups.keys().map(|&size| {
        let hits = hits(groups, size, picks);
        // All candidates of all groups of this size are as likely.
        hits / (size * groups[&size]) as f64 / picks.max(1) as f64
    });
    let best = best.fold(0.0, f64::max);
    KNOWN.lock().expect("nothing panics while it is held").insert(asked, best);
    best
}

/// Expected number of picks that are of a group of `size`.
fn hits(groups: &Groups, size: usize, picks: usize) -> f64 {
    Hits { size, known: BTreeMap::new() }.of(groups, picks)
}

/// How many groups of look-alikes there are, by their size.
type Groups = BTreeMap<usize, usize>;

/// Expected numbers of picks that are of a group of `size`. Picks of the same groups in another order leave the same groups:
/// each rest is worked out once, or the work would be a power of the number of picks.
struct Hits {
    size: usize,
    /// By the groups that are left. How many picks remain follows from them.
    known: BTreeMap<Groups, f64>,
}

impl Hits {
    fn of(&mut self, groups: &Groups, picks: usize) -> f64 {
        let left: usize = groups.iter().map(|(size, number)| size * number).sum();
        if picks == 0 || left == 0 {
            return 0.0;
        }
        if let Some(&known) = self.known.get(groups) {
            return known;
        }
        let pick = |(&picked, &number): (&usize, &usize)| {
            let chance = (picked * number) as f64 / left as f64;
            let mut rest = groups.clone();
            if number == 1 {
                rest.remove(&picked)
            } else {
                rest.insert(picked, number - 1)
            };
            let hit = if picked == self.size { 1.0 } else { 0.0 };
            chance * (hit + self.of(&rest, picks - 1))
        };
        let expected = groups.iter().map(pick).sum();
        self.known.insert(groups.clone(), expected);
        expected
    }
}

/// How often a given sequence of picks is the one, at most: exactly so often where no candidates are alike.
pub(super) fn sequence(pool: &Pool, left_out: &[usize], picks: usize) -> f64 {
    let mut sizes = pool.group_sizes(left_out);
    sizes.sort_unstable_by(|one, two| two.cmp(one));
    let mut left: usize = sizes.iter().sum();
    let mut chance = 1.0;
    for size in sizes.into_iter().take(picks) {
        chance /= left.max(1) as f64;
        left -= size;
    }
    chance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::pool::Candidate;

    fn pool(labels: &[&str], alike: &[(usize, &str)]) -> Pool {
        let candidate = |(at, label): (usize, &&str)| Candidate {
            item: (*label).to_owned(),
            label: (*label).to_owned(),
            plural: String::new(),
            alike: alike.iter().filter(|(of, _)| *of == at).map(|(_, name)| (*name).to_owned()).collect(),
            names: Vec::new(),
            aliases: Vec::new(),
            hints: Vec::new(),
        };
        Pool::new(labels.iter().enumerate().map(candidate).collect())
    }

    #[test]
    fn without_look_alikes_every_label_is_as_likely() {
        let four = pool(&["a", "b", "c", "d", "e"], &[]);
        assert!((most_frequent(&four, &[], 4) - 0.2).abs() < 1e-12);
        assert!((most_frequent(&four, &[4], 3) - 0.25).abs() < 1e-12);
        assert!((sequence(&four, &[], 2) - 1.0 / 20.0).abs() < 1e-12);
    }

    #[test]
    fn a_label_without_look_alikes_is_picked_more_often() {
        // `b` looks like `a`: of two picks, `c` is first in 1 of 3, and second in 2 of 3; `a` first in 1 of 3, second
        // in 1 of 3 x 1 of 2.
        let three = pool(&["a", "b", "c"], &[(1, "a")]);
        assert!((most_frequent(&three, &[], 2) - 0.5).abs() < 1e-12);
        assert!((sequence(&three, &[], 2) - 1.0 / 3.0).abs() < 1e-12);
    }
    #[test]
    fn many_picks_among_many_sizes_of_groups_are_worked_out() {
        // Of all 60 candidates in groups of one, two and three, every group is picked once.
        let labels: Vec<String> = (0..60).map(|at| format!("label {at}")).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let twos = (0..10).map(|at| (20 + 2 * at, labels[21 + 2 * at]));
        let threes = (0..6).flat_map(|at| [1, 2].map(|next| (40 + 3 * at, labels[40 + 3 * at + next])));
        let pool = pool(&labels, &twos.chain(threes).collect::<Vec<_>>());
        let all = groups(&pool, &[]);
        assert_eq!(all, BTreeMap::from([(1, 22), (2, 10), (3, 6)]));
        for (&size, &number) in &all {
            assert!((hits(&all, size, 38) - number as f64).abs() < 1e-9);
        }
        // The largest groups are picked first, and each of their candidates least often.
        assert!(hits(&all, 3, 20) / 6.0 > hits(&all, 1, 20) / 22.0);
        assert!(most_frequent(&pool, &[], 20) < 1.0 / 38.0);
    }
}
