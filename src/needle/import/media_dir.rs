//! Folders of media: each file is an item of that name, or each directory a class whose files could stand for it.
//!
//! In: a directory, and what its files are. Out: classes with their files; what is asked of such a pack and missing; where each file
//! is from.

use std::path::{Path, PathBuf};

use super::classes::{Class, count};
use super::fault::{Fault, Problem};
use super::folders::{label_of, shown_name};
use super::options::Options;
use crate::files;
use crate::needle::source::is_linked_out;

/// What files of a sort are called.
pub(super) struct Medium {
    /// One of them.
    pub(super) noun: &'static str,
    /// Whether a file of this name is one.
    pub(super) has_name: fn(&str) -> bool,
    /// What `--licence` is expected to be.
    pub(super) licence: &'static str,
    /// What `--credit` is expected to be.
    pub(super) credit: &'static str,
    /// What a directory of the source is expected to hold.
    pub(super) of_class: &'static str,
    /// What the source is expected to hold.
    pub(super) of_source: &'static str,
}

/// Files that could stand for an item.
pub(super) struct Candidate {
    pub(super) class: Class,
    /// In order of name, each with what the source calls it.
    pub(super) files: Vec<(PathBuf, String)>,
}

/// Notes what a pack of such files lacks.
pub(super) fn check(options: &Options, medium: &Medium, problems: &mut Vec<Problem>) {
    options.check_id(problems);
    for (flag, given, expected) in
        [("--licence", &options.licence, medium.licence), ("--credit", &options.credit, medium.credit)]
    {
        if given.is_none() {
            problems.push(Problem::of(&options.source, flag, Fault::Missing(expected)));
        }
    }
}

/// What the directory holds: files, and directories of files.
pub(super) fn found(
    dir: &Path,
    medium: &Medium,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Candidate>, files::Error> {
    let (mut found, mut others) = (Vec::new(), 0);
    for path in files::sorted_dir(dir)? {
        let Some(name) = shown_name(&path) else { continue };
        if is_linked_out(dir, &name) {
            problems.push(Problem::of(&path, "", Fault::Linked(name)));
            continue;
        }
        let stem = if path.is_dir() { path.file_name() } else { path.file_stem() };
        let label = label_of(&stem.unwrap_or_default().to_string_lossy());
        let class = Class::new(label, (path.clone(), String::new()));
        if !path.is_dir() {
            if (medium.has_name)(&name) {
                found.push(Candidate { class, files: vec![(path, name)] });
            } else {
                others += 1;
            }
            continue;
        }
        let mut files = Vec::new();
        for file in files::sorted_dir(&path)? {
            let Some(own) = shown_name(&file) else { continue };
            let shown = format!("{name}/{own}");
            if is_linked_out(dir, &shown) {
                problems.push(Problem::of(&file, "", Fault::Linked(shown)));
            } else if file.is_file() && (medium.has_name)(&own) {
                files.push((file, shown));
            } else {
                others += 1;
            }
        }
        if files.is_empty() {
            problems.push(Problem::of(&path, "", Fault::Empty(medium.of_class)));
        } else {
            found.push(Candidate { class, files });
        }
    }
    if found.is_empty() && problems.is_empty() {
        problems.push(Problem::of(dir, "", Fault::Empty(medium.of_source)));
    }
    if others > 0 {
        let files = count(others, "file is", "files are");
        notes.push(format!("{files} no {}, and left aside", medium.noun));
    }
    Ok(found)
}

/// `sources.csv`: where each asset is from, by the label of its item, its own name and what the source calls it.
pub(super) fn sources<'a>(
    assets: impl IntoIterator<Item = [&'a str; 3]>,
    (licence, credit): (&str, &str),
) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut put = |row: [&str; 5]| table.write_record(row).expect("writing to memory succeeds");
    put(["label", "asset", "source", "licence", "credit"]);
    for [label, asset, source] in assets {
        put([label, asset, source, licence, credit]);
    }
    table.into_inner().expect("writing to memory succeeds")
}
