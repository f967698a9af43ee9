//! Stamps, as Tux Paint keeps them: a tree of pictures, each beside a text that names it in many languages.
//!
//! In: a directory of the tree. Out: a class a name, with all pictures of it; and, once pictures are chosen, the items that a
//! reader could take for each other by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::choose::Chosen;
use super::classes::{Class, Found, Shot, count};
use super::fault::{Fault, Problem};
use super::folders;
use super::options::Options;
use super::stamp_names::{self, Names};
use crate::files;
use crate::needle::source::is_linked_out;

/// Ends of names of pictures that are another, turned.
const TURNED: &[&str] = &["_mirror_flip", "_mirror", "_flip"];

/// Reads a tree of stamps.
pub(super) fn read(options: &Options, problems: &mut Vec<Problem>) -> Result<Found, files::Error> {
    let root = options.source.as_path();
    let mut shots = Vec::new();
    folders::walk((root, root), "", &mut shots, problems)?;
    let mut notes = Vec::new();
    leave_out(
        &mut shots,
        &mut notes,
        |shot| is_within(shot, &options.without),
        |number| format!("{} in directories left out", count(number, "picture", "pictures")),
    );
    leave_out(&mut shots, &mut notes, is_drawing, |number| {
        format!("{} left aside: stamps are taken as PNG", count(number, "SVG is", "SVG are"))
    });
    let all: BTreeSet<String> = shots.iter().map(|shot| stem(&shot.name).to_owned()).collect();
    leave_out(
        &mut shots,
        &mut notes,
        |shot| is_turned(shot, &all),
        |number| format!("{} left aside: another, turned", count(number, "picture is", "pictures are")),
    );
    if shots.is_empty() && problems.is_empty() {
        problems.push(Problem::of(
            root,
            "",
            Fault::Empty("stamps: pictures, each beside a text that names it"),
        ));
    }
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    for shot in shots {
        match names(root, &shot) {
            Ok(names) => put(&mut classes, names, shot, options.chinese),
            Err(problem) if options.skip_bad => notes.push(format!("left out: {problem}")),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(Found { classes: classes.into_values().collect(), notes })
}

/// Takes out the pictures that `is_out` says, and notes how many they are.
fn leave_out(
    shots: &mut Vec<Shot>,
    notes: &mut Vec<String>,
    is_out: impl Fn(&Shot) -> bool,
    note: impl Fn(usize) -> String,
) {
    let before = shots.len();
    shots.retain(|shot| !is_out(shot));
    if shots.len() < before {
        notes.push(note(before - shots.len()));
    }
}

fn is_within(shot: &Shot, without: &[String]) -> bool {
    shot.name.rsplit('/').skip(1).any(|directory| without.iter().any(|name| name == directory))
}

fn is_drawing(shot: &Shot) -> bool {
    shot.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"))
}

fn is_turned(shot: &Shot, all: &BTreeSet<String>) -> bool {
    TURNED.iter().filter_map(|end| stem(&shot.name).strip_suffix(end)).any(|other| all.contains(other))
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Reads the text beside a picture.
fn names(root: &Path, shot: &Shot) -> Result<Names, Problem> {
    let path = shot.path.with_extension("txt");
    let shown = format!("{}.txt", stem(&shot.name));
    if is_linked_out(root, &shown) {
        return Err(Problem::of(&path, "", Fault::Linked(shown)));
    }
    if !path.is_file() {
        return Err(Problem::of(
            &shot.path,
            "",
            Fault::Missing("a text beside it, of its name, `.txt`, that names it"),
        ));
    }
    let text = files::read_text(&path)
        .map_err(|error| Problem::of(&path, "", Fault::Format(format!("not a text: {error}"))))?;
    stamp_names::read(&text).map_err(|fault| Problem::of(&path, "line 1", fault))
}

/// Adds a picture to the class of its name.
fn put(classes: &mut BTreeMap<String, Class>, names: Names, shot: Shot, chinese: bool) {
    let stated = (shot.path.with_extension("txt"), "line 1".to_owned());
    let class =
        classes.entry(names.label.to_lowercase()).or_insert_with(|| Class::new(names.label.clone(), stated));
    for alias in names.aliases {
        if !class.aliases.iter().any(|known| known.to_lowercase() == alias.to_lowercase()) {
            class.aliases.push(alias);
        }
    }
    if chinese && class.chinese.is_none() {
        class.chinese = names.chinese;
    }
    class.shots.push(shot);
}

/// Marks items as alike that have a name in common, or of which one is a kind of the other ("little penguin", "penguin"), and
/// takes names away that stand for two.
pub(super) fn tell_apart(chosen: &mut [Chosen], notes: &mut Vec<String>) {
    let labels: Vec<String> = chosen.iter().map(|item| item.class.label.to_lowercase()).collect();
    let mut holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut chinese: BTreeMap<String, usize> = BTreeMap::new();
    for (index, Chosen { class, .. }) in chosen.iter().enumerate() {
        for name in class.aliases.iter().chain([&class.label]).chain(class.plural.as_ref()) {
            let holders = holders.entry(name.to_lowercase()).or_default();
            if holders.last() != Some(&index) {
                holders.push(index);
            }
        }
        if let Some(name) = &class.chinese {
            *chinese.entry(name.clone()).or_default() += 1;
        }
    }
    for (index, item) in chosen.iter_mut().enumerate() {
        let class = &mut item.class;
        let mut alike = BTreeSet::new();
        class.aliases.retain(|alias| {
            let others: Vec<usize> =
                holders[&alias.to_lowercase()].iter().copied().filter(|other| *other != index).collect();
            alike.extend(others.iter().copied());
            if !others.is_empty() {
                notes.push(format!(
                    "`{alias}` names another item, too, so that `{}` goes without it",
                    class.label
                ));
            }
            others.is_empty()
        });
        alike.extend(
            (0..labels.len()).filter(|other| labels[index].ends_with(&format!(" {}", labels[*other]))),
        );
        class.alike.extend(alike.into_iter().map(|other| labels[other].clone()));
        if let Some(name) = class.chinese.take_if(|name| chinese[name] > 1) {
            notes.push(format!(
                "`{name}` is the Chinese name of several, so that `{}` goes without it",
                class.label
            ));
        }
    }
}
