//! What a spec needs to be read elsewhere: the spec itself, its catalogue, packs, families and font.
//!
//! In: a checked spec and its haystacks with their ids. Out: files below one directory, in which no path leads out of it, and the
//! way back: the source videos that such a directory asks for. Videos are not carried.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use toml::{Table, Value};

use super::CheckedSpec;
use crate::files;
use crate::haystack::{Entry, Source};
use crate::id;
use crate::needle::PackFile;
use crate::question::{self, Family};

/// Name of the spec in its directory.
pub const SPEC_FILE: &str = "spec.toml";
/// Name of the catalogue beside it.
const CATALOGUE: &str = "haystacks.toml";

/// A file to carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedFile {
    /// Path below the directory, with `/` between its parts.
    pub name: String,
    /// What it holds.
    pub content: Content,
}

/// What a carried file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes of a file of the user's.
    File(PathBuf),
}

/// A source video that a carried spec asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceVideo {
    /// Id of its haystack.
    pub id: String,
    /// Its file name, after as many parent directories as tell it from others.
    pub name: String,
}

/// A haystack of a spec and its id.
#[derive(Clone, Copy, Debug)]
pub struct NamedEntry<'a> {
    /// What the spec says of it.
    pub entry: &'a Entry,
    /// Its id.
    pub id: &'a str,
}

/// Everything of `spec` that has to be carried; `entries` are all its haystacks.
pub fn carried(spec: &CheckedSpec, entries: &[NamedEntry<'_>]) -> Result<Vec<CarriedFile>, files::Error> {
    let mut table: Table = toml::from_str(spec.text()).expect("the text of a checked spec is TOML");
    let mut carried = Vec::new();
    // Without a name of its own, a spec has that of its file.
    table.insert("name".to_owned(), spec.name().into());
    // What else is said of haystacks stays.
    let haystacks = table.entry("haystacks").or_insert_with(|| Table::new().into());
    if let Some(haystacks) = haystacks.as_table_mut() {
        haystacks.remove("paths");
        haystacks.insert("catalogue".to_owned(), CATALOGUE.into());
    }
    let packs = moved_dirs(&mut table, ("needles", "packs"));
    for (dir, pack_files) in packs.iter().zip(spec.library().pack_files()) {
        carried.extend(pack_files.iter().map(|PackFile { name, path }| CarriedFile {
            name: format!("{}/{name}", dir.name),
            content: Content::File(path.clone()),
        }));
    }
    for dir in moved_dirs(&mut table, ("templates", "paths")) {
        for path in files::sorted_dir(&spec.dir.join(&dir.given))? {
            if path.extension().is_some_and(|end| end == "toml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                carried.push(CarriedFile {
                    name: format!("{}/{name}", dir.name),
                    content: Content::File(path.clone()),
                });
            }
        }
    }
    carried.extend(moved_font(&mut table, &spec.dir));
    carried.extend(built_in(spec, &mut table));
    let bytes = |name: &str, table: &Table| CarriedFile {
        name: name.to_owned(),
        content: Content::Bytes(toml::to_string(table).expect("a table of TOML is written").into_bytes()),
    };
    carried.push(bytes(SPEC_FILE, &table));
    carried.push(bytes(CATALOGUE, &catalogue_of(entries)));
    Ok(carried)
}

/// A directory that a spec names, and what it is called where it is carried.
struct MovedDir {
    given: String,
    name: String,
}

/// Renames the directories in the list `key` of `section`.
fn moved_dirs(table: &mut Table, (section, key): (&str, &str)) -> Vec<MovedDir> {
    let list = table.get_mut(section).and_then(|section| section.get_mut(key)).and_then(Value::as_array_mut);
    let mut dirs = Vec::new();
    for (at, value) in list.into_iter().flatten().enumerate() {
        let given = value.as_str().unwrap_or_default().to_owned();
        let last =
            Path::new(&given).file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
        let name = format!("{section}/{at}-{}", id::slug(&last));
        *value = name.clone().into();
        dirs.push(MovedDir { given, name });
    }
    dirs
}

/// Directory of what comes with the program, within those of packs and of families.
const BUILT_IN: &str = "built-in";

/// The packs and families that come with the program and that the spec takes: another version of the program has others. The
/// user's replace those of the same name, so these stand first.
fn built_in(spec: &CheckedSpec, table: &mut Table) -> Vec<CarriedFile> {
    let mut carried = Vec::new();
    let file = |name: String, bytes: &[u8]| CarriedFile { name, content: Content::Bytes(bytes.to_vec()) };
    for pack in spec.packs() {
        let files = spec.library().embedded_files(&pack.id).into_iter();
        carried
            .extend(files.map(|(name, bytes)| file(format!("needles/{BUILT_IN}/{}/{name}", pack.id), bytes)));
    }
    if !carried.is_empty() {
        name_first(table, ("needles", "packs"));
    }
    let families: BTreeMap<&str, &Family> =
        spec.tasks().iter().map(|task| (task.family.kind(), &task.family)).collect();
    let before = carried.len();
    for (kind, family) in families {
        let text = question::embedded_text(kind, family.language());
        let is_it = |text: &&str| {
            question::parse(kind, text).is_ok_and(|built_in| built_in.sha256() == family.sha256())
        };
        carried.extend(
            text.filter(is_it).map(|text| file(format!("templates/{BUILT_IN}/{kind}.toml"), text.as_bytes())),
        );
    }
    if carried.len() > before {
        name_first(table, ("templates", "paths"));
    }
    carried
}

/// Puts the directory of what comes with the program at the head of the list `key` of `section`.
fn name_first(table: &mut Table, (section, key): (&str, &str)) {
    let of = table.entry(section).or_insert_with(|| Table::new().into()).as_table_mut();
    let list = of.map(|of| of.entry(key).or_insert_with(|| Value::Array(Vec::new())));
    if let Some(list) = list.and_then(Value::as_array_mut) {
        list.insert(0, format!("{section}/{BUILT_IN}").into());
    }
}

/// Renames the font, where it is a file.
fn moved_font(table: &mut Table, dir: &Path) -> Option<CarriedFile> {
    let font = table.get_mut("needles")?.get_mut("font")?;
    let path = dir.join(font.as_str()?);
    if !path.is_file() {
        return None;
    }
    let stem = id::slug(&path.file_stem()?.to_string_lossy());
    let ending =
        path.extension().map_or_else(String::new, |end| format!(".{}", id::slug(&end.to_string_lossy())));
    let name = format!("font/{stem}{ending}");
    *font = name.clone().into();
    Some(CarriedFile { name, content: Content::File(path) })
}

fn catalogue_of(haystacks: &[NamedEntry<'_>]) -> Table {
    let names = names(haystacks);
    let haystacks = haystacks.iter().map(|NamedEntry { entry, id }| {
        let mut table = Table::new();
        table.insert("id".to_owned(), (*id).into());
        for (key, text) in [("licence", &entry.licence), ("credit", &entry.credit)] {
            table.extend(text.as_ref().map(|text| (key.to_owned(), text.as_str().into())));
        }
        if !entry.shows.is_empty() {
            table.insert("shows".to_owned(), entry.shows.clone().into());
        }
        match &entry.source {
            Source::File(path) => table.insert("path".to_owned(), names[path].as_str().into()),
            Source::Scene(scene) => {
                let mut recipe = Table::new();
                recipe.insert("name".to_owned(), scene.name.as_str().into());
                // A spec states no number beyond these.
                recipe.insert("seed".to_owned(), i64::try_from(scene.seed).unwrap_or(i64::MAX).into());
                recipe.insert("width".to_owned(), i64::from(scene.width).into());
                recipe.insert("height".to_owned(), i64::from(scene.height).into());
                let fps = format!("{}/{}", scene.fps.num(), scene.fps.den());
                recipe.insert("fps".to_owned(), fps.into());
                recipe.insert("frames".to_owned(), i64::try_from(scene.frames).unwrap_or(i64::MAX).into());
                table.insert("scene".to_owned(), recipe.into())
            }
        };
        Value::from(table)
    });
    [("haystack".to_owned(), Value::Array(haystacks.collect()))].into_iter().collect()
}

/// By source file: its name, after as many parent directories as tell it from the other files.
fn names(haystacks: &[NamedEntry<'_>]) -> BTreeMap<PathBuf, String> {
    let paths: BTreeSet<&PathBuf> = haystacks
        .iter()
        .filter_map(|named| match &named.entry.source {
            Source::File(path) => Some(path),
            Source::Scene(_) => None,
        })
        .collect();
    let parts: BTreeMap<&PathBuf, Vec<String>> = paths.iter().map(|path| (*path, parts(path))).collect();
    let mut depths: BTreeMap<&PathBuf, usize> = paths.iter().map(|path| (*path, 1)).collect();
    loop {
        let mut files_of: BTreeMap<String, BTreeSet<&Vec<String>>> = BTreeMap::new();
        for (path, depth) in &depths {
            files_of.entry(tail(&parts[path], *depth)).or_default().insert(&parts[path]);
        }
        let longer: Vec<&PathBuf> = paths
            .iter()
            .filter(|path| {
                let is_shared = files_of[&tail(&parts[**path], depths[**path])].len() > 1;
                is_shared && depths[**path] < parts[**path].len()
            })
            .copied()
            .collect();
        if longer.is_empty() {
            break;
        }
        for path in longer {
            depths.entry(path).and_modify(|depth| *depth += 1);
        }
    }
    depths.into_iter().map(|(path, depth)| (path.clone(), tail(&parts[path], depth))).collect()
}

/// The names of a file and of the directories above it, from the root.
fn parts(path: &Path) -> Vec<String> {
    // A link keeps its own name, by which the user knows the file.
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let full = parent.canonicalize().unwrap_or_else(|_unreadable| parent.to_owned());
    let full = full.join(path.file_name().unwrap_or_default());
    let names = full.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect()
}

fn tail(parts: &[String], depth: usize) -> String {
    parts[parts.len().saturating_sub(depth)..].join("/")
}

/// The source videos that the carried spec in `dir` asks for, and every path of it that leads out of its directory, which no
/// carried spec has. What else may be wrong with it, reading it says.
pub fn source_videos(dir: &Path) -> Result<(Vec<SourceVideo>, Vec<String>), files::Error> {
    let spec = table(&dir.join(SPEC_FILE))?;
    let mut outside = Vec::new();
    let mut check = |key: &str, value: Option<&Value>| {
        let list = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for text in value.into_iter().chain(list).filter_map(Value::as_str) {
            let is_below = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
            if !is_below {
                outside.push(format!("{key}: `{text}`"));
            }
        }
    };
    let of = |section: &str, key: &str| spec.get(section).and_then(|section| section.get(key));
    for (section, key) in
        [("haystacks", "paths"), ("needles", "packs"), ("needles", "font"), ("templates", "paths")]
    {
        check(&format!("{section}.{key}"), of(section, key));
    }
    let catalogue = of("haystacks", "catalogue");
    check("haystacks.catalogue", catalogue);
    if catalogue.and_then(Value::as_str) != Some(CATALOGUE) {
        return Ok((Vec::new(), outside));
    }
    let catalogue = table(&dir.join(CATALOGUE))?;
    let mut videos = Vec::new();
    for haystack in catalogue.get("haystack").and_then(Value::as_array).into_iter().flatten() {
        check("haystack.path", haystack.get("path"));
        let text = |key: &str| haystack.get(key).and_then(Value::as_str).map(str::to_owned);
        videos.extend(text("path").map(|name| SourceVideo { id: text("id").unwrap_or_default(), name }));
    }
    Ok((videos, outside))
}

/// A file of TOML; an empty table where it is none.
fn table(path: &Path) -> Result<Table, files::Error> {
    Ok(toml::from_str(&files::read_settings(path)?).unwrap_or_default())
}
