//! The form of prepared haystacks: size, rate, quality and GOPs.
//!
//! In: what the spec wants of them. Out: the encoder's settings, and what a source becomes in this form.

use crate::media::Error;
use crate::media::colour::Tags;
use crate::media::encode::{LARGEST, Settings};
use crate::media::size::Size;
use crate::media::source::Source;
use crate::time::FrameRate;

/// Consecutive B-frames in prepared haystacks: none.
///
/// Decoding order is then display order, so a GOP can be cut before
/// any frame, and every reader that seeks by time lands where it should; with B-frames, readers that seek by decoding
/// time, as FFmpeg's MP4 demuxer does, can land on a keyframe after the frame that they want.
pub const B_FRAMES: u8 = 0;

/// Size and rate of a prepared haystack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Constant rate factor.
    pub crf: u8,
}

impl Target {
    /// Size of the frames.
    pub(super) fn size(self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// Encoder settings of prepared haystacks and of every segment spliced into them.
    pub fn settings(self) -> Settings {
        Settings {
            width: self.width,
            height: self.height,
            fps: self.fps,
            tags: Tags::BT709,
            crf: self.crf,
            gop: gop(self.fps),
            b_frames: B_FRAMES,
            parameter_set: 0,
        }
    }

    /// Why no video of this form can be made of a source.
    pub fn fault(self, source: &Source) -> Option<Error> {
        let Self { width, height, .. } = self;
        (width.max(height) > LARGEST).then(|| {
            let reason = format!(
                "is {width}x{height} pixels, and at most {LARGEST} can be encoded; set `video.width`"
            );
            Error::source_file(&source.path, reason)
        })
    }

    /// Whether a source has another shape, so that black bars fill what its picture leaves.
    pub fn has_bars(self, source: &Source) -> bool {
        source.size().fitted(self.size()) != self.size()
    }

    /// Number of frames that a source has at this rate: the source frame that is shown at the middle of each.
    pub fn frames(self, source: &Source) -> u64 {
        let span = i128::from(source.clock.span());
        let num = span * i128::from(source.clock.time_base.0) * i128::from(self.fps.num());
        let den = i128::from(source.clock.time_base.1) * i128::from(self.fps.den());
        if source.clock.constant && source.clock.fps == self.fps {
            return source.clock.times.len() as u64;
        }
        ((2 * num + den) / (2 * den)).max(1) as u64
    }
}

/// Length of the GOPs of a prepared haystack, in frames: one second.
pub fn gop(fps: FrameRate) -> u64 {
    fps.frames_in_millis(1000).max(1)
}
