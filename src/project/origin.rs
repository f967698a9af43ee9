//! From a dataset back to the spec that made it: the one given, the one remembered, or the one that the dataset carries.
//!
//! In: a dataset and what is known of its spec and its source videos. Out: the checked spec, or a word on what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::settings::Session;
use crate::checksum;
use crate::dataset::{self, Manifest, SPEC};
use crate::digest;
use crate::files;
use crate::render::prune;
use crate::spec::portable::{self, SourceVideo};
use crate::spec::{self, CheckedSpec};

/// Where the spec of a dataset and its source videos are looked for. By default the spec is where it was when the dataset was
/// made, or else the copy that the dataset carries.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The spec that made the dataset.
    pub spec: Option<PathBuf>,
    /// Directory that holds the source videos, at any depth, for the dataset's copy of its spec.
    pub haystacks: Option<PathBuf>,
    /// The spec itself, where who made the dataset has it still.
    pub(super) known: Option<Found>,
}

/// A spec and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) spec: Arc<CheckedSpec>,
}

/// Name under which the place of a spec is remembered: specs of one plan may differ in quality or needles.
pub(super) fn remembered(plan_sha256: &str, spec: &str) -> String {
    digest::of_value(&(plan_sha256, spec))
}

/// The spec that made the dataset in `out`: the one given, the one remembered, or the one carried.
pub(super) fn spec_of(out: &Path, origin: &Origin, session: &Session) -> Result<Found, Error> {
    let manifest = dataset::read_manifest(out)?;
    let read = |path: PathBuf| Ok(Found { spec: Arc::new(spec::read(&path)?), path });
    if let Some(known) = &origin.known {
        return Ok(known.clone());
    }
    if let Some(path) = &origin.spec {
        if !path.exists() {
            return Err(Error::NoSpec { path: path.clone() });
        }
        return read(path.clone());
    }
    let root = root_of(out, &manifest);
    let is_carried = root.join(SPEC).join(portable::SPEC_FILE).exists();
    if is_carried && origin.haystacks.is_some() {
        return carried(&root, &manifest, origin);
    }
    let name = remembered(&manifest.plan_sha256, &manifest.spec);
    let cache = session.settings.cache_dir()?;
    // The record is a path, byte by byte, and need not be text.
    let known = std::fs::read(cache.join(prune::SPECS).join(name)).ok();
    match known.map(|bytes| PathBuf::from(OsString::from_vec(bytes))) {
        // The file may have been edited since, to make another dataset: what made this one is the text that its manifest keeps.
        Some(path) if path.exists() => {
            let spec = spec::of_text(manifest.spec.clone(), &path, &BTreeMap::new())?;
            Ok(Found { spec: Arc::new(spec), path })
        }
        _ if is_carried => carried(&root, &manifest, origin),
        Some(_) => Err(Error::SpecMoved { dataset: out.to_owned() }),
        None => Err(Error::SpecUnknown { cache, dataset: out.to_owned() }),
    }
}

/// The dataset that carries the spec of the one in `out`: itself, or the one whose control it is.
fn root_of(out: &Path, manifest: &Manifest) -> PathBuf {
    if manifest.control.is_some() { out.join("../..") } else { out.to_owned() }
}

/// Reads the spec that the dataset in `root` carries.
fn carried(root: &Path, manifest: &Manifest, origin: &Origin) -> Result<Found, Error> {
    let dir = root.join(SPEC);
    if let Some(link) = link_outside(root, &dir)? {
        return Err(Error::SpecLink { link });
    }
    let (videos, paths) = portable::source_videos(&dir)?;
    if !paths.is_empty() {
        return Err(Error::SpecOutside { dir, paths });
    }
    let mut below = Vec::new();
    if let Some(dir) = &origin.haystacks
        && !videos.is_empty()
    {
        files_below(dir, &mut BTreeSet::new(), &mut below)?;
    }
    let mut places = BTreeMap::new();
    let mut missing = Vec::new();
    for video in &videos {
        match find(video, &below, manifest) {
            Some(path) => drop(places.insert(video.name.clone(), path)),
            None => missing.push(format!("`{}`: {}", video.id, video.name)),
        }
    }
    if !missing.is_empty() {
        let (dataset, searched) = (root.to_owned(), origin.haystacks.clone());
        return Err(Error::NoSources { dataset, searched, missing });
    }
    let path = dir.join(portable::SPEC_FILE);
    Ok(Found { spec: Arc::new(spec::read_with(&path, &places)?), path })
}

/// Every file below `dir`, sorted. `known` are device and inode of the directories that were searched: links may lead round in circles.
fn files_below(
    dir: &Path,
    known: &mut BTreeSet<(u64, u64)>,
    below: &mut Vec<PathBuf>,
) -> Result<(), files::Error> {
    for path in files::sorted_dir(dir)? {
        match std::fs::metadata(&path) {
            Ok(found) if found.is_file() => below.push(path),
            Ok(found) if found.is_dir() && known.insert((found.dev(), found.ino())) => {
                files_below(&path, known, below)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The file of `video` among those that lie `below`: the one whose path ends with its name, else one of its file name. Of several,
/// the one whose bytes made the dataset.
fn find(video: &SourceVideo, below: &[PathBuf], manifest: &Manifest) -> Option<PathBuf> {
    let parts: Vec<&str> = video.name.split('/').collect();
    // Names that are not UTF-8 are compared as the catalogue writes them.
    let matching = |path: &Path| {
        let names = path.iter().rev().map(|name| name.to_string_lossy());
        names.zip(parts.iter().rev()).take_while(|(name, part)| name == *part).count()
    };
    let mut alike: Vec<(usize, &PathBuf)> =
        below.iter().map(|path| (matching(path), path)).filter(|(matching, _)| *matching > 0).collect();
    alike.sort_by_key(|(matching, path)| (std::cmp::Reverse(*matching), path.components().count()));
    let sha256 = manifest.haystacks.iter().find(|haystack| haystack.id == video.id).map(|of| &of.sha256);
    let is_it = |path: &Path| checksum::of_file(path).ok().as_ref() == sha256;
    let by_bytes = || alike.iter().find(|(_, path)| is_it(path));
    let found = if alike.len() > 1 { by_bytes().or(alike.first()) } else { alike.first() };
    found.map(|(_, path)| (*path).clone())
}

/// The first path in `dir`, or `dir` itself, that leads out of `root` once links are followed.
fn link_outside(root: &Path, dir: &Path) -> Result<Option<PathBuf>, files::Error> {
    if files::leads_outside(root, dir)? {
        return Ok(Some(dir.to_owned()));
    }
    for path in files::sorted_dir(dir)? {
        if path.is_symlink() && (path.is_dir() || files::leads_outside(root, &path)?) {
            return Ok(Some(path));
        }
        if path.is_dir()
            && let Some(link) = link_outside(root, &path)?
        {
            return Ok(Some(link));
        }
    }
    Ok(None)
}
