//! What is served: a dataset's rows, its videos by name, and a page that lists them.
//!
//! In: rows and videos. Out: inputs by name, opened once for all who ask, and the page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Error;
use crate::dataset::{METADATA, Row};
use crate::markup;
use crate::media::input::Input;
use crate::render::videos::Videos;

/// Videos whose recipes are kept open: each request names a range, and a player sends many.
const MOST_OPEN: usize = 8;

/// A video, once it is open. Its lock holds up those alone who ask for the same video.
type Slot = Arc<Mutex<Option<Input>>>;

/// What is served.
pub struct Site {
    dir: PathBuf,
    videos: Arc<Videos>,
    /// Names of the videos, with their digests.
    names: BTreeMap<String, String>,
    /// The last one asked for stands last.
    open: Mutex<Vec<(String, Slot)>>,
}

impl Site {
    /// The videos of `rows`, and the rows themselves, of the dataset in `dir`.
    pub fn new(dir: PathBuf, rows: &[Row], videos: Arc<Videos>) -> Self {
        let names = rows.iter().map(|row| (row.file_name.clone(), row.sha256.clone())).collect();
        Self { dir, videos, names, open: Mutex::default() }
    }

    /// Number of videos.
    pub fn videos(&self) -> usize {
        self.names.len()
    }

    /// Path of the rows.
    pub(super) fn rows(&self) -> PathBuf {
        self.dir.join(METADATA)
    }

    /// Digest of the video with this name, if the dataset has it.
    pub(super) fn sha256(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// Opens the video with this name. A recipe's index takes long for a long video: others are opened meanwhile.
    pub(super) fn video(&self, name: &str) -> Result<Input, Error> {
        let slot = self.slot(name);
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(input) = &*held {
            return Ok(input.clone());
        }
        let input = self.videos.open(name)?;
        *held = Some(input.clone());
        Ok(input)
    }

    fn slot(&self, name: &str) -> Slot {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.iter().position(|(found, _)| found == name).map(|at| open.remove(at));
        let entry = known.unwrap_or_else(|| (name.to_owned(), Slot::default()));
        if open.len() == MOST_OPEN {
            open.remove(0);
        }
        let slot = Arc::clone(&entry.1);
        open.push(entry);
        slot
    }

    /// A page that names the videos.
    pub(super) fn index(&self) -> String {
        let mut page = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>vniah serve</title>\n<p>{} videos, <a href=\"{METADATA}\">{METADATA}</a>\n<ul>\n",
            self.videos()
        );
        for name in self.names.keys() {
            let (address, name) = (markup::url_path(name), markup::html(name));
            writeln!(page, "<li><a href=\"{address}\">{name}</a>").expect("writing to a string succeeds");
        }
        page.push_str("</ul>\n");
        page
    }
}
