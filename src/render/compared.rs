//! What was compared of videos: how many frames, and how near they came.
//!
//! In: comparisons. Out: their figures, added up.

use serde::Serialize;

use crate::media::mix::proof;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Frames compared for equality.
    pub equal_frames: u64,
    /// Encoded frames compared with their ideal.
    pub encoded_frames: u64,
    /// Needle boxes compared, with and without the needle.
    pub needle_frames: u64,
    /// Needle boxes in which a needle that is made to be hardly there was lost in encoding.
    pub lost_frames: u64,
    /// Needle views that detection looked at.
    pub looked_frames: u64,
    /// Needle views in which detection told the needle for what it is.
    pub told_frames: u64,
    /// Lowest PSNR of an encoded frame, in decibels; 100 where none was encoded.
    pub worst_psnr: f64,
    /// What was compared of the sound, where needles are heard.
    #[serde(skip_serializing_if = "proof::Compared::is_none")]
    pub sound: proof::Compared,
}

impl Default for Compared {
    fn default() -> Self {
        Self {
            equal_frames: 0,
            encoded_frames: 0,
            needle_frames: 0,
            lost_frames: 0,
            looked_frames: 0,
            told_frames: 0,
            worst_psnr: 100.0,
            sound: proof::Compared::default(),
        }
    }
}

impl Compared {
    /// Adds what was compared of another video.
    pub fn add(&mut self, other: Self) {
        self.equal_frames += other.equal_frames;
        self.encoded_frames += other.encoded_frames;
        self.needle_frames += other.needle_frames;
        self.lost_frames += other.lost_frames;
        self.looked_frames += other.looked_frames;
        self.told_frames += other.told_frames;
        self.worst_psnr = self.worst_psnr.min(other.worst_psnr);
        self.sound.add(other.sound);
    }
}
