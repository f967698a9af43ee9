//! Ids of haystacks.
//!
//! In: the entries of a spec and their digests. Out: one unique id an entry, which no order of files moves.

use std::collections::BTreeMap;

use crate::haystack::{Entry, Source};
use crate::id;
use crate::render::Error;

/// What a person calls a source.
pub(super) fn name_of(source: &Source) -> String {
    match source {
        Source::File(path) => {
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        }
        Source::Scene(recipe) => recipe.name.clone(),
    }
}

/// An id for each entry: the catalogue's, or the file's stem. A stem that is too long is cut; one that is cut, or that occurs
/// twice but for case, gets the start of its file's digest.
pub(super) fn ids(entries: &[Entry], digests: &[&str]) -> Result<Vec<String>, Error> {
    let stem = |entry: &Entry, digest: &str| {
        let stem = match &entry.source {
            Source::File(path) => {
                path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
            }
            Source::Scene(recipe) => recipe.name.clone(),
        };
        id::shortened(&id::slug(&stem), digest)
    };
    let plain: Vec<String> = entries
        .iter()
        .zip(digests)
        .map(|(entry, digest)| entry.id.clone().unwrap_or_else(|| stem(entry, digest)))
        .collect();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for name in &plain {
        *uses.entry(id::folded(name)).or_default() += 1;
    }
    let ids: Vec<String> = plain
        .iter()
        .zip(entries)
        .zip(digests)
        .map(|((name, entry), sha256)| {
            let is_shared = uses[&id::folded(name)] > 1;
            if is_shared && entry.id.is_none() { id::with_digest(name, sha256) } else { name.clone() }
        })
        .collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (at, name) in ids.iter().enumerate() {
        if let Some(before) = seen.insert(id::folded(name), at) {
            let (one, two) = (name_of(&entries[before].source), name_of(&entries[at].source));
            faults.push(format!("`{one}` and `{two}` are the same haystack `{name}`: leave one of them out"));
        }
    }
    if faults.is_empty() { Ok(ids) } else { Err(Error::Haystacks(faults)) }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn entry(path: &str) -> Entry {
        let source = Source::File(PathBuf::from(path));
        Entry { id: None, source, licence: None, credit: None, shows: Vec::new() }
    }

    fn named(paths: &[&str], digests: &[&str]) -> Vec<String> {
        let entries: Vec<Entry> = paths.iter().map(|path| entry(path)).collect();
        ids(&entries, digests).unwrap()
    }

    #[test]
    fn names_that_differ_in_case_alone_get_their_digests() {
        let ids = named(&["d/Clip.mp4", "d/clip.mp4", "d/other.mp4"], &["aaaaaaaa", "bbbbbbbb", "cccccccc"]);
        assert_eq!(ids, ["Clip-aaaaaa", "clip-bbbbbb", "other"]);
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = "x".repeat(240);
        let ids = named(&[&format!("{long}1.mp4"), &format!("{long}2.mp4")], &["aaaaaaaa", "bbbbbbbb"]);
        assert!(ids[0].ends_with("x-aaaaaa") && ids[1].ends_with("x-bbbbbb"), "{ids:?}");
        assert!(ids.iter().all(|name| name.len() == id::LONGEST), "{ids:?}");
    }
}
