//! What is served: a dataset's rows, its videos by name, a picture of each sample, a front page, and a page that lists the videos.
//!
//! In: rows, videos, the front page. Out: inputs by name, opened once for all who ask, pictures, and pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use hyper::body::Bytes;

use super::Error;
use super::kept::Kept;
use super::thumbnail::Thumbnails;
use crate::dataset::{METADATA, Row};
use crate::markup;
use crate::media::input::Input;
use crate::render::videos::{Videos, seen_path};
use crate::wording;

/// What is served.
pub struct Site {
    dir: PathBuf,
    videos: Kept,
    thumbnails: Thumbnails,
    /// Names of the videos, with their digests.
    names: BTreeMap<String, String>,
    front: Bytes,
}

impl Site {
    /// The videos of `rows`, the rows themselves, of the dataset in `dir`, and the front page.
    pub fn new(dir: PathBuf, rows: &[Row], videos: Arc<Videos>, front: String) -> Self {
        let whole = rows.iter().map(|row| (row.file_name.clone(), row.sha256.clone()));
        // What may be seen of a video that is asked about before its end is a video of its own.
        let early = rows.iter().filter(|row| !row.sees_all());
        let starts = early.map(|row| (seen_path(row), format!("{}-{}", row.sha256, row.ask_frame)));
        let names = whole.chain(starts).collect();
        let thumbnails = Thumbnails::new(rows, Arc::clone(&videos));
        Self { dir, videos: Kept::new(videos), thumbnails, names, front: front.into() }
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

    /// Opens the video with this name.
    pub(super) fn video(&self, name: &str) -> Result<Input, Error> {
        self.videos.video(name)
    }

    /// Pictures of the samples.
    pub(super) fn thumbnails(&self) -> &Thumbnails {
        &self.thumbnails
    }

    /// The front page.
    pub(super) fn front(&self) -> Bytes {
        self.front.clone()
    }

    /// A page that names the videos, for who has no script.
    pub(super) fn list(&self) -> String {
        let mut page = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>vniah serve</title>\n<p>{}, <a href=\"{METADATA}\">{METADATA}</a>\n<ul>\n",
            wording::count(self.videos(), "video")
        );
        for name in self.names.keys() {
            let (address, name) = (markup::url_path(name), markup::html(name));
            writeln!(page, "<li><a href=\"{address}\">{name}</a>").expect("writing to a string succeeds");
        }
        page.push_str("</ul>\n");
        page
    }
}
