//! Colours of frames in another matrix or range, without touching where their samples lie.
//!
//! In: a limited-range 4:2:0 frame, factors. Out: a frame whose samples say the same colours otherwise. Each pixel takes the chroma sample
//! that it belongs to. Integers alone, so that a frame is the same on every machine, in loops that compilers make vectors of.

use crate::media::yuv::Yuv;

/// 65,536 times the factors from limited-range luma (less 16) and chroma (less 128).
#[derive(Clone, Copy, Debug)]
pub(super) struct Recolour {
    /// Of luma and chroma in luma.
    pub(super) luma: [i32; 3],
    /// What black's luma is.
    pub(super) black: i32,
    /// Of chroma in the blue difference.
    pub(super) blue: [i32; 2],
    /// Of chroma in the red difference.
    pub(super) red: [i32; 2],
}

/// From BT.601 to BT.709, both of limited range: by way of the same red, green and blue.
pub(super) const BT601_TO_BT709: Recolour =
    Recolour { luma: [ONE, -7573, -13_627], black: 16, blue: [66_758, 7512], red: [4918, 67_196] };

/// The factor of what stays as it is.
const ONE: i32 = 1 << 16;
/// A half, so that a shift rounds to the nearest.
const HALF: i32 = 1 << 15;

impl Recolour {
    /// The frame in the other colours.
    pub(super) fn of(self, frame: &Yuv) -> Yuv {
        let [light, by_u, by_v] = self.luma;
        let width = frame.width as usize;
        let half = width / 2;
        let mut y = vec![0_u8; frame.y.len()];
        // What each pixel of two rows has of its chroma.
        let mut colours = vec![0_i32; width];
        // The same, rounded, with the difference between the two blacks.
        let mut shifts = vec![0_i16; width];
        for (row, (out, luma)) in y.chunks_exact_mut(width).zip(frame.y.chunks_exact(width)).enumerate() {
            if row % 2 == 0 {
                let at = row / 2 * half;
                let chroma = frame.u[at..at + half].iter().zip(&frame.v[at..at + half]);
                for (colour, (&u, &v)) in colours.chunks_exact_mut(2).zip(chroma) {
                    colour.fill(by_u * (i32::from(u) - 128) + by_v * (i32::from(v) - 128) + HALF);
                }
                if light == ONE {
                    for (shift, colour) in shifts.iter_mut().zip(&colours) {
                        *shift = ((colour >> 16) + self.black - 16) as i16;
                    }
                }
            }
            // Of whole steps of luma nothing is left to round.
            if light == ONE {
                for ((out, &luma), &shift) in out.iter_mut().zip(luma).zip(&shifts) {
                    *out = (i16::from(luma) + shift).clamp(0, 255) as u8;
                }
            } else {
                for ((out, &luma), colour) in out.iter_mut().zip(luma).zip(&colours) {
                    let value = ((light * (i32::from(luma) - 16) + colour) >> 16) + self.black;
                    *out = value.clamp(0, 255) as u8;
                }
            }
        }
        let difference = |[by_u, by_v]: [i32; 2]| -> Vec<u8> {
            let one = |(&u, &v): (&u8, &u8)| {
                let sum = by_u * (i32::from(u) - 128) + by_v * (i32::from(v) - 128) + HALF;
                ((sum >> 16) + 128).clamp(0, 255) as u8
            };
            frame.u.iter().zip(&frame.v).map(one).collect()
        };
        Yuv { width: frame.width, height: frame.height, y, u: difference(self.blue), v: difference(self.red) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::colour::Matrix;

    #[test]
    fn every_sample_is_by_the_factors() {
        let samples = |first: usize, step: usize, count: usize| -> Vec<u8> {
            (0..count).map(|at| ((first + at * step) % 256) as u8).collect()
        };
        for (of_luma, black) in [(ONE, 16), (76_309, 0)] {
            let recolour = Recolour { luma: [of_luma, -7573, -13_627], black, ..BT601_TO_BT709 };
            for step in [1, 7, 37, 101, 255] {
                let frame = Yuv {
                    width: 512,
                    height: 256,
                    y: samples(step, step + 2, 512 * 256),
                    u: samples(0, step, 256 * 128),
                    v: samples(step, 3 * step + 1, 256 * 128),
                };
                let found = recolour.of(&frame);
                for at in 0..512 * 256 {
                    let (row, column) = (at / 512, at % 512);
                    let chroma = row / 2 * 256 + column / 2;
                    let [y, u, v] = [frame.y[at], frame.u[chroma], frame.v[chroma]].map(i64::from);
                    let sum = i64::from(of_luma) * (y - 16) - 7573 * (u - 128) - 13_627 * (v - 128);
                    let expected = (sum + 32_768).div_euclid(65_536) + i64::from(black);
                    assert_eq!(i64::from(found.y[at]), expected.clamp(0, 255), "{y} {u} {v}");
                }
            }
        }
    }

    #[test]
    fn the_same_colours_in_the_other_matrix() {
        for rgb in
            [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [18, 200, 90], [128; 3]]
        {
            let found = BT601_TO_BT709.of(&Yuv::filled(4, 2, Matrix::Bt601.yuv(rgb)));
            let wanted = Yuv::filled(4, 2, Matrix::Bt709.yuv(rgb));
            for (found, wanted) in [(&found.y, &wanted.y), (&found.u, &wanted.u), (&found.v, &wanted.v)] {
                assert_eq!(found.len(), wanted.len());
                // Each of the two roundings may be off by a half.
                assert!(
                    found.iter().zip(wanted).all(|(a, b)| a.abs_diff(*b) <= 1),
                    "{rgb:?} {found:?} {wanted:?}"
                );
            }
        }
    }
}
