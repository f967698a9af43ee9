//! Why a detector cannot be made, or cannot look.
//!
//! In: what was met. Out: an error that names it.

use crate::media;
use crate::needle;

/// A detector that cannot be made, or cannot look.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A needle cannot be drawn for comparison.
    #[error(transparent)]
    Needle(#[from] needle::Error),
    /// A needle's video cannot be decoded for comparison.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// Tesseract, which reads subtitles, does not.
    #[error("`tesseract`, which reads subtitles, {problem}")]
    Tesseract {
        /// What it does instead.
        problem: String,
        /// The system's reason.
        #[source]
        source: Option<std::io::Error>,
    },
    /// PocketSphinx, which understands words, does not.
    #[error("`pocketsphinx_continuous`, which understands words, {problem}")]
    Recogniser {
        /// What it does instead.
        problem: String,
        /// The system's reason.
        #[source]
        source: Option<std::io::Error>,
    },
}
