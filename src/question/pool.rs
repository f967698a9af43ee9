//! The labels among which a question chooses.
//!
//! In: the items of a needle pack, as text. Out: a pool that knows which of them a reader could take for each other.

use std::collections::{BTreeMap, BTreeSet};

/// One thing that can be shown and named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Item of the pack.
    pub item: String,
    /// What it is called in options.
    pub label: String,
    /// What several of it are called.
    pub plural: String,
    /// Items or labels that could be taken for it.
    pub alike: Vec<String>,
    /// Whatever a reader could call it.
    pub names: Vec<String>,
    /// What else it alone is called.
    pub aliases: Vec<String>,
    /// What means it without naming it.
    pub hints: Vec<String>,
}

/// Candidates in groups of look-alikes.
#[derive(Clone, Debug)]
pub struct Pool {
    candidates: Vec<Candidate>,
    /// Per candidate: the first candidate that it is alike to, over any number of steps.
    groups: Vec<usize>,
    distinct: usize,
}

impl Pool {
    /// Groups candidates: two are alike if either names the other, or if they have the same label.
    pub fn new(candidates: Vec<Candidate>) -> Self {
        let mut groups: Vec<usize> = (0..candidates.len()).collect();
        for (at, candidate) in candidates.iter().enumerate() {
            for other in 0..at {
                let (one, two) = (groups[at], groups[other]);
                if one != two && alike(candidate, &candidates[other]) {
                    let (keep, drop) = (one.min(two), one.max(two));
                    for group in groups.iter_mut().filter(|group| **group == drop) {
                        *group = keep;
                    }
                }
            }
        }
        let distinct = (0..candidates.len()).filter(|&at| groups[at] == at).count();
        Self { candidates, groups, distinct }
    }

    /// All candidates, in the pack's order.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// How many candidates no two of which are alike can always be found.
    pub fn distinct(&self) -> usize {
        self.distinct
    }

    /// The candidates that a reader could give one of these names, in ascending order.
    pub fn named<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
        let names: BTreeSet<String> = names.into_iter().map(str::to_lowercase).collect();
        let is_named =
            |at: &usize| self.candidates[*at].names.iter().any(|name| names.contains(&name.to_lowercase()));
        if names.is_empty() { Vec::new() } else { (0..self.candidates.len()).filter(is_named).collect() }
    }

    /// As [`Self::distinct`], without the candidates in `left_out`, which are in ascending order.
    pub fn distinct_without(&self, left_out: &[usize]) -> usize {
        let left = (0..self.candidates.len()).filter(|at| left_out.binary_search(at).is_err());
        left.map(|at| self.groups[at]).collect::<BTreeSet<usize>>().len()
    }

    /// The number of candidates in each group of look-alikes, without the candidates in `left_out`.
    pub(super) fn group_sizes(&self, left_out: &[usize]) -> Vec<usize> {
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for at in (0..self.candidates.len()).filter(|at| left_out.binary_search(at).is_err()) {
            *sizes.entry(self.groups[at]).or_default() += 1;
        }
        sizes.into_values().collect()
    }

    /// The labels with their aliases, the label first: what an open answer may name.
    pub fn vocabulary(&self) -> Vec<Vec<String>> {
        let names = |candidate: &Candidate| {
            let mut names = vec![candidate.label.clone()];
            let others = candidate.aliases.iter().chain(std::iter::once(&candidate.plural));
            for name in others.filter(|name| !name.is_empty()) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            names
        };
        self.candidates.iter().map(names).collect()
    }

    /// The candidates with these labels, ascending.
    pub(super) fn labelled(&self, labels: &[String]) -> Vec<usize> {
        (0..self.candidates.len()).filter(|&at| labels.contains(&self.candidates[at].label)).collect()
    }

    /// `left_out`, and all that a reader could take for one of `more`, ascending.
    pub(super) fn with_alike(&self, left_out: &[usize], more: &[usize]) -> Vec<usize> {
        let is_out =
            |at: &usize| left_out.contains(at) || more.iter().any(|&other| self.is_alike(*at, other));
        (0..self.candidates.len()).filter(is_out).collect()
    }

    /// Whether a reader could take one candidate for the other.
    pub(super) fn is_alike(&self, one: usize, other: usize) -> bool {
        self.groups[one] == self.groups[other]
    }

    /// The first `count` of `order` no two of which are alike and none of which is in `left_out`.
    pub(super) fn take_distinct(&self, order: &[usize], left_out: &[usize], count: usize) -> Vec<usize> {
        let mut taken: Vec<usize> = Vec::with_capacity(count);
        for &index in order {
            if taken.len() == count {
                break;
            }
            if left_out.binary_search(&index).is_err()
                && taken.iter().all(|&other| self.groups[other] != self.groups[index])
            {
                taken.push(index);
            }
        }
        taken
    }
}

fn alike(one: &Candidate, two: &Candidate) -> bool {
    let names = |one: &Candidate, two: &Candidate| {
        one.alike.iter().any(|name| *name == two.item || name.to_lowercase() == two.label.to_lowercase())
    };
    one.label.to_lowercase() == two.label.to_lowercase() || names(one, two) || names(two, one)
}
