//! The videos of a dataset, by the names that rows give them, however they are kept.
//!
//! In: a dataset directory and, where it keeps recipes, the prepared haystacks. Out: inputs that any reader of videos takes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dataset::Store;
use crate::files;
use crate::media::input::Input;
use crate::media::mux::Spliced;
use crate::render::Error;
use crate::render::fault::VideoFault;
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;

/// Opens videos.
#[derive(Debug)]
pub struct Videos {
    dir: PathBuf,
    /// What recipes are made of; absent, all videos are files.
    ready: Option<Arc<BTreeMap<String, Ready>>>,
}

impl Videos {
    /// Videos that are files of `dir`.
    pub fn files(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ready: None }
    }

    /// Videos that are recipes in `dir`, or files where they were materialised.
    pub fn recipes(dir: &Path, ready: Arc<BTreeMap<String, Ready>>) -> Self {
        Self { dir: dir.to_owned(), ready: Some(ready) }
    }

    /// Whether there is a video that rows call `file_name`.
    pub fn has(&self, file_name: &str) -> bool {
        let is_recipe = || self.ready.is_some() && self.dir.join(Store::Recipe.of(file_name)).is_file();
        self.dir.join(file_name).is_file() || is_recipe()
    }

    /// The video that rows call `file_name`.
    pub fn open(&self, file_name: &str) -> Result<Input, Error> {
        match &self.ready {
            Some(ready) if !self.dir.join(file_name).exists() => {
                recipe(&self.dir, file_name, ready).map(|(_, spliced)| Input::Spliced(spliced))
            }
            _ => file(&self.dir, file_name).map(Input::File),
        }
    }
}

/// The file of the video that rows call `file_name`. That there is none is told by who reads it.
///
/// Whoever made the dataset may have put a pipe there, which has no end, or a link to a file of the reader's that is to be sent on:
/// both are refused.
pub fn file(dir: &Path, file_name: &str) -> Result<PathBuf, Error> {
    let path = dir.join(file_name);
    let refuse = |reason| Err(Error::NoVideo { path: path.display().to_string(), reason });
    let Ok(found) = fs::metadata(&path) else { return Ok(path) };
    if !found.is_file() {
        return refuse(VideoFault::NotFile);
    }
    if files::leads_outside(dir, &path)? && !is_mp4(&path)? {
        return refuse(VideoFault::ForeignLink);
    }
    Ok(path)
}

/// Whether a file begins as an MP4 file does: with a box of its type.
fn is_mp4(path: &Path) -> Result<bool, files::Error> {
    let mut start = Vec::new();
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    file.take(8).read_to_end(&mut start).map_err(files::Error::io("read", path))?;
    Ok(start.get(4..) == Some(b"ftyp"))
}

/// The recipe of the video that rows call `file_name`, and the video.
pub fn recipe(
    dir: &Path,
    file_name: &str,
    ready: &BTreeMap<String, Ready>,
) -> Result<(Recipe, Arc<Spliced>), Error> {
    let recipe = Recipe::read(&dir.join(Store::Recipe.of(file_name)))?;
    let spliced = recipe.spliced(&dir.join(file_name), ready)?;
    Ok((recipe, spliced))
}
