//! The library of needles: the packs that come with the program, those of the user, and the font.
//!
//! In: directories. Out: packs by id, or every problem of all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::fault::{Error, Fault, Problem};
use super::font::FontFile;
use super::load;
use super::pack::{Item, Pack};
use super::source::{self, Source};
use super::text::Typeface;
use crate::files;
use crate::language::Language;
use crate::wording::nearest;

/// All needles at hand.
#[derive(Clone, Debug)]
pub struct Library {
    packs: BTreeMap<String, Pack>,
    typeface: Typeface,
    pack_files: Vec<Vec<PackFile>>,
    /// Ids of the user's packs.
    own: BTreeSet<String>,
}

/// A file that a pack of the user's is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFile {
    /// Path below the directory that the user names, with `/` between its parts.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Library {
    /// The packs and the font that come with the program.
    pub fn embedded() -> Self {
        // Each process parses their pictures once, however many specs it reads.
        static PACKS: LazyLock<BTreeMap<String, Pack>> = LazyLock::new(|| {
            let packs = Source::embedded().into_iter().map(|source| {
                let pack = load::pack(source);
                pack.unwrap_or_else(|problems| panic!("embedded needles: {}", Error::Packs { problems }))
            });
            packs.map(|pack| (pack.id.clone(), pack)).collect()
        });
        let packs = PACKS.clone();
        let typeface = Typeface::embedded(source::embedded_font());
        Self { packs, typeface, pack_files: Vec::new(), own: BTreeSet::new() }
    }

    /// The embedded packs with the user's: each directory is a pack or holds packs, and a pack of the user's replaces an
    /// embedded one of the same id. A font, if given, replaces the embedded one. Items are called by their names in `language`;
    /// those that have none are left out.
    pub fn load(dirs: &[PathBuf], font: Option<&FontFile>, language: Language) -> Result<Self, Error> {
        let mut library = Self::embedded();
        let mut problems = Vec::new();
        let mut first: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mut pack_files = vec![Vec::new(); dirs.len()];
        let found: Vec<(usize, PathBuf)> = dirs
            .iter()
            .enumerate()
            .flat_map(|(at, dir)| pack_dirs(dir, &mut problems).into_iter().map(move |pack| (at, pack)))
            .collect();
        for (at, dir) in found {
            let file = dir.join("pack.toml");
            match load::pack(Source::Directory(&dir)) {
                Err(found) => problems.extend(found),
                Ok(pack) => {
                    library.own.insert(pack.id.clone());
                    if let Some(first) = first.insert(pack.id.clone(), file.clone()) {
                        let fault = Fault::DuplicatePack { id: pack.id, first };
                        problems.push(Problem { file, key: "id".to_owned(), fault });
                    } else {
                        pack_files[at].extend(files_of(&dirs[at], &dir, &pack, &mut problems));
                        library.packs.insert(pack.id.clone(), pack);
                    }
                }
            }
        }
        if let Some(FontFile { path, index }) = font {
            let read = fs::read(path).map_err(|error| Fault::Unreadable(error.to_string()));
            match read.and_then(|bytes| Typeface::from_bytes(bytes, *index).ok_or(Fault::NotFont)) {
                Ok(typeface) => library.typeface = typeface,
                Err(fault) => problems.push(Problem { file: path.to_owned(), key: String::new(), fault }),
            }
        }
        library.pack_files = pack_files;
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
            nearest: nearest(id, self.packs.keys().map(String::as_str)).map(str::to_owned),
        })
    }

    /// The pack and the item with these ids, or an error that names the nearest.
    pub fn find(&self, pack: &str, item: &str) -> Result<(&Pack, &Item), Error> {
        let pack = self.find_pack(pack)?;
        let found = pack.item(item).ok_or_else(|| Error::UnknownItem {
            pack: pack.id.clone(),
            item: item.to_owned(),
            nearest: nearest(item, pack.items.iter().map(|item| item.id.as_str())).map(str::to_owned),
        })?;
        Ok((pack, found))
    }

    /// Digest of the font.
    pub fn font_sha256(&self) -> &str {
        &self.typeface.sha256
    }

    /// What the user's packs are made of, by the directories that the user names.
    pub fn pack_files(&self) -> &[Vec<PackFile>] {
        &self.pack_files
    }

    /// The files of a pack that comes with the program, by their names in it; none where the pack is the user's.
    pub fn embedded_files(&self, id: &str) -> Vec<(String, &'static [u8])> {
        if self.own.contains(id) { Vec::new() } else { source::embedded_files(id) }
    }

    /// The font that subtitles and labels are set in.
    pub(super) fn typeface(&self) -> &Typeface {
        &self.typeface
    }
}

/// The files of the pack in `dir`, which is `root` or lies in it: its list, its pictures, and what states where they come from.
///
/// A dataset carries them, so that a link to what lies elsewhere is a problem.
fn files_of(root: &Path, dir: &Path, pack: &Pack, problems: &mut Vec<Problem>) -> Vec<PackFile> {
    let is_notice = |name: &str| {
        let name = name.to_uppercase();
        name == "SOURCES.CSV" || name.starts_with("LICENSE") || name.starts_with("NOTICE")
    };
    // A notice that cannot be listed is not needed to draw the pack.
    let listed = files::sorted_dir(dir).unwrap_or_default().into_iter().filter(|path| path.is_file());
    let notices: Vec<PathBuf> = listed
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_notice))
        .collect();
    for notice in &notices {
        let name = notice.file_name().unwrap_or_default().to_string_lossy();
        if source::is_linked_out(dir, &name) {
            let fault = Fault::Linked(name.into_owned());
            problems.push(Problem { file: notice.clone(), key: String::new(), fault });
        }
    }
    let assets = pack.items.iter().flat_map(Item::files).map(|name| dir.join(name));
    let paths: BTreeSet<PathBuf> =
        std::iter::once(dir.join("pack.toml")).chain(notices).chain(assets).collect();
    let file = |path: PathBuf| {
        let within = path.strip_prefix(root).unwrap_or(&path);
        let parts: Vec<_> = within.iter().map(|part| part.to_string_lossy()).collect();
        PackFile { name: parts.join("/"), path }
    };
    paths.into_iter().map(file).collect()
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
