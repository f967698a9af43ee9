//! Clips: short videos, over the whole frame or as a picture in the picture.
//!
//! In: an item of a pack. Out: its box. Its frames are decoded and drawn where media is at hand, above needles.

use super::super::art;
use super::super::fault::Error;
use super::super::library::Library;
use super::super::pixel_box::PixelBox;
use super::super::spot::Spot;
use super::limits;

/// The largest box of the video's proportions in `size_permille` of the frame's width and height: in the middle, or where pictures in
/// the picture usually stand.
pub(super) fn place(
    library: &Library,
    (pack, item): (&str, &str),
    (size_permille, spot, is_over): (u16, Option<Spot>, bool),
    frame: (u32, u32),
) -> Result<PixelBox, Error> {
    limits::size(size_permille)?;
    let aspect = library.footage(pack, item)?.1.aspect();
    let room = |side: u32| (side * u32::from(size_permille) / 1000).max(2);
    let size = art::within(aspect, room(frame.0), room(frame.1));
    let usual = if is_over { Spot::CORNER } else { Spot::CENTRE };
    Ok(spot.unwrap_or(usual).stand(size, frame))
}
