//! One frame as JPEG or PNG.
//!
//! In: a frame, its matrix, a format. Out: bytes.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use crate::media::colour::Matrix;
use crate::media::rgb::rgb_of;
use crate::media::yuv::Yuv;

/// How pictures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG of this quality, 1 to 100.
    Jpeg(u8),
    /// PNG: the decoded frame exactly.
    Png,
}

impl Format {
    /// Extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg(_) => "jpg",
            Self::Png => "png",
        }
    }
}

/// Encodes a frame.
pub(super) fn encode(frame: &Yuv, matrix: Matrix, format: Format) -> Result<Vec<u8>, String> {
    let picture = rgb_of(frame, matrix);
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    let rgb = ExtendedColorType::Rgb8;
    let written = match format {
        Format::Jpeg(quality) => {
            JpegEncoder::new_with_quality(&mut bytes, quality).write_image(&picture, width, height, rgb)
        }
        Format::Png => PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
            .write_image(&picture, width, height, rgb),
    };
    written.map(|()| bytes).map_err(|error| error.to_string())
}
