//! Patches: every place and size where one could be pasted, tried in two steps.
//!
//! In: an object, drawn in each size that patches have. Out: how many of it a frame shows. First all places of a small copy of the
//! frame are tried, then the places around those that come near are in the frame itself: only there is the pattern as sharp as it
//! was drawn.

use super::pattern::{Fit, Pattern, Point, matrices, points, spread};
use super::{Detection, Drawn, Error, Placed, Thing};
use crate::media::yuv::Yuv;
use crate::needle::{self, Look, PIXEL, PixelBox};

/// Points of a patch that are compared in the small copy: enough to leave most places.
const COARSE_POINTS: usize = 48;
/// Points that are compared at once, before a place is left.
const FIRST_POINTS: usize = 8;
/// Points that are compared in the frame itself at all places around one that comes near, and at the best of them.
const QUICK_POINTS: usize = 64;
const FINE_POINTS: usize = 400;
/// How many of the places around one that comes near are compared in full.
const BEST_PLACES: usize = 3;
/// Least points that fill a drawing in the small copy; a thin thing is searched for in a larger one.
const LEAST_POINTS: usize = 100;
/// Least correlation in the small copy, where a patch may lie half a pixel beside a place: there patches lie above 0.6.
const NEAR: f64 = 0.5;
/// Most that a point's planes differ on average in the small copy, added up.
const NEAR_COLOUR: u32 = 90;
/// How many times smaller the copies of a frame are; the last is one that leaves even places.
const SCALES: [u32; 3] = [8, 4, THIN];
/// The copy in which thin things are searched for: of one that lies beside the places that are tried, it has at many points what is around.
const THIN: u32 = 2;
/// Correlation from which a pattern is a patch whatever lies beside it.
const SURE: f64 = 0.9;
/// Fewer clear points of a box tell nothing.
const LEAST_OUTSIDE: usize = 16;
/// How much farther from a patch's mean colour its surroundings are than itself, in levels of all planes added up.
const STANDS_OUT: f64 = 8.0;
/// Places that are looked at closer, of one size.
const MOST_PLACES: usize = 64;

/// The object in one size.
struct Template {
    w: u32,
    h: u32,
    scale: u32,
    /// At the places of the small copy, and beside them where that takes too much from a thin thing.
    coarse: Vec<Pattern>,
    /// As it is, and for what moves between pixels: which place is best is told by the pattern that is nearest to where it lies.
    quick: Vec<Pattern>,
    /// In the colours of each matrix.
    fine: Vec<Pattern>,
    /// Points of its box that it leaves to the frame.
    outside: Vec<(u32, u32)>,
}

/// The object in all sizes.
pub struct Detector {
    label: String,
    /// By size.
    templates: Vec<Template>,
}

/// A place that shows the object, and how well it fits.
struct Found {
    correlation: f64,
    difference: f64,
    place: PixelBox,
}

impl Detector {
    /// Draws the object in these sizes.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn new(drawn: &Drawn<'_>, thing: Thing<'_>, sizes: &[(u32, u32)]) -> Result<Self, Error> {
        Self::drawn_as(drawn, thing, sizes, Template::new)
    }

    /// Draws what moves, in these sizes: it may lie between the even places that are tried, and between pixels, which takes the contrast
    /// from thin things.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn of_mover(drawn: &Drawn<'_>, thing: Thing<'_>, sizes: &[(u32, u32)]) -> Result<Self, Error> {
        Self::drawn_as(drawn, thing, sizes, |drawing| {
            let mut template = Template::new(drawing);
            let halves = || (0..4).map(|half| half * PIXEL / 2);
            let aside = halves().flat_map(|right| halves().map(move |down| [right, down]));
            for aside in aside.skip(1) {
                let points = points_of(&needle::moved(drawing, aside));
                if template.scale == THIN && aside.iter().all(|by| by % PIXEL == 0) {
                    template.coarse.push(coarse(&points, template.scale));
                }
                template.quick.push(quick(&points));
                template.fine.extend(fine(&points));
            }
            template
        })
    }

    /// What `template` makes of the object, drawn in each of these sizes.
    fn drawn_as(
        drawn: &Drawn<'_>,
        thing: Thing<'_>,
        sizes: &[(u32, u32)],
        template: impl Fn(&image::RgbaImage) -> Template,
    ) -> Result<Self, Error> {
        let mut templates = Vec::new();
        for &(w, h) in sizes {
            let look = Look::Patch { pack: thing.pack.to_owned(), item: thing.item.to_owned() };
            let place = PixelBox { x: 0, y: 0, w, h };
            templates.push(template(&drawn.library.draw(&look, place, drawn.size.0, drawn.size.1)?));
        }
        Ok(Self { label: thing.label.to_owned(), templates })
    }

    /// Draws one patch in the size of its place.
    pub(super) fn of_needle(needle: &Placed<'_>, label: &str) -> Result<Self, needle::Error> {
        let drawing = needle.library.draw(needle.look, needle.place, needle.size.0, needle.size.1)?;
        let drawing = needle.effects.apply(drawing, needle.size.1);
        Ok(Self { label: label.to_owned(), templates: vec![Template::new(&drawing)] })
    }

    /// One drawing in the size that it has.
    pub(super) fn of_drawing(drawing: &image::RgbaImage) -> Self {
        Self { label: String::new(), templates: vec![Template::new(drawing)] }
    }

    /// Width and height, in pixels, of the largest size in which it looks for it: each the largest.
    pub fn largest(&self) -> (u32, u32) {
        let sides = |side: fn(&Template) -> u32| self.templates.iter().map(side).max().unwrap_or(0);
        (sides(|template| template.w), sides(|template| template.h))
    }

    /// What it looks for.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether a frame shows it at `place`, or a few pixels beside.
    pub(super) fn is_at(&self, frame: &Yuv, place: PixelBox) -> bool {
        self.templates.iter().any(|template| {
            let fits = template.w <= frame.width && template.h <= frame.height;
            fits && {
                let most = (frame.width - template.w, frame.height - template.h);
                template.closer(frame, (place.x, place.y), most).is_some()
            }
        })
    }

    /// Whether it can be told from footage in all of its sizes: what covers next to nothing, or has little contrast, cannot.
    pub(super) fn is_distinct(&self) -> bool {
        let mut patterns = self.templates.iter().flat_map(|template| &template.fine);
        patterns.all(|pattern| pattern.is_distinct() && pattern.is_strong())
    }

    /// How many of the object a frame shows.
    pub fn look(&self, frame: &Yuv) -> Option<Detection> {
        let small = SCALES.map(|scale| {
            let is_used = self.templates.iter().any(|template| template.scale == scale);
            is_used.then(|| Small::of(frame, scale))
        });
        let mut found: Vec<Found> = Vec::new();
        for template in &self.templates {
            let small = small.iter().flatten().find(|small| small.scale == template.scale);
            found.extend(small.into_iter().flat_map(|small| template.found(frame, small)));
        }
        // The best of all places that overlap is the patch; the others are its shadows.
        found.sort_by(|one, other| {
            let by_place = (one.place.y, one.place.x).cmp(&(other.place.y, other.place.x));
            let by_colour = one.difference.total_cmp(&other.difference);
            other.correlation.total_cmp(&one.correlation).then(by_colour).then(by_place)
        });
        let mut patches: Vec<PixelBox> = Vec::new();
        for Found { place, .. } in found {
            if patches.iter().all(|other| !overlap(place, *other)) {
                patches.push(place);
            }
        }
        (!patches.is_empty()).then(|| Detection {
            count: patches.len(),
            places: patches,
            ..Detection::of(&self.label)
        })
    }
}

impl Template {
    fn new(drawing: &image::RgbaImage) -> Self {
        let (w, h) = drawing.dimensions();
        let all = points_of(drawing);
        let enough = |&scale: &u32| scale == THIN || reduced(&all[0], scale).len() >= LEAST_POINTS;
        let scale = SCALES.into_iter().find(enough).unwrap_or(THIN);
        let coarse = vec![coarse(&all, scale)];
        let quick = vec![quick(&all)];
        let fine = fine(&all);
        let clear = |&(x, y): &(u32, u32)| drawing.get_pixel(x, y)[3] == 0;
        let raster = (0..w).step_by(4).flat_map(|x| (0..h).step_by(4).map(move |y| (x, y)));
        Self { w, h, scale, coarse, quick, fine, outside: raster.filter(clear).collect() }
    }

    /// The places of a frame that show it.
    fn found(&self, frame: &Yuv, small: &Small) -> Vec<Found> {
        let mut found = Vec::new();
        if self.coarse.iter().all(|coarse| coarse.points().is_empty())
            || self.w > frame.width
            || self.h > frame.height
        {
            return found;
        }
        let (right, foot) = (frame.width - self.w, frame.height - self.h);
        let mut near: Vec<(f64, u32, u32)> = Vec::new();
        for y in (0..=foot).step_by(self.scale as usize) {
            for x in (0..=right).step_by(self.scale as usize) {
                if let Some(score) = self.near(small, x / self.scale, y / self.scale) {
                    near.push((score, x, y));
                }
            }
        }
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.2, one.1).cmp(&(other.2, other.1))));
        // Of neighbours the nearest is looked at: the places around it are those of the others.
        let mut tried: Vec<(u32, u32)> = Vec::new();
        for (_, x, y) in near {
            let is_beside = |&(a, b): &(u32, u32)| a.abs_diff(x).max(b.abs_diff(y)) <= self.scale;
            if tried.len() < MOST_PLACES && !tried.iter().any(is_beside) {
                tried.push((x, y));
                found.extend(self.closer(frame, (x, y), (right, foot)));
            }
        }
        found
    }

    /// The place that shows it among those around one that comes near.
    fn closer(&self, frame: &Yuv, (x, y): (u32, u32), (right, foot): (u32, u32)) -> Option<Found> {
        let around = |at: u32, most: u32| {
            (at.saturating_sub(self.scale) & !1..=(at + self.scale).min(most)).step_by(2)
        };
        let places = around(y, foot).flat_map(|y| around(x, right).map(move |x| (x, y)));
        let rank = |pattern: &Pattern, fit: &Fit| {
            if pattern.has_one_tone() { -fit.difference } else { fit.correlation }
        };
        let best_of = |x, y| {
            let ranks = self.quick.iter().map(|quick| rank(quick, &quick.fit(frame, x, y)));
            ranks.fold(f64::NEG_INFINITY, f64::max)
        };
        let mut quick: Vec<(f64, u32, u32)> = places.map(|(x, y)| (best_of(x, y), x, y)).collect();
        quick.sort_by(|one, other| other.0.total_cmp(&one.0));
        let best = quick
            .iter()
            .take(BEST_PLACES)
            .flat_map(|&(_, x, y)| self.fine.iter().map(move |fine| (fine, fine.fit(frame, x, y), x, y)));
        let shown = best.filter(|(fine, fit, x, y)| {
            fine.is_shown(*fit) && (is_sure(fine, fit) || self.stands_out(fine, frame, (*x, *y)))
        });
        let (fine, fit, x, y) = shown.max_by(|a, b| rank(a.0, &a.1).total_cmp(&rank(b.0, &b.1)))?;
        let correlation = if fine.has_one_tone() { 0.0 } else { fit.correlation };
        let place = PixelBox { x, y, w: self.w, h: self.h };
        Some(Found { correlation, difference: fit.difference, place })
    }

    /// Whether what lies beside it in its box has not its colours too: a plain stretch of footage does.
    fn stands_out(&self, fine: &Pattern, frame: &Yuv, (x, y): (u32, u32)) -> bool {
        if self.outside.len() < LEAST_OUTSIDE {
            return true;
        }
        let beside = self.outside.iter().map(|&(dx, dy)| fine.off_mean(frame, x + dx, y + dy));
        let beside = beside.sum::<f64>() / self.outside.len() as f64;
        let within = fine.points().iter().map(|point| fine.off_mean(frame, x + point.x, y + point.y));
        let within = within.sum::<f64>() / fine.points().len().max(1) as f64;
        beside > within + STANDS_OUT
    }

    /// How near a place of the small copy comes; `None` if it is far off.
    fn near(&self, small: &Small, x: u32, y: u32) -> Option<f64> {
        self.coarse.iter().filter_map(|coarse| near(coarse, small, (x, y))).max_by(f64::total_cmp)
    }
}

/// How near a place of the small copy comes to a pattern; `None` if it is far off.
fn near(coarse: &Pattern, small: &Small, (x, y): (u32, u32)) -> Option<f64> {
    let mut difference = 0;
    let points = coarse.points();
    if points.is_empty() {
        return None;
    }
    let first = points.len().min(FIRST_POINTS);
    for point in &points[..first] {
        let found = small.colour(x + point.x, y + point.y);
        difference +=
            found.iter().zip(point.yuv).map(|(one, other)| u32::from(one.abs_diff(other))).sum::<u32>();
    }
    if difference > NEAR_COLOUR * first as u32 {
        return None;
    }
    let fit = coarse.fit_by(|point| small.colour(x + point.x, y + point.y));
    if coarse.has_one_tone() {
        return (fit.difference < f64::from(NEAR_COLOUR) / 2.0).then_some(-fit.difference);
    }
    (fit.correlation >= NEAR).then_some(fit.correlation)
}

/// What is compared in a small copy.
fn coarse(all: &[Vec<Point>], scale: u32) -> Pattern {
    Pattern::new(spread(&reduced(&all[0], scale), COARSE_POINTS))
}

/// What is compared at all places around one that comes near.
fn quick(all: &[Vec<Point>]) -> Pattern {
    Pattern::new(spread(&all[0], QUICK_POINTS))
}

/// The points of a drawing, in the colours of each matrix.
fn points_of(drawing: &image::RgbaImage) -> Vec<Vec<Point>> {
    matrices().map(|matrix| points(drawing, matrix, 2)).to_vec()
}

/// What is compared in full, in the colours of each matrix.
fn fine(all: &[Vec<Point>]) -> Vec<Pattern> {
    all.iter().map(|all| Pattern::new(spread(all, FINE_POINTS))).collect()
}

fn is_sure(pattern: &Pattern, fit: &Fit) -> bool {
    !pattern.has_one_tone() && fit.correlation >= SURE
}

/// Points of a drawing in a copy that is `scale` times smaller: the means of those squares that it fills.
fn reduced(points: &[Point], scale: u32) -> Vec<Point> {
    let whole = (scale / 2).pow(2);
    let mut sums: std::collections::BTreeMap<(u32, u32), ([u32; 3], u32)> = std::collections::BTreeMap::new();
    for point in points {
        let (sum, count) = sums.entry((point.x / scale, point.y / scale)).or_default();
        for (sum, value) in sum.iter_mut().zip(point.yuv) {
            *sum += u32::from(value);
        }
        *count += 1;
    }
    let full = sums.into_iter().filter(|(_, (_, count))| *count == whole);
    full.map(|((x, y), (sum, count))| Point { x, y, yuv: sum.map(|sum| ((sum + count / 2) / count) as u8) })
        .collect()
}

/// A frame, so many times smaller: the means of every second pixel of each of its squares, as those of drawings are.
struct Small {
    scale: u32,
    width: u32,
    colours: Vec<[u8; 3]>,
}

impl Small {
    fn of(frame: &Yuv, scale: u32) -> Self {
        let (width, height) = (frame.width / scale, frame.height / scale);
        let (side, count) = (scale / 2, (scale / 2).pow(2));
        let half = frame.width / 2;
        let mut colours = Vec::with_capacity((width * height) as usize);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0_u32; 3];
                for row in 0..side {
                    let chroma = ((y * side + row) * half + x * side) as usize;
                    let luma = ((y * scale + row * 2) * frame.width + x * scale) as usize;
                    for at in 0..side as usize {
                        sum[0] += u32::from(frame.y[luma + at * 2]);
                        sum[1] += u32::from(frame.u[chroma + at]);
                        sum[2] += u32::from(frame.v[chroma + at]);
                    }
                }
                colours.push(sum.map(|sum| ((sum + count / 2) / count) as u8));
            }
        }
        Self { scale, width, colours }
    }

    #[inline]
    fn colour(&self, x: u32, y: u32) -> [u8; 3] {
        self.colours[(y * self.width + x) as usize]
    }
}

/// Whether more than a tenth of the smaller box lies in the other.
fn overlap(a: PixelBox, b: PixelBox) -> bool {
    let along = |start: u32, length: u32, other: u32, other_length: u32| {
        (start + length).min(other + other_length).saturating_sub(start.max(other))
    };
    let shared = along(a.x, a.w, b.x, b.w) * along(a.y, a.h, b.y, b.h);
    shared * 10 > (a.w * a.h).min(b.w * b.h)
}
