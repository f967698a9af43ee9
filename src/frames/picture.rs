//! One frame as JPEG or PNG.
//!
//! In: a frame, its matrix, a format. Out: bytes. JPEG takes the frame's luma and chroma as they are, without the way over
//! RGB and back.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use crate::media::colour::Matrix;
use crate::media::rgb::{jpeg_of, rgb_of};
use crate::media::yuv::Yuv;

/// How pictures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG of this quality, 1 to 100, in 4:2:0.
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

/// A frame in the colours of JPEG. The encoder asks for chroma at every pixel and takes the mean of four, which is theirs.
struct Planes(Yuv);

impl ImageBuffer for Planes {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.0.width as u16
    }

    fn height(&self) -> u16 {
        self.0.height as u16
    }

    fn fill_buffers(&self, y: u16, [luma, blue, red, _]: &mut [Vec<u8>; 4]) {
        let (width, row) = (self.0.width as usize, usize::from(y));
        luma.extend_from_slice(&self.0.y[row * width..(row + 1) * width]);
        let chroma = row / 2 * (width / 2)..(row / 2 + 1) * (width / 2);
        blue.extend(self.0.u[chroma.clone()].iter().flat_map(|&blue| [blue; 2]));
        red.extend(self.0.v[chroma].iter().flat_map(|&red| [red; 2]));
    }
}

/// Encodes a frame.
pub(super) fn encode(frame: &Yuv, matrix: Matrix, format: Format) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match format {
        Format::Jpeg(quality) => {
            if frame.width.max(frame.height) > u32::from(u16::MAX) {
                return Err(format!("{}x{} is too large for JPEG", frame.width, frame.height));
            }
            let mut encoder = Encoder::new(&mut bytes, quality);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
            encoder.encode_image(Planes(jpeg_of(frame, matrix))).map_err(|error| error.to_string())?;
        }
        Format::Png => {
            let picture = rgb_of(frame, matrix);
            let (width, height) = picture.dimensions();
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
                .write_image(&picture, width, height, ExtendedColorType::Rgb8)
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jpeg_shows_the_frame() {
        // A gradient of luma, and chroma that differs from block to block.
        let mut frame = Yuv::filled(64, 48, [16, 128, 128]);
        for (at, luma) in frame.y.iter_mut().enumerate() {
            *luma = 16 + (at % 64 * 3) as u8 + (at / 64) as u8 / 2;
        }
        for (at, (u, v)) in frame.u.iter_mut().zip(&mut frame.v).enumerate() {
            (*u, *v) = (96 + (at % 32 * 2) as u8, 160 - (at / 32 * 2) as u8);
        }
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            let bytes = encode(&frame, matrix, Format::Jpeg(98)).unwrap();
            let found = image::load_from_memory(&bytes).unwrap().into_rgb8();
            let exact =
                image::load_from_memory(&encode(&frame, matrix, Format::Png).unwrap()).unwrap().into_rgb8();
            assert_eq!(exact, rgb_of(&frame, matrix));
            let apart: u64 = found
                .as_raw()
                .iter()
                .zip(exact.as_raw())
                .map(|(one, other)| u64::from(one.abs_diff(*other)))
                .sum();
            // Mean difference: chroma is shown smoother than by repeating it.
            assert!(apart < 3 * exact.as_raw().len() as u64, "{apart}");
        }
    }
}
