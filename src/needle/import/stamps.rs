//! Stamps, as Tux Paint keeps them: a tree of pictures, each beside a text that names it in many languages.
//!
//! In: a directory of the tree. Out: a class a name, with all pictures of it; and, once pictures are chosen, the items that a
//! reader could take for each other by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::choose::Chosen;
use super::classes::{Class, Found, Shot, count};
use super::fault::{Fault, Problem};
use super::folders;
use super::options::Options;
use super::stamp_labels::Labels;
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
    let pictures: BTreeSet<String> = shots.iter().map(|shot| shot.name.clone()).collect();
    let labels = match &options.labels {
        Some(file) => Labels::read(file, &pictures, problems)?,
        None => Labels::default(),
    };
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
    leave_out(
        &mut shots,
        &mut notes,
        |shot| labels.drops(&shot.name),
        |number| format!("{} dropped, as the labels say", count(number, "picture is", "pictures are")),
    );
    notes.extend(unused(&labels, &shots, &pictures));
    if shots.is_empty() && problems.is_empty() {
        problems.push(Problem::of(
            root,
            "",
            Fault::Empty("stamps: pictures, each beside a text that names it"),
        ));
    }
    let mut named = Vec::new();
    for shot in shots {
        let read = names(root, &shot)
            .map(|names| Names { chinese: names.chinese.filter(|_| options.chinese), ..names });
        match labels.mend(&shot.name, read) {
            Ok((names, mended)) => named.push((names, shot, mended)),
            Err(problem) if options.skip_bad => notes.push(format!("left out: {problem}")),
            Err(problem) => problems.push(problem),
        }
    }
    check_mended(&named, problems);
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    for (names, shot, mended) in named {
        put(&mut classes, names, shot, mended);
    }
    Ok(Found { classes: classes.into_values().collect(), notes })
}

/// A picture with its names, and file and line of a label that the table of labels gives it.
type Named = (Names, Shot, Option<(PathBuf, String)>);

/// Whether labels that are given stand for one picture each: stamps of one name are one item, and a label that a person gives is not
/// meant to join two.
fn check_mended(named: &[Named], problems: &mut Vec<Problem>) {
    for (index, (names, _, mended)) in named.iter().enumerate() {
        let Some((file, line)) = mended else { continue };
        let is_same = |other: &Names| other.label.to_lowercase() == names.label.to_lowercase();
        let mut others = named.iter().enumerate().filter(|(at, (other, ..))| *at != index && is_same(other));
        // Two that are given are told where the second stands.
        if let Some((_, (_, shot, None))) = others.next() {
            let first = format!("the label of `{}`; drop one of the two, or give it another", shot.name);
            let fault = Fault::Duplicate { name: names.label.clone(), first };
            problems.push(Problem::of(file, format!("{line}, label"), fault));
        }
    }
}

/// What is said of mended pictures that are left aside.
fn unused(labels: &Labels, shots: &[Shot], pictures: &BTreeSet<String>) -> Option<String> {
    let is_aside = |name: &&String| pictures.contains(*name) && !shots.iter().any(|shot| shot.name == **name);
    let aside: Vec<String> = labels.mended().filter(is_aside).map(|name| format!("`{name}`")).collect();
    (!aside.is_empty()).then(|| {
        let pictures = count(aside.len(), "picture that is", "pictures that are");
        format!("the labels name {pictures} left aside: {}", aside.join(", "))
    })
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
fn put(classes: &mut BTreeMap<String, Class>, names: Names, shot: Shot, mended: Option<(PathBuf, String)>) {
    let stated = mended.unwrap_or_else(|| (shot.path.with_extension("txt"), "line 1".to_owned()));
    let class =
        classes.entry(names.label.to_lowercase()).or_insert_with(|| Class::new(names.label.clone(), stated));
    for alias in names.aliases {
        if !class.aliases.iter().any(|known| known.to_lowercase() == alias.to_lowercase()) {
            class.aliases.push(alias);
        }
    }
    if class.chinese.is_none() {
        class.chinese = names.chinese;
        class.chinese_aliases = names.chinese_aliases;
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
