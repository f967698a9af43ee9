//! Patches: every place and size where one could be pasted, tried.
//!
//! In: the object that the question names, drawn in each size that patches have. Out: how many of it a frame shows.

use crate::baseline::{Error, Point, Search, Sight, difference, matrices, points};
use crate::media::colour::Matrix;
use crate::media::yuv::Yuv;
use crate::needle::{Look, PixelBox};
use crate::plan;

/// Mean difference of a point's three planes, added up, below which a patch is there.
const LIKE: u32 = 20;
/// Points of a patch that are compared first: enough to leave most places at once.
const POINTS: usize = 160;
/// Least correlation, in per cent, of the luma that a place has with the drawing's: encoded patches lie above 90; a plain
/// stretch of footage that happens to have a small drawing's mean colour lies near 0.
const ALIKE_PERCENT: f64 = 75.0;
/// Variance of luma below which a drawing has one tone.
const ONE_TONE: i64 = 64;

struct Template {
    label: String,
    w: u32,
    h: u32,
    points: Vec<Point>,
    /// All opaque pixels and their luma.
    luma: Vec<(u32, u32, u8)>,
}

/// The object in all sizes.
pub(super) struct Detector {
    templates: Vec<Template>,
}

impl Detector {
    pub(super) fn new(search: &Search<'_>, question: &str) -> Result<Self, Error> {
        let asked = search.items.iter().find(|item| search.asks_for(question, item));
        let mut templates = Vec::new();
        if let Some(item) = asked {
            let aspect = search.library.aspect(search.pack, &item.id)?;
            for (w, h) in plan::patch_sizes(aspect, search.difficulty().patch_size_permille, search.size) {
                let look = Look::Patch { pack: search.pack.to_owned(), item: item.id.clone() };
                let place = PixelBox { x: 0, y: 0, w, h };
                let drawing = search.library.draw(&look, place, search.size.0, search.size.1)?;
                for matrix in matrices() {
                    let points = spread(&points(&drawing, matrix, 2));
                    let luma = luma(&drawing, matrix);
                    templates.push(Template { label: item.label.clone(), w, h, points, luma });
                }
            }
        }
        Ok(Self { templates })
    }

    pub(super) fn look(&self, frame: &Yuv) -> Option<Sight> {
        let mut found: Vec<(u32, PixelBox)> = Vec::new();
        for template in &self.templates {
            if template.points.is_empty() || template.w > frame.width || template.h > frame.height {
                continue;
            }
            for y in (0..=frame.height - template.h).step_by(2) {
                for x in (0..=frame.width - template.w).step_by(2) {
                    if let Some(score) = template.fits(frame, x, y) {
                        found.push((score, PixelBox { x, y, w: template.w, h: template.h }));
                    }
                }
            }
        }
        // The best of all places that overlap is the patch; the others are its shadows.
        found.sort_by_key(|(score, place)| (*score, place.y, place.x));
        let mut patches: Vec<PixelBox> = Vec::new();
        for (_, place) in found {
            if patches.iter().all(|other| !overlap(place, *other)) {
                patches.push(place);
            }
        }
        let label = &self.templates.first()?.label;
        (!patches.is_empty()).then(|| Sight { label: label.clone(), count: patches.len() })
    }
}

impl Template {
    fn fits(&self, frame: &Yuv, x: u32, y: u32) -> Option<u32> {
        let most = self.points.len() as u32 * LIKE;
        let mut sum = 0;
        for (at, point) in (1..).zip(&self.points) {
            sum += difference(frame, x + point.x, y + point.y, point.yuv);
            // A place that is far off after a few points is left early.
            if sum > most || (at >= 8 && sum > at * LIKE * 3) {
                return None;
            }
        }
        (self.correlation(frame, x, y) * 100.0 >= ALIKE_PERCENT).then(|| sum / self.points.len() as u32)
    }

    /// Pearson's correlation of a place's luma with the drawing's; 1 for a drawing of one tone, which has none.
    fn correlation(&self, frame: &Yuv, x: u32, y: u32) -> f64 {
        let [mut n, mut a, mut b, mut aa, mut bb, mut ab] = [0_i64; 6];
        for &(dx, dy, wanted) in &self.luma {
            let found = i64::from(frame.y[((y + dy) * frame.width + x + dx) as usize]);
            let wanted = i64::from(wanted);
            n += 1;
            (a, b) = (a + wanted, b + found);
            (aa, bb, ab) = (aa + wanted * wanted, bb + found * found, ab + wanted * found);
        }
        let (drawing, place) = (n * aa - a * a, n * bb - b * b);
        if drawing < n * n * ONE_TONE {
            return 1.0;
        }
        (n * ab - a * b) as f64 / ((drawing as f64).sqrt() * (place.max(1) as f64).sqrt())
    }
}

/// Luma of a drawing's opaque pixels.
fn luma(drawing: &image::RgbaImage, matrix: Matrix) -> Vec<(u32, u32, u8)> {
    let opaque = drawing.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[3] == 255);
    opaque.map(|(x, y, pixel)| (x, y, matrix.yuv([pixel.0[0], pixel.0[1], pixel.0[2]])[0])).collect()
}

/// At most [`POINTS`] points, spread evenly and put in an order in which neighbours in the list are far apart.
fn spread(points: &[Point]) -> Vec<Point> {
    let count = points.len().min(POINTS);
    let pick = |at: usize| points[at * points.len() / count.max(1)];
    let stride =
        (1..count).rev().find(|stride| stride * 2 <= count + 1 && gcd(*stride, count) == 1).unwrap_or(1);
    (0..count).map(|at| pick(at * stride % count)).collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Whether more than a tenth of the smaller box lies in the other.
fn overlap(a: PixelBox, b: PixelBox) -> bool {
    let along = |start: u32, length: u32, other: u32, other_length: u32| {
        (start + length).min(other + other_length).saturating_sub(start.max(other))
    };
    let shared = along(a.x, a.w, b.x, b.w) * along(a.y, a.h, b.y, b.h);
    shared * 10 > (a.w * a.h).min(b.w * b.h)
}
