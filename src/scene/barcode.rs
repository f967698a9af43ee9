//! The barcode: frames that say which frame of which haystack they are, in blocks that survive any lossy codec.
//!
//! In: a number of 16 bits and a frame index of 32. Out: a picture, and from a picture's luma the two numbers again.
//! Tests decode a finished video and compare what each frame says with its timeline, so that a splice is right as an
//! equality. The code stands twice, in the upper and in the lower half, so that a subtitle or a patch over one of
//! them leaves the other readable.

use image::{Rgb, RgbImage};

/// Blocks of a copy, 16 x 4 = 64: haystack number, frame index, checksum of both.
const COLUMNS: u32 = 16;
const ROWS: u32 = 4;
/// Edges of the code in 64ths of the width: 1/16 of the picture is left free at each side.
const LEFT: u32 = 4;
const ACROSS: u32 = 56;
/// Upper edges of the two copies, and their height, in 64ths of the picture's height.
const TOPS: [u32; 2] = [3, 35];
const DOWN: u32 = 26;
/// Flips about half of the bits, so that small numbers, too, give both black and white blocks.
const WHITENING: u64 = 0x5A3C_96E1_0FD2_B478;
/// Least difference of luma between black and white blocks; codecs at their worst keep far more.
const LEAST_CONTRAST: u32 = 60;

/// The picture of frame `index` of haystack `number`.
pub(super) fn draw(number: u16, index: u32, width: u32, height: u32) -> RgbImage {
    let bits = code(number, index);
    // The ground moves by one pixel a frame: a codec that repeats a frame, or skips one, cannot hide it.
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        let along = triangle(x + index % (4 * width), 2 * width);
        let down = y * 255 / height;
        Rgb([(64 + along / 2) as u8, (64 + down / 2) as u8, (192 - along / 4) as u8])
    });
    for copy in TOPS {
        for block in 0..COLUMNS * ROWS {
            let level = if bits >> block & 1 == 1 { 245 } else { 10 };
            let (x, y, w, h) = block_rect(copy, block, width, height);
            for row in y..y + h {
                for column in x..x + w {
                    picture.put_pixel(column, row, Rgb([level; 3]));
                }
            }
        }
    }
    picture
}

/// Haystack number and frame index that a frame drawn by the scene `barcode` says it is.
///
/// `luma` is the frame's luma plane, of limited or full range, `stride` bytes a row. `None` if no copy of the code
/// passes its checksum, or if the two say different things.
pub fn read_barcode(luma: &[u8], stride: usize, width: u32, height: u32) -> Option<(u16, u32)> {
    let enough = stride >= width as usize
        && luma.len() >= stride * (height as usize).saturating_sub(1) + width as usize;
    if !enough || width < COLUMNS * 4 || height < ROWS * 8 {
        return None;
    }
    let read = TOPS.map(|copy| read_copy(luma, stride, width, height, copy));
    match read {
        [Some(upper), Some(lower)] => (upper == lower).then_some(upper),
        [upper, lower] => upper.or(lower),
    }
}

fn read_copy(luma: &[u8], stride: usize, width: u32, height: u32, copy: u32) -> Option<(u16, u32)> {
    let means: Vec<u32> = (0..COLUMNS * ROWS)
        .map(|block| {
            let (x, y, w, h) = block_rect(copy, block, width, height);
            // The middle of a block: blur, ringing and a crop of two pixels stay outside it.
            let (x, w) = (x + w / 3, (w / 3).max(1));
            let (y, h) = (y + h / 3, (h / 3).max(1));
            let sum: u32 = (y..y + h)
                .flat_map(|row| &luma[row as usize * stride + x as usize..][..w as usize])
                .map(|&level| u32::from(level))
                .sum();
            sum / (w * h)
        })
        .collect();
    let (least, most) = (*means.iter().min()?, *means.iter().max()?);
    if most - least < LEAST_CONTRAST {
        return None;
    }
    let middle = u32::midpoint(least, most);
    let bits = means.iter().rev().fold(0_u64, |bits, &mean| bits << 1 | u64::from(mean > middle));
    let plain = bits ^ WHITENING;
    let (number, index) = (plain as u16, (plain >> 16) as u32);
    (code(number, index) == bits).then_some((number, index))
}

/// Column, row, width and height of a block in pixels.
fn block_rect(copy: u32, block: u32, width: u32, height: u32) -> (u32, u32, u32, u32) {
    let (column, row) = (block % COLUMNS, block / COLUMNS);
    let x = |column| (LEFT * COLUMNS + ACROSS * column) * width / (64 * COLUMNS);
    let y = |row| (copy * ROWS + DOWN * row) * height / (64 * ROWS);
    (x(column), y(row), x(column + 1) - x(column), y(row + 1) - y(row))
}

fn code(number: u16, index: u32) -> u64 {
    let payload = u64::from(number) | u64::from(index) << 16;
    (payload | u64::from(checksum(payload)) << 48) ^ WHITENING
}

/// CRC-16/CCITT of the 48 bits, most significant first.
fn checksum(payload: u64) -> u16 {
    (0..48).rev().fold(0xFFFF_u16, |crc, bit| {
        let carry = (crc >> 15) ^ (payload >> bit & 1) as u16;
        crc << 1 ^ if carry == 1 { 0x1021 } else { 0 }
    })
}

/// Up and down again over a period of `2 * half`, in `0..=255`.
fn triangle(x: u32, half: u32) -> u32 {
    let at = x % (2 * half);
    at.min(2 * half - at) * 255 / half
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(u32, u32); 6] = [(128, 72), (127, 71), (126, 70), (160, 120), (640, 360), (72, 128)];

    fn luma(picture: &RgbImage, limited: bool) -> Vec<u8> {
        picture
            .pixels()
            .map(|Rgb([r, g, b])| {
                let full = (u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114) / 1000;
                (if limited { 16 + full * 219 / 255 } else { full }) as u8
            })
            .collect()
    }

    fn blurred(luma: &[u8], w: usize, h: usize) -> Vec<u8> {
        let at = |x: usize, y: usize| u32::from(luma[y.min(h - 1) * w + x.min(w - 1)]);
        (0..w * h)
            .map(|i| {
                let (x, y) = (i % w, i / w);
                let (l, u) = (x.saturating_sub(1), y.saturating_sub(1));
                let sum: u32 = [u, y, y + 1].iter().flat_map(|&y| [at(l, y), at(x, y), at(x + 1, y)]).sum();
                (sum / 9) as u8
            })
            .collect()
    }

    #[test]
    fn reads_what_it_draws_through_blur_and_noise() {
        for (w, h) in SIZES {
            for (number, index) in [(0, 0), (1, 1), (u16::MAX, u32::MAX), (7, 89_999), (300, 2_589_411)] {
                for limited in [false, true] {
                    let clean = luma(&draw(number, index, w, h), limited);
                    assert_eq!(read_barcode(&clean, w as usize, w, h), Some((number, index)), "{w}x{h}");
                    let mut worn = blurred(&clean, w as usize, h as usize);
                    for (i, level) in worn.iter_mut().enumerate() {
                        let noise = super::super::noise::hash(i as i32, 0, index) % 81;
                        *level = (u32::from(*level) + noise).saturating_sub(40).min(255) as u8;
                    }
                    assert_eq!(read_barcode(&worn, w as usize, w, h), Some((number, index)), "{w}x{h} worn");
                }
            }
        }
    }

    #[test]
    fn a_crop_of_two_pixels_and_a_stride_are_read() {
        let (w, h) = (128, 72);
        let plane = luma(&draw(5, 1234, w, h), true);
        for (left, top) in [(0, 0), (2, 0), (0, 2), (2, 2), (1, 1)] {
            let from = &plane[(top * w + left) as usize..];
            assert_eq!(read_barcode(from, w as usize, w - 2, h - 2), Some((5, 1234)), "{left} {top}");
        }
    }

    #[test]
    fn one_covered_copy_leaves_the_other() {
        let (w, h) = (320, 180);
        for rows in [0..h / 2, h / 2..h] {
            let mut plane = luma(&draw(9, 42, w, h), false);
            plane[(rows.start * w) as usize..(rows.end * w) as usize].fill(90);
            assert_eq!(read_barcode(&plane, w as usize, w, h), Some((9, 42)));
        }
    }

    #[test]
    fn what_is_no_barcode_says_nothing() {
        let (w, h) = (320_u32, 180_u32);
        assert_eq!(read_barcode(&vec![128; (w * h) as usize], w as usize, w, h), None);
        let noise: Vec<u8> =
            (0..w * h).map(|i| super::super::noise::hash((i / 9) as i32, 3, 5) as u8).collect();
        assert_eq!(read_barcode(&noise, w as usize, w, h), None);
        assert_eq!(read_barcode(&[0; 10], 128, 128, 72), None);
        let (mut upper, lower) = (luma(&draw(1, 1, w, h), false), luma(&draw(1, 2, w, h), false));
        let half = (w * h / 2) as usize;
        upper[half..].copy_from_slice(&lower[half..]);
        assert_eq!(read_barcode(&upper, w as usize, w, h), None, "the copies disagree");
    }
}
