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

/// An id for each entry: the catalogue's, or the file's stem; stems that occur twice get the start of their digest.
pub(super) fn ids(entries: &[Entry], digests: &[&str]) -> Result<Vec<String>, Error> {
    let stem = |entry: &Entry| match &entry.source {
        Source::File(path) => {
            id::slug(&path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()))
        }
        Source::Scene(recipe) => id::slug(&recipe.name),
    };
    let plain: Vec<String> =
        entries.iter().map(|entry| entry.id.clone().unwrap_or_else(|| stem(entry))).collect();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &plain {
        *times.entry(name).or_default() += 1;
    }
    let ids: Vec<String> = plain
        .iter()
        .zip(entries)
        .zip(digests)
        .map(|((name, entry), sha256)| {
            let twice = times[name.as_str()] > 1;
            if twice && entry.id.is_none() { format!("{name}-{}", &sha256[..6]) } else { name.clone() }
        })
        .collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (at, name) in ids.iter().enumerate() {
        if let Some(before) = seen.insert(name, at) {
            let (one, two) = (name_of(&entries[before].source), name_of(&entries[at].source));
            faults.push(format!("`{one}` and `{two}` are the same haystack `{name}`: leave one of them out"));
        }
    }
    if faults.is_empty() { Ok(ids) } else { Err(Error::Haystacks(faults)) }
}
