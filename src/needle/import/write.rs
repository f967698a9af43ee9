//! Writes the pack: its pictures, `pack.toml`, and where each picture is from.
//!
//! In: chosen pictures without a problem. Out: a directory that the library loads, in its place only once it does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Serialize;

use super::super::library::Library;
use super::choose::{Chosen, Content, Near};
use super::classes::{Class, count};
use super::draft_dir::{self, DraftDir};
use super::fault::{Fault, ImportError, Problem};
use super::options::Options;
use crate::files;
use crate::language::Language;

/// Everything that a pack is written from.
pub(super) struct Draft {
    pub(super) chosen: Vec<Chosen>,
    pub(super) ids: Vec<String>,
    pub(super) near: Vec<Near>,
    pub(super) terms: Terms,
    pub(super) formed: Vec<(String, String)>,
    pub(super) notes: Vec<String>,
}

/// Licence and credit of a pack.
#[derive(Default)]
pub(super) struct Terms {
    licence: String,
    credit: String,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Id of the pack.
    pub pack: String,
    /// How many items it has.
    pub items: usize,
    /// Items that counting questions cannot use.
    pub without_plural: Vec<String>,
    /// Labels with the plurals that were formed by rule.
    pub formed_plurals: Vec<(String, String)>,
    /// Pairs that were marked as alike.
    pub alike: Vec<Near>,
    /// What was left aside or left out: one sentence each.
    pub notes: Vec<String>,
}

/// A `pack.toml` to be written.
#[derive(Serialize)]
pub(super) struct PackTable<'a> {
    pub(super) id: &'a str,
    pub(super) licence: &'a str,
    pub(super) credit: &'a str,
    pub(super) items: Vec<ItemTable<'a>>,
}

/// One of its items.
#[derive(Serialize)]
pub(super) struct ItemTable<'a> {
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) plural: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) aliases: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asset: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) recordings: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) alike: Vec<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) names: BTreeMap<&'static str, NamesTable<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) soundtrack: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) footage: Option<FactsTable>,
}

/// What is stated of a short video.
#[derive(Serialize)]
pub(super) struct FactsTable {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) fps: String,
    pub(super) frames: u64,
}

#[derive(Serialize)]
pub(super) struct NamesTable<'a> {
    label: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    aliases: &'a [String],
}

/// Fails where `out` holds anything.
pub(super) fn check_empty(out: &Path) -> Result<(), ImportError> {
    if out.symlink_metadata().is_ok() && (!out.is_dir() || !files::sorted_dir(out)?.is_empty()) {
        return Err(ImportError::NotEmpty(out.to_owned()));
    }
    Ok(())
}

/// Licence and credit: those of the options, or all that the chosen pictures state.
pub(super) fn terms(options: &Options, chosen: &[Chosen], problems: &mut Vec<Problem>) -> Terms {
    let mut joined = |given: &Option<String>,
                      of: fn(&Chosen) -> Option<&String>,
                      flag: &'static str,
                      expected,
                      between: &str| {
        if let Some(given) = given {
            return given.clone();
        }
        for one in chosen.iter().filter(|one| of(one).is_none()) {
            let (file, key) = &one.shot.stated;
            let key: &str = if key.is_empty() { flag } else { key };
            problems.push(Problem::of(file, key, Fault::Missing(expected)));
            // Where the source states none at all, one such problem says it.
            if chosen.iter().all(|one| of(one).is_none()) {
                break;
            }
        }
        let all: BTreeSet<&str> = chosen.iter().filter_map(of).map(String::as_str).collect();
        all.into_iter().collect::<Vec<_>>().join(between)
    };
    let licence = joined(
        &options.licence,
        |one| one.shot.licence.as_ref(),
        "--licence",
        "the picture's licence, or --licence for all",
        " AND ",
    );
    let credit = joined(
        &options.credit,
        |one| one.shot.credit.as_ref(),
        "--credit",
        "whom to credit for the picture, or --credit for all",
        "; ",
    );
    Terms { licence, credit }
}

/// Writes the pack under another name, loads it, and puts it in its place.
pub(super) fn write(options: &Options, out: &Path, draft: &Draft) -> Result<Imported, ImportError> {
    let left = install(out, |dir| {
        let assets = pictures(draft, dir)?;
        let pack = pack_table(options, draft, &assets).text();
        Ok(PackFiles { pack, sources: sources(draft, &assets) })
    })?;
    let without = draft.chosen.iter().filter(|one| one.class.plural.is_none());
    Ok(Imported {
        pack: options.id.clone(),
        items: draft.chosen.len(),
        without_plural: without.map(|one| one.class.label.clone()).collect(),
        formed_plurals: draft.formed.clone(),
        alike: draft.near.clone(),
        notes: draft.notes.iter().cloned().chain(left).collect(),
    })
}

/// Has a pack filled under another name, loads it, and puts it in its place; gives a sentence for each draft that was left and is
/// removed. `fill` writes the assets into a directory, and gives `pack.toml` and `sources.csv`.
pub(super) fn install(
    out: &Path,
    fill: impl FnOnce(&Path) -> Result<PackFiles, files::Error>,
) -> Result<Vec<String>, ImportError> {
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    files::make_dir(parent)?;
    let left = draft_dir::remove_left(parent)?;
    let removed = left
        .iter()
        .map(|left| format!("removed `{}`, which an import left that was stopped", left.display()));
    let dir = DraftDir::new(parent)?;
    let PackFiles { pack, sources } = fill(dir.path())?;
    files::write_bytes(&dir.path().join("pack.toml"), pack.as_bytes())?;
    files::write_bytes(&dir.path().join("sources.csv"), &sources)?;
    Library::load(&[dir.path().to_owned()], None, Language::En).map_err(ImportError::Made)?;
    // An empty directory gives way.
    match fs::rename(dir.path(), out) {
        // Another import was faster.
        Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) => {
            Err(ImportError::NotEmpty(out.to_owned()))
        }
        renamed => {
            renamed.map_err(files::Error::io("rename to", out))?;
            Ok(removed.collect())
        }
    }
}

/// The files of a pack beside its assets.
pub(super) struct PackFiles {
    /// `pack.toml`.
    pub(super) pack: String,
    /// `sources.csv`.
    pub(super) sources: Vec<u8>,
}

impl PackTable<'_> {
    /// As TOML.
    pub(super) fn text(&self) -> String {
        toml::to_string(self).expect("texts, numbers and lists serialise")
    }
}

/// Writes the pictures; gives their names.
fn pictures(draft: &Draft, dir: &Path) -> Result<Vec<String>, files::Error> {
    let mut assets = Vec::new();
    for (one, id) in draft.chosen.iter().zip(&draft.ids) {
        let path = &one.shot.path;
        let extension = match &one.content {
            Content::Whole => path.extension().unwrap_or_default().to_string_lossy().to_lowercase(),
            Content::Cut(..) => "png".to_owned(),
        };
        let name = format!("{id}.{extension}");
        let to = dir.join(&name);
        match &one.content {
            Content::Whole => {
                let bytes = fs::read(path).map_err(files::Error::io("read", path))?;
                files::write_bytes(&to, &bytes)?;
            }
            Content::Cut(png, _) => files::write_bytes(&to, png)?,
        }
        assets.push(name);
    }
    Ok(assets)
}

fn pack_table<'a>(options: &'a Options, draft: &'a Draft, assets: &'a [String]) -> PackTable<'a> {
    let id_of = |label: &str| {
        let same = |one: &&(&Chosen, &'a String)| one.0.class.label.to_lowercase() == label.to_lowercase();
        let pairs: Vec<(&Chosen, &'a String)> = draft.chosen.iter().zip(&draft.ids).collect();
        pairs.iter().find(same).map(|(_, id)| id.as_str())
    };
    let items = draft.chosen.iter().zip(&draft.ids).zip(assets).map(|((one, id), asset)| {
        let near =
            draft.near.iter().filter(|near| near.one == one.class.label).map(|near| near.other.as_str());
        let alike: BTreeSet<&str> =
            one.class.alike.iter().map(String::as_str).chain(near).filter_map(id_of).collect();
        ItemTable {
            soundtrack: None,
            id,
            label: &one.class.label,
            plural: one.class.plural.as_deref(),
            aliases: &one.class.aliases,
            asset: Some(asset),
            recordings: &[],
            alike: alike.into_iter().collect(),
            names: names(&one.class),
            footage: None,
        }
    });
    let Terms { licence, credit } = &draft.terms;
    PackTable { id: &options.id, licence, credit, items: items.collect() }
}

/// What a class is called in other languages.
pub(super) fn names(class: &Class) -> BTreeMap<&'static str, NamesTable<'_>> {
    let chinese = class.chinese.as_ref();
    let names = chinese.map(|label| NamesTable { label, aliases: &class.chinese_aliases });
    names.map(|names| ("zh", names)).into_iter().collect()
}

/// Where each picture is from, as CSV.
fn sources(draft: &Draft, assets: &[String]) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = ["label", "asset", "source", "left", "top", "width", "height", "licence", "credit"];
    let mut put = |row: [&str; 9]| table.write_record(row).expect("writing to memory succeeds");
    put(head);
    for (one, asset) in draft.chosen.iter().zip(assets) {
        let part = match &one.content {
            Content::Whole => [const { String::new() }; 4],
            Content::Cut(_, part) => part.map(|number| number.to_string()),
        };
        let licence = one.shot.licence.as_ref().unwrap_or(&draft.terms.licence);
        let credit = one.shot.credit.as_ref().unwrap_or(&draft.terms.credit);
        let [left, top, width, height] = &part;
        put([&one.class.label, asset, &one.shot.name, left, top, width, height, licence, credit]);
    }
    table.into_inner().expect("writing to memory succeeds")
}

impl Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "pack `{}`: {}", self.pack, count(self.items, "item", "items"))?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        for near in &self.alike {
            writeln!(f, "marked as alike: `{}` and `{}`, {} apart", near.one, near.other, near.distance)?;
        }
        if !self.formed_plurals.is_empty() {
            let pairs: Vec<String> =
                self.formed_plurals.iter().map(|(one, several)| format!("{one} -> {several}")).collect();
            writeln!(f, "plurals by the rules of English, to be looked at: {}", pairs.join(", "))?;
        }
        if !self.without_plural.is_empty() {
            let items = count(self.without_plural.len(), "item has", "items have");
            writeln!(
                f,
                "{items} no plural, so that counting questions leave them out: {}",
                self.without_plural.join(", ")
            )?;
        }
        Ok(())
    }
}
