//! Clusters: samples that share footage, and so vary together.
//!
//! In: the haystacks of each sample. Out: a name for each sample's cluster. Two videos that join `a` with `b`, and `b` with `c`, share
//! footage of `b`, and all three are one cluster: the connected parts of what shares a haystack.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dataset::Row;
use crate::digest;

/// Longest name that is written out.
const LONGEST: usize = 64;

/// The haystack that stands for all that `id` is connected with.
fn root<'a>(parents: &mut BTreeMap<&'a str, &'a str>, id: &'a str) -> &'a str {
    let mut top = id;
    while let Some(parent) = parents.get(top).filter(|parent| **parent != top) {
        top = parent;
    }
    // What was passed points to the top from now on, so that chains stay short.
    let mut at = id;
    while at != top {
        at = parents.insert(at, top).unwrap_or(top);
    }
    top
}

/// The cluster of a sample.
#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    /// The names of its haystacks, joined.
    pub(super) name: Arc<str>,
    /// Its place among the names of all clusters, in order.
    pub(super) rank: u32,
}

/// The cluster of each of `rows`: its haystacks' names, joined; a sample that states no haystack is a cluster by itself.
pub fn names<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<String> {
    let samples = rows.map(|row| (row.sample_id.as_str(), row.haystack_ids.as_slice())).collect::<Vec<_>>();
    of(&samples).into_iter().map(|cluster| cluster.name.to_string()).collect()
}

/// The cluster of each sample, of which its id and its haystacks are given.
pub(super) fn of<S: AsRef<str>>(samples: &[(&str, &[S])]) -> Vec<Cluster> {
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, haystacks) in samples {
        let Some((first, others)) = haystacks.split_first() else { continue };
        let first = first.as_ref();
        parents.entry(first).or_insert(first);
        for other in others.iter().map(AsRef::as_ref) {
            parents.entry(other).or_insert(other);
            let (one, other) = (root(&mut parents, first), root(&mut parents, other));
            // The lesser name stands for both, whatever the order of rows.
            parents.insert(one.max(other), one.min(other));
        }
    }
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let ids: Vec<&str> = parents.keys().copied().collect();
    for id in ids {
        members.entry(root(&mut parents, id)).or_default().insert(id);
    }
    let named: BTreeMap<&str, Arc<str>> =
        members.into_iter().map(|(top, ids)| (top, name(&ids).into())).collect();
    let mut names: Vec<Arc<str>> = Vec::with_capacity(samples.len());
    for (id, haystacks) in samples {
        names.push(match haystacks.first() {
            Some(first) => Arc::clone(&named[root(&mut parents, first.as_ref())]),
            None => Arc::from(*id),
        });
    }
    let ranks: BTreeMap<&str, u32> =
        names.iter().map(|name| &**name).collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
    names.iter().map(|name| Cluster { name: Arc::clone(name), rank: ranks[&**name] }).collect()
}

fn name(ids: &BTreeSet<&str>) -> String {
    let name = ids.iter().copied().collect::<Vec<_>>().join("+");
    if name.len() <= LONGEST { name } else { digest::of_bytes(name.as_bytes())[..16].to_owned() }
}

/// Number of clusters of a dataset with these rows.
pub fn count(rows: &[Row]) -> usize {
    names(rows.iter()).into_iter().collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(haystacks: &[&[&str]]) -> Vec<String> {
        let rows: Vec<Row> = haystacks
            .iter()
            .enumerate()
            .map(|(at, ids)| Row {
                sample_id: format!("s{at}"),
                haystack_ids: ids.iter().map(|&id| id.to_owned()).collect(),
                ..Row::unstated()
            })
            .collect();
        assert_eq!(count(&rows), names(rows.iter()).iter().collect::<BTreeSet<_>>().len());
        names(rows.iter())
    }

    #[test]
    fn joins_of_the_same_clips_are_one_cluster() {
        // Every join of two, three and four of four clips.
        let joins: [&[&str]; 11] = [
            &["a", "b"],
            &["a", "c"],
            &["d", "a"],
            &["b", "c"],
            &["b", "d"],
            &["c", "d"],
            &["c", "b", "a"],
            &["a", "b", "d"],
            &["a", "c", "d"],
            &["b", "c", "d"],
            &["a", "b", "c", "d"],
        ];
        assert_eq!(clusters(&joins), ["a+b+c+d"; 11]);
        let mut backwards = joins;
        backwards.reverse();
        assert_eq!(clusters(&backwards), ["a+b+c+d"; 11]);
    }

    #[test]
    fn what_shares_nothing_stays_apart() {
        let got = clusters(&[&["x"], &["y", "z"], &["x"], &[], &["q", "p"], &[], &["z", "w"], &["p"]]);
        assert_eq!(got, ["x", "w+y+z", "x", "s3", "p+q", "s5", "w+y+z", "p+q"]);
    }

    #[test]
    fn long_names_are_digests_and_differ() {
        let [one, other] = ["m", "n"].map(|letter| format!("{letter}{}", "o".repeat(70)));
        let got = clusters(&[&[&one], &[&other], &[&one]]);
        assert_eq!((got[0].len(), &got[0]), (16, &got[2]));
        assert_ne!(got[0], got[1]);
    }
}
