//! Frames of a finished video by index, as JPEG.
//!
//! In: a video, indices, a longest side and a quality. Out: one JPEG an index, in the order asked for. Only the GOPs that
//! hold the frames are decoded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ExtendedColorType, RgbImage};

use super::Error;
use crate::media::input::Input;
use crate::media::rgb::rgb_of;
use crate::media::seek::FramePicker;
use crate::time::FrameRate;

/// How frames are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jpeg {
    /// Longest side in pixels, at most; absent, frames keep their size.
    pub longest: Option<u32>,
    /// Quality, 1 to 100.
    pub quality: u8,
}

/// A JPEG file.
pub type Picture = Arc<Vec<u8>>;

/// The frames `indices` of `video`, whose rate is `fps`, as JPEG.
pub fn jpegs(video: &Input, fps: FrameRate, indices: &[u64], jpeg: Jpeg) -> Result<Vec<Picture>, Error> {
    let mut picker = FramePicker::open(video, fps)?;
    let matrix = picker.matrix();
    let wanted: BTreeSet<u64> = indices.iter().copied().collect();
    let mut pictures: BTreeMap<u64, Picture> = BTreeMap::new();
    for at in wanted {
        let rgb = rgb_of(&picker.frame(at)?, matrix);
        pictures.insert(at, Arc::new(encoded(video.name(), at, rgb, jpeg)?));
    }
    Ok(indices.iter().map(|at| Arc::clone(&pictures[at])).collect())
}

fn encoded(video: &std::path::Path, at: u64, rgb: RgbImage, jpeg: Jpeg) -> Result<Vec<u8>, Error> {
    let (width, height) = rgb.dimensions();
    let longest = width.max(height);
    let rgb = match jpeg.longest {
        Some(most) if most < longest => {
            let scaled = |side: u32| ((u64::from(side) * u64::from(most) / u64::from(longest)) as u32).max(1);
            image::imageops::resize(&rgb, scaled(width), scaled(height), FilterType::CatmullRom)
        }
        _ => rgb,
    };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, jpeg.quality)
        .encode(rgb.as_raw(), rgb.width(), rgb.height(), ExtendedColorType::Rgb8)
        .map_err(|source| Error::Picture { file: video.display().to_string(), frame: at, source })?;
    Ok(bytes)
}
