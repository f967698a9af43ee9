//! Detection: what a decoded frame shows, one file a look.
//!
//! In: decoded frames, and the needles that may be hidden in them, drawn as they would be. Out: sights: a label, and how often
//! the frame shows it. Placing and drawing a look lie in [`crate::needle`], below the media; detection compares decoded planes, so
//! it lies above them.

mod ocr;
mod patch;
mod pattern;
mod picture;
mod presence;
mod text;

pub use ocr::{Detector as Ocr, Phrase, check as check_tesseract};
pub use patch::Detector as Patches;
pub use picture::Detector as Pictures;
pub use presence::{Placed, Presence};
pub use text::{Detector as Texts, Text};

use crate::media::yuv::Yuv;
use crate::needle::{self, Library, Spot};
use crate::spec::Difficulty;

/// A detector that cannot be made, or cannot look.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A needle cannot be drawn for comparison.
    #[error(transparent)]
    Needle(#[from] needle::Error),
    /// Tesseract, which reads subtitles, does not.
    #[error("`tesseract`, which reads subtitles, {problem}")]
    Tesseract {
        /// What it does instead.
        problem: String,
        /// The system's reason.
        #[source]
        source: Option<std::io::Error>,
    },
}

/// How needles are drawn and where they may stand: the same for all that are searched for.
pub struct Drawn<'a> {
    /// Draws them.
    pub library: &'a Library,
    /// Width and height of the frames.
    pub size: (u32, u32),
    /// What makes them hard to see.
    pub difficulty: &'a Difficulty,
    /// Where subtitles and pictures may stand; `None` is where their like usually does.
    pub spots: Vec<Option<Spot>>,
}

/// An item of a pack that may be shown.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    /// Its pack.
    pub pack: &'a str,
    /// Its id there.
    pub item: &'a str,
    /// What a sight of it is called.
    pub label: &'a str,
}

/// What one frame shows: a label so many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// What is shown.
    pub label: String,
    /// How many of it.
    pub count: usize,
}

/// A way of looking that fits a look.
pub enum Detector {
    /// Subtitles, by comparison with every one that could stand there.
    Text(Texts),
    /// Subtitles, by optical character recognition.
    Ocr(Ocr),
    /// Full-frame pictures.
    Picture(Pictures),
    /// Patches.
    Patch(Patches),
}

impl Detector {
    /// What a frame shows; `None` where it shows nothing that is searched for.
    ///
    /// # Errors
    /// Tesseract cannot be run.
    pub fn look(&self, frame: &Yuv) -> Result<Option<Detection>, Error> {
        Ok(match self {
            Self::Text(detector) => detector.look(frame),
            Self::Ocr(detector) => return detector.look(frame),
            Self::Picture(detector) => detector.look(frame),
            Self::Patch(detector) => detector.look(frame),
        })
    }
}
