//! Frame samplers: which frames of a video a model's pipeline takes, index for index.
//!
//! In: a sampler's name with its parameters, a video's number of frames and frame rate. Out: frame indices, in the order
//! in which the pipeline takes them, exactly as the named library computes them: in double or single precision, rounded
//! half to even or cut off, wherever it does. A sampler is named by its library, not by the model, because the same
//! model is fed other frames by other libraries. Nothing here opens a video.

mod catalogue;
mod gaps;
mod parse;
mod resize;
mod steps;
#[cfg(test)]
mod tests;

pub use catalogue::{CATALOGUE, Listed};
pub use gaps::{Sight, guaranteed_frames, saw};
pub use parse::{ParseError, split_list};
pub use resize::{ParseResizeError, Resize};

use std::fmt;

use crate::time::{FrameRate, MOST_FRAMES};
use steps::Steps;

/// A sampler with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sampler {
    text: String,
    rule: Rule,
}

/// How many frames a Qwen pipeline takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    /// Frames a second, and the fewest and the most frames.
    Pace { fps: FrameRate, min: u64, max: u64 },
    /// A number of frames.
    Frames(u64),
}

/// What a sampler does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Linspace { n: u64 },
    Vllm { n: Option<u64>, fps: Option<FrameRate> },
    LlavaVideo { fps: FrameRate, cap: Option<u64>, force: bool },
    QwenVlUtils(Amount),
    SglangQwen(Amount),
    HfQwen2Vl(Amount),
    HfQwen3Vl(Amount),
    InternVl { n: u64 },
    HfInternVl { n: u64 },
    VideoLlama3 { fps: FrameRate, max: u64 },
    VlmEvalKit { n: u64 },
    VlmEvalKitFps { fps: FrameRate },
    HfDefault { n: Option<u64>, fps: Option<FrameRate> },
    LongVaNiah,
    Gemini { fps: FrameRate },
    Uniform { n: u64 },
    Fps { fps: FrameRate, max: Option<u64> },
    Recent { n: u64, fps: FrameRate },
}

/// A video that a sampler cannot sample: the library fails on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{sampler}` does not take a video of {} at {fps} frames a second: {reason}", crate::wording::count(*frames, "frame"))]
pub struct Refused {
    /// The sampler.
    pub sampler: String,
    /// Frames of the video.
    pub frames: u64,
    /// Its frame rate.
    pub fps: FrameRate,
    /// What is wrong with it.
    pub reason: String,
}

impl Sampler {
    /// The name as it was given: what tables and files call this sampler.
    pub fn name(&self) -> &str {
        &self.text
    }

    /// The frames that are taken of a video of `frames` frames (at least one), in the order in which they are taken.
    /// An index may occur twice where a library repeats frames.
    /// What takes more than [`MOST_FRAMES`] is refused.
    pub fn indices(&self, frames: u64, fps: FrameRate) -> Result<Vec<u64>, Refused> {
        let steps = self.steps(frames, fps)?;
        if steps.len() > MOST_FRAMES {
            let reason = format!("it would take {} frames, and at most {MOST_FRAMES} fit", steps.len());
            return Err(Refused { sampler: self.name().to_owned(), frames, fps, reason });
        }
        Ok((0..steps.len()).map(|at| steps.at(at)).collect())
    }

    /// How many frames are taken; the work does not grow with the video.
    pub fn count(&self, frames: u64, fps: FrameRate) -> Result<u64, Refused> {
        Ok(self.steps(frames, fps)?.len())
    }

    /// Whether the phase of the sampling is unpublished, so that a needle shorter than the distance of two frames may be
    /// seen or not: that distance in frames of the video, rounded up.
    pub fn unknown_phase(&self, fps: FrameRate) -> Option<u64> {
        match self.rule {
            Rule::Gemini { fps: own } => Some(steps::ceil_of(1, fps, own)),
            _ => None,
        }
    }

    /// The resize that this library applies by default, where it is known.
    pub fn resize(&self) -> Resize {
        match self.rule {
            Rule::QwenVlUtils(_) | Rule::SglangQwen(_) => Resize::QWEN_VL_UTILS,
            Rule::HfQwen2Vl(_) => Resize::HF_QWEN2VL,
            Rule::HfQwen3Vl(_) => Resize::HF_QWEN3VL,
            Rule::InternVl { .. } | Rule::HfInternVl { .. } => Resize::Square(448),
            Rule::LlavaVideo { .. } => Resize::Square(384),
            Rule::LongVaNiah => Resize::Square(336),
            _ => Resize::None,
        }
    }

    fn steps(&self, frames: u64, fps: FrameRate) -> Result<Steps, Refused> {
        self.rule.steps(frames, fps).map_err(|reason| Refused {
            sampler: self.text.clone(),
            frames,
            fps,
            reason,
        })
    }
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
