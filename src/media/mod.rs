//! Media: the only user of FFmpeg. Its types stop here.
//!
//! In: paths, our own frames and settings. Out: facts about sources ([`probe`]), decoded frames ([`decode`]), encoded
//! segments ([`encode`]), prepared haystacks ([`prepare`]) and finished MP4 files ([`mux`]). Contexts are made and used on
//! one thread each; nothing of FFmpeg's is shared between threads.

pub mod clock;
pub mod colour;
pub mod decode;
pub mod encode;
pub mod glance;
pub mod index;
pub mod input;
pub mod mux;
pub mod prepare;
pub mod prepare_sound;
pub mod probe;
pub mod rgb;
pub mod seek;
pub mod sound;
pub mod trial;
pub mod yuv;

mod canonical;
mod conform;
mod ff;
mod filter;
mod nal;
mod prepared_file;
mod stream;

use std::path::{Path, PathBuf};

pub use ff::{Versions, versions};

/// Media that cannot be read or written.
#[derive(Debug, thiserror::Error)]
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
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] crate::files::Error),
    /// FFmpeg lacks something that this project needs.
    #[error("FFmpeg has no {0}: install a build with it, such as the distribution's own package")]
    Missing(&'static str),
}

impl Error {
    /// A source that is not usable.
    pub fn source_file(path: &Path, reason: impl Into<String>) -> Self {
        Self::Source { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn ffmpeg(step: &'static str, path: &Path) -> impl FnOnce(ffmpeg_next::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Ffmpeg { path, step, message: error.to_string() }
    }
}
