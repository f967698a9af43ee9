//! From a dataset back to the spec that made it: the one given, the one remembered, or the one that the dataset carries.
//!
//! In: a dataset and the options that say where its spec and its source videos lie. Out: the checked spec, or a word on what
//! is missing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Exit, Failure};
use super::machine::Machine;
use crate::checksum;
use crate::dataset::{self, Manifest, SPEC};
use crate::digest;
use crate::files;
use crate::render::prune;
use crate::spec::portable::{self, SourceVideo};
use crate::spec::{self, CheckedSpec};

/// Where a dataset comes from.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Origin {
    /// The spec that made the dataset [default: where it was, else the copy in the dataset]; recipes need one
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    /// Directory that holds the source videos, at any depth, for the dataset's copy of its spec
    #[arg(long = "haystacks", value_name = "DIR", conflicts_with = "spec")]
    haystacks_dir: Option<PathBuf>,
}

/// A spec and where it lies.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) spec: CheckedSpec,
}

/// Name under which the place of a spec is remembered: specs of one plan may differ in quality or needles.
pub(super) fn remembered(plan_sha256: &str, spec: &str) -> String {
    digest::of_value(&(plan_sha256, spec))
}

/// The spec that made the dataset in `out`: the one given, the one remembered, or the one carried.
pub(super) fn spec_of(out: &Path, origin: &Origin, machine: &Machine) -> Result<Found, Failure> {
    let manifest = dataset::read_manifest(out)?;
    let read = |path: PathBuf| Ok(Found { spec: spec::read(&path)?, path });
    if let Some(path) = &origin.spec {
        if !path.exists() {
            let message = format!("there is no spec `{}`", path.display());
            return Err(Failure::message(Exit::Input, message).hint("name it with --spec SPEC"));
        }
        return read(path.clone());
    }
    let root = root_of(out, &manifest);
    let is_carried = root.join(SPEC).join(portable::SPEC_FILE).exists();
    if is_carried && origin.haystacks_dir.is_some() {
        return carried(&root, &manifest, origin);
    }
    let name = remembered(&manifest.plan_sha256, &manifest.spec);
    let cache = machine.cache()?;
    // The record is a path, byte by byte, and need not be text.
    let known = std::fs::read(cache.join(prune::SPECS).join(name)).ok();
    match known.map(|bytes| PathBuf::from(OsString::from_vec(bytes))) {
        Some(path) if path.exists() => read(path),
        _ if is_carried => carried(&root, &manifest, origin),
        Some(_) => {
            let message =
                format!("the spec of `{}` is not where it was when the dataset was made", out.display());
            Err(Failure::message(Exit::Input, message).hint("name it with --spec SPEC"))
        }
        None => {
            let (out, cache) = (out.display(), cache.display());
            let message = format!(
                "the cache `{cache}` does not say where the spec of `{out}` lies: it was made with another cache"
            );
            let hint = "name that cache with --cache DIR, or the spec with --spec SPEC";
            Err(Failure::message(Exit::Input, message).hint(hint))
        }
    }
}

/// The dataset that carries the spec of the one in `out`: itself, or the one whose control it is.
fn root_of(out: &Path, manifest: &Manifest) -> PathBuf {
    if manifest.control.is_some() { out.join("../..") } else { out.to_owned() }
}

/// Reads the spec that the dataset in `root` carries.
fn carried(root: &Path, manifest: &Manifest, origin: &Origin) -> Result<Found, Failure> {
    let dir = root.join(SPEC);
    let shown = dir.display();
    if let Some(link) = link_outside(root, &dir)? {
        let message = format!("`{}` is a link that leads outside of the dataset", link.display());
        let hint =
            "copy the dataset with the files that its links lead to, or name the spec with --spec SPEC";
        return Err(Failure::message(Exit::Input, message).hint(hint));
    }
    let (videos, outside) = portable::source_videos(&dir)?;
    if !outside.is_empty() {
        let message = format!("the spec in `{shown}` names paths outside of it:\n  {}", outside.join("\n  "));
        return Err(Failure::message(Exit::Input, message).hint("name the spec with --spec SPEC"));
    }
    let mut below = Vec::new();
    if let Some(dir) = &origin.haystacks_dir
        && !videos.is_empty()
    {
        files_below(dir, 0, &mut below)?;
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
        let place = origin.haystacks_dir.as_ref().map(|dir| format!(" in `{}`", dir.display()));
        let message = format!(
            "source videos of `{}` are not found{}:\n  {}",
            root.display(),
            place.unwrap_or_default(),
            missing.join("\n  ")
        );
        let hint = "name the directory that holds them with --haystacks DIR";
        return Err(Failure::message(Exit::Input, message).hint(hint));
    }
    let path = dir.join(portable::SPEC_FILE);
    Ok(Found { spec: spec::read_with(&path, &places)?, path })
}

/// Directories below `--haystacks` are searched to this depth.
const DEEPEST: usize = 16;

/// Every file below `dir`, sorted; links to directories are not followed, since they may lead round in circles.
fn files_below(dir: &Path, depth: usize, below: &mut Vec<PathBuf>) -> Result<(), files::Error> {
    for path in files::sorted_dir(dir)? {
        if path.is_file() {
            below.push(path);
        } else if depth < DEEPEST && path.is_dir() && !path.is_symlink() {
            files_below(&path, depth + 1, below)?;
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
