//! Frames of a finished video by index, as JPEG.
//!
//! In: a video, indices, a longest side and a quality. Out: one JPEG an index, in the order asked for. Only the GOPs that
//! hold the frames are decoded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ExtendedColorType, RgbImage};

use super::Error;
use crate::media::colour::Matrix;
use crate::media::seek::FramePicker;
use crate::media::yuv::Yuv;
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
pub fn jpegs(video: &Path, fps: FrameRate, indices: &[u64], jpeg: Jpeg) -> Result<Vec<Picture>, Error> {
    let mut picker = FramePicker::open(video, fps)?;
    let matrix = picker.matrix();
    let wanted: BTreeSet<u64> = indices.iter().copied().collect();
    let mut pictures: BTreeMap<u64, Picture> = BTreeMap::new();
    for at in wanted {
        let rgb = rgb_of(&picker.frame(at)?, matrix);
        pictures.insert(at, Arc::new(encoded(video, at, rgb, jpeg)?));
    }
    Ok(indices.iter().map(|at| Arc::clone(&pictures[at])).collect())
}

fn encoded(video: &Path, at: u64, rgb: RgbImage, jpeg: Jpeg) -> Result<Vec<u8>, Error> {
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

/// RGB of a frame, in 16-bit fixed point; chroma of a pixel is that of its square of four.
fn rgb_of(frame: &Yuv, matrix: Matrix) -> RgbImage {
    // 65,536 x 2(1 - Kr), 2(1 - Kb), and the two parts of green, of Rec. ITU-R BT.709 and BT.601.
    let [rv, bu, gv, gu] = match matrix {
        Matrix::Bt709 => [103_206, 121_609, 30_679, 12_276],
        Matrix::Bt601 => [91_881, 116_130, 46_802, 22_554],
    };
    // Finished videos are of limited range: luma spans 219 steps from 16, chroma 224.
    let (offset, luma, chroma) = (16, 76_309, 224);
    let half = frame.width / 2;
    RgbImage::from_fn(frame.width, frame.height, |x, y| {
        let at = ((y / 2).min(frame.height / 2 - 1) * half + (x / 2).min(half - 1)) as usize;
        let y = (i64::from(frame.y[(y * frame.width + x) as usize]) - offset) * luma;
        let [u, v] = [frame.u[at], frame.v[at]].map(|part| (i64::from(part) - 128) * 255);
        let channel = |sum: i64| ((y + sum / chroma + (1 << 15)) >> 16).clamp(0, 255) as u8;
        image::Rgb([channel(v * rv), channel(-(v * gv + u * gu)), channel(u * bu)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back() {
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            for colour in [[0, 0, 0], [255, 255, 255], [200, 30, 60], [20, 90, 220], [90, 200, 40]] {
                let yuv = matrix.yuv(colour);
                let rgb = rgb_of(&Yuv::filled(4, 4, yuv), matrix);
                let got = rgb.get_pixel(3, 3).0;
                for (got, want) in got.iter().zip(colour) {
                    assert!(got.abs_diff(want) <= 3, "{matrix:?} {colour:?} {got:?}");
                }
            }
        }
    }
}
