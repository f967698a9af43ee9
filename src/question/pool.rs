//! The labels among which a question chooses.
//!
//! In: the items of a needle pack, as text. Out: a pool that knows which of them a reader could take for each other.

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

    /// The first `count` of `order` no two of which are alike.
    pub(super) fn unlike(&self, order: &[usize], count: usize) -> Vec<usize> {
        let mut taken: Vec<usize> = Vec::with_capacity(count);
        for &index in order {
            if taken.len() == count {
                break;
            }
            if taken.iter().all(|&other| self.groups[other] != self.groups[index]) {
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
