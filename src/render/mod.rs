//! Rendering: turns a plan into video files, resumably, and proves each one.
//!
//! In: planned samples, prepared haystacks, needle packs. Out: MP4 files, the rows and manifest of a dataset, and a list
//! of differences where a file is not what its plan says. Most of a file is copied: [`timeline`] decides which frames
//! have to be encoded, [`segment`] encodes them, [`video`] splices, and [`recipe`] keeps what a video has beside its
//! haystacks, which [`videos`] opens. [`pictures`] shows a frame of each type. What several machines made, [`merge`] joins.

pub mod annotation;
pub mod cache;
pub mod dataset;
pub mod estimate;
pub mod faint;
pub mod haystacks;
pub mod merge;
pub mod pictures;
pub mod ready;
pub mod recipe;
pub mod rows;
pub mod segment;
pub mod timeline;
pub mod unlike;
pub mod verify;
pub mod video;
pub mod videos;

mod check;
mod claim;
mod describe;
mod fingerprint;
mod joined;
mod names;
mod probed;
mod surveyed;

use std::sync::atomic::AtomicBool;

/// A rendering that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Media could not be read or written.
    #[error(transparent)]
    Media(#[from] crate::media::Error),
    /// A needle could not be drawn.
    #[error(transparent)]
    Needle(#[from] crate::needle::Error),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] crate::files::Error),
    /// Several haystacks cannot be used; each is named with its reason.
    #[error("{} haystack(s) cannot be used\n  {}", .0.len(), .0.join("\n  "))]
    Haystacks(Vec<String>),
    /// Parts of a dataset do not make a whole.
    #[error("these parts do not make a dataset\n  {}", .0.join("\n  "))]
    Parts(Vec<String>),
    /// A recipe that cannot be read or made.
    #[error("`{path}` {reason}")]
    Recipe {
        /// The recipe, or its video.
        path: String,
        /// Why, as a sentence fragment.
        reason: String,
    },
    /// The output directory cannot take this dataset.
    #[error("`{path}` {reason}")]
    Output {
        /// The directory.
        path: String,
        /// Why, as a sentence fragment.
        reason: String,
    },
    /// A plan contradicts its haystacks: a bug.
    #[error("video `{video}`: the plan is impossible: {reason}")]
    Plan {
        /// The video.
        video: String,
        /// What contradicts.
        reason: String,
    },
    /// A file that was just written is not what its plan says.
    #[error("video `{video}` is not what its plan says: {}", differences.join("; "))]
    Wrong {
        /// The video.
        video: String,
        /// What differs.
        differences: Vec<String>,
    },
    /// Several videos could not be made. Each failed by itself, and the others are kept.
    #[error("{} of {of} videos could not be made\n  {}", failed.len(), listed(failed))]
    Videos {
        /// Why, in the order of the samples.
        failed: Vec<Self>,
        /// Videos that were asked for.
        of: usize,
    },
    /// A frame cannot be encoded as a picture.
    #[error("a frame of `{video}` cannot be made a picture")]
    Picture {
        /// The video.
        video: String,
        /// The encoder's reason.
        #[source]
        source: crate::picture::Error,
    },
    /// The user asked to stop.
    #[error("stopped before the end; run the same command again to resume")]
    Stopped,
}

/// Failures that are listed; the rest are counted.
const MOST_LISTED: usize = 100;

/// Failures, one a line.
fn listed(failed: &[Error]) -> String {
    let mut lines: Vec<String> = failed.iter().take(MOST_LISTED).map(|error| chain(error)).collect();
    if failed.len() > MOST_LISTED {
        lines.push(format!("and {} more", failed.len() - MOST_LISTED));
    }
    lines.join("\n  ")
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

impl Error {
    /// Whether the disk was full: the run stops before its end and can be resumed.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::File(file) | Self::Media(crate::media::Error::File(file)) => file.is_disk_full(),
            _ => false,
        }
    }
}

/// Set when the user asks to stop; looked at between segments.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// Fails if the user has asked to stop.
pub(crate) fn go_on() -> Result<(), Error> {
    if STOP.load(std::sync::atomic::Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
}
