//! Subtitles: their place and their pixels.
//!
//! In: a text and its size. Out: a box at the foot of the frame, or at another spot, and white letters on a translucent box.

use image::RgbaImage;

use super::super::fault::Error;
use super::super::library::Library;
use super::super::pixel_box::PixelBox;
use super::super::spot::Spot;
use super::limits;

/// The box that a text takes.
pub(super) fn place(
    library: &Library,
    text: &str,
    size_permille: u16,
    spot: Option<Spot>,
    frame: (u32, u32),
) -> Result<PixelBox, Error> {
    limits::size(size_permille)?;
    let layout = library.typeface().subtitle(text, size_permille, frame.0, frame.1)?;
    Ok(spot.unwrap_or(Spot::BOTTOM).stand((layout.w, layout.h), frame))
}

/// Height in pixels of the lines in which a text is set.
pub(super) fn line_px(
    library: &Library,
    text: &str,
    size_permille: u16,
    frame: (u32, u32),
) -> Result<u32, Error> {
    Ok(library.typeface().subtitle(text, size_permille, frame.0, frame.1)?.px)
}

/// Draws a text whose lines are `size_permille` of the frame's height, on a box of the other opacity.
pub(super) fn draw(
    library: &Library,
    text: &str,
    (size_permille, box_opacity_permille): (u16, u16),
    place: PixelBox,
    frame: (u32, u32),
) -> Result<RgbaImage, Error> {
    limits::size(size_permille)?;
    if box_opacity_permille > 1000 {
        return Err(Error::Permille { what: "the box's opacity", permille: box_opacity_permille });
    }
    let mut layout = library.typeface().subtitle(text, size_permille, frame.0, frame.1)?;
    if layout.w > place.w || layout.h > place.h {
        return Err(Error::NoRoom { text: text.to_owned(), width: place.w, height: place.h });
    }
    (layout.w, layout.h) = (place.w, place.h);
    Ok(library.typeface().draw(&layout, box_opacity_permille))
}
