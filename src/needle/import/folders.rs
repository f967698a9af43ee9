//! Class folders: each directory is a class of that name, and the pictures below it are its pictures.
//!
//! In: the directory of the folders. Out: the classes, and what is no picture of any.

use std::path::Path;

use super::super::art;
use super::classes::{Class, Found, Shot, count};
use super::fault::{Fault, Problem};
use crate::files;
use crate::needle::source::is_linked_out;

/// Reads class folders.
pub(super) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Result<Found, files::Error> {
    let mut found = Found::default();
    let mut others = 0;
    for path in files::sorted_dir(dir)? {
        let Some(name) = shown_name(&path) else { continue };
        if is_linked_out(dir, &name) {
            problems.push(Problem::of(&path, "", Fault::Linked(name)));
            continue;
        }
        if !path.is_dir() {
            others += 1;
            continue;
        }
        let label = label_of(&name);
        let mut class = Class::new(label, (path.clone(), String::new()));
        let before = problems.len();
        others += walk((dir, &path), &name, &mut class.shots, problems)?;
        if class.shots.is_empty() && problems.len() == before {
            problems.push(Problem::of(&path, "", Fault::Empty("pictures: PNG, JPEG, WebP, BMP or SVG")));
        } else if !class.shots.is_empty() {
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

/// Gathers the pictures of `root` below its directory `dir`; gives how many files are none. Links out of `root` are problems, and
/// so is one back to a directory that it lies in.
pub(super) fn walk(
    (root, dir): (&Path, &Path),
    below: &str,
    shots: &mut Vec<Shot>,
    problems: &mut Vec<Problem>,
) -> Result<usize, files::Error> {
    let mut others = 0;
    for path in files::sorted_dir(dir)? {
        let Some(name) = shown_name(&path) else { continue };
        let shown = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if is_linked_out(root, &shown) {
            problems.push(Problem::of(&path, "", Fault::Linked(shown)));
        } else if path.is_dir() {
            if path.is_symlink() && !files::leads_outside(&path, dir)? {
                let reason = "it is a link to a directory that it lies in".to_owned();
                problems.push(Problem::of(&path, "", Fault::Unreadable(reason)));
                continue;
            }
            others += walk((root, &path), &shown, shots, problems)?;
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

/// The label that a name stands for.
pub(super) fn label_of(name: &str) -> String {
    name.replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a file that is not hidden.
pub(super) fn shown_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    (!name.starts_with('.')).then_some(name)
}
