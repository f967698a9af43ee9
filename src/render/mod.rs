//! Rendering: turns a plan into video files, resumably, and proves each one.
//!
//! In: planned samples, prepared haystacks, needle packs. Out: MP4 files, the rows and manifest of a dataset, and a list
//! of differences where a file is not what its plan says. Most of a file is copied: [`timeline`] decides which frames
//! have to be encoded, [`segment`] encodes them, [`video`] splices, and [`recipe`] keeps what a video has beside its
//! haystacks, which [`videos`] opens. [`again`] makes one video of a dataset again. [`pictures`] shows a frame of each type. What several machines made, [`merge`] joins.

pub mod again;
pub mod annotation;
pub mod cache;
pub mod claim;
pub mod compared;
pub mod dataset;
pub mod estimate;
pub mod faint;
pub mod haystacks;
pub mod isolated;
pub mod merge;
pub mod pictures;
pub mod prune;
pub mod ready;
pub mod recipe;
pub mod rows;
pub mod segment;
pub mod stated;
pub mod subtitles;
pub mod timeline;
pub mod unlike;
pub mod verify;
pub mod video;
pub mod videos;

mod batch;
mod carry;
mod check;
mod describe;
mod fault;
mod fingerprint;
mod joined;
mod lock;
mod making;
mod names;
mod pass;
mod preparing;
mod presence;
mod probed;
mod record;
mod rests;
mod sounding;
mod steady;
mod surveyed;
mod watch;

pub use fault::{OutputFault, RecipeFault, VideoFault};

use crate::cancel::Stopped;
use crate::wording;

/// A rendering that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Media could not be read or written.
    #[error(transparent)]
    Media(crate::media::Error),
    /// A needle could not be drawn.
    #[error(transparent)]
    Needle(#[from] crate::needle::Error),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] crate::files::Error),
    /// Several haystacks cannot be used; each is named with its reason.
    #[error("{} cannot be used\n  {}", wording::count(.0.len(), "haystack"), .0.join("\n  "))]
    Haystacks(Vec<String>),
    /// A haystack has to be prepared, and the cache takes nothing.
    #[error("the cache `{cache}` cannot be written, where `{name}` has to be prepared")]
    Cache {
        /// The directory.
        cache: String,
        /// The haystack.
        name: String,
        /// The system's reason.
        #[source]
        source: crate::files::Error,
    },
    /// A file that videos are made of has changed while they were made.
    #[error(
        "`{path}` has changed while it was used: nothing that was made of it since is kept; run again when it is as it was"
    )]
    Changed {
        /// The source, or a prepared haystack in the cache.
        path: String,
    },
    /// Files of haystacks are written again and again, if always to the same bytes.
    #[error("the files of the haystacks keep changing; run again when nothing writes to them")]
    Unsteady,
    /// Parts of a dataset do not make a whole.
    #[error("these parts do not make a dataset\n  {}", .0.join("\n  "))]
    Parts(Vec<String>),
    /// A recipe that cannot be read or made.
    #[error("`{path}` {reason}")]
    Recipe {
        /// The recipe, or its video.
        path: String,
        /// Why.
        reason: RecipeFault,
    },
    /// A file or link that stands where a video should.
    #[error("`{path}` {reason}")]
    NoVideo {
        /// What stands there.
        path: String,
        /// What it is.
        reason: VideoFault,
    },
    /// The output directory cannot take this dataset.
    #[error("`{path}` {reason}")]
    Output {
        /// The directory.
        path: String,
        /// Why.
        reason: OutputFault,
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
    /// A subtitle file is none.
    #[error("`{path}` is no subtitle file in SubRip's format: {problem}")]
    Subtitles {
        /// The file.
        path: String,
        /// Which line of it, and why.
        problem: String,
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
    #[error("stopped before the end; run the same command again to finish")]
    Stopped,
}

/// Failures that are listed; the rest are counted.
const MOST_LISTED: usize = 100;

/// Failures, one a line.
fn listed(failed: &[Error]) -> String {
    let mut lines: Vec<String> = failed.iter().take(MOST_LISTED).map(|error| wording::chain(error)).collect();
    if failed.len() > MOST_LISTED {
        lines.push(format!("and {} more", failed.len() - MOST_LISTED));
    }
    lines.join("\n  ")
}

impl Error {
    /// Whether the machine is at fault rather than what files hold.
    pub fn is_of_machine(&self) -> bool {
        match self {
            Self::File(error) => error.is_of_machine(),
            Self::Media(error) => error.is_of_machine(),
            _ => false,
        }
    }

    /// Whether the disk was full: the run stops before its end and can be resumed.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::File(file)
            | Self::Cache { source: file, .. }
            | Self::Media(crate::media::Error::File(file)) => file.is_disk_full(),
            _ => false,
        }
    }
}

impl From<Stopped> for Error {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<crate::media::Error> for Error {
    fn from(error: crate::media::Error) -> Self {
        match error {
            crate::media::Error::Stopped(_) => Self::Stopped,
            error => Self::Media(error),
        }
    }
}
