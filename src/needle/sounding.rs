//! The sounds of looks, as samples.
//!
//! In: a look, how many frames it has and at which rate, a sample rate. Out: mono samples. A file of the user's is read when it is
//! heard, and has to be what it was when the pack was loaded.

use super::fault::Error;
use super::library::Library;
use super::look::Look;
use super::pack::Pack;
use super::pcm::Pcm;
use super::sound::{Recording, Refused};
use crate::time::FrameRate;

/// Seconds of a preview of what lasts as long as is asked for.
const PREVIEW_SECS: u64 = 2;

impl Library {
    /// The recordings of an item, and the pack that holds it.
    ///
    /// # Errors
    /// There is no such item, or it has none.
    pub fn recordings(&self, pack: &str, item: &str) -> Result<(&Pack, &[Recording]), Error> {
        let (pack, item) = self.find(pack, item)?;
        if item.sounds.is_empty() {
            return Err(Error::NoSound { pack: pack.id.clone(), item: item.id.clone() });
        }
        Ok((pack, &item.sounds))
    }

    /// Recording `take` of an item, for a preview: two seconds of what lasts as long as is asked for.
    ///
    /// # Errors
    /// There is no such sound, or its file cannot be used.
    pub fn heard(&self, pack: &str, item: &str, take: u16, sample_rate: u32) -> Result<Pcm, Error> {
        let (_, recordings) = self.recordings(pack, item)?;
        let millis = recordings.get(usize::from(take)).and_then(Recording::millis);
        let frames = millis.map_or(PREVIEW_SECS, |millis| millis.div_ceil(1000));
        let look = Look::Sound { pack: pack.to_owned(), item: item.to_owned(), take, snr_db: 0 };
        let missing = || Error::NoSound { pack: pack.to_owned(), item: item.to_owned() };
        self.sound(&look, frames, FrameRate::ONE, sample_rate)?.ok_or_else(missing)
    }

    /// The samples of a look that is heard, which has `frames` frames in a video of rate `fps`, at `sample_rate`, fades included;
    /// `None` where nothing is heard of it.
    ///
    /// # Errors
    /// There is no such sound, or its file cannot be used.
    pub fn sound(
        &self,
        look: &Look,
        frames: u64,
        fps: FrameRate,
        sample_rate: u32,
    ) -> Result<Option<Pcm>, Error> {
        let (pack, item, recording) = match look {
            Look::Sound { pack, item, take, .. } => {
                let (pack, recordings) = self.recordings(pack, item)?;
                (pack, item, recordings.get(usize::from(*take)))
            }
            Look::Clip { pack, item, sound: Some(_), .. } => {
                let (pack, footage) = self.footage(pack, item)?;
                (pack, item, footage.soundtrack.as_ref())
            }
            _ => return Ok(None),
        };
        let missing = || Error::NoSound { pack: pack.id.clone(), item: item.clone() };
        let recording = recording.ok_or_else(missing)?;
        let asset = || recording.file().map(|file| file.0.to_owned()).unwrap_or_default();
        let samples = recording.samples((frames, fps), sample_rate).map_err(|refused| match refused {
            Refused::Files(error) => Error::Files(error),
            Refused::Changed => Error::Changed { pack: pack.id.clone(), asset: asset() },
            Refused::Unusable(reason) => Error::Sound { pack: pack.id.clone(), asset: asset(), reason },
        })?;
        Ok(Some(Pcm { sample_rate, samples }))
    }
}
