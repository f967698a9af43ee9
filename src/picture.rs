//! One frame as JPEG or PNG: the only place that encodes pictures of frames.
//!
//! In: a frame, its matrix, a format, perhaps a longest side. Out: bytes. A JPEG in the frame's own size takes its luma and
//! chroma as they are, without the way over RGB and back.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops;
use image::{ExtendedColorType, ImageEncoder as _};
use jpeg_encoder::{ColorType, Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use crate::media::colour::Matrix;
use crate::media::rgb::{jpeg_of, rgb_of};
use crate::media::yuv::Yuv;

/// How pictures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

    /// What its files end with: the marker EOI, or the chunk IEND.
    pub fn end(self) -> &'static [u8] {
        match self {
            Self::Jpeg(_) => b"\xff\xd9",
            Self::Png => b"\0\0\0\0IEND\xae\x42\x60\x82",
        }
    }
}

/// A frame that cannot be encoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side is longer than the format allows.
    #[error("{width}x{height} is too large for JPEG")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The encoder of JPEG fails.
    #[error(transparent)]
    Jpeg(#[from] jpeg_encoder::EncodingError),
    /// The encoder of PNG fails.
    #[error(transparent)]
    Png(#[from] image::ImageError),
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

fn encoder(bytes: &mut Vec<u8>, quality: u8, sampling: SamplingFactor) -> Encoder<&mut Vec<u8>> {
    let mut encoder = Encoder::new(bytes, quality);
    encoder.set_sampling_factor(sampling);
    encoder
}

fn jpeg_of_planes(
    frame: &Yuv,
    matrix: Matrix,
    quality: u8,
    sampling: SamplingFactor,
) -> Result<Vec<u8>, Error> {
    let (width, height) = (frame.width, frame.height);
    if width.max(height) > u32::from(u16::MAX) {
        return Err(Error::TooLarge { width, height });
    }
    let mut bytes = Vec::new();
    encoder(&mut bytes, quality, sampling).encode_image(Planes(jpeg_of(frame, matrix)))?;
    Ok(bytes)
}

/// Encodes a frame as JPEG in 4:4:4 whose longer side has at most `longest` pixels, made smaller by a Catmull-Rom filter if need
/// be.
///
/// Decoders smooth the chroma of 4:2:0 over its neighbours, which blurs the edges of small coloured needles; in 4:4:4 each pixel
/// shows the chroma of the frame.
pub fn jpeg_within(frame: &Yuv, matrix: Matrix, quality: u8, longest: Option<u32>) -> Result<Vec<u8>, Error> {
    let own = frame.width.max(frame.height);
    let Some(most) = longest.filter(|most| *most < own) else {
        return jpeg_of_planes(frame, matrix, quality, SamplingFactor::F_1_1);
    };
    let scaled = |side: u32| ((u64::from(side) * u64::from(most) / u64::from(own)) as u32).max(1);
    let (width, height) = (scaled(frame.width), scaled(frame.height));
    let small = imageops::resize(&rgb_of(frame, matrix), width, height, imageops::FilterType::CatmullRom);
    let [Ok(wide), Ok(high)] = [width, height].map(u16::try_from) else {
        return Err(Error::TooLarge { width, height });
    };
    let mut bytes = Vec::new();
    encoder(&mut bytes, quality, SamplingFactor::F_1_1).encode(small.as_raw(), wide, high, ColorType::Rgb)?;
    Ok(bytes)
}

/// Encodes a frame.
pub fn encode(frame: &Yuv, matrix: Matrix, format: Format) -> Result<Vec<u8>, Error> {
    match format {
        Format::Jpeg(quality) => jpeg_of_planes(frame, matrix, quality, SamplingFactor::F_2_2),
        Format::Png => {
            let picture = rgb_of(frame, matrix);
            let (width, height) = picture.dimensions();
            let mut bytes = Vec::new();
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
                .write_image(&picture, width, height, ExtendedColorType::Rgb8)?;
            Ok(bytes)
        }
    }
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
            let fine = jpeg_within(&frame, matrix, 100, None).unwrap();
            let fine = image::load_from_memory(&fine).unwrap().into_rgb8();
            let most =
                fine.as_raw().iter().zip(exact.as_raw()).map(|(one, other)| one.abs_diff(*other)).max();
            assert!(most <= Some(4), "in 4:4:4 each pixel is the frame's: {most:?}");
        }
    }

    #[test]
    fn the_longer_side_is_made_as_short_as_asked_and_never_longer() {
        let frame = Yuv::filled(64, 48, [120, 90, 170]);
        let colour = rgb_of(&frame, Matrix::Bt709).get_pixel(0, 0).0;
        for (longest, want) in
            [(None, (64, 48)), (Some(64), (64, 48)), (Some(900), (64, 48)), (Some(33), (33, 24))]
        {
            let bytes = jpeg_within(&frame, Matrix::Bt709, 95, longest).unwrap();
            let found = image::load_from_memory(&bytes).unwrap().into_rgb8();
            assert_eq!(found.dimensions(), want, "{longest:?}");
            let near = |pixel: &image::Rgb<u8>| {
                pixel.0.iter().zip(colour).all(|(one, other)| one.abs_diff(other) <= 3)
            };
            assert!(found.pixels().all(near), "{:?} {colour:?}", found.get_pixel(0, 0));
        }
    }
}
