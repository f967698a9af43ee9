//! Walks a TOML table and notes every problem on the way.
//!
//! In: parsed TOML. Out: values of the expected types, and [`Problems`]: each with its key path, what is there, what
//! was expected, and hints at the nearest known name. Reading goes on after a problem, so that one run shows them all.

use std::fmt::Display;
use std::ops::RangeInclusive;

use toml::{Table, Value};

use crate::wording;

/// All problems found so far, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) list: Vec<String>,
    pub(super) hints: Vec<String>,
}

impl Problems {
    /// Notes a problem of the value at `key`.
    pub(super) fn note(&mut self, key: &str, problem: impl Display) {
        self.list.push(format!("{key}: {problem}"));
    }

    /// Notes what the user may have meant by `given`, if a known name is close to it.
    pub(super) fn nearest<'n>(&mut self, what: &str, given: &str, known: impl IntoIterator<Item = &'n str>) {
        if let Some(name) = wording::nearest(given, known) {
            let hint = format!("the nearest {what} to `{given}` is `{name}`");
            if !self.hints.contains(&hint) {
                self.hints.push(hint);
            }
        }
    }
}

/// A value that is not of the expected type, as a problem says it.
pub(super) fn unexpected(value: &Value, expected: &str) -> String {
    match value {
        Value::Table(_) => format!("a table is not {expected}"),
        Value::Array(_) => format!("a list is not {expected}"),
        Value::String(text) => format!("`{text}` is not {expected}"),
        other => format!("`{other}` is not {expected}"),
    }
}

/// A table of which all keys have to be known.
pub(super) struct Section<'a> {
    /// Absent where the section is: then no key of it is there.
    table: Option<&'a Table>,
    path: String,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The table at `path`; the root has an empty one.
    pub(super) fn new(table: &'a Table, path: impl Into<String>) -> Self {
        Self { table: Some(table), path: path.into(), known: Vec::new() }
    }

    /// Key path of the section.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Key path of `key` within the section.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() || self.path.ends_with(' ') {
            format!("{}{key}", self.path)
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of `key`, which is thereby known.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.table?.get(key)
    }

    /// The value of `key`, which is not thereby known.
    pub(super) fn peek(&self, key: &str) -> Option<&'a Value> {
        self.table?.get(key)
    }

    /// The value of `key` as `read` understands it; its complaint is noted.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        read: impl FnOnce(&'a Value) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.value(key)?;
        read(value).map_err(|problem| problems.note(&self.key(key), problem)).ok()
    }

    /// A string.
    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<&'a str> {
        self.read(key, problems, |value| value.as_str().ok_or_else(|| unexpected(value, "a string")))
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        self.read(key, problems, |value| {
            value.as_bool().ok_or_else(|| unexpected(value, "`true` or `false`"))
        })
    }

    /// An integer of `range`.
    pub(super) fn whole(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> Option<u64> {
        self.read(key, problems, |value| {
            let number = value.as_integer().ok_or_else(|| unexpected(value, "an integer"))?;
            let inside = u64::try_from(number).ok().filter(|number| range.contains(number));
            inside.ok_or_else(|| {
                if *range.end() == i64::MAX as u64 {
                    format!("`{number}` is below {}", range.start())
                } else {
                    format!("`{number}` is outside {}..={}", range.start(), range.end())
                }
            })
        })
    }

    /// The elements of a list that is not empty, each with its key path; `None` if the key is absent or wrong.
    pub(super) fn list(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<Vec<(String, &'a Value)>> {
        let path = self.key(key);
        let list = self.read(key, problems, |value| {
            let list = value.as_array().ok_or_else(|| unexpected(value, "a list"))?;
            if list.is_empty() { Err("the list is empty".to_owned()) } else { Ok(list) }
        })?;
        Some(list.iter().enumerate().map(|(index, value)| (format!("{path}[{index}]"), value)).collect())
    }

    /// The strings of a list.
    pub(super) fn texts(&mut self, key: &'static str, problems: &mut Problems) -> Vec<(String, &'a str)> {
        let mut texts = Vec::new();
        for (path, value) in self.list(key, problems).unwrap_or_default() {
            match value.as_str() {
                Some(text) => texts.push((path, text)),
                None => problems.note(&path, unexpected(value, "a string")),
            }
        }
        texts
    }

    /// A table within the section, which may be absent.
    pub(super) fn section(&mut self, key: &'static str, problems: &mut Problems) -> Self {
        let path = self.key(key);
        let table =
            self.read(key, problems, |value| value.as_table().ok_or_else(|| unexpected(value, "a table")));
        Self { table, path, known: Vec::new() }
    }

    /// The tables of a list of tables.
    pub(super) fn sections(&mut self, key: &'static str, problems: &mut Problems) -> Option<Vec<Self>> {
        let mut sections = Vec::new();
        for (path, value) in self.list(key, problems)? {
            match value.as_table() {
                Some(table) => sections.push(Self::new(table, path)),
                None => problems.note(&path, unexpected(value, "a table")),
            }
        }
        Some(sections)
    }

    /// Notes every key that nothing has asked for.
    pub(super) fn finish(self, problems: &mut Problems) {
        for key in
            self.table.into_iter().flat_map(Table::keys).filter(|key| !self.known.contains(&key.as_str()))
        {
            problems.note(&self.key(key), "unknown key");
            problems.nearest("key", key, self.known.iter().copied());
        }
    }
}
