//! The frames of needles' short videos.
//!
//! In: footage as a pack states it, a size, and how many of its frames are wanted. Out: those frames as pictures, in any order; and
//! what a file's footage is, for who makes a pack. Scenes are drawn when they are asked for; files are decoded once, by what prepares
//! haystacks, and held in the size that is wanted.

use std::path::Path;

use image::RgbImage;
use image::imageops::{self, FilterType};
use rayon::prelude::*;

use crate::digest;
use crate::files;
use crate::media::Error;
use crate::media::cells::cells;
use crate::media::colour::Matrix;
use crate::media::prepare::Shown;
use crate::media::probe;
use crate::media::rgb::rgb_of;
use crate::media::size::Size;
use crate::media::source::{SMALLEST, Source};
use crate::media::target::Target;
use crate::media::yuv::Yuv;
use crate::needle::{Facts, Footage, MOST_FRAMES, Reel};
use crate::scene::Scene;
use crate::time::FrameRate;

/// Longer side of the smallest pictures that scenes are drawn in, in pixels: enough for every cell of a thumbnail.
const DRAWN: u32 = 160;
/// Constant rate factor of what is never encoded.
const NO_CRF: u8 = 0;

/// Frames of footage in one size.
pub struct Frames {
    size: Size,
    source: From,
}

/// Where they come from.
enum From {
    Scene(Scene),
    Decoded(Vec<Yuv>),
}

impl Frames {
    /// Opens the first `count` frames of footage in a size, which is even.
    ///
    /// # Errors
    /// The file cannot be decoded, or is not what its pack states.
    pub fn open(footage: &Footage, (width, height): (u32, u32), count: u64) -> Result<Self, Error> {
        let size = Size { width, height };
        let source = match &footage.reel {
            Reel::Scene { name, seed } => {
                // A scene of other proportions shows more or less: it is drawn in its own, and sized.
                let (across, down) = footage.aspect();
                let times = width.div_ceil(across).max(height.div_ceil(down));
                // Drawn smaller, fine things would be thicker than in the picture that is looked for.
                let times = times.max(DRAWN.div_ceil(across.max(down)));
                let drawn = (across * times, down * times);
                let scene = Scene::new(name, *seed, drawn.0, drawn.1, footage.fps, footage.frames);
                From::Scene(scene.ok_or(Error::Missing("scene of this name"))?)
            }
            Reel::File { path, sha256, .. } => {
                let bytes = files::read_bytes(path)?;
                if digest::of_bytes(&bytes) != *sha256 {
                    return Err(Error::source_file(path, "has changed since its pack was loaded"));
                }
                From::Decoded(decoded(path, footage, size, count)?)
            }
        };
        Ok(Self { size, source })
    }

    /// Frame `at`; past the last, the last.
    pub fn frame(&self, at: u64) -> RgbImage {
        match &self.source {
            From::Scene(scene) => sized(&scene.frame(at), self.size),
            From::Decoded(frames) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX).min(frames.len() - 1);
                sized(&rgb_of(&frames[at], Matrix::Bt709), self.size)
            }
        }
    }
}

/// A picture in exactly this size, from which rounding to even numbers may have taken a row or a column.
fn sized(picture: &RgbImage, Size { width, height }: Size) -> RgbImage {
    if picture.dimensions() == (width, height) {
        return picture.clone();
    }
    imageops::resize(picture, width, height, FilterType::CatmullRom)
}

fn decoded(path: &Path, footage: &Footage, size: Size, count: u64) -> Result<Vec<Yuv>, Error> {
    let source = probe::probe(path)?;
    let found = stated(&source);
    let Footage { width, height, fps, frames, .. } = *footage;
    let said = Facts { width, height, fps, frames };
    if found != said {
        let text = |Facts { width, height, fps, frames }: Facts| {
            format!("{frames} frames of {width}x{height} at {fps} a second")
        };
        let reason = format!("holds {}, and its pack states {}", text(found), text(said));
        return Err(Error::source_file(path, reason));
    }
    let fitted = source.size().fitted(size);
    let target = Target { width: fitted.width, height: fitted.height, fps, crf: NO_CRF };
    let mut shown = Shown::open(&source, target)?;
    let mut taken = Vec::new();
    while (taken.len() as u64) < count.min(frames) {
        taken.push(shown.next()?.ok_or_else(|| {
            Error::source_file(path, format!("ends after {} of its {frames} frames", taken.len()))
        })?);
    }
    if taken.is_empty() {
        return Err(Error::source_file(path, "gives no frame"));
    }
    Ok(taken)
}

/// What a pack states of a source.
fn stated(source: &Source) -> Facts {
    let Source { width, height, .. } = *source;
    let fps = source.clock.fps;
    let target = Target { width, height, fps, crf: NO_CRF };
    Facts { width, height, fps, frames: target.frames(source) }
}

/// A file that could be footage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// What a pack states of it.
    pub facts: Facts,
    /// What had to be made up for, one sentence each.
    pub notes: Vec<String>,
}

/// Probes a file and decodes all of it.
///
/// # Errors
/// It cannot be decoded, or has too many frames.
pub fn probed(path: &Path) -> Result<Probed, Error> {
    let source = probe::probe(path)?;
    let facts = stated(&source);
    if facts.frames > MOST_FRAMES {
        let seconds = seconds(facts.frames, facts.fps);
        let reason = format!(
            "has {} frames ({seconds}), and a needle's video at most {MOST_FRAMES}; cut out what is to be shown",
            facts.frames
        );
        return Err(Error::source_file(path, reason));
    }
    if facts.width.min(facts.height) < SMALLEST {
        let reason =
            format!("is {}x{} pixels; expected {SMALLEST} a side or more", facts.width, facts.height);
        return Err(Error::source_file(path, reason));
    }
    let small = source.size().fitted(Size { width: DRAWN, height: DRAWN });
    let target = Target { width: small.width, height: small.height, fps: facts.fps, crf: NO_CRF };
    let mut shown = Shown::open(&source, target)?;
    while shown.next()?.is_some() {}
    let notes = source.warnings.iter().cloned().chain(shown.notes()?).collect();
    Ok(Probed { facts, notes })
}

/// A length in seconds, to a tenth.
fn seconds(frames: u64, fps: FrameRate) -> String {
    let tenths = u128::from(frames) * u128::from(fps.den()) * 10 / u128::from(fps.num());
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// The middle frame of footage, in the largest even size of its shape that lies in `room`.
///
/// # Errors
/// The file cannot be decoded, or is not what its pack states.
pub fn still(footage: &Footage, (width, height): (u32, u32)) -> Result<RgbImage, Error> {
    let whole = Size { width: footage.width, height: footage.height };
    let Size { width, height } = whole.fitted(Size { width, height });
    let middle = footage.frames / 2;
    Ok(Frames::open(footage, (width, height), middle + 1)?.frame(middle))
}

/// All frames of footage in little: `width` x `height` means of what lies there. They are made once, and kept with the footage.
///
/// # Errors
/// The file cannot be decoded, or is not what its pack states.
pub fn thumbnails(footage: &Footage, (width, height): (u32, u32)) -> Result<&[RgbImage], Error> {
    footage.thumbnails.get_or_try(|| {
        let Size { width: wide, height: high } = match footage.reel {
            Reel::Scene { .. } => {
                let (w, h) = footage.aspect();
                Size { width: w, height: h }.fitted(Size { width: DRAWN, height: DRAWN })
            }
            // Every pixel of a file counts: it is not drawn otherwise in little.
            _ => Size { width: (footage.width & !1).max(2), height: (footage.height & !1).max(2) },
        };
        let frames = Frames::open(footage, (wide, high), footage.frames)?;
        let small = |at: u64| means(&frames.frame(at), (width, height));
        Ok((0..footage.frames).into_par_iter().map(small).collect())
    })
}

/// A picture in little: each pixel is the mean of what lies in its cell.
fn means(picture: &RgbImage, (width, height): (u32, u32)) -> RgbImage {
    let (columns, rows) = (cells(picture.width(), width), cells(picture.height(), height));
    RgbImage::from_fn(width, height, |x, y| {
        let (mut sum, mut weight) = ([0_u64; 3], 0_u64);
        for row in &rows[y as usize] {
            for column in &columns[x as usize] {
                let pixel = picture.get_pixel(column.at as u32, row.at as u32).0;
                let share = row.weight * column.weight;
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += share * u64::from(value);
                }
                weight += share;
            }
        }
        image::Rgb(sum.map(|sum| ((sum + weight / 2) / weight.max(1)) as u8))
    })
}
