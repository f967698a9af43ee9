//! Media: the only user of FFmpeg. Its types stop here.
//!
//! In: paths, our own frames and settings. Out: facts about sources ([`probe`]), decoded frames ([`decode`]), encoded
//! segments ([`encode`]), prepared haystacks ([`prepare`]) and finished MP4 files ([`mux`]). Contexts are made and used on
//! one thread each; nothing of FFmpeg's is shared between threads.

pub mod cells;
pub mod clock;
pub mod colour;
pub mod decode;
pub mod encode;
pub mod glance;
pub mod index;
pub mod input;
pub mod listen;
pub mod mix;
pub mod mux;
pub mod pickers;
pub mod playing;
pub mod prefix;
pub mod prepare;
pub mod prepare_sound;
pub mod probe;
pub mod reel;
pub mod rgb;
pub mod seek;
pub mod sound;
pub mod source;
pub mod target;
pub mod text_track;
pub mod trial;
pub mod wav;
pub mod whole;
pub mod yuv;

mod bits;
mod blocks;
mod boxes;
mod canonical;
mod choice;
mod conform;
mod encrypted;
mod ff;
mod filter;
mod first_frames;
mod nal;
mod open;
mod packet;
mod prepared_file;
mod proof;
mod rates;
mod reading;
mod recolour;
mod remarks;
mod shape;
mod shows;
mod size;
mod sound_stream;
mod sps;
mod stream;
mod timestamps;
mod watch;
mod witness;

use std::path::{Path, PathBuf};

pub use ff::{Versions, versions};

/// Media that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A source that is not usable, with the reason.
    #[error("`{}`: {reason}", path.display())]
    Source {
        /// The source file.
        path: PathBuf,
        /// Why, as one sentence fragment.
        reason: String,
    },
    /// FFmpeg refused a step.
    #[error("`{}`: cannot {step}: {message}", path.display())]
    Ffmpeg {
        /// The file at hand.
        path: PathBuf,
        /// What was tried.
        step: &'static str,
        /// FFmpeg's own words.
        message: String,
    },
    /// The machine refused FFmpeg a step, whatever the file holds: it is out of descriptors or memory, or its disk fails.
    #[error("`{}`: cannot {step}", path.display())]
    Machine {
        /// The file at hand.
        path: PathBuf,
        /// What was tried.
        step: &'static str,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] crate::files::Error),
    /// A needle's video is not in its pack.
    #[error(transparent)]
    Needle(Box<crate::needle::Error>),
    /// A needle and the sound that it is mixed into leave full scale together.
    #[error(
        "video `{video}`: needle `{needle}` and the haystack's own sound together leave full scale at sample {sample}: {}",
        .highest.map_or_else(
            || "the haystack leaves no room for it there".to_owned(),
            |db| format!("lower `needles.snr_db`; {db} fits there"),
        )
    )]
    TooLoud {
        /// Which video.
        video: String,
        /// Which needle.
        needle: String,
        /// The first such sample of the video.
        sample: u64,
        /// The highest level in decibels that fits.
        highest: Option<i16>,
    },
    /// The user asked to stop.
    #[error(transparent)]
    Stopped(#[from] crate::cancel::Stopped),
    /// FFmpeg lacks something that this project needs.
    #[error("FFmpeg has no {0}: install a build with it, such as the distribution's own package")]
    Missing(&'static str),
}

/// What FFmpeg calls the encoder of H.264, and what its errors name until a file is known.
const LIBX264: &str = "libx264";

/// What the system says where its own limits are reached, its disks fail, or it forbids; FFmpeg has other words for what is
/// wrong with a file.
const OF_MACHINE: [i32; 8] = {
    use ffmpeg_next::error;
    [
        error::EMFILE,
        error::ENFILE,
        error::ENOMEM,
        error::EACCES,
        error::EPERM,
        error::EIO,
        error::ETIMEDOUT,
        error::ENOBUFS,
    ]
};

/// In a box: this error is a part of larger ones, which are returned from nearly everywhere.
impl From<crate::needle::Error> for Error {
    fn from(error: crate::needle::Error) -> Self {
        Self::Needle(Box::new(error))
    }
}

impl Error {
    /// A source that is not usable.
    pub fn source_file(path: &Path, reason: impl Into<String>) -> Self {
        Self::Source { path: path.to_owned(), reason: reason.into() }
    }

    /// The same error, of this file where it is the encoder's, which knows of no file.
    pub(crate) fn about(self, file: &Path) -> Self {
        match self {
            Self::Ffmpeg { path, step, message } if path == Path::new(LIBX264) => {
                Self::Ffmpeg { path: file.to_owned(), step, message }
            }
            other => other,
        }
    }

    pub(crate) fn ffmpeg(step: &'static str, path: &Path) -> impl FnOnce(ffmpeg_next::Error) -> Self {
        let path = path.to_owned();
        move |error| match error {
            ffmpeg_next::Error::Other { errno } if OF_MACHINE.contains(&errno) => {
                Self::Machine { path, step, source: std::io::Error::from_raw_os_error(errno) }
            }
            error => Self::Ffmpeg { path, step, message: error.to_string() },
        }
    }

    /// Whether the machine is at fault rather than what the file holds: another machine, or the same one later, may read it.
    pub fn is_of_machine(&self) -> bool {
        match self {
            Self::Machine { .. } | Self::Missing(_) => true,
            Self::File(error) => error.is_of_machine(),
            Self::Source { .. }
            | Self::Ffmpeg { .. }
            | Self::Needle(_)
            | Self::TooLoud { .. }
            | Self::Stopped(_) => false,
        }
    }
}
