//! Patterns: what of a drawing hides what is below it, as a list of points, and how well a place of a frame fits it.
//!
//! In: a drawing with its transparency. Out: the correlation of its colours with a place's, over all three planes with the mean
//! of each removed, and how far the colours differ. Encoding takes fine detail from photographs, which moves their colours more
//! than those of drawings; what is left still correlates. Colours alone are not enough: a stretch of footage may have a small
//! picture's by chance.

use image::RgbaImage;

use crate::media::colour::Matrix;
use crate::media::yuv::Yuv;

/// Least correlation of a place with a drawing that is there: encoded ones lie above
/// 0.9, and what footage has of the shape of a thin thing below it.
const LIKE: f64 = 0.85;
/// Variance, of all planes together, below which a drawing has one tone: nothing is left of it without its mean.
const ONE_TONE: f64 = 64.0;
/// Mean difference of a point's three planes, added up, below which a drawing of one tone is there.
const LIKE_TONE: f64 = 20.0;
/// Least and greatest contrast of a place that shows a drawing, as a multiple of the drawing's.
const CONTRAST: (f64, f64) = (0.6, 1.5);
/// Points below which a pattern is one that footage may have by chance.
const LEAST_DISTINCT: usize = 24;
/// Variance, of all planes together, below which what encoding adds over busy footage (about 200 where a block is kept at 26 dB) may
/// take the correlation below what is demanded.
const LEAST_CONTRAST: f64 = 600.0;
/// Most that the means of a place's three planes differ from the drawing's, added up: encoding keeps them within 5, and footage
/// that correlates by chance has others.
const SHIFT: f64 = 15.0;

/// A point of a drawing, in its box, and the colour that it should have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) yuv: [u8; 3],
}

/// Points of a drawing with what all places are compared with.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    points: Vec<Point>,
    sums: [i64; 3],
    /// Sum of squared distances to the mean, over all planes.
    energy: f64,
}

/// How well a place fits a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// Pearson's correlation, over all planes.
    pub(super) correlation: f64,
    /// Contrast of what is alike, as a multiple of the drawing's.
    gain: f64,
    /// Difference of the planes' means, added up.
    shift: f64,
    /// Mean difference of a point's planes, added up.
    pub(super) difference: f64,
}

impl Pattern {
    /// A pattern of these points.
    pub(super) fn new(points: Vec<Point>) -> Self {
        let (mut sums, mut squares) = ([0_i64; 3], 0_i64);
        for point in &points {
            for (sum, value) in sums.iter_mut().zip(point.yuv) {
                *sum += i64::from(value);
                squares += i64::from(value).pow(2);
            }
        }
        let count = points.len().max(1) as f64;
        let energy = squares as f64 - sums.iter().map(|&sum| sum as f64 * sum as f64 / count).sum::<f64>();
        Self { points, sums, energy }
    }

    /// Its points.
    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// How far a pixel of `frame`, at even coordinates, is from the mean colour, in levels of all planes added up.
    pub(super) fn off_mean(&self, frame: &Yuv, x: u32, y: u32) -> f64 {
        let count = self.points.len().max(1) as f64;
        let planes = colour(frame, x, y).into_iter().zip(self.sums);
        planes.map(|(found, sum)| (f64::from(found) - sum as f64 / count).abs()).sum()
    }

    /// Whether it has next to no contrast.
    pub(super) fn has_one_tone(&self) -> bool {
        self.energy < ONE_TONE * self.points.len() as f64
    }

    /// Whether it has enough points and contrast that nothing but its drawing has it.
    pub(super) fn is_distinct(&self) -> bool {
        self.points.len() >= LEAST_DISTINCT && !self.has_one_tone()
    }

    /// Whether busy footage around it leaves enough of its contrast.
    pub(super) fn is_strong(&self) -> bool {
        self.energy >= LEAST_CONTRAST * self.points.len() as f64
    }

    /// How well the place of `frame` whose upper left corner is at `x`, `y`, both even, fits.
    pub(super) fn fit(&self, frame: &Yuv, x: u32, y: u32) -> Fit {
        self.fit_by(|point| colour(frame, x + point.x, y + point.y))
    }

    /// How well the colours that are found at its points fit.
    pub(super) fn fit_by(&self, found: impl Fn(&Point) -> [u8; 3]) -> Fit {
        let [mut sums, mut products] = [[0_i64; 3]; 2];
        let (mut squares, mut difference) = (0_i64, 0_i64);
        for point in &self.points {
            let found = found(point);
            for plane in 0..3 {
                let (found, wanted) = (i64::from(found[plane]), i64::from(point.yuv[plane]));
                sums[plane] += found;
                products[plane] += found * wanted;
                squares += found * found;
                difference += (found - wanted).abs();
            }
        }
        let count = self.points.len().max(1) as f64;
        let (mut shared, mut energy, mut shift) = (0.0, squares as f64, 0.0);
        for plane in 0..3 {
            let (found, wanted) = (sums[plane] as f64, self.sums[plane] as f64);
            shared += products[plane] as f64 - found * wanted / count;
            energy -= found * found / count;
            shift += (found - wanted).abs() / count;
        }
        Fit {
            correlation: shared / (self.energy.max(1.0) * energy.max(1.0)).sqrt(),
            gain: shared / self.energy.max(1.0),
            shift,
            difference: difference as f64 / count,
        }
    }

    /// Whether a place can show the drawing at all whose planes have these sums over all points, and this sum of squared distances to
    /// their means: what [`Self::is_shown`] demands of means and contrast, without a comparison point by point.
    pub(super) fn could_show(&self, sums: [i64; 3], energy: f64) -> bool {
        if self.has_one_tone() {
            return true;
        }
        let count = self.points.len().max(1) as f64;
        let planes = sums.into_iter().zip(self.sums);
        let shift: f64 = planes.map(|(found, wanted)| (found - wanted).abs() as f64 / count).sum();
        // The gain is this times the correlation, which is `LIKE` to 1.
        let contrast = (energy.max(1.0) / self.energy.max(1.0)).sqrt();
        shift < SHIFT && contrast >= CONTRAST.0 && contrast * LIKE <= CONTRAST.1
    }

    /// Whether a place that fits so well shows the drawing.
    pub(super) fn is_shown(&self, fit: Fit) -> bool {
        if self.points.is_empty() {
            false
        } else if self.has_one_tone() {
            fit.difference < LIKE_TONE
        } else {
            fit.correlation >= LIKE && (CONTRAST.0..=CONTRAST.1).contains(&fit.gain) && fit.shift < SHIFT
        }
    }
}

/// Planes of a pixel at even coordinates.
#[inline]
fn colour(frame: &Yuv, x: u32, y: u32) -> [u8; 3] {
    let luma = (y * frame.width + x) as usize;
    let chroma = (y / 2 * (frame.width / 2) + x / 2) as usize;
    [frame.y[luma], frame.u[chroma], frame.v[chroma]]
}

/// Opaque points of a drawing on a raster of `step` pixels, a multiple of 2: those whose whole chroma sample is the
/// drawing's own.
pub(super) fn points(drawing: &RgbaImage, matrix: Matrix, step: u32) -> Vec<Point> {
    let (w, h) = drawing.dimensions();
    let colour = |x: u32, y: u32| {
        let block = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| drawing.get_pixel(x, y).0);
        let yuv = block.map(|[r, g, b, _]| matrix.yuv([r, g, b]));
        let mean = |plane: usize| ((yuv.iter().map(|yuv| u32::from(yuv[plane])).sum::<u32>() + 2) / 4) as u8;
        block.iter().all(|pixel| pixel[3] == 255).then(|| [yuv[0][0], mean(1), mean(2)])
    };
    let columns = (0..w / step).map(|column| column * step);
    let raster = columns.flat_map(|x| (0..h / step).map(move |row| (x, row * step)));
    raster
        .filter(|&(x, y)| x + 1 < w && y + 1 < h)
        .filter_map(|(x, y)| colour(x, y).map(|yuv| Point { x, y, yuv }))
        .collect()
}

/// At most `most` points, spread evenly and put in an order in which neighbours in the list are far apart.
pub(super) fn spread(points: &[Point], most: usize) -> Vec<Point> {
    let count = points.len().min(most);
    let pick = |at: usize| points[at * points.len() / count.max(1)];
    let stride =
        (1..count).rev().find(|stride| stride * 2 <= count + 1 && gcd(*stride, count) == 1).unwrap_or(1);
    (0..count).map(|at| pick(at * stride % count)).collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The matrices that frames may have; the difference between the two is far below what tells needles apart, but it is taken
/// into account where a source is used as it is.
pub(super) fn matrices() -> [Matrix; 2] {
    [Matrix::Bt709, Matrix::Bt601]
}
