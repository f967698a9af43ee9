//! The library of needles: the packs that come with the program, those of the user, and the font.
//!
//! In: directories. Out: packs by id, or every problem of all of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::fault::{Error, Fault, Problem, nearest};
use super::font::FontFile;
use super::pack::{Item, Pack};
use super::source::{self, Source};
use super::text::Typeface;
use super::{load, sheet};
use crate::files;
use crate::language::Language;

/// All needles at hand.
#[derive(Clone, Debug)]
pub struct Library {
    packs: BTreeMap<String, Pack>,
    typeface: Typeface,
}

impl Library {
    /// The packs and the font that come with the program.
    pub fn embedded() -> Self {
        let packs = Source::embedded().into_iter().map(|source| {
            let pack = load::pack(source);
            pack.unwrap_or_else(|problems| panic!("embedded needles: {}", Error::Packs { problems }))
        });
        let packs = packs.map(|pack| (pack.id.clone(), pack)).collect();
        Self { packs, typeface: Typeface::embedded(source::embedded_font()) }
    }

    /// The embedded packs with the user's: each directory is a pack or holds packs, and a pack of the user's replaces an
    /// embedded one of the same id. A font, if given, replaces the embedded one. Items are called by their names in `language`;
    /// those that have none are left out.
    pub fn load(dirs: &[PathBuf], font: Option<&FontFile>, language: Language) -> Result<Self, Error> {
        let mut library = Self::embedded();
        let mut problems = Vec::new();
        let mut first: BTreeMap<String, PathBuf> = BTreeMap::new();
        for dir in dirs.iter().flat_map(|dir| pack_dirs(dir, &mut problems)).collect::<Vec<_>>() {
            let file = dir.join("pack.toml");
            match load::pack(Source::Directory(&dir)) {
                Err(found) => problems.extend(found),
                Ok(pack) => match first.insert(pack.id.clone(), file.clone()) {
                    Some(first) => problems.push(Problem {
                        file,
                        key: "id".to_owned(),
                        fault: Fault::DuplicatePack { id: pack.id, first },
                    }),
                    None => drop(library.packs.insert(pack.id.clone(), pack)),
                },
            }
        }
        if let Some(FontFile { path, index }) = font {
            let read = fs::read(path).map_err(|error| Fault::Unreadable(error.to_string()));
            match read.and_then(|bytes| Typeface::from_bytes(bytes, *index).ok_or(Fault::NotFont)) {
                Ok(typeface) => library.typeface = typeface,
                Err(fault) => problems.push(Problem { file: path.to_owned(), key: String::new(), fault }),
            }
        }
        let speaking = |(id, pack): (String, Pack)| (id, pack.speaking(language));
        library.packs = library.packs.into_iter().map(speaking).collect();
        if problems.is_empty() { Ok(library) } else { Err(Error::Packs { problems }) }
    }

    /// The packs, sorted by id.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.values()
    }

    /// The pack with this id.
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.get(id)
    }

    /// The pack with this id, or an error that names the nearest.
    pub fn find_pack(&self, id: &str) -> Result<&Pack, Error> {
        self.pack(id).ok_or_else(|| Error::UnknownPack {
            pack: id.to_owned(),
            nearest: nearest(id, self.packs.keys().map(String::as_str)),
        })
    }

    /// The pack and the item with these ids, or an error that names the nearest.
    pub fn find(&self, pack: &str, item: &str) -> Result<(&Pack, &Item), Error> {
        let pack = self.find_pack(pack)?;
        let found = pack.item(item).ok_or_else(|| Error::UnknownItem {
            pack: pack.id.clone(),
            item: item.to_owned(),
            nearest: nearest(item, pack.items.iter().map(|item| item.id.as_str())),
        })?;
        Ok((pack, found))
    }

    /// Digest of the font.
    pub fn font_sha256(&self) -> &str {
        &self.typeface.sha256
    }

    /// A picture of all items of a pack with their labels.
    pub fn sheet(&self, pack: &str) -> Result<RgbImage, Error> {
        sheet::draw(self, self.find_pack(pack)?)
    }

    pub(super) fn typeface(&self) -> &Typeface {
        &self.typeface
    }
}

/// The directories of packs that `dir` stands for: itself, or those in it.
fn pack_dirs(dir: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    if dir.join("pack.toml").is_file() {
        return vec![dir.to_owned()];
    }
    let problem = |fault| Problem { file: dir.to_owned(), key: String::new(), fault };
    match files::sorted_dir(dir) {
        Err(files::Error::Io { source, .. }) => problems.push(problem(Fault::Unreadable(source.to_string()))),
        Err(error) => problems.push(problem(Fault::Unreadable(error.to_string()))),
        Ok(paths) => {
            let packs: Vec<PathBuf> =
                paths.into_iter().filter(|path| path.join("pack.toml").is_file()).collect();
            if packs.is_empty() {
                problems.push(problem(Fault::NoPack));
            }
            return packs;
        }
    }
    Vec::new()
}
