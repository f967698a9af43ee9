//! One rendition of an item's sound: made by a recipe, or recorded in a file.
//!
//! In: what a pack states. Out: how many frames it sounds, and its samples at a rate.

use super::super::source::Origin;
use super::recipe::Recipe;
use super::{flac, resample, synth};
use crate::digest;
use crate::time::FrameRate;

/// One rendition of an item's sound.
#[derive(Clone, Debug)]
pub struct Recording(pub(super) Made);

/// Where its samples come from.
#[derive(Clone, Debug)]
pub(super) enum Made {
    /// A recipe, which is played when it is asked for.
    Recipe(Recipe),
    /// A file of the pack.
    File(File),
}

/// A file of a pack.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Its name, relative to the pack.
    pub(super) name: String,
    /// Digest of its bytes.
    pub(super) sha256: String,
    pub(super) origin: Origin,
    pub(super) stated: flac::Stated,
}

/// Samples a second at which recipes are played, whatever rate is asked for: noise is another at every rate.
const PLAYED: u32 = 48_000;
/// Length of the fades at both ends, in milliseconds: without them the ends click.
const FADE_MILLIS: u64 = 10;

/// Why a recording has no samples.
#[derive(Debug)]
pub(in super::super) enum Refused {
    /// The file cannot be read.
    Files(crate::files::Error),
    /// The file is not what it was when the pack was loaded.
    Changed,
    /// The file cannot be decoded.
    Unusable(String),
}

impl Recording {
    /// Name and digest of its file; `None` where it is made.
    pub(in super::super) fn file(&self) -> Option<(&str, &str)> {
        match &self.0 {
            Made::Recipe(_) => None,
            Made::File(file) => Some((&file.name, &file.sha256)),
        }
    }

    /// How long it sounds in milliseconds, rounded up; `None` where that is as long as is asked for.
    pub fn millis(&self) -> Option<u64> {
        match &self.0 {
            Made::Recipe(recipe) => recipe.millis,
            Made::File(File { stated, .. }) => {
                Some((stated.samples * 1000).div_ceil(u64::from(stated.sample_rate)))
            }
        }
    }

    /// The frames of a video of rate `fps` in which it sounds, the last perhaps in part; `None` where these are as many as are asked for.
    pub fn frames(&self, fps: FrameRate) -> Option<u64> {
        let (length, of) = match &self.0 {
            Made::Recipe(recipe) => (recipe.millis?, 1000),
            Made::File(file) => (file.stated.samples, u64::from(file.stated.sample_rate)),
        };
        let num = u128::from(length) * u128::from(fps.num());
        let den = u128::from(of) * u128::from(fps.den());
        Some(num.div_ceil(den) as u64)
    }

    /// Its samples at `sample_rate`, with fades, where it sounds for `frames` frames at most; one that lasts as long as is asked for
    /// fills them.
    pub(in super::super) fn samples(
        &self,
        (frames, fps): (u64, FrameRate),
        sample_rate: u32,
    ) -> Result<Vec<i16>, Refused> {
        let num = u128::from(frames) * u128::from(fps.den()) * u128::from(sample_rate);
        let room = (num / u128::from(fps.num())) as usize;
        let mut samples = match &self.0 {
            Made::Recipe(recipe) => {
                let whole = recipe.millis.map(|millis| millis * u64::from(PLAYED) / 1000);
                let most = u128::from(frames) * u128::from(fps.den()) * u128::from(PLAYED);
                let most = (most / u128::from(fps.num())) as u64;
                let count = whole.map_or(most, |whole| whole.min(most));
                resample::resampled(&synth::played(recipe, count as usize, PLAYED), PLAYED, sample_rate)
            }
            Made::File(file) => {
                let bytes = file.origin.read().map_err(Refused::Files)?;
                if digest::of_bytes(&bytes) != file.sha256 {
                    return Err(Refused::Changed);
                }
                let decoded = flac::decoded(&bytes).map_err(Refused::Unusable)?;
                resample::resampled(&decoded, file.stated.sample_rate, sample_rate)
            }
        };
        samples.truncate(room);
        fade(&mut samples, (u64::from(sample_rate) * FADE_MILLIS / 1000) as usize);
        Ok(samples)
    }
}

/// Fades both ends in and out over `length` samples each, or over half of what there is.
fn fade(samples: &mut [i16], length: usize) {
    let (count, length) = (samples.len(), length.min(samples.len() / 2));
    for at in 0..length {
        let faded = |sample: i16| (i64::from(sample) * (at as i64) / (length as i64)) as i16;
        samples[at] = faded(samples[at]);
        samples[count - 1 - at] = faded(samples[count - 1 - at]);
    }
}
