//! The videos of a dataset, by the names that rows give them, however they are kept.
//!
//! In: a dataset directory and, where it keeps recipes, the prepared haystacks. Out: inputs that any reader of videos takes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dataset::{Row, Store, VIDEOS};
use crate::files;
use crate::media::input::Input;
use crate::media::listen;
use crate::media::mux::Spliced;
use crate::media::prefix::prefix;
use crate::render::Error;
use crate::render::fault::VideoFault;
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;
use crate::render::subtitles;
use crate::subtitle::TimedLine;

/// Directory of the starts of videos that are asked about before their end.
const PREFIXES: &str = "prefixes";

/// The path, relative to the dataset, of what may be seen of a row's video when it is asked: of its start, where it is asked before its end.
pub fn seen_path(row: &Row) -> String {
    if row.sees_all() {
        return row.video_path.clone();
    }
    let name = Path::new(&row.video_path).file_stem().unwrap_or_default().to_string_lossy();
    format!("{PREFIXES}/{name}{AT}{}.mp4", row.ask_frame)
}

/// What stands between a video's name and the number of frames that its start has. No id holds it.
const AT: char = '@';

/// The video that a path of [`seen_path`] is the start of, and its number of frames.
fn prefix_of(file_name: &str) -> Option<(String, u64)> {
    let name = file_name.strip_prefix(PREFIXES)?.strip_prefix('/')?.strip_suffix(".mp4")?;
    let (name, frames) = name.rsplit_once(AT)?;
    Some((format!("{VIDEOS}/{name}.mp4"), frames.parse().ok()?))
}

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
        if let Some((whole, _)) = prefix_of(file_name) {
            return self.has(&whole);
        }
        let is_recipe = || self.ready.is_some() && self.dir.join(Store::Recipe.of(file_name)).is_file();
        self.dir.join(file_name).is_file() || is_recipe()
    }

    /// Whether the video that rows call `file_name` has sound; of a recipe as it says, so that its haystacks need not be at hand.
    pub fn has_sound(&self, file_name: &str) -> Result<bool, Error> {
        let recipe = self.dir.join(Store::Recipe.of(file_name));
        if !self.dir.join(file_name).exists() && recipe.is_file() {
            return Ok(Recipe::read(&recipe)?.head.sound.is_some());
        }
        Ok(listen::has_track(&self.open(file_name)?)?)
    }

    /// The lines of the subtitle file that rows call `subtitle_path`; none where that is empty.
    pub fn subtitles(&self, subtitle_path: &str) -> Result<Vec<TimedLine>, Error> {
        if subtitle_path.is_empty() { Ok(Vec::new()) } else { subtitles::read(&self.dir, subtitle_path) }
    }

    /// The video that rows call `file_name`, or of which it is the start.
    pub fn open(&self, file_name: &str) -> Result<Input, Error> {
        if let Some((whole, frames)) = prefix_of(file_name).filter(|_| !self.dir.join(file_name).exists()) {
            let video = self.open(&whole)?;
            return Ok(Input::Spliced(Arc::new(prefix(&video, frames, &self.dir.join(file_name))?)));
        }
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
