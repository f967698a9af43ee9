//! What items are called: plurals, aliases and Chinese names from a table, plurals by rule, and names that would stand for two items.
//!
//! In: classes. Out: the same with their names, ids, and every collision.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::load::id_of;
use super::classes::Class;
use super::fault::{Fault, Problem};
use super::options::Plurals;
use super::table;
use crate::files;

/// The columns of such a table.
const COLUMNS: &[&str] = &["label", "plural", "aliases", "zh", "zh_aliases"];

/// Adds the plurals, aliases and Chinese names of a table to the classes that it names.
pub(super) fn add(
    file: &Path,
    classes: &mut [Class],
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Result<(), files::Error> {
    let mut unused = Vec::new();
    let expected = "label, plural, aliases, zh or zh_aliases";
    for row in table::rows(file, COLUMNS, 1, expected, problems)? {
        let Some(label) = row.required("label", problems) else { continue };
        let named = |class: &&mut Class| class.label.to_lowercase() == label.to_lowercase();
        match classes.iter_mut().find(named) {
            Some(class) => {
                class.plural = row.text("plural").or(class.plural.take());
                class.aliases.extend(row.list("aliases"));
                class.chinese = row.text("zh").or(class.chinese.take());
                class.chinese_aliases.extend(row.list("zh_aliases"));
                if class.chinese.is_none() && !class.chinese_aliases.is_empty() {
                    let (file, line) = &row.stated;
                    problems.push(Problem::of(file, format!("{line}, zh"), Fault::Missing("a text")));
                }
            }
            None => unused.push(format!("`{label}`")),
        }
    }
    if !unused.is_empty() {
        notes.push(format!("no class is called {}, which `{}` names", unused.join(", "), file.display()));
    }
    Ok(())
}

/// Forms the plurals that are not given; gives label and plural of each.
pub(super) fn plurals(classes: &mut [Class], how: Plurals) -> Vec<(String, String)> {
    if how == Plurals::Given {
        return Vec::new();
    }
    let mut formed = Vec::new();
    for class in classes.iter_mut().filter(|class| class.plural.is_none()) {
        // English marks the last word before a preposition: two traffic lights, two heads of lettuce.
        let end = [" of ", " in ", " with ", " on "].iter().filter_map(|word| class.label.find(word)).min();
        let (head, rest) = class.label.split_at(end.unwrap_or(class.label.len()));
        let (before, last) = head.rsplit_once(' ').unwrap_or(("", head));
        let space = if before.is_empty() { "" } else { " " };
        let plural = format!("{before}{space}{}{rest}", pluralizer::pluralize(last, 2, false));
        formed.push((class.label.clone(), plural.clone()));
        class.plural = Some(plural);
    }
    formed
}

/// The ids of the items. Labels, plurals and aliases that stand for two items are problems, and so are ids.
pub(super) fn check(classes: &[&Class], problems: &mut Vec<Problem>) -> Vec<String> {
    let mut first: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut ids: BTreeMap<String, &str> = BTreeMap::new();
    for (index, class) in classes.iter().enumerate() {
        let stated = |name: &str| {
            let (file, key) = &class.stated;
            (file, if key.is_empty() { name.to_owned() } else { format!("{key}, {name}") })
        };
        let (file, key) = stated("label");
        if class.label.trim().is_empty() {
            problems.push(Problem::of(file, key, Fault::Missing("a label")));
            continue;
        }
        let mut names = vec![("label", &class.label)];
        names.extend(class.plural.iter().map(|plural| ("plural", plural)));
        names.extend(class.aliases.iter().map(|alias| ("alias", alias)));
        for (what, name) in names {
            let owner = format!("{what} of `{}`", class.label);
            match first.get(&name.to_lowercase()) {
                // "Sheep" is its own plural.
                Some((other, _)) if *other == index && what == "plural" => {}
                Some((_, other)) => {
                    let (file, key) = stated(what);
                    let fault = Fault::Duplicate { name: name.clone(), first: format!("the {other}") };
                    problems.push(Problem::of(file, key, fault));
                }
                None => drop(first.insert(name.to_lowercase(), (index, owner))),
            }
        }
        let id = id_of(&class.label);
        if let Some(other) = ids
            .insert(id.clone(), &class.label)
            .filter(|other| other.to_lowercase() != class.label.to_lowercase())
        {
            let fault = Fault::Duplicate { name: id, first: format!("the id of `{other}`") };
            problems.push(Problem::of(file, stated("id").1, fault));
        }
        for name in &class.alike {
            if !classes.iter().any(|other| other.label.to_lowercase() == name.to_lowercase()) {
                let (file, key) = stated("alike");
                problems.push(Problem::of(file, key, Fault::UnknownLabel(name.clone())));
            }
        }
    }
    classes.iter().map(|class| id_of(&class.label)).collect()
}
