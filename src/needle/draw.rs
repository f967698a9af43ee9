//! Places needles in a frame and draws them.
//!
//! In: a look, a frame's size and, for drawing, the place. Out: an even-numbered box within the frame, and straight-alpha
//! pixels of exactly its size. The ground around a picture is the renderer's.

use image::RgbaImage;

use super::fault::Error;
use super::library::Library;
use super::pack::{Asset, Item, Pack};
use super::{Look, PixelBox, Spot, art};

/// The least width and height of a frame; below it a subtitle is a smear.
const LEAST_FRAME: u32 = 32;
/// Pictures with transparent surroundings keep this share of the frame's shorter side from its edges: a flag that
/// touched them would lose its white border to the player's.
const MARGIN: u32 = 16;

impl Library {
    /// Where a subtitle or a picture usually goes in a frame. The place of a patch is the plan's choice.
    pub fn place(&self, look: &Look, frame_w: u32, frame_h: u32) -> Result<PixelBox, Error> {
        self.place_at(look, (None, 1000), frame_w, frame_h)
    }

    /// As [`Self::place`], at `spot`; a picture has `picture_permille` of the width and height that the frame allows.
    pub fn place_at(
        &self,
        look: &Look,
        (spot, picture_permille): (Option<Spot>, u16),
        frame_w: u32,
        frame_h: u32,
    ) -> Result<PixelBox, Error> {
        check_frame(frame_w, frame_h)?;
        match look {
            Look::Text { text, size_permille, .. } => {
                permille("the size", *size_permille)?;
                let layout = self.typeface().subtitle(text, *size_permille, frame_w, frame_h)?;
                Ok(spot.unwrap_or(Spot::BOTTOM).stand((layout.w, layout.h), (frame_w, frame_h)))
            }
            Look::Picture { pack, item, .. } => {
                permille("the size", picture_permille)?;
                let (_, asset) = self.asset(pack, item)?;
                let size = fitted(asset, picture_permille, (frame_w, frame_h));
                Ok(spot.unwrap_or(Spot::CENTRE).stand(size, (frame_w, frame_h)))
            }
            Look::Patch { .. } => Err(Error::PatchPlace),
        }
    }

    /// Height in pixels of the lines in which a subtitle is set in a frame: less than is asked for where it is long.
    pub fn line_px(&self, look: &Look, frame_w: u32, frame_h: u32) -> Result<Option<u32>, Error> {
        let Look::Text { text, size_permille, .. } = look else { return Ok(None) };
        Ok(Some(self.typeface().subtitle(text, *size_permille, frame_w, frame_h)?.px))
    }

    /// Draws a look at its place: straight alpha, `place.w` x `place.h`, the same bytes each time.
    pub fn draw(&self, look: &Look, place: PixelBox, frame_w: u32, frame_h: u32) -> Result<RgbaImage, Error> {
        check_frame(frame_w, frame_h)?;
        check_place(place, frame_w, frame_h)?;
        match look {
            Look::Text { text, size_permille, box_opacity_permille } => {
                permille("the size", *size_permille)?;
                if *box_opacity_permille > 1000 {
                    return Err(Error::Permille {
                        what: "the box's opacity",
                        permille: *box_opacity_permille,
                    });
                }
                let mut layout = self.typeface().subtitle(text, *size_permille, frame_w, frame_h)?;
                if layout.w > place.w || layout.h > place.h {
                    return Err(Error::NoRoom { text: text.clone(), width: place.w, height: place.h });
                }
                (layout.w, layout.h) = (place.w, place.h);
                Ok(self.typeface().draw(&layout, *box_opacity_permille))
            }
            Look::Picture { pack, item, .. } | Look::Patch { pack, item } => {
                self.picture(pack, item, place.w, place.h)
            }
        }
    }

    /// Width to height of an item's picture, in lowest terms.
    pub fn aspect(&self, pack: &str, item: &str) -> Result<(u32, u32), Error> {
        Ok(self.asset(pack, item)?.1.shape.aspect)
    }

    /// The picture of an item at a size.
    pub(super) fn picture(&self, pack: &str, item: &str, w: u32, h: u32) -> Result<RgbaImage, Error> {
        let (pack, asset) = self.asset(pack, item)?;
        let bytes = asset.origin.read()?;
        if crate::digest::of_bytes(&bytes) != asset.sha256 {
            return Err(Error::Changed { pack: pack.id.clone(), asset: asset.name.clone() });
        }
        art::draw(&asset.name, &bytes, w, h).map_err(|source| Error::Picture {
            pack: pack.id.clone(),
            asset: asset.name.clone(),
            source,
        })
    }

    fn asset(&self, pack: &str, item: &str) -> Result<(&Pack, &Asset), Error> {
        let (pack, item): (&Pack, &Item) = self.find(pack, item)?;
        let asset = item.asset.as_ref();
        let asset = asset.ok_or_else(|| Error::NoPicture { pack: pack.id.clone(), item: item.id.clone() })?;
        Ok((pack, asset))
    }
}

fn check_frame(width: u32, height: u32) -> Result<(), Error> {
    if width < LEAST_FRAME || height < LEAST_FRAME {
        return Err(Error::SmallFrame { width, height, least: LEAST_FRAME });
    }
    Ok(())
}

fn check_place(place: PixelBox, width: u32, height: u32) -> Result<(), Error> {
    let PixelBox { x, y, w, h } = place;
    let within = |at: u32, length: u32, whole: u32| {
        length > 0 && at.checked_add(length).is_some_and(|end| end <= whole)
    };
    if within(x, w, width) && within(y, h, height) {
        return Ok(());
    }
    Err(Error::Outside { x, y, w, h, width, height })
}

fn permille(what: &'static str, permille: u16) -> Result<(), Error> {
    if (1..=1000).contains(&permille) { Ok(()) } else { Err(Error::Permille { what, permille }) }
}

/// The largest size of a picture's proportions that the frame allows, or `permille` of it.
fn fitted(asset: &Asset, permille: u16, (frame_w, frame_h): (u32, u32)) -> (u32, u32) {
    let margin = if asset.shape.transparent { frame_w.min(frame_h) / MARGIN } else { 0 };
    let room = |side: u32| ((side - 2 * margin) * u32::from(permille) / 1000).max(2);
    within(asset.shape.aspect, room(frame_w), room(frame_h))
}

/// The largest even width and height of a picture's proportions in a room.
pub(super) fn within(aspect: (u32, u32), room_w: u32, room_h: u32) -> (u32, u32) {
    let (aspect_w, aspect_h) = (u64::from(aspect.0), u64::from(aspect.1));
    let by_height = u64::from(room_h) * aspect_w / aspect_h;
    let (w, h) = if by_height <= u64::from(room_w) {
        (by_height as u32, room_h)
    } else {
        (room_w, (u64::from(room_w) * aspect_h / aspect_w) as u32)
    };
    ((w & !1).max(2), (h & !1).max(2))
}
