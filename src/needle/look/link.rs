//! Links: a full-frame picture of two things, with an arrow from the one to the other.
//!
//! In: two items of a pack. Out: the box that holds both, each in a square of its own, and the picture.

use image::{Rgba, RgbaImage, imageops};
use imageproc::drawing::draw_polygon_mut;
use imageproc::point::Point;

use super::super::art;
use super::super::fault::Error;
use super::super::library::Library;
use super::super::pixel_box::PixelBox;
use super::super::spot::Spot;
use super::limits;

/// Width to height of a link: two squares, and half a square between them for the arrow.
const ASPECT: (u32, u32) = (5, 2);
/// Share of the frame's shorter side that is kept from its edges.
const MARGIN: u32 = 16;
/// Colour of the arrow: it stands out from the plain ground, and from blurred footage of any brightness by its white edge.
const ARROW: Rgba<u8> = Rgba([32, 24, 64, 255]);
const EDGE: Rgba<u8> = Rgba([255, 255, 255, 255]);

/// Where the two things of a link stand, in the coordinates of its box.
pub(super) fn squares(place: PixelBox) -> [PixelBox; 2] {
    let side = place.h.min(place.w * 2 / 5) & !1;
    let y = ((place.h - side) / 2) & !1;
    [0, place.w - side].map(|x| PixelBox { x: x & !1, y, w: side, h: side })
}

/// Where in a square a picture of this aspect (width, height) stands.
pub(super) fn within(square: PixelBox, aspect: (u32, u32)) -> PixelBox {
    let (w, h) = art::within(aspect, square.w, square.h);
    let (w, h) = (w.min(square.w), h.min(square.h));
    PixelBox { x: square.x + (((square.w - w) / 2) & !1), y: square.y + (((square.h - h) / 2) & !1), w, h }
}

/// The box that a link takes, of `size_permille` of what the frame allows.
pub(super) fn place(size_permille: u16, spot: Option<Spot>, frame: (u32, u32)) -> Result<PixelBox, Error> {
    limits::size(size_permille)?;
    let margin = frame.0.min(frame.1) / MARGIN;
    let room = |side: u32| ((side - 2 * margin) * u32::from(size_permille) / 1000).max(2);
    let size = art::within(ASPECT, room(frame.0), room(frame.1));
    Ok(spot.unwrap_or(Spot::CENTRE).stand(size, frame))
}

/// Draws a link in the size of its place.
pub(super) fn draw(
    library: &Library,
    pack: &str,
    (from, to): (&str, &str),
    place: PixelBox,
) -> Result<RgbaImage, Error> {
    let mut drawing = RgbaImage::new(place.w, place.h);
    let squares = squares(place);
    for (item, square) in [from, to].into_iter().zip(squares) {
        let at = within(square, library.aspect(pack, item)?);
        let picture = library.picture(pack, item, at.w, at.h)?;
        imageops::replace(&mut drawing, &picture, i64::from(at.x), i64::from(at.y));
    }
    arrow(&mut drawing, squares);
    Ok(drawing)
}

/// An arrow from the left square to the right one.
fn arrow(drawing: &mut RgbaImage, [left, right]: [PixelBox; 2]) {
    let (start, end) = ((left.x + left.w) as i32, right.x as i32);
    let room = end - start;
    let middle = (left.y + left.h / 2) as i32;
    let shape = |grown: i32| {
        let (tail, tip) = (start + room / 8 - grown, end - room / 8 + grown);
        let (thick, wide) = ((room / 12).max(1) + grown, (room / 4).max(2) + grown);
        let neck = end - room / 2 - grown / 2;
        [(tail, -thick), (neck, -thick), (neck, -wide), (tip, 0), (neck, wide), (neck, thick), (tail, thick)]
            .map(|(x, y)| Point::new(x, middle + y))
    };
    // Too small a frame has no room for it.
    if room >= 8 {
        draw_polygon_mut(drawing, &shape((room / 24).max(1)), EDGE);
        draw_polygon_mut(drawing, &shape(0), ARROW);
    }
}
