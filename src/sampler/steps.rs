//! The rules: how many frames each library takes, and which.
//!
//! In: a rule, a number of frames and a frame rate. Out: [`Steps`], a list that is not written out: its length and each
//! of its indices take constant time, so that a length can be searched for by the number of frames that it gives.
//! Floating point follows the library operation by operation; each function names the code that it follows.

use super::{Amount, Rule};
use crate::time::FrameRate;

/// The indices that a rule takes of one video.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Steps {
    /// Every frame.
    All { frames: u64 },
    /// `numpy.linspace(0, frames - 1, n)`, cut off.
    Linspace { frames: u64, n: u64 },
    /// The same, rounded half to even.
    RoundedLinspace { frames: u64, n: u64 },
    /// `torch.linspace(0, frames - 1, n)` in single precision, rounded half to even.
    TorchLinspace { frames: u64, n: u64 },
    /// Every `stride`th frame.
    Every { stride: u64, n: u64 },
    /// `floor(i * frames / n)`, exact.
    Even { frames: u64, n: u64 },
    /// `torch.arange(start, frames, step)` in single precision, cut off.
    Arange { start: f64, step: f64, n: u64 },
    /// InternVL's centres of segments.
    Centres { frames: u64, n: u64 },
    /// `int((i + first) * step)` in double precision.
    Multiples { first: u64, step: f64, n: u64 },
    /// The last frame of each interval of 1/fps, of which `n` of `of` are taken by linspace.
    LastOf { video: FrameRate, fps: FrameRate, of: u64, n: u64 },
    /// The frames that are shown 0, 1/fps, 2/fps, ... before the last, `n` of them, the last one last.
    Recent { frames: u64, video: FrameRate, fps: FrameRate, n: u64 },
    /// The frame that is shown at each multiple of 1/fps.
    Shown { video: FrameRate, fps: FrameRate, n: u64 },
}

impl Steps {
    /// Number of indices.
    pub(super) fn len(&self) -> u64 {
        match *self {
            Self::All { frames } => frames,
            Self::Linspace { n, .. }
            | Self::RoundedLinspace { n, .. }
            | Self::TorchLinspace { n, .. }
            | Self::Every { n, .. }
            | Self::Even { n, .. }
            | Self::Arange { n, .. }
            | Self::Centres { n, .. }
            | Self::Multiples { n, .. }
            | Self::LastOf { n, .. }
            | Self::Recent { n, .. }
            | Self::Shown { n, .. } => n,
        }
    }

    /// Index `at`, which is below [`Self::len`].
    pub(super) fn at(&self, at: u64) -> u64 {
        match *self {
            Self::All { .. } => at,
            Self::Linspace { frames, n } => linspace(frames, n, at) as u64,
            Self::RoundedLinspace { frames, n } => linspace(frames, n, at).round_ties_even() as u64,
            Self::TorchLinspace { frames, n } => torch_linspace(frames, n, at),
            Self::Every { stride, .. } => at * stride,
            Self::Even { frames, n } => (u128::from(at) * u128::from(frames) / u128::from(n)) as u64,
            Self::Arange { start, step, n } => arange(start, step, n, at) as u64,
            Self::Centres { frames, n } => {
                // `int(start + seg / 2 + np.round(seg * i))` of InternVL's `get_index`; start is 0.
                let segment = (frames - 1) as f64 / n as f64;
                (segment / 2.0 + (segment * at as f64).round_ties_even()) as u64
            }
            Self::Multiples { first, step, .. } => ((at + first) as f64 * step) as u64,
            Self::LastOf { video, fps, of, n } => {
                let interval = if n == of { at } else { linspace(of, n, at) as u64 };
                ceil_of(interval + 1, video, fps) - 1
            }
            Self::Recent { frames, video, fps, n } => frames - 1 - floor_of(n - 1 - at, video, fps),
            Self::Shown { video, fps, .. } => floor_of(at, video, fps),
        }
    }
}

/// `numpy.linspace(0, frames - 1, n)[at]` in double precision.
fn linspace(frames: u64, n: u64, at: u64) -> f64 {
    let last = (frames - 1) as f64;
    if n > 1 && at == n - 1 {
        return last;
    }
    if n == 1 { 0.0 } else { at as f64 * (last / (n - 1) as f64) }
}

/// `torch.linspace(0, frames - 1, n)[at]` of single precision on a CPU: the first half counts up from the start, the
/// second half down from the end, which is fused and so rounded once.
fn torch_linspace(frames: u64, n: u64, at: u64) -> u64 {
    let last = (frames - 1) as f32;
    if n == 1 {
        return 0;
    }
    let step = last / (n - 1) as f32;
    let value = if at < n / 2 {
        step * at as f32
    } else {
        // A product of 24 bits by a count, and its difference from an integer, are exact in double precision.
        (f64::from(last) - f64::from(step) * (n - 1 - at) as f64) as f32
    };
    value.round_ties_even() as u64
}

/// Numbers in a vector of torch's `arange` on a CPU, whatever the CPU.
const LANES: u64 = 8;

/// `torch.arange(start, ..., step)[at]` of single precision, `n` numbers long, on a CPU.
///
/// Vectors are counted up from a base that is rounded itself; two vectors are made at a time, and what is left over one by one.
/// Products and sums are fused, as on every CPU with AVX2.
#[expect(clippy::disallowed_methods, reason = "torch's own code is compiled to fused operations")]
fn arange(start: f64, step: f64, n: u64, at: u64) -> f32 {
    let vectored = n / (2 * LANES) * (2 * LANES);
    if at >= vectored {
        return step.mul_add(at as f64, start) as f32;
    }
    let base = step.mul_add((at / LANES * LANES) as f64, start) as f32;
    step.mul_add((at % LANES) as f64, f64::from(base)) as f32
}

/// Frames of a video before the time `count / fps`: `floor(count * video / fps)`.
pub(super) fn floor_of(count: u64, video: FrameRate, fps: FrameRate) -> u64 {
    let (num, den) = ratio(video, fps);
    (u128::from(count) * num / den) as u64
}

/// The same, rounded up.
pub(super) fn ceil_of(count: u64, video: FrameRate, fps: FrameRate) -> u64 {
    let (num, den) = ratio(video, fps);
    (u128::from(count) * num).div_ceil(den) as u64
}

/// `video / fps` as a fraction.
fn ratio(video: FrameRate, fps: FrameRate) -> (u128, u128) {
    (u128::from(video.num()) * u128::from(fps.den()), u128::from(video.den()) * u128::from(fps.num()))
}

/// `round(video / fps)` of Python: half to even; 0 where fewer than half a frame lies between two.
fn stride(video: FrameRate, fps: FrameRate) -> Result<u64, String> {
    match (video.as_f64() / fps.as_f64()).round_ties_even() as u64 {
        0 => Err(format!("{fps} frames a second are more than twice its own, and the stride rounds to 0")),
        stride => Ok(stride),
    }
}

/// Frames that `amount` gives: `smart_nframes` of qwen-vl-utils, and SGLang's copy of it.
fn smart_nframes(amount: Amount, frames: u64, fps: FrameRate) -> Result<u64, String> {
    let n = match amount {
        Amount::Frames(n) => 2 * (n as f64 / 2.0).round_ties_even() as u64,
        Amount::Pace { fps: own, min, max } => {
            let least = 2 * min.div_ceil(2);
            let most = 2 * (max.min(frames) / 2);
            let wished = frames as f64 / fps.as_f64() * own.as_f64();
            let bounded = wished.max(least as f64).min(most as f64).min(frames as f64);
            2 * (bounded / 2.0) as u64
        }
    };
    if (2..=frames).contains(&n) { Ok(n) } else { Err(format!("{n} frames are not between 2 and {frames}")) }
}

/// `num_frames` of Qwen2-VL's video processor in transformers.
fn hf_qwen2(amount: Amount, frames: u64, fps: FrameRate) -> Result<u64, String> {
    let n = match amount {
        Amount::Frames(n) => 2 * (n as f64 / 2.0).round_ties_even() as u64,
        Amount::Pace { fps: own, min, max } => {
            let most = 2 * (max.min(frames) / 2);
            let wished = frames as f64 / fps.as_f64() * own.as_f64();
            let bounded = wished.max(min as f64).min(most as f64).min(frames as f64);
            2 * (bounded / 2.0) as u64
        }
    };
    at_most(n, frames)
}

/// `num_frames` of Qwen3-VL's video processor in transformers.
fn hf_qwen3(amount: Amount, frames: u64, fps: FrameRate) -> Result<u64, String> {
    match amount {
        Amount::Frames(n) => at_most(n, frames),
        Amount::Pace { fps: own, min, max } => {
            let wished = (frames as f64 / fps.as_f64() * own.as_f64()) as u64;
            Ok(wished.max(min).min(max).min(frames))
        }
    }
}

fn at_most(n: u64, frames: u64) -> Result<u64, String> {
    match n {
        0 => Err("no frame would be taken".to_owned()),
        n if n > frames => Err(format!("{n} frames are asked for")),
        n => Ok(n),
    }
}

/// Whole frames of `duration * fps` in double precision, as the libraries multiply them.
fn whole(frames: u64, video: FrameRate, fps: FrameRate) -> u64 {
    (frames as f64 / video.as_f64() * fps.as_f64()) as u64
}

/// transformers' `torch.arange(start, frames, step)`. Its length is that of a division in double precision, which may
/// come out one too long, and the last index then lies behind the video.
fn torch_arange(frames: u64, start: f64, step: f64) -> Result<Steps, String> {
    let n = ((frames as f64 - start) / step).ceil() as u64;
    let steps = Steps::Arange { start, step, n };
    match n.checked_sub(1).map(|last| steps.at(last)) {
        Some(last) if last < frames => Ok(steps),
        _ => Err(format!("in single precision its last index is {frames}, which there is not")),
    }
}

impl Rule {
    /// The indices of a video, or why the library fails on it.
    pub(super) fn steps(&self, frames: u64, fps: FrameRate) -> Result<Steps, String> {
        if frames == 0 {
            return Err("it holds no frame".to_owned());
        }
        Ok(match *self {
            Self::Linspace { n } => Steps::Linspace { frames, n },
            Self::Vllm { n, fps: own } => {
                let wished = n.unwrap_or(frames).min(own.map_or(frames, |own| whole(frames, fps, own)));
                let n = wished.min(frames).max(1);
                if n == frames { Steps::All { frames } } else { Steps::Linspace { frames, n } }
            }
            Self::LlavaVideo { fps: own, cap, force } => {
                let stride = stride(fps, own)?;
                match (frames.div_ceil(stride), cap) {
                    (n, Some(cap)) if n > cap || force => Steps::Linspace { frames, n: cap },
                    (n, _) => Steps::Every { stride, n },
                }
            }
            Self::QwenVlUtils(amount) => {
                Steps::TorchLinspace { frames, n: smart_nframes(amount, frames, fps)? }
            }
            // Indices of at most `frames` steps are distinct, so that `numpy.unique` leaves them as they are.
            Self::SglangQwen(amount) => Steps::Linspace { frames, n: smart_nframes(amount, frames, fps)? },
            Self::HfQwen2Vl(amount) => {
                torch_arange(frames, 0.0, frames as f64 / hf_qwen2(amount, frames, fps)? as f64)?
            }
            Self::HfQwen3Vl(amount) => Steps::RoundedLinspace { frames, n: hf_qwen3(amount, frames, fps)? },
            Self::InternVl { n } => Steps::Centres { frames, n },
            Self::HfInternVl { n } => {
                let step = frames as f64 / at_most(n, frames)? as f64;
                torch_arange(frames, step / 2.0, step)?
            }
            Self::VideoLlama3 { fps: own, max } => {
                let (num, den) = ratio(fps, own);
                match (u128::from(frames) * den / num) as u64 {
                    0 => return Err(format!("it is shorter than one interval of {own} frames a second")),
                    of => Steps::LastOf { video: fps, fps: own, of, n: of.min(max) },
                }
            }
            Self::VlmEvalKit { n } => Steps::Multiples { first: 1, step: frames as f64 / (n + 1) as f64, n },
            Self::VlmEvalKitFps { fps: own } => {
                let n = at_most(whole(frames, fps, own), u64::MAX)?;
                Steps::Multiples { first: 0, step: fps.as_f64() / own.as_f64(), n }
            }
            Self::HfDefault { n, fps: own } => {
                let n = own.map_or(n.unwrap_or(frames), |own| whole(frames, fps, own).max(1));
                Steps::Even { frames, n: at_most(n, frames)? }
            }
            Self::LongVaNiah => {
                let stride = stride(fps, FrameRate::ONE)?;
                Steps::Every { stride, n: frames.div_ceil(stride) }
            }
            Self::Uniform { n } => Steps::Linspace { frames, n: n.min(frames) },
            Self::Recent { n, fps: own } => {
                Steps::Recent { frames, video: fps, fps: own, n: n.min(shown(frames, fps, own).len()) }
            }
            Self::Gemini { fps: own } => shown(frames, fps, own),
            Self::Fps { fps: own, max } => match (shown(frames, fps, own), max) {
                (Steps::Shown { n, .. }, Some(max)) if n > max => {
                    Steps::Linspace { frames, n: max.min(frames) }
                }
                (steps, _) => steps,
            },
        })
    }
}

/// The frames shown at 0, 1/fps, 2/fps, ... before the video's end.
fn shown(frames: u64, video: FrameRate, fps: FrameRate) -> Steps {
    // Multiples k with k * video / fps below the number of frames.
    let (num, den) = ratio(video, fps);
    let n = (u128::from(frames) * den).div_ceil(num) as u64;
    Steps::Shown { video, fps, n }
}
