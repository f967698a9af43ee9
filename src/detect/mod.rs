//! Detection: what a decoded frame shows, one file a look.
//!
//! In: decoded frames, and the needles that may be hidden in them, drawn as they would be. Out: sights: a label, and how often
//! the frame shows it. Placing and drawing a look lie in [`crate::needle`], below the media; detection compares decoded planes, so
//! it lies above them.

mod ocr;
mod patch;
mod pattern;
mod picture;
mod placed;
mod presence;
#[cfg(test)]
mod presence_tests;
mod text;

pub use ocr::{Detector as Ocr, Phrase, check as check_tesseract};
pub use patch::Detector as Patches;
pub use picture::Detector as Pictures;
pub use placed::Placed;
pub use presence::Presence;
pub use text::{Detector as Texts, Text};

use crate::media::yuv::Yuv;
use crate::needle::{self, Library, PixelBox, Spot};
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
    /// What it is shown for; empty where there are no keys.
    pub key: String,
    /// How many of it.
    pub count: usize,
    /// Where each of them is, as far as places are told apart.
    pub places: Vec<PixelBox>,
}

impl Detection {
    /// One thing, whose place says nothing.
    pub fn of(label: &str) -> Self {
        Self { label: label.to_owned(), key: String::new(), count: 1, places: Vec::new() }
    }

    /// Whether the other shows the same.
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.label, &self.key) == (&other.label, &other.key)
    }
}

/// A way of looking that fits a look.
pub enum Detector {
    /// Subtitles, by comparison with every one that could stand there.
    Text(Texts),
    /// Subtitles, by optical character recognition.
    Ocr(Ocr),
    /// Full-frame pictures.
    Picture(Pictures),
    /// Patches: one way of looking for each thing that is searched for, of which a frame shows one.
    Patch(Vec<Patches>),
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
            Self::Patch(detectors) => detectors.iter().find_map(|detector| detector.look(frame)),
        })
    }
}
