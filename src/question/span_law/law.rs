//! The law of one hidden span, and draws from it.
//!
//! In: the fewest and the most frames that it lasts, the frames of the video, streams. Out: spans.

use crate::seed::Stream;
use crate::time::FrameSpan;

/// Weights are whole parts of this number, so that a draw needs no float: 2^53.
const PARTS: u64 = 1 << 53;

/// How long a span lasts and where it lies in a video.
///
/// The probability of a duration of `d` frames is proportional to `1 / d` on `least..=most`, so that each doubling of the
/// duration is equally probable. The start is uniform on `0..=frames - d`, whatever the duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanLaw {
    least: u64,
    most: u64,
    frames: u64,
}

impl SpanLaw {
    /// Durations from `least` to `most` frames in a video of `frames` frames; `None` unless
    /// `1 <= least <= most <= frames <= 2^53`.
    pub fn new(least: u64, most: u64, frames: u64) -> Option<Self> {
        (1 <= least && least <= most && most <= frames && frames <= PARTS).then_some(Self {
            least,
            most,
            frames,
        })
    }

    /// Fewest frames that the span lasts.
    pub fn least(self) -> u64 {
        self.least
    }

    /// Most frames that the span lasts.
    pub fn most(self) -> u64 {
        self.most
    }

    /// Frames of the video.
    pub fn frames(self) -> u64 {
        self.frames
    }

    /// One span: its duration from one stream, its start from the other.
    pub fn draw(self, durations: &mut Stream, starts: &mut Stream) -> FrameSpan {
        let duration = self.draw_duration(durations);
        let start = starts.below(self.frames - duration + 1);
        FrameSpan::new(start, start + duration).expect("a duration is at least 1")
    }

    /// One duration in frames.
    ///
    /// The weight of `d` is `2^53 / d`, rounded down: a whole number that is off by less than `d` parts in `2^53`.
    pub fn draw_duration(self, stream: &mut Stream) -> u64 {
        let total = (self.least..=self.most).map(|duration| PARTS / duration).sum();
        let mut left = stream.below(total);
        for duration in self.least..self.most {
            let weight = PARTS / duration;
            if left < weight {
                return duration;
            }
            left -= weight;
        }
        self.most
    }
}
