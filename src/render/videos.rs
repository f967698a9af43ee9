//! The videos of a dataset, by the names that rows give them, however they are kept.
//!
//! In: a dataset directory and, where it keeps recipes, the prepared haystacks. Out: inputs that any reader of videos takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dataset::Store;
use crate::media::input::Input;
use crate::media::mux::Spliced;
use crate::render::Error;
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;

/// Opens videos.
#[derive(Debug)]
pub struct Videos {
    dir: PathBuf,
    /// What recipes are made of; absent, all videos are files.
    ready: Option<BTreeMap<String, Ready>>,
}

impl Videos {
    /// Videos that are files of `dir`.
    pub fn files(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ready: None }
    }

    /// Videos that are recipes in `dir`, or files where they were materialised.
    pub fn recipes(dir: &Path, ready: BTreeMap<String, Ready>) -> Self {
        Self { dir: dir.to_owned(), ready: Some(ready) }
    }

    /// Whether there is a video that rows call `file_name`.
    pub fn has(&self, file_name: &str) -> bool {
        let is_recipe = || self.ready.is_some() && self.dir.join(Store::Recipe.of(file_name)).is_file();
        self.dir.join(file_name).is_file() || is_recipe()
    }

    /// The video that rows call `file_name`.
    pub fn open(&self, file_name: &str) -> Result<Input, Error> {
        let path = self.dir.join(file_name);
        match &self.ready {
            Some(ready) if !path.exists() => {
                recipe(&self.dir, file_name, ready).map(|(_, spliced)| Input::Spliced(spliced))
            }
            _ => Ok(Input::File(path)),
        }
    }
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
