//! Class folders: each directory is a class of that name, and the pictures below it are its pictures.
//!
//! In: the directory of the folders. Out: the classes, and what is no picture of any.

use std::path::Path;

use super::super::art;
use super::classes::{Class, Found, Shot, count};
use super::fault::{Fault, Problem};
use crate::files;

/// Reads class folders.
pub(super) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Result<Found, files::Error> {
    let mut found = Found::default();
    let mut others = 0;
    for path in files::sorted_dir(dir)? {
        let Some(name) = shown_name(&path) else { continue };
        if !path.is_dir() {
            others += 1;
            continue;
        }
        let label = name.replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        let mut class = Class::new(label, (path.clone(), String::new()));
        others += walk(&path, &name, &mut class.shots)?;
        if class.shots.is_empty() {
            problems.push(Problem::of(&path, "", Fault::Empty("pictures: PNG, JPEG, WebP, BMP or SVG")));
        } else {
            found.classes.push(class);
        }
    }
    if found.classes.is_empty() && problems.is_empty() {
        problems.push(Problem::of(dir, "", Fault::Empty("a directory a class, with its pictures")));
    }
    if others > 0 {
        let files = count(others, "file is", "files are");
        found.notes.push(format!("{files} no picture in a class folder, and left aside"));
    }
    Ok(found)
}

/// Gathers the pictures below a directory; gives how many files are none.
fn walk(dir: &Path, below: &str, shots: &mut Vec<Shot>) -> Result<usize, files::Error> {
    let mut others = 0;
    for path in files::sorted_dir(dir)? {
        let Some(name) = shown_name(&path) else { continue };
        let shown = format!("{below}/{name}");
        if path.is_dir() {
            others += walk(&path, &shown, shots)?;
        } else if art::has_picture_name(&name) {
            shots.push(Shot {
                stated: (path.clone(), String::new()),
                path,
                name: shown,
                region: None,
                area: None,
                licence: None,
                credit: None,
            });
        } else {
            others += 1;
        }
    }
    Ok(others)
}

/// The name of a file that is not hidden.
fn shown_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    (!name.starts_with('.')).then_some(name)
}
