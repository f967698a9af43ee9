//! What all looks refuse: frames and places that nothing can be drawn in, and shares that are none.
//!
//! In: sizes. Out: nothing, or the error that says what is wrong.

use super::super::fault::Error;
use super::super::pixel_box::PixelBox;

/// The least width and height of a frame; below it a subtitle is a smear.
const LEAST_FRAME: u32 = 32;

/// Refuses a frame that is too small.
pub(super) fn frame((width, height): (u32, u32)) -> Result<(), Error> {
    if width < LEAST_FRAME || height < LEAST_FRAME {
        return Err(Error::SmallFrame { width, height, least: LEAST_FRAME });
    }
    Ok(())
}

/// Refuses a place that does not lie in the frame.
pub(super) fn place(place: PixelBox, (width, height): (u32, u32)) -> Result<(), Error> {
    let PixelBox { x, y, w, h } = place;
    let within = |at: u32, length: u32, whole: u32| {
        length > 0 && at.checked_add(length).is_some_and(|end| end <= whole)
    };
    if within(x, w, width) && within(y, h, height) {
        return Ok(());
    }
    Err(Error::Outside { x, y, w, h, width, height })
}

/// Refuses a size of nothing, or of more than the whole.
pub(super) fn size(permille: u16) -> Result<(), Error> {
    if (1..=1000).contains(&permille) { Ok(()) } else { Err(Error::Permille { what: "the size", permille }) }
}
