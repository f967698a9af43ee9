//! Tiles: the drawings of movers on one frame.
//!
//! In: a picture and where it is, in 256ths of a pixel. Out: drawings on whole chroma samples, a transparent margin around each.
//! A picture between two pixels is the mean of its neighbours, weighted by how near they are and by their alpha.

use image::{Rgba, RgbaImage};

use super::mover::Mover;
use super::path::Shape;
use super::units::PIXEL;
use crate::needle::pixel_box::PixelBox;

/// A drawing and where it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Straight alpha.
    pub drawing: RgbaImage,
    /// Where in the frame, in pixels: even, and of the drawing's size.
    pub place: PixelBox,
}

impl Mover {
    /// Its drawings on frame `at` of `count`: several where it lies across a border, none where it is not shown.
    pub(in crate::needle) fn tiles(&self, picture: &RgbaImage, at: u64, count: u64) -> Vec<Tile> {
        self.corners(at, count).into_iter().filter_map(|corner| tile(picture, corner, self.area)).collect()
    }

    /// Where its drawings are on frame `at` of `count`.
    pub fn places(&self, at: u64, count: u64) -> Vec<PixelBox> {
        let place = |corner: [i64; 2]| place(corner, (self.w, self.h), self.area);
        self.corners(at, count).into_iter().filter_map(place).collect()
    }

    /// The corners of its pictures: one, or where it wraps all that may reach into its area.
    fn corners(&self, at: u64, count: u64) -> Vec<[i64; 2]> {
        if !self.share.holds(at, count) {
            return Vec::new();
        }
        let [left, top] = self.corner(at, count);
        let aside = |size: u32| {
            if self.path.shape == Shape::Wrap { vec![0, i64::from(size) * PIXEL] } else { vec![0] }
        };
        let down = aside(self.area.h);
        let beside = |across: i64| down.iter().map(move |down| [left - across, top - down]);
        aside(self.area.w).into_iter().flat_map(beside).collect()
    }
}

/// A picture moved to the right and down by so many 256ths of a pixel, in a box of its own size.
pub fn moved(picture: &RgbaImage, [right, down]: [i64; 2]) -> RgbaImage {
    let at = |x: u32, y: u32| [i64::from(x) * PIXEL - right, i64::from(y) * PIXEL - down];
    RgbaImage::from_fn(picture.width(), picture.height(), |x, y| sample(picture, at(x, y)))
}

/// The part within an area of a picture at a place.
fn tile(picture: &RgbaImage, corner: [i64; 2], area: PixelBox) -> Option<Tile> {
    let place = place(corner, picture.dimensions(), area)?;
    let drawing = RgbaImage::from_fn(place.w, place.h, |dx, dy| {
        let from = [place.x + dx, place.y + dy].map(|at| i64::from(at) * PIXEL);
        sample(picture, [from[0] - corner[0], from[1] - corner[1]])
    });
    Some(Tile { drawing, place })
}

/// The part of the frame, on whole chroma samples, that a picture of this size at a place takes within an area.
fn place(corner: [i64; 2], (w, h): (u32, u32), area: PixelBox) -> Option<PixelBox> {
    let range = |axis: usize, size: u32, (start, length): (u32, u32)| {
        let (least, most) = (i64::from(start), i64::from(start + length));
        let first = corner[axis].div_euclid(PIXEL).clamp(least, most) as u32;
        let end =
            (corner[axis] + i64::from(size) * PIXEL + PIXEL - 1).div_euclid(PIXEL).clamp(least, most) as u32;
        // Areas are even, so that what is rounded out to whole chroma samples stays in them.
        let (first, end) = (first & !1, (end + 1) & !1);
        (first < end).then_some((first, end))
    };
    let ((x, right), (y, foot)) = (range(0, w, (area.x, area.w))?, range(1, h, (area.y, area.h))?);
    Some(PixelBox { x, y, w: right - x, h: foot - y })
}

/// The colour of a picture at a point in 256ths of a pixel.
fn sample(picture: &RgbaImage, [x, y]: [i64; 2]) -> Rgba<u8> {
    let (left, top) = (x.div_euclid(PIXEL), y.div_euclid(PIXEL));
    let (right, below) = (x.rem_euclid(PIXEL), y.rem_euclid(PIXEL));
    let (mut colour, mut alpha) = ([0_i64; 3], 0_i64);
    for (dx, across) in [(0, PIXEL - right), (1, right)] {
        for (dy, down) in [(0, PIXEL - below), (1, below)] {
            let weight = across * down;
            let inside = weight > 0
                && (0..i64::from(picture.width())).contains(&(left + dx))
                && (0..i64::from(picture.height())).contains(&(top + dy));
            if inside {
                let pixel = picture.get_pixel((left + dx) as u32, (top + dy) as u32);
                let share = weight * i64::from(pixel[3]);
                alpha += share;
                for (sum, channel) in colour.iter_mut().zip(&pixel.0) {
                    *sum += share * i64::from(*channel);
                }
            }
        }
    }
    if alpha == 0 {
        return Rgba([0; 4]);
    }
    let [r, g, b] = colour.map(|sum| ((sum + alpha / 2) / alpha) as u8);
    let whole = PIXEL * PIXEL;
    Rgba([r, g, b, ((alpha + whole / 2) / whole) as u8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> RgbaImage {
        RgbaImage::from_fn(4, 4, |x, y| Rgba([50 * x as u8, 60 * y as u8, 9, if x == 0 { 0 } else { 255 }]))
    }

    #[test]
    fn a_tile_on_whole_pixels_is_the_picture() {
        let area = PixelBox { x: 0, y: 0, w: 20, h: 20 };
        let whole = tile(&picture(), [6 * PIXEL, 8 * PIXEL], area).unwrap();
        assert_eq!(whole.place, PixelBox { x: 6, y: 8, w: 4, h: 4 });
        assert!(
            picture()
                .enumerate_pixels()
                .filter(|of| of.2[3] > 0)
                .all(|(x, y, pixel)| whole.drawing.get_pixel(x, y) == pixel)
        );
    }

    #[test]
    fn between_pixels_it_is_their_mean_and_no_colour_of_what_is_clear() {
        let area = PixelBox { x: 0, y: 0, w: 20, h: 20 };
        let half = tile(&picture(), [6 * PIXEL + PIXEL / 2, 8 * PIXEL], area).unwrap();
        assert_eq!(half.place, PixelBox { x: 6, y: 8, w: 6, h: 4 });
        assert_eq!(*half.drawing.get_pixel(1, 0), Rgba([50, 0, 9, 128]), "half of a clear pixel");
        assert_eq!(*half.drawing.get_pixel(2, 0), Rgba([75, 0, 9, 255]));
        assert_eq!(half.drawing.get_pixel(5, 0)[3], 0, "the margin");
    }

    #[test]
    fn a_picture_that_is_moved_keeps_its_box() {
        let moved = moved(&picture(), [PIXEL / 2, PIXEL]);
        assert_eq!(moved.dimensions(), (4, 4));
        assert_eq!(*moved.get_pixel(2, 1), Rgba([75, 0, 9, 255]));
        assert_eq!(moved.get_pixel(2, 0)[3], 0, "nothing comes from above");
    }

    #[test]
    fn it_is_cut_off_at_the_border_of_its_area() {
        let area = PixelBox { x: 2, y: 2, w: 10, h: 10 };
        let cut = tile(&picture(), [PIXEL, -PIXEL], area).unwrap();
        assert_eq!(cut.place, PixelBox { x: 2, y: 2, w: 4, h: 2 });
        assert_eq!(*cut.drawing.get_pixel(0, 0), *picture().get_pixel(1, 3));
        assert_eq!(tile(&picture(), [13 * PIXEL, 0], area), None);
    }
}
