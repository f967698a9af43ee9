//! Reads `pack.toml` as written: types, missing and unknown keys.
//!
//! In: text. Out: the pack's raw fields, and every problem of form; what the fields mean together is `check`'s matter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::fault::{Fault, Problem};
use super::pack::Names;
use crate::digest;
use crate::language::Language;
use crate::wording::nearest;

/// Gathers the problems of one file.
#[derive(Debug)]
pub(super) struct Report {
    file: PathBuf,
    pub(super) problems: Vec<Problem>,
}

impl Report {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), problems: Vec::new() }
    }

    pub(super) fn add(&mut self, key: impl Into<String>, fault: Fault) {
        self.problems.push(Problem { file: self.file.clone(), key: key.into(), fault });
    }
}

/// A pack as its file states it.
#[derive(Debug, Default)]
pub(super) struct RawPack {
    pub(super) id: String,
    pub(super) licence: String,
    pub(super) credit: String,
    pub(super) folder: Option<String>,
    pub(super) items: Vec<RawItem>,
}

/// An item as its file states it; `key` is where.
#[derive(Debug)]
pub(super) struct RawItem {
    pub(super) key: String,
    pub(super) id: Option<String>,
    pub(super) label: Option<String>,
    pub(super) plural: Option<String>,
    pub(super) aliases: Vec<String>,
    pub(super) hints: Vec<String>,
    pub(super) asset: Option<String>,
    pub(super) scene: Option<Table>,
    pub(super) footage: Option<Table>,
    pub(super) soundtrack: Option<String>,
    pub(super) sound: Option<Table>,
    pub(super) recordings: Vec<String>,
    pub(super) alike: Vec<String>,
    pub(super) names: BTreeMap<Language, Names>,
}

/// Parses a pack, with the digest of what it states. `None` where the text is not TOML; otherwise what could be read, with the rest
/// reported.
pub(super) fn parse(text: &str, report: &mut Report) -> Option<(RawPack, String)> {
    let table: Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
            report.add("", Fault::Syntax { line, message: error.message().to_owned() });
            return None;
        }
    };
    let stated = digest::of_toml(&table);
    let mut fields = Fields { table, at: String::new(), known: Vec::new(), report };
    let id = fields.required("id", "the pack's id");
    let licence = fields.required("licence", "the licence of the pictures, such as `CC-BY-4.0`");
    let credit = fields.required("credit", "whom to credit for the pictures");
    let folder = fields.optional("folder", "the name of a directory of pictures");
    let items = fields.tables("items");
    fields.finish();
    let items = items.into_iter().map(|(index, table)| item(index, table, report)).collect();
    Some((RawPack { id, licence, credit, folder, items }, stated))
}

fn item(index: usize, table: Table, report: &mut Report) -> RawItem {
    let key = format!("items[{index}]");
    let mut fields = Fields { table, at: format!("{key}."), known: Vec::new(), report };
    let raw = RawItem {
        id: fields.optional("id", "the item's id"),
        label: fields.optional("label", "what the item is called in questions"),
        plural: fields.optional("plural", "what several of the item are called"),
        aliases: fields.strings("aliases"),
        hints: fields.strings("hints"),
        asset: fields.optional("asset", "the name of a picture, a video or a sound"),
        scene: fields.table("scene"),
        footage: fields.table("footage"),
        soundtrack: fields.optional("soundtrack", "the name of a FLAC file"),
        sound: fields.table("sound"),
        recordings: fields.strings("recordings"),
        alike: fields.strings("alike"),
        names: fields.table("names").map(|table| names(&key, table, fields.report)).unwrap_or_default(),
        key,
    };
    fields.finish();
    raw
}

/// What an item is called in languages other than English.
fn names(key: &str, mut table: Table, report: &mut Report) -> BTreeMap<Language, Names> {
    let mut names = BTreeMap::new();
    for language in Language::ALL.into_iter().filter(|language| !language.is_english()) {
        let at = format!("{key}.names.{}", language.code());
        let table = match table.remove(language.code()) {
            None => continue,
            Some(Value::Table(table)) => table,
            Some(other) => {
                report.add(at, Fault::Type { expected: "a table", found: kind(&other) });
                continue;
            }
        };
        let mut fields = Fields { table, at: format!("{at}."), known: Vec::new(), report };
        let label = fields.required("label", "what the item is called in questions");
        let plural = fields.optional("plural", "what several of the item are called");
        let plural = plural.unwrap_or_else(|| label.clone());
        let aliases = fields.strings("aliases");
        let hints = fields.strings("hints");
        fields.finish();
        names.insert(language, Names { label, plural, aliases, hints });
    }
    for unknown in table.keys() {
        let codes = Language::ALL.iter().map(|language| language.code());
        report.add(
            format!("{key}.names.{unknown}"),
            Fault::UnknownKey(nearest(unknown, codes.skip(1)).map(str::to_owned)),
        );
    }
    names
}

/// One table on its way out: each key is taken once, and what is left is unknown.
struct Fields<'a> {
    table: Table,
    at: String,
    known: Vec<&'static str>,
    report: &'a mut Report,
}

impl Fields<'_> {
    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn fault(&mut self, key: &str, fault: Fault) {
        self.report.add(format!("{}{key}", self.at), fault);
    }

    /// The text of `key`, trimmed; anything else than a text that says something is reported.
    fn optional(&mut self, key: &'static str, expected: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) if text.trim().is_empty() => self.fault(key, Fault::Blank(expected)),
            Value::String(text) => return Some(text.trim().to_owned()),
            other => self.fault(key, Fault::Type { expected: "a string", found: kind(&other) }),
        }
        None
    }

    fn required(&mut self, key: &'static str, expected: &'static str) -> String {
        if !self.table.contains_key(key) {
            self.fault(key, Fault::Missing(expected));
        }
        self.optional(key, expected).unwrap_or_default()
    }

    fn strings(&mut self, key: &'static str) -> Vec<String> {
        let values = match self.take(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(other) => {
                self.fault(key, Fault::Type { expected: "an array of strings", found: kind(&other) });
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let at = format!("{key}[{index}]");
            match value {
                Value::String(text) if text.trim().is_empty() => self.fault(&at, Fault::Blank("a name")),
                Value::String(text) => texts.push(text.trim().to_owned()),
                other => self.fault(&at, Fault::Type { expected: "a string", found: kind(&other) }),
            }
        }
        texts
    }

    fn table(&mut self, key: &'static str) -> Option<Table> {
        match self.take(key)? {
            Value::Table(table) => return Some(table),
            other => self.fault(key, Fault::Type { expected: "a table", found: kind(&other) }),
        }
        None
    }

    fn tables(&mut self, key: &'static str) -> Vec<(usize, Table)> {
        let values = match self.take(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(other) => {
                self.fault(key, Fault::Type { expected: "an array of tables", found: kind(&other) });
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            match value {
                Value::Table(table) => tables.push((index, table)),
                other => {
                    let fault = Fault::Type { expected: "a table", found: kind(&other) };
                    self.fault(&format!("{key}[{index}]"), fault);
                }
            }
        }
        tables
    }

    fn finish(self) {
        for key in self.table.keys() {
            let nearest = nearest(key, self.known.iter().copied()).map(str::to_owned);
            self.report.add(format!("{}{key}", self.at), Fault::UnknownKey(nearest));
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a float",
        Value::Boolean(_) => "a boolean",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "an array",
        Value::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_of_form_are_reported() {
        let text = "id = 7\nlicense = 'MIT'\ncredit = ' '\nitems = [3, { lable = 'x', alike = [1] }]";
        let mut report = Report::new(Path::new("pack.toml"));
        parse(text, &mut report).unwrap();
        let found: Vec<String> =
            report.problems.iter().map(|problem| format!("{}: {}", problem.key, problem.fault)).collect();
        assert_eq!(
            found,
            [
                "id: expected a string, found an integer",
                "licence: missing; expected the licence of the pictures, such as `CC-BY-4.0`",
                "credit: empty; expected whom to credit for the pictures",
                "items[0]: expected a table, found an integer",
                "license: unknown key; did you mean `licence`?",
                "items[1].alike[0]: expected a string, found an integer",
                "items[1].lable: unknown key; did you mean `label`?",
            ]
        );
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        let mut report = Report::new(Path::new("pack.toml"));
        assert!(parse("id = 'a'\n\nb = \n", &mut report).is_none());
        assert!(report.problems[0].fault.to_string().starts_with("line 3: "), "{report:?}");
    }
}
