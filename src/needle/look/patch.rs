//! Patches: small pictures that are pasted into the frame.
//!
//! In: an item of a pack and the place that the plan has drawn for it. Out: the picture.

use image::RgbaImage;

use super::super::fault::Error;
use super::super::library::Library;
use super::super::pixel_box::PixelBox;

/// A patch has no usual place: patches of one clip lie apart, so the plan draws all of them together.
pub(super) fn place() -> Result<PixelBox, Error> {
    Err(Error::PatchPlace)
}

/// Draws a patch in the size of its place.
pub(super) fn draw(
    library: &Library,
    (pack, item): (&str, &str),
    place: PixelBox,
) -> Result<RgbaImage, Error> {
    library.picture(pack, item, place.w, place.h)
}
