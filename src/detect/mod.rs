//! Detection: what a decoded frame shows, one file a look.
//!
//! In: decoded frames, and the needles that may be hidden in them, drawn as they would be. Out: sights: a label, and how often
//! the frame shows it. Placing and drawing a look lie in [`crate::needle`], below the media; detection compares decoded planes, so
//! it lies above them.

mod clip;
mod detection;
mod drawn;
mod explained;
mod fault;
mod ocr;
mod patch;
#[cfg(test)]
mod patch_tests;
mod pattern;
mod picture;
mod placed;
mod presence;
#[cfg(test)]
mod presence_tests;
mod sound;
#[cfg(test)]
mod sound_tests;
mod speech;
mod text;

pub use clip::Detector as Clips;
pub use detection::Detection;
pub use drawn::{Drawn, Thing};
pub use fault::Error;
pub use ocr::{Detector as Ocr, Phrase, check as check_tesseract};
pub use patch::Detector as Patches;
pub use picture::Detector as Pictures;
pub use placed::Placed;
pub use presence::Presence;
pub use sound::{Detector as Sounds, Heard, RATE as HEARING_RATE};
pub use speech::{Recogniser, check as check_recogniser};
pub use text::{Detector as Texts, Text};

use crate::media::yuv::Yuv;

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
    /// Short videos.
    Clip(Clips),
    /// Nothing: what is heard or read is in no frame.
    Nothing,
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
            Self::Clip(detector) => detector.look(frame),
            Self::Nothing => None,
            Self::Patch(detectors) => detectors.iter().find_map(|detector| detector.look(frame)),
        })
    }
}
