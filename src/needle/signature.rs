//! How alike two pictures look: a small signature of each, and the distance between signatures.
//!
//! In: straight-alpha pictures, drawn in a square on the plain ground. Out: distances from 0 (the same) to 1000. Two
//! fifths of a distance are shape, by a 64-bit perceptual hash of the luma (of its lowest cosine frequencies); the rest is
//! colour, by the mean colours of 4 x 4 cells. Integers alone, so that an order of distances is the same on every machine.

use image::RgbaImage;

use super::art::{self, within};
use super::fault::Unusable;
use super::ground::PLAIN_GROUND;

/// Side of the square that a picture is drawn in, in pixels.
pub(super) const SIDE: u32 = 64;
/// Side of the luma whose cosine transform is taken, in samples of 2 x 2 pixels.
const SAMPLES: usize = 32;
/// Frequencies that make the hash, in each direction.
const FREQUENCIES: usize = 8;
/// Cells of mean colours, in each direction.
const CELLS: usize = 4;
/// The largest distance.
pub const FARTHEST: u32 = 1000;
/// The share of it that is shape: less than colour's, whose cells tell where colours are too.
const SHAPE: u32 = 400;
/// A mean difference of colours, in levels of luma and chroma together, that counts as farthest.
const FAR_COLOUR: u32 = 160;

/// 16,384 cos(k pi / 64), for k from 0 to 32.
const COSINES: [i64; 33] = [
    16384, 16364, 16305, 16207, 16069, 15893, 15679, 15426, 15137, 14811, 14449, 14053, 13623, 13160, 12665,
    12140, 11585, 11003, 10394, 9760, 9102, 8423, 7723, 7005, 6270, 5520, 4756, 3981, 3196, 2404, 1606, 804,
    0,
];

/// What a picture looks like, in little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Perceptual hash of the luma; bits are counted where they differ.
    pub hash: u64,
    /// Mean luma and chroma (Cb and Cr, from -128 to 127) of each cell, row by row.
    cells: [[i32; 3]; CELLS * CELLS],
}

impl Signature {
    /// The signature of a picture of any size, drawn as a needle is: fitted into a square of the plain ground.
    ///
    /// `drawn` has at most [`SIDE`] pixels a side, and the longer side has all of them.
    pub(super) fn of(drawn: &RgbaImage) -> Self {
        let pixels = grounded(drawn);
        let mut luma = [0_i64; SAMPLES * SAMPLES];
        let mut sums = [[0_i32; 3]; CELLS * CELLS];
        for (at, [r, g, b]) in pixels.into_iter().enumerate() {
            let (x, y) = (at % SIDE as usize, at / SIDE as usize);
            let colour = luma_chroma([r, g, b]);
            luma[y / 2 * SAMPLES + x / 2] += i64::from(colour[0]);
            let cell = &mut sums[y * CELLS / SIDE as usize * CELLS + x * CELLS / SIDE as usize];
            for (sum, value) in cell.iter_mut().zip(colour) {
                *sum += value;
            }
        }
        let area = (SIDE * SIDE) as i32 / (CELLS * CELLS) as i32;
        Self { hash: hash(&luma), cells: sums.map(|cell| cell.map(|sum| sum.div_euclid(area))) }
    }

    /// The signature of a picture file.
    pub(super) fn of_file(name: &str, bytes: &[u8]) -> Result<Self, Unusable> {
        let (w, h) = within(art::shape(name, bytes)?.aspect, SIDE, SIDE);
        Ok(Self::of(&art::draw(name, bytes, w, h)?))
    }

    /// Bits of the hashes that differ, of 64.
    pub fn bits_apart(&self, other: &Self) -> u32 {
        (self.hash ^ other.hash).count_ones()
    }

    /// How far two pictures look apart: 0 for the same, 1000 at most.
    pub fn distance(&self, other: &Self) -> u32 {
        let apart = |one: &[i32; 3], other: &[i32; 3]| -> u32 {
            one.iter().zip(other).map(|(one, other)| one.abs_diff(*other)).sum()
        };
        let sum: u32 = self.cells.iter().zip(&other.cells).map(|(one, other)| apart(one, other)).sum();
        let colour = (sum / (CELLS * CELLS) as u32).min(FAR_COLOUR);
        self.bits_apart(other) * SHAPE / 64 + colour * (FARTHEST - SHAPE) / FAR_COLOUR
    }
}

/// Luma from 0 to 255 and both chromas around 0; Rec. ITU-R BT.601, full range, in 256ths.
pub(super) fn luma_chroma([r, g, b]: [i32; 3]) -> [i32; 3] {
    let light = (77 * r + 150 * g + 29 * b) >> 8;
    [light, (144 * (b - light)) >> 8, (183 * (r - light)) >> 8]
}

/// The pixels of a square of the plain ground with the picture in its middle.
fn grounded(drawn: &RgbaImage) -> Vec<[i32; 3]> {
    let side = SIDE as usize;
    let mut pixels = vec![PLAIN_GROUND.map(i32::from); side * side];
    let (left, top) = ((SIDE - drawn.width()) / 2, (SIDE - drawn.height()) / 2);
    for (x, y, pixel) in drawn.enumerate_pixels() {
        let alpha = i32::from(pixel.0[3]);
        let under = &mut pixels[(top + y) as usize * side + (left + x) as usize];
        for (under, over) in under.iter_mut().zip(&pixel.0) {
            *under = (i32::from(*over) * alpha + *under * (255 - alpha) + 127) / 255;
        }
    }
    pixels
}

/// 16,384 cos(pi (2 x + 1) u / 64).
fn cosine(x: usize, u: usize) -> i64 {
    let at = (2 * x + 1) * u % 128;
    match at {
        0..=32 => COSINES[at],
        33..=64 => -COSINES[64 - at],
        65..=96 => -COSINES[at - 64],
        _ => COSINES[128 - at],
    }
}

/// Which of the lowest frequencies are clearly above their median: the hash `pHash` of Zauner (2010), section 3.1, with room
/// for noise.
fn hash(luma: &[i64; SAMPLES * SAMPLES]) -> u64 {
    // Rows first, then columns.
    let mut rows = [0_i64; SAMPLES * FREQUENCIES];
    for (at, row) in rows.iter_mut().enumerate() {
        let (y, u) = (at / FREQUENCIES, at % FREQUENCIES);
        *row = (0..SAMPLES).map(|x| luma[y * SAMPLES + x] * cosine(x, u)).sum();
    }
    let mut found = [0_i64; FREQUENCIES * FREQUENCIES];
    for (at, found) in found.iter_mut().enumerate() {
        let (v, u) = (at / FREQUENCIES, at % FREQUENCIES);
        *found = (0..SAMPLES).map(|y| rows[y * FREQUENCIES + u] * cosine(y, v)).sum();
    }
    // The constant part tells brightness, not shape.
    found[0] = 0;
    let mut sorted = found;
    sorted.sort_unstable();
    let median = sorted[sorted.len() / 2];
    // A frequency that a picture hardly has, such as all that cross the bands of a flag, would have a random sign.
    let clear = median + found.iter().map(|value| value.abs()).sum::<i64>() / (4 * found.len() as i64);
    found.iter().enumerate().fold(0, |hash, (bit, value)| hash | u64::from(*value > clear) << bit)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, imageops};

    use super::*;

    #[test]
    fn the_cosines_are_those_of_the_transform() {
        for u in 0..FREQUENCIES {
            // The frequencies are orthogonal: sums over whole periods vanish, to rounding.
            for other in 0..FREQUENCIES {
                let sum: i64 = (0..SAMPLES).map(|x| cosine(x, u) * cosine(x, other)).sum();
                let want = if u != other {
                    0
                } else if u == 0 {
                    32 << 28
                } else {
                    16 << 28
                };
                assert!((sum - want).abs() < 1 << 20, "{u} {other}: {sum}");
            }
        }
        assert_eq!(
            [cosine(0, 0), cosine(0, 1), cosine(31, 1), cosine(15, 2)],
            [16384, 16364, -16364, -16305]
        );
    }

    /// Bits and cells that every machine has to find.
    #[test]
    fn a_signature_is_stable_and_survives_what_video_does() {
        let drawn = RgbaImage::from_fn(SIDE, SIDE, |x, y| {
            let disc = (x as i32 - 26).pow(2) + (y as i32 - 34).pow(2) < 400;
            if disc { Rgba([230, 40, 20, 255]) } else { Rgba([x as u8 * 3, 200, 255 - y as u8 * 3, 255]) }
        });
        let signature = Signature::of(&drawn);
        assert_eq!((signature.hash, signature.cells[0]), (588_859_602_142_167_340, [149, 46, -92]));
        let soft = imageops::blur(&imageops::brighten(&drawn, 6), 1.5);
        let after = Signature::of(&soft);
        assert!(signature.bits_apart(&after) <= 6 && signature.distance(&after) < 80, "{after:?}");
        let turned = Signature::of(&imageops::rotate180(&drawn));
        assert!(signature.bits_apart(&turned) > 16, "{turned:?}");
    }
}
