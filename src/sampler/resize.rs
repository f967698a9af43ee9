//! Resizing before a model looks: how large a needle still is.
//!
//! In: a frame's size and the number of frames. Out: the size that the model is given, and what share of a context a frame
//! takes. `smart_resize` is Qwen's; its numbers are those of the named library's own defaults.

use std::fmt;
use std::str::FromStr;

/// How frames are resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resize {
    /// Not at all, or in a way that is not published.
    None,
    /// To a square of this side, whatever their shape.
    Square(u32),
    /// `smart_resize`: sides are multiples of `factor`, and a frame has between `min` and `max` pixels.
    Smart {
        /// Both sides are multiples of it.
        factor: u32,
        /// Fewest pixels of a frame.
        min: u64,
        /// Most pixels of a frame.
        max: u64,
    },
    /// `fetch_video` of qwen-vl-utils: as [`Resize::Smart`], the most pixels falling with the number of frames.
    QwenVlUtils {
        /// Both sides are multiples of it.
        factor: u32,
    },
    /// `smart_resize` of transformers' Qwen3-VL: `min` and `max` are of all frames together.
    Video {
        /// Both sides are multiples of it.
        factor: u32,
        /// Fewest pixels of all frames.
        min: u64,
        /// Most pixels of all frames.
        max: u64,
    },
}

/// Text that names no resize.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a resize such as `none`, `square(448)`, `smart(28,100352,602112)` or `qwen-vl-utils(28)`"
)]
pub struct ParseResizeError(String);

/// Frames that Qwen's encoders merge into one.
const TEMPORAL: u64 = 2;

impl Resize {
    /// qwen-vl-utils with patches of 14 pixels (Qwen2-VL, Qwen2.5-VL).
    pub const QWEN_VL_UTILS: Self = Self::QwenVlUtils { factor: 28 };
    /// `Qwen2VLVideoProcessor` of transformers.
    pub const HF_QWEN2VL: Self = Self::Smart { factor: 28, min: 128 * 28 * 28, max: 768 * 28 * 28 };
    /// `Qwen3VLVideoProcessor` with the sizes that the published models' configuration states.
    pub const HF_QWEN3VL: Self = Self::Video { factor: 32, min: 4096, max: 25_165_824 };

    /// Width and height that the model is given of frames of `width` x `height`, of which `frames` are taken.
    pub fn size(self, width: u32, height: u32, frames: u64) -> (u32, u32) {
        match self {
            Self::None => (width, height),
            Self::Square(side) => (side, side),
            Self::Smart { factor, min, max } => {
                smart((width, height), u64::from(factor), 1, 1, min as f64, max as f64)
            }
            Self::QwenVlUtils { factor } => {
                let patch = f64::from(factor) * f64::from(factor);
                let min = 128.0 * patch;
                let total = 128_000.0 * patch * 0.9;
                let max = (768.0 * patch)
                    .min(total / frames.max(1) as f64 * TEMPORAL as f64)
                    .max((min * 1.05).trunc());
                smart((width, height), u64::from(factor), 1, 1, min, max)
            }
            Self::Video { factor, min, max } => {
                let frames = frames.max(1);
                let pairs = TEMPORAL * (frames as f64 / TEMPORAL as f64).round_ties_even() as u64;
                let small = width < factor || height < factor;
                let size = if small {
                    let scale =
                        (f64::from(factor) / f64::from(height)).max(f64::from(factor) / f64::from(width));
                    ((f64::from(width) * scale) as u32, (f64::from(height) * scale) as u32)
                } else {
                    (width, height)
                };
                smart(size, u64::from(factor), frames, pairs, min as f64, max as f64)
            }
        }
    }

    /// Tokens of a frame, where every token stands for `factor` x `factor` pixels of two frames.
    pub fn tokens_per_frame(self, width: u32, height: u32, frames: u64) -> Option<f64> {
        let factor = match self {
            Self::Smart { factor, .. } | Self::QwenVlUtils { factor } | Self::Video { factor, .. } => factor,
            Self::None | Self::Square(_) => return None,
        };
        let (w, h) = self.size(width, height, frames);
        Some(f64::from(w / factor) * f64::from(h / factor) / TEMPORAL as f64)
    }
}

/// `smart_resize`; `frames` and `pairs` are 1 where pixels are counted by the frame.
fn smart(
    (width, height): (u32, u32),
    factor: u64,
    frames: u64,
    pairs: u64,
    min: f64,
    max: f64,
) -> (u32, u32) {
    let unit = factor as f64;
    let (w, h) = (f64::from(width), f64::from(height));
    let nearest = |side: f64| ((side / unit).round_ties_even() * unit).max(unit);
    let (near_w, near_h) = (nearest(w), nearest(h));
    let pixels = pairs as f64 * near_w * near_h;
    let all = frames as f64 * w * h;
    let (w, h) = if pixels > max {
        let beta = (all / max).sqrt();
        let side = |side: f64| ((side / beta / unit).floor() * unit).max(unit);
        (side(w), side(h))
    } else if pixels < min {
        let beta = (min / all).sqrt();
        let side = |side: f64| (side * beta / unit).ceil() * unit;
        (side(w), side(h))
    } else {
        (near_w, near_h)
    };
    (w as u32, h as u32)
}

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Square(side) => write!(f, "square({side})"),
            Self::Smart { factor, min, max } => write!(f, "smart({factor},{min},{max})"),
            Self::QwenVlUtils { factor } => write!(f, "qwen-vl-utils({factor})"),
            Self::Video { factor, min, max } => write!(f, "video({factor},{min},{max})"),
        }
    }
}

impl FromStr for Resize {
    type Err = ParseResizeError;

    fn from_str(text: &str) -> Result<Self, ParseResizeError> {
        let error = || ParseResizeError(text.to_owned());
        if text == "none" {
            return Ok(Self::None);
        }
        let (name, rest) = text.split_once('(').ok_or_else(error)?;
        let inside = rest.strip_suffix(')').ok_or_else(error)?;
        let numbers: Vec<u64> = inside
            .split(',')
            .map(|number| number.trim().parse().map_err(|_no| error()))
            .collect::<Result<_, _>>()?;
        let side = |number: u64| u32::try_from(number).ok().filter(|side| (1..=8192).contains(side));
        match (name, &numbers[..]) {
            ("square", &[number]) => Ok(Self::Square(side(number).ok_or_else(error)?)),
            ("qwen-vl-utils", &[factor]) => Ok(Self::QwenVlUtils { factor: side(factor).ok_or_else(error)? }),
            ("smart", &[factor, min, max]) if min <= max => {
                Ok(Self::Smart { factor: side(factor).ok_or_else(error)?, min, max })
            }
            ("video", &[factor, min, max]) if min <= max => {
                Ok(Self::Video { factor: side(factor).ok_or_else(error)?, min, max })
            }
            _ => Err(error()),
        }
    }
}
