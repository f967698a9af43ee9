//! What a difficulty comes to in a video: in frames, pixels and levels.
//!
//! In: values for a frame's size and rate. Out: one column of a row, beside the values that the spec asks for; all are whole
//! numbers but the blur's, so that two settings can be compared.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What needles are shown with. A value is 0 where it says nothing of needles of this look.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Effective {
    /// Frames that a needle lasts; the fewest where durations are drawn.
    pub duration_frames: u64,
    /// Frames that a needle lasts at most, where durations are drawn; 0 where all last as long.
    pub longest_frames: u64,
    /// Frames between two needles, at least; 0 where there is one, or where their distance is exact.
    pub gap_frames: u64,
    /// Frames between two needles, where that is not random.
    pub distance_frames: u64,
    /// Frames from the end of the last needle that a question is about to when it is asked, before the end of its video; 0 elsewhere. A
    /// plan leaves it out there, a row states it always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_frames: Option<u64>,
    /// Frames over which a needle appears.
    pub fade_in_frames: u64,
    /// Frames over which it disappears.
    pub fade_out_frames: u64,
    /// Height of a subtitle's line in pixels: of the smallest of the row's, since a long text is set smaller to fit.
    pub text_px: u32,
    /// Opacity of the box behind a subtitle, of 255.
    pub box_alpha: u8,
    /// Shorter side of the room that a full-frame picture has, in pixels.
    pub picture_px: u32,
    /// Longest side of a patch of the middle size, in pixels.
    pub patch_px: u32,
    /// Frames in which what moves goes round once.
    pub period_frames: u64,
    /// Opacity of the needle as a whole, of 255.
    pub opacity_alpha: u8,
    /// Standard deviation of its blur in pixels, with three decimals.
    #[schemars(with = "f64")]
    pub blur_px: Milli,
    /// Most that noise changes a channel by, in levels of 255.
    pub noise_levels: u8,
    /// Most that a channel is moved to the colours that it covers, in levels of 255.
    pub tint_levels: u8,
}

/// A number of thousandths; a decimal in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milli(pub u32);

impl Serialize for Milli {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Milli {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self((f64::deserialize(deserializer)? * 1000.0).round() as u32))
    }
}

impl std::fmt::Display for Milli {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", f64::from(self.0) / 1000.0)
    }
}
