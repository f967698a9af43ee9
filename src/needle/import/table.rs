//! A table of pictures: one row an item.
//!
//! In: a CSV file with columns `path` and `label`, and perhaps `plural`, `aliases`, `alike`, `licence`, `credit`; lists are
//! separated by `;`, paths relative to the file. Out: a class a row.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::classes::{Class, Found, Shot};
use super::fault::{Fault, Problem};
use crate::files;
use crate::needle::source::{is_inside, is_linked_out};

/// The columns of a table of pictures.
const COLUMNS: &[&str] = &["path", "label", "plural", "aliases", "alike", "licence", "credit"];

/// A row of a table: its cells by column.
pub(super) struct Row {
    columns: Vec<String>,
    cells: StringRecord,
    /// File and key: the row's line.
    pub(super) stated: (PathBuf, String),
}

impl Row {
    /// The text of a column, where there is one.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.cells.get(at).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    }

    /// The names in a column.
    pub(super) fn list(&self, column: &str) -> Vec<String> {
        let text = self.text(column).unwrap_or_default();
        text.split(';').map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
    }

    /// The text of a column that has to say something.
    pub(super) fn required(&self, column: &'static str, problems: &mut Vec<Problem>) -> Option<String> {
        let text = self.text(column);
        if text.is_none() {
            let (file, line) = &self.stated;
            problems.push(Problem::of(file, format!("{line}, {column}"), Fault::Missing("a text")));
        }
        text
    }
}

/// The rows of a table with these columns, of which the first `needed` have to be there.
pub(super) fn rows(
    file: &Path,
    columns: &[&'static str],
    needed: usize,
    expected: &'static str,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Row>, files::Error> {
    let text = files::read_text(file)?;
    // A byte order mark, which spreadsheets write, is no part of the first column's name.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let format = |error: &csv::Error| Fault::Format(format!("not a table: {error}"));
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(ToOwned::to_owned).collect(),
        Err(error) => {
            problems.push(Problem::of(file, "", format(&error)));
            return Ok(Vec::new());
        }
    };
    let before = problems.len();
    for name in head.iter().filter(|name| !columns.contains(&name.as_str())) {
        problems.push(Problem::of(file, name.clone(), Fault::UnknownColumn(expected)));
    }
    for name in columns[..needed].iter().filter(|name| !head.iter().any(|column| column == *name)) {
        problems.push(Problem::of(file, *name, Fault::Missing("a column of this name")));
    }
    if problems.len() > before {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(cells) => {
                let line = cells.position().map_or(0, csv::Position::line);
                rows.push(Row {
                    columns: head.clone(),
                    cells,
                    stated: (file.to_owned(), format!("line {line}")),
                });
            }
            Err(error) => problems.push(Problem::of(file, "", format(&error))),
        }
    }
    Ok(rows)
}

/// Reads a table of pictures.
pub(super) fn read(file: &Path, problems: &mut Vec<Problem>) -> Result<Found, files::Error> {
    let expected = "path, label, plural, aliases, alike, licence or credit";
    let dir = file.parent().unwrap_or(Path::new(""));
    let mut found = Found::default();
    for row in rows(file, COLUMNS, 2, expected, problems)? {
        let (path, label) = (row.required("path", problems), row.required("label", problems));
        let (Some(path), Some(label)) = (path, label) else { continue };
        if !is_inside(&path) {
            let (file, line) = &row.stated;
            problems.push(Problem::of(file, format!("{line}, path"), Fault::Outside(path)));
            continue;
        }
        if is_linked_out(dir, &path) {
            let (file, line) = &row.stated;
            problems.push(Problem::of(file, format!("{line}, path"), Fault::Linked(path)));
            continue;
        }
        let mut class = Class::new(label, row.stated.clone());
        class.plural = row.text("plural");
        (class.aliases, class.alike) = (row.list("aliases"), row.list("alike"));
        class.shots.push(Shot {
            path: dir.join(&path),
            name: path,
            stated: row.stated.clone(),
            region: None,
            area: None,
            licence: row.text("licence"),
            credit: row.text("credit"),
        });
        found.classes.push(class);
    }
    if found.classes.is_empty() && problems.is_empty() {
        problems.push(Problem::of(file, "", Fault::Empty("a row an item")));
    }
    Ok(found)
}
