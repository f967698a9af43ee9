//! A needle that is mixed into sound.
//!
//! In: samples, a place and a level. Out: where in the track they lie, whose first packet primes decoders.

use std::ops::Range;

use crate::media::sound::{PACKET_SAMPLES, PRIMING};
use crate::needle::Loudness;

/// A needle that is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// The video that messages name.
    pub video: String,
    /// What messages call it.
    pub name: String,
    /// Its first sample in the finished video, from 0.
    pub first: u64,
    /// Its samples, at the rate of the track.
    pub samples: Vec<i16>,
    /// How loud it is.
    pub loudness: Loudness,
}

impl Needle {
    /// Its samples in the track, which begins before the video does.
    pub(in crate::media) fn place(&self) -> Range<u64> {
        let first = self.first + PRIMING;
        first..first + self.samples.len() as u64
    }

    /// Blocks of the track that it changes.
    pub(in crate::media) fn blocks(&self) -> Range<u64> {
        let place = self.place();
        place.start / PACKET_SAMPLES..place.end.div_ceil(PACKET_SAMPLES)
    }
}
