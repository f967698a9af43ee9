//! Full-frame pictures: their place and their pixels.
//!
//! In: an item of a pack. Out: the largest box of its proportions that the frame allows, or a share of it, and the picture.

use image::RgbaImage;

use super::super::art;
use super::super::fault::Error;
use super::super::library::Library;
use super::super::pixel_box::PixelBox;
use super::super::spot::Spot;
use super::limits;

/// Pictures with transparent surroundings keep this share of the frame's shorter side from its edges: a flag that
/// touched them would lose its white border to the player's.
const MARGIN: u32 = 16;

/// The box that a picture takes, of `size_permille` of what the frame allows.
pub(super) fn place(
    library: &Library,
    (pack, item): (&str, &str),
    size_permille: u16,
    spot: Option<Spot>,
    frame: (u32, u32),
) -> Result<PixelBox, Error> {
    limits::size(size_permille)?;
    let shape = library.shape(pack, item)?;
    let margin = if shape.transparent { frame.0.min(frame.1) / MARGIN } else { 0 };
    let room = |side: u32| ((side - 2 * margin) * u32::from(size_permille) / 1000).max(2);
    let size = art::within(shape.aspect, room(frame.0), room(frame.1));
    Ok(spot.unwrap_or(Spot::CENTRE).stand(size, frame))
}

/// Draws a picture in the size of its place.
pub(super) fn draw(
    library: &Library,
    (pack, item): (&str, &str),
    place: PixelBox,
) -> Result<RgbaImage, Error> {
    library.picture(pack, item, place.w, place.h)
}
