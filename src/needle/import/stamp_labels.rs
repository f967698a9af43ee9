//! What a person says of stamps: a table that mends their names, or drops them.
//!
//! In: a CSV file with the column `file` (a picture, as the source calls it) and perhaps `label`, `aliases`, `chinese`,
//! `chinese_aliases`, `drop`; lists are separated by `;`, and `-` stands for none. Out: what becomes of each picture that it names, or
//! every problem of the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::fault::{Fault, Problem};
use super::stamp_names::Names;
use super::table::{self, Row};
use crate::files;
use crate::wording::nearest;

/// The columns of the table.
const COLUMNS: &[&str] = &["file", "label", "aliases", "chinese", "chinese_aliases", "drop"];
const EXPECTED: &str = "file, label, aliases, chinese, chinese_aliases or drop";
/// What a cell says that takes away what the stamp's text gives.
const NONE: &str = "-";

/// What is said of each picture, by its name in the source.
#[derive(Default)]
pub(super) struct Labels(BTreeMap<String, Mend>);

/// What is said of one picture. Where a cell is empty, what the stamp's text gives stays.
#[derive(Clone, Debug)]
struct Mend {
    /// File and line.
    stated: (PathBuf, String),
    is_dropped: bool,
    label: Option<String>,
    aliases: Option<Vec<String>>,
    chinese: Option<Vec<String>>,
    chinese_aliases: Option<Vec<String>>,
}

impl Labels {
    /// Reads a table about the pictures of these names.
    pub(super) fn read(
        file: &Path,
        pictures: &BTreeSet<String>,
        problems: &mut Vec<Problem>,
    ) -> Result<Self, files::Error> {
        let mut labels = Self::default();
        let mut labelled: BTreeMap<String, String> = BTreeMap::new();
        for row in table::rows(file, COLUMNS, 1, EXPECTED, problems)? {
            let Some(name) = row.required("file", problems) else { continue };
            let (_, line) = row.stated.clone();
            let mut fault = |column: &str, fault| {
                problems.push(Problem::of(file, format!("{line}, {column}"), fault));
            };
            let mend = mend(&row, &mut fault);
            if !pictures.contains(&name) {
                let nearest = nearest(&name, pictures.iter().map(String::as_str)).map(str::to_owned);
                fault("file", Fault::UnknownPicture { name: name.clone(), nearest });
            }
            if let Some(other) = labels.0.get(&name) {
                let first = format!("in {}", other.stated.1);
                fault("file", Fault::Duplicate { name: name.clone(), first });
            }
            for (column, label) in [("label", &mend.label), ("chinese", &mend.chinese_label())] {
                let Some(label) = label else { continue };
                let first = labelled.insert(format!("{column} {}", label.to_lowercase()), line.clone());
                if let Some(other) = first {
                    let first = format!("the {column} of {other}");
                    fault(column, Fault::Duplicate { name: label.clone(), first });
                }
            }
            labels.0.insert(name, mend);
        }
        Ok(labels)
    }

    /// Whether a picture is to be left out.
    pub(super) fn drops(&self, picture: &str) -> bool {
        self.0.get(picture).is_some_and(|mend| mend.is_dropped)
    }

    /// Names of the pictures that are mended.
    pub(super) fn mended(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter(|(_, mend)| !mend.is_dropped).map(|(name, _)| name)
    }

    /// The names of a picture once they are mended, and file and line of a label that is another than its text gives.
    pub(super) fn mend(
        &self,
        picture: &str,
        read: Result<Names, Problem>,
    ) -> Result<(Names, Option<(PathBuf, String)>), Problem> {
        let Some(mend) = self.0.get(picture) else { return read.map(|names| (names, None)) };
        let is_same = |names: &Names, label: &String| names.label.to_lowercase() == label.to_lowercase();
        let (mut names, is_new) = match (read, &mend.label) {
            (Ok(names), None) => (names, false),
            (Ok(names), Some(label)) if is_same(&names, label) => {
                (Names { label: label.clone(), ..names }, false)
            }
            // What explained another name explains this one no more. The Chinese name was a translation of the picture.
            (Ok(Names { chinese, chinese_aliases, .. }), Some(label)) => {
                (Names { label: label.clone(), aliases: Vec::new(), chinese, chinese_aliases }, true)
            }
            // A picture whose text is missing or no name needs none.
            (Err(_), Some(label)) => (Names::of(label), true),
            (Err(problem), None) => return Err(problem),
        };
        if let Some(aliases) = &mend.aliases {
            names.aliases.clone_from(aliases);
        }
        if let Some(chinese) = &mend.chinese {
            names.chinese = chinese.first().cloned();
        }
        if let Some(aliases) = &mend.chinese_aliases {
            names.chinese_aliases.clone_from(aliases);
        }
        Ok((names, is_new.then(|| mend.stated.clone())))
    }
}

impl Mend {
    fn chinese_label(&self) -> Option<String> {
        self.chinese.as_ref()?.first().cloned()
    }
}

/// Reads a row.
fn mend(row: &Row, fault: &mut impl FnMut(&str, Fault)) -> Mend {
    let list = |column: &str| match row.text(column).as_deref() {
        None => None,
        Some(NONE) => Some(Vec::new()),
        Some(_) => Some(row.list(column)),
    };
    let is_dropped = match row.text("drop").as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(other) => {
            fault("drop", Fault::Format(format!("`{other}`; expected `yes`, `no` or nothing")));
            false
        }
    };
    let label = row.text("label");
    if label.as_deref() == Some(NONE) {
        fault("label", Fault::Missing("a label; `drop` leaves a picture out"));
    }
    let chinese = list("chinese");
    if chinese.as_ref().is_some_and(|names| names.len() > 1) {
        fault(
            "chinese",
            Fault::Format("several names; expected one, and others in `chinese_aliases`".to_owned()),
        );
    }
    let mend = Mend {
        stated: row.stated.clone(),
        is_dropped,
        label,
        aliases: list("aliases"),
        chinese,
        chinese_aliases: list("chinese_aliases"),
    };
    let names_anything = mend.label.is_some()
        || [&mend.aliases, &mend.chinese, &mend.chinese_aliases].iter().any(|cell| cell.is_some());
    if is_dropped && names_anything {
        fault("drop", Fault::Format("a picture that is left out takes no names".to_owned()));
    }
    if !is_dropped && !names_anything && row.text("drop").is_none() {
        fault("label", Fault::Missing("a label, aliases, a Chinese name, or `yes` in `drop`"));
    }
    mend
}
