//! What is imported, and what is asked of it.
//!
//! In: what the user says. Out: the same, checked by nobody yet.

use std::path::PathBuf;

use super::fault::{Fault, Problem};
use crate::id;

/// How the pictures are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A directory a class, named as the class.
    ImageFolder,
    /// The annotations of COCO: `instances_*.json`.
    Coco,
    /// Pascal VOC: `Annotations/*.xml` and `JPEGImages`.
    Voc,
    /// A table of paths and labels.
    Csv,
    /// The stamps of Tux Paint: pictures, each beside a text that names it.
    Stamps,
    /// Short videos: one a label, or a directory of them a label. [`import_videos`](super::import_videos) reads these.
    VideoFolder,
    /// Sounds: one a label, or a directory of recordings a label. [`import_sounds`](super::import_sounds) reads these.
    AudioFolder,
}

/// How plurals are made where none is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plurals {
    /// Not at all: counting questions leave such items out.
    Given,
    /// By the rules of English, for a person to look at.
    English,
}

/// What becomes of the sound of short videos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soundtracks {
    /// It is left out.
    Muted,
    /// It goes with its video.
    Kept,
}

/// What is imported, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the pictures are kept.
    pub form: Form,
    /// The directory or file.
    pub source: PathBuf,
    /// Where the images of COCO lie; absent, beside its file.
    pub images: Option<PathBuf>,
    /// A table of plurals, aliases and Chinese names by label.
    pub names: Option<PathBuf>,
    /// Id of the pack.
    pub id: String,
    /// Licence of the pictures; absent, as the source states for each.
    pub licence: Option<String>,
    /// Whom to credit for the pictures; absent, as the source states for each.
    pub credit: Option<String>,
    /// How plurals are made where none is given.
    pub plurals: Plurals,
    /// The shorter side of a picture, in pixels, at least.
    pub least_side: u32,
    /// The longer side of a picture as a multiple of the shorter, at most.
    pub most_aspect: u32,
    /// Width and height of the frame that a picture is to fill, in pixels: it may be magnified four times at most.
    pub frame: Option<(u32, u32)>,
    /// Names of directories of stamps that are left out.
    pub without: Vec<String>,
    /// A table that mends the names of stamps, or drops them.
    pub labels: Option<PathBuf>,
    /// Stamps keep their Chinese names.
    pub chinese: bool,
    /// Two pictures have to be at least this far apart, on the scale of [`Library::distance`](crate::needle::Library::distance).
    pub least_distance: u32,
    /// Pictures that are nearer are marked as alike instead of being refused.
    pub mark_alike: bool,
    /// Whether short videos are heard.
    pub soundtracks: Soundtracks,
    /// Pictures that cannot be used are left out instead of being refused.
    pub skip_bad: bool,
}

impl Options {
    /// Notes an id that no pack can have.
    pub(super) fn check_id(&self, problems: &mut Vec<Problem>) {
        if !id::is_valid(&self.id) {
            problems.push(Problem::of(&self.source, "--id", Fault::BadId(self.id.clone())));
        }
    }
}
