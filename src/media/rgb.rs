//! Frames as pictures: RGB, and the YCbCr of JPEG.
//!
//! In: a limited-range 4:2:0 frame and its matrix. Out: 8-bit RGB, each chroma sample shown by the four pixels that it belongs
//! to; or full-range 4:2:0 of BT.601, which JPEG files hold. Integers alone, so that a picture is the same on every machine.

use image::RgbImage;

use crate::media::colour::Matrix;
use crate::media::recolour::Recolour;
use crate::media::yuv::Yuv;

/// 65,536 times the factors of Rec. ITU-R BT.601 and BT.709 for limited range: luma, then red of V, green of U and of V, blue
/// of U.
fn factors(matrix: Matrix) -> [i32; 5] {
    // 255/219; 2 (1 - Kr) 255/224; the same with Kb, times Kb/Kg and Kr/Kg; 2 (1 - Kb) 255/224.
    match matrix {
        Matrix::Bt601 => [76_309, 104_597, 25_675, 53_279, 132_201],
        Matrix::Bt709 => [76_309, 117_489, 13_975, 34_925, 138_438],
    }
}

/// The picture of a frame.
pub fn rgb_of(frame: &Yuv, matrix: Matrix) -> RgbImage {
    let mut pixels = vec![0_u8; frame.width as usize * frame.height as usize * 3];
    write_rgb(frame, matrix, &mut pixels);
    RgbImage::from_raw(frame.width, frame.height, pixels).expect("three bytes a pixel")
}

/// Writes the picture of a frame to `pixels`: three bytes a pixel, row by row. They hold as many as the frame has.
pub fn write_rgb(frame: &Yuv, matrix: Matrix, pixels: &mut [u8]) {
    let [luma, red_v, green_u, green_v, blue_u] = factors(matrix);
    let (width, half) = (frame.width as usize, frame.width as usize / 2);
    for (row, out) in pixels.chunks_exact_mut(width * 3).enumerate() {
        let light = &frame.y[row * width..(row + 1) * width];
        let chroma = row / 2 * half..(row / 2 + 1) * half;
        let (us, vs) = (&frame.u[chroma.clone()], &frame.v[chroma]);
        for (((out, light), &u), &v) in out.chunks_exact_mut(6).zip(light.chunks_exact(2)).zip(us).zip(vs) {
            let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
            // A half is added before the shift, so that it rounds to the nearest.
            let red = red_v * v + (1 << 15);
            let green = (1 << 15) - green_u * u - green_v * v;
            let blue = blue_u * u + (1 << 15);
            for (pixel, &light) in out.chunks_exact_mut(3).zip(light) {
                let light = luma * (i32::from(light) - 16);
                pixel[0] = ((light + red) >> 16).clamp(0, 255) as u8;
                pixel[1] = ((light + green) >> 16).clamp(0, 255) as u8;
                pixel[2] = ((light + blue) >> 16).clamp(0, 255) as u8;
            }
        }
    }
}

/// The frame in the colours of JPEG (JFIF): full range, BT.601, each chroma sample still that of four pixels.
pub fn jpeg_of(frame: &Yuv, matrix: Matrix) -> Yuv {
    let [luma, red_v, green_u, green_v, blue_u] = factors(matrix).map(i64::from);
    // Y = 0.299 R + 0.587 G + 0.114 B; Cb = (B - Y) / 1.772; Cr = (R - Y) / 1.402, each in U and V.
    let luma_u = (114 * blue_u - 587 * green_u) / 1000;
    let luma_v = (299 * red_v - 587 * green_v) / 1000;
    let of_blue = [(blue_u - luma_u) * 1000 / 1772, -luma_v * 1000 / 1772].map(|factor| factor as i32);
    let of_red = [-luma_u * 1000 / 1402, (red_v - luma_v) * 1000 / 1402].map(|factor| factor as i32);
    let of_luma = [luma, luma_u, luma_v].map(|factor| factor as i32);
    Recolour { luma: of_luma, black: 0, blue: of_blue, red: of_red }.of(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back() {
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [18, 200, 90]] {
                let picture = rgb_of(&Yuv::filled(4, 2, matrix.yuv(rgb)), matrix);
                // The same by way of JPEG's colours, whose inverse JFIF gives.
                let jpeg = jpeg_of(&Yuv::filled(4, 2, matrix.yuv(rgb)), matrix);
                let [y, cb, cr] =
                    [jpeg.y[0], jpeg.u[0], jpeg.v[0]].map(f64::from).map(|number| number - 128.0);
                let back = [
                    y + 128.0 + 1.402 * cr,
                    y + 128.0 - 0.344_136 * cb - 0.714_136 * cr,
                    y + 128.0 + 1.772 * cb,
                ];
                for (found, wanted) in back.iter().zip(rgb) {
                    assert!((found - f64::from(wanted)).abs() <= 3.0, "{back:?} for {rgb:?}");
                }
                for pixel in picture.pixels() {
                    for (found, wanted) in pixel.0.iter().zip(rgb) {
                        // Limited range has 219 steps of luma for 255.
                        assert!(found.abs_diff(wanted) <= 2, "{:?} for {rgb:?}", pixel.0);
                    }
                }
            }
        }
    }
}
