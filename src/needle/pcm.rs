//! Samples of sound, as they are mixed.
//!
//! In: nothing. Out: the one record of mono samples at a rate, which packs give and the mixer takes; as a WAV file and as a picture.

use image::{Rgba, RgbaImage};

/// Mono sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcm {
    /// Samples a second.
    pub sample_rate: u32,
    /// The samples, from -32,768 to 32,767.
    pub samples: Vec<i16>,
}

/// Colour of waves in pictures.
const WAVE: Rgba<u8> = Rgba([24, 72, 144, 255]);

impl Pcm {
    /// The bytes of a WAV file that holds it.
    pub fn wav(&self) -> Vec<u8> {
        let length = self.samples.len() as u32 * 2;
        let mut bytes = Vec::with_capacity(44 + length as usize);
        bytes.extend(b"RIFF");
        bytes.extend((36 + length).to_le_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend(16_u32.to_le_bytes());
        // Whole numbers, one channel; bytes a second; bytes a sample; bits a sample.
        bytes.extend([1_u16, 1].into_iter().flat_map(u16::to_le_bytes));
        bytes.extend([self.sample_rate, self.sample_rate * 2].into_iter().flat_map(u32::to_le_bytes));
        bytes.extend([2_u16, 16].into_iter().flat_map(u16::to_le_bytes));
        bytes.extend(b"data");
        bytes.extend(length.to_le_bytes());
        bytes.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        bytes
    }

    /// A picture of its wave: time to the right, on nothing.
    pub(super) fn drawn(&self, width: u32, height: u32) -> RgbaImage {
        let mut picture = RgbaImage::new(width, height);
        let count = self.samples.len() as u64;
        let middle = i32::try_from(height / 2).unwrap_or(0);
        for x in 0..u64::from(width) {
            let (start, end) = (x * count / u64::from(width), (x + 1) * count / u64::from(width));
            let column = self.samples.get(start as usize..end as usize).unwrap_or_default();
            let row = |sample: i16| middle - i32::from(sample) * middle / 32_768;
            let top = column.iter().copied().max().map_or(middle, row);
            let bottom = column.iter().copied().min().map_or(middle, row);
            for y in top..=bottom.min(height as i32 - 1) {
                picture.put_pixel(x as u32, y as u32, WAVE);
            }
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wav_file_states_what_it_holds() {
        let bytes = Pcm { sample_rate: 48_000, samples: vec![1, -2, 300] }.wav();
        assert_eq!(&bytes[..4], b"RIFF");
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
        assert_eq!(u32::from_le_bytes(bytes[24..28].try_into().unwrap()), 48_000);
        assert_eq!(&bytes[40..], [6, 0, 0, 0, 1, 0, 254, 255, 44, 1]);
    }
}
