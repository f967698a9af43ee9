//! The table of difficulty against the documentation, the defaults and the columns of rows.

use std::collections::BTreeSet;

use toml::Value;

use super::{AXES, Axis, Difficulty, Takes};
use crate::needle::Effective;

/// The table as the documentation has to state it.
fn table() -> String {
    let head = "| key | takes | default | needles concerned | column of `difficulty_effective` | meaning |\n\
                |---|---|---|---|---|---|";
    let line = |axis: &Axis| {
        let column = match axis.effective_column {
            "" => "none: as asked for".to_owned(),
            column => format!("`{column}`"),
        };
        format!(
            "| `{}` | {} | {} | {} | {column} | {} |",
            axis.key,
            axis.takes.words(),
            axis.default,
            axis.concerns.words(),
            axis.meaning
        )
    };
    std::iter::once(head.to_owned()).chain(AXES.iter().map(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_whole_table_of_the_documentation_is_that_of_the_code() {
    let page = include_str!("../../../docs/spec.md");
    let (_, section) = page.split_once("\n## Difficulty\n").unwrap();
    let stated: Vec<&str> = section.lines().skip_while(|line| !line.starts_with('|')).collect();
    let stated = stated.iter().take_while(|line| line.starts_with('|'));
    let mut wrong = Vec::new();
    let (due, stated): (Vec<_>, Vec<_>) = (table().lines().map(str::to_owned).collect(), stated.collect());
    for at in 0..due.len().max(stated.len()) {
        let (due, stated) =
            (due.get(at).map_or("", String::as_str), stated.get(at).map_or("", |line| **line));
        if due != stated {
            wrong.push(format!("docs/spec.md states\n    {stated}\nand should state\n    {due}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn defaults_that_are_values_are_those_of_the_code() {
    let mut values = 0;
    for axis in &AXES {
        let literal = axis.default.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        if let Some(literal) = literal {
            let table: toml::Table = format!("value = {literal}").parse().unwrap();
            let mut difficulty = Difficulty::default();
            difficulty.set(axis.key, &table["value"]).unwrap();
            assert_eq!(difficulty, Difficulty::default(), "{}", axis.key);
            values += 1;
        }
    }
    assert_eq!(values, 16, "all but `count`, `each`, `distractors`, `hints`, `gap` and `distance`");
}

#[test]
fn ranges_of_shares_are_those_that_are_read() {
    for axis in &AXES {
        let Takes::Share { least, most, .. } = axis.takes else { continue };
        let read = |permille: i32| {
            Difficulty::default().set(axis.key, &Value::from(f64::from(permille) / 10.0)).is_ok()
        };
        let (least, most) = (i32::from(least), i32::from(most));
        assert_eq!([least - 1, most + 1].map(read), [false; 2], "{}", axis.key);
    }
}

#[test]
fn every_effective_column_belongs_to_a_key() {
    let row = serde_json::to_value(Effective { age_frames: Some(0), ..Effective::default() }).unwrap();
    let columns: BTreeSet<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    let keys: BTreeSet<&str> =
        AXES.iter().map(|axis| axis.effective_column).filter(|of| !of.is_empty()).collect();
    // The longest of drawn durations: no key of difficulty, but a task's `durations`.
    let beside = BTreeSet::from(["longest_frames"]);
    assert_eq!(columns.difference(&keys).copied().collect::<BTreeSet<_>>(), beside);
    assert!(keys.is_subset(&columns));
}

#[test]
fn values_that_are_named_are_read() {
    for axis in &AXES {
        let Takes::Other { values, .. } = axis.takes else { continue };
        let literals = values.split('`').skip(1).step_by(2);
        for literal in literals {
            let table: toml::Table = format!("value = {literal}").parse().unwrap();
            let read = Difficulty::default().set(axis.key, &table["value"]);
            assert_eq!(read, Ok(()), "{} = {literal}", axis.key);
        }
    }
}
