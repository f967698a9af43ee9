//! Colour: RGBA drawings onto YUV frames, in integers.
//!
//! In: straight-alpha RGBA and the matrix of the frame. Out: a layer that is converted once and blended onto any number
//! of frames. Coefficients are those of Rec. ITU-R BT.709 and BT.601 for limited range, in 16-bit fixed point; chroma
//! is averaged over 2x2 pixels, weighted by alpha, so that a transparent neighbour does not bleed in.

use image::RgbaImage;

use crate::media::yuv::Yuv;

/// Matrix that turns RGB into YUV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matrix {
    /// Standard definition.
    Bt601,
    /// High definition, and everything that this project encodes from scratch.
    Bt709,
}

impl Matrix {
    /// Limited-range YUV of an RGB colour.
    pub fn yuv(self, [r, g, b]: [u8; 3]) -> [u8; 3] {
        let (r, g, b) = (i64::from(r), i64::from(g), i64::from(b));
        // 65,536 x (219/255) x (Kr, Kg, Kb), and 65,536 x (112/255) x the chroma rows; each chroma row sums to zero.
        let ([yr, yg, yb], [ur, ug, ub], [vr, vg, vb]) = match self {
            Self::Bt601 => ([16829, 33039, 6416], [-9714, -19071, 28785], [28785, -24103, -4682]),
            Self::Bt709 => ([11966, 40254, 4064], [-6596, -22189, 28785], [28785, -26145, -2640]),
        };
        let fixed = |sum: i64, offset: i64| ((sum + (offset << 16) + (1 << 15)) >> 16).clamp(0, 255) as u8;
        [
            fixed(yr * r + yg * g + yb * b, 16),
            fixed(ur * r + ug * g + ub * b, 128),
            fixed(vr * r + vg * g + vb * b, 128),
        ]
    }
}

/// What a stream says of its colours, in the numbers of ISO/IEC 23091-2; 2 is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tags {
    /// Colour primaries.
    pub primaries: u32,
    /// Transfer characteristics.
    pub transfer: u32,
    /// Matrix coefficients.
    pub matrix: u32,
}

impl Tags {
    /// What everything that this project encodes from scratch says.
    pub const BT709: Self = Self { primaries: 1, transfer: 1, matrix: 1 };
    /// Not a word.
    pub const NONE: Self = Self { primaries: 2, transfer: 2, matrix: 2 };
}

/// Converts an RGB picture of even size; chroma is the mean of 2x2 pixels.
pub fn yuv_of_rgb(picture: &image::RgbImage, matrix: Matrix) -> Yuv {
    let (width, height) = picture.dimensions();
    let pixels: Vec<[u8; 3]> = picture.pixels().map(|pixel| matrix.yuv(pixel.0)).collect();
    let mut out = Yuv::filled(width, height, [0; 3]);
    for (luma, pixel) in out.y.iter_mut().zip(&pixels) {
        *luma = pixel[0];
    }
    let half = width as usize / 2;
    for at in 0..out.u.len() {
        let corner = at / half * 2 * width as usize + at % half * 2;
        let block = [corner, corner + 1, corner + width as usize, corner + width as usize + 1];
        let mean = |plane: usize| {
            ((block.iter().map(|&at| u32::from(pixels[at][plane])).sum::<u32>() + 2) / 4) as u8
        };
        (out.u[at], out.v[at]) = (mean(1), mean(2));
    }
    out
}

/// A drawing, converted and placed.
#[derive(Clone, Debug)]
pub struct Layer {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
    /// Luma and alpha of each pixel.
    luma: Vec<(u8, u8)>,
    /// Both chromas and alpha of each 2x2 block.
    chroma: Vec<(u8, u8, u8)>,
}

impl Layer {
    /// Places a drawing of even size at even coordinates.
    pub fn new(drawing: &RgbaImage, x: u32, y: u32, matrix: Matrix) -> Self {
        let (w, h) = drawing.dimensions();
        assert!((x | y | w | h) & 1 == 0, "drawings lie on whole chroma samples");
        let converted: Vec<([u8; 3], u8)> =
            drawing.pixels().map(|pixel| (matrix.yuv([pixel[0], pixel[1], pixel[2]]), pixel[3])).collect();
        let luma = converted.iter().map(|(yuv, alpha)| (yuv[0], *alpha)).collect();
        let mut chroma = Vec::with_capacity((w / 2 * (h / 2)) as usize);
        for by in 0..h / 2 {
            for bx in 0..w / 2 {
                let (mut u, mut v, mut weight) = (0_u32, 0_u32, 0_u32);
                for at in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let (yuv, alpha) = converted[((by * 2 + at.1) * w + bx * 2 + at.0) as usize];
                    u += u32::from(yuv[1]) * u32::from(alpha);
                    v += u32::from(yuv[2]) * u32::from(alpha);
                    weight += u32::from(alpha);
                }
                let mean = |sum: u32| (sum + weight / 2).checked_div(weight).map_or(128, |mean| mean as u8);
                chroma.push((mean(u), mean(v), ((weight + 2) / 4) as u8));
            }
        }
        Self { x, y, w, h, luma, chroma }
    }

    /// Blends the drawing onto a frame: `level` per-mille of it, its colours moved by `tint` per-mille to the mean of what it
    /// covers.
    pub fn apply(&self, frame: &mut Yuv, level: u16, tint: u16) {
        assert!(
            self.x + self.w <= frame.width && self.y + self.h <= frame.height,
            "a drawing lies in its frame"
        );
        let alphas = table(|alpha| share(alpha, 0, 1000 - level));
        let [y, u, v] = if tint == 0 { [0; 3] } else { self.covered(frame) }
            .map(|mean| table(|value| share(value, mean, tint)));
        for row in 0..self.h {
            let at = ((self.y + row) * frame.width + self.x) as usize;
            let drawn = &self.luma[(row * self.w) as usize..((row + 1) * self.w) as usize];
            for (below, (above, alpha)) in frame.y[at..at + self.w as usize].iter_mut().zip(drawn) {
                *below = blend(*below, y[usize::from(*above)], alphas[usize::from(*alpha)]);
            }
        }
        let (w, width) = (self.w / 2, frame.width / 2);
        for row in 0..self.h / 2 {
            let at = ((self.y / 2 + row) * width + self.x / 2) as usize;
            let drawn = &self.chroma[(row * w) as usize..((row + 1) * w) as usize];
            for (column, (cb, cr, alpha)) in drawn.iter().enumerate() {
                let alpha = alphas[usize::from(*alpha)];
                frame.u[at + column] = blend(frame.u[at + column], u[usize::from(*cb)], alpha);
                frame.v[at + column] = blend(frame.v[at + column], v[usize::from(*cr)], alpha);
            }
        }
    }

    /// Mean of the frame's planes over what the drawing covers, weighted by its alpha.
    fn covered(&self, frame: &Yuv) -> [u8; 3] {
        let (mut luma, mut weight) = (0_u64, 0_u64);
        for row in 0..self.h {
            let at = ((self.y + row) * frame.width + self.x) as usize;
            let drawn = &self.luma[(row * self.w) as usize..((row + 1) * self.w) as usize];
            for (below, (_, alpha)) in frame.y[at..at + self.w as usize].iter().zip(drawn) {
                luma += u64::from(*below) * u64::from(*alpha);
                weight += u64::from(*alpha);
            }
        }
        let (mut cb, mut cr, mut chroma_weight) = (0_u64, 0_u64, 0_u64);
        let (w, width) = (self.w / 2, frame.width / 2);
        for row in 0..self.h / 2 {
            let at = ((self.y / 2 + row) * width + self.x / 2) as usize;
            let drawn = &self.chroma[(row * w) as usize..((row + 1) * w) as usize];
            for (column, (_, _, alpha)) in drawn.iter().enumerate() {
                cb += u64::from(frame.u[at + column]) * u64::from(*alpha);
                cr += u64::from(frame.v[at + column]) * u64::from(*alpha);
                chroma_weight += u64::from(*alpha);
            }
        }
        let mean = |sum: u64, weight: u64| (sum + weight / 2).checked_div(weight).unwrap_or(128) as u8;
        [mean(luma, weight), mean(cb, chroma_weight), mean(cr, chroma_weight)]
    }
}

/// `value` moved by `permille` towards `other`.
fn share(value: u8, other: u8, permille: u16) -> u8 {
    let permille = u32::from(permille.min(1000));
    ((u32::from(value) * (1000 - permille) + u32::from(other) * permille + 500) / 1000) as u8
}

fn table(of: impl Fn(u8) -> u8) -> [u8; 256] {
    std::array::from_fn(|value| of(value as u8))
}

fn blend(below: u8, above: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    ((u32::from(above) * alpha + u32::from(below) * (255 - alpha) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_their_published_values() {
        // Rec. ITU-R BT.709 and BT.601 100% colour bars, 8-bit limited range.
        assert_eq!(Matrix::Bt709.yuv([255, 255, 255]), [235, 128, 128]);
        assert_eq!(Matrix::Bt709.yuv([0, 0, 0]), [16, 128, 128]);
        assert_eq!(Matrix::Bt709.yuv([255, 0, 0]), [63, 102, 240]);
        assert_eq!(Matrix::Bt709.yuv([0, 255, 0]), [173, 42, 26]);
        assert_eq!(Matrix::Bt709.yuv([0, 0, 255]), [32, 240, 118]);
        assert_eq!(Matrix::Bt601.yuv([255, 0, 0]), [81, 90, 240]);
        assert_eq!(Matrix::Bt601.yuv([0, 0, 255]), [41, 240, 110]);
    }

    #[test]
    fn blending_respects_alpha_and_place() {
        let mut drawing = RgbaImage::from_pixel(4, 2, image::Rgba([255, 255, 255, 255]));
        for y in 0..2 {
            for x in 2..4 {
                drawing.put_pixel(x, y, image::Rgba([255, 0, 0, 0]));
            }
        }
        let mut frame = Yuv::filled(8, 4, [16, 128, 128]);
        Layer::new(&drawing, 2, 2, Matrix::Bt709).apply(&mut frame, 1000, 0);
        assert_eq!(frame.y[16..24], [16, 16, 235, 235, 16, 16, 16, 16]);
        assert!(frame.u.iter().all(|&u| u == 128), "transparent red leaves no trace");
    }

    #[test]
    fn levels_thin_a_drawing_and_tint_hides_its_colours() {
        let drawing = RgbaImage::from_pixel(4, 4, image::Rgba([255, 0, 0, 255]));
        let layer = Layer::new(&drawing, 2, 0, Matrix::Bt709);
        let applied = |level: u16, tint: u16| {
            let mut frame = Yuv::filled(8, 4, [163, 118, 40]);
            layer.apply(&mut frame, level, tint);
            [frame.y[2], frame.u[1], frame.v[1]]
        };
        assert_eq!(applied(1000, 0), [63, 102, 240]);
        assert_eq!(applied(500, 0), [113, 110, 140]);
        assert_eq!(applied(1000, 500), [113, 110, 140]);
        assert_eq!(applied(1000, 1000), [163, 118, 40]);
        assert_eq!(applied(0, 0), [163, 118, 40]);
    }
}
