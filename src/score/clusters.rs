//! Clusters: samples that share footage, and so vary together.
//!
//! In: the haystacks of each sample. Out: a name for each sample's cluster. Two videos that join `a` with `b`, and `b` with `c`, share
//! footage of `b`, and all three are one cluster: the connected parts of what shares a haystack.

use std::collections::{BTreeMap, BTreeSet};

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

/// The cluster of each of `rows`: its haystacks' names, joined; a sample that states no haystack is a cluster by itself.
pub fn names<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<String> {
    let rows: Vec<&Row> = rows.collect();
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    for row in &rows {
        let Some(first) = row.haystack_ids.first() else { continue };
        parents.entry(first).or_insert(first);
        for other in &row.haystack_ids[1..] {
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
    let named: BTreeMap<&str, String> = members.into_iter().map(|(top, ids)| (top, name(&ids))).collect();
    rows.iter()
        .map(|row| match row.haystack_ids.first() {
            Some(first) => named[root(&mut parents, first)].clone(),
            None => row.sample_id.clone(),
        })
        .collect()
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
