//! A preview of a pack: all its items on one sheet, with their labels.
//!
//! In: a pack. Out: one opaque picture, on the ground that plain needles stand on.

use std::collections::BTreeMap;

use image::{DynamicImage, Rgb, RgbImage, RgbaImage};

use super::art::within;
use super::fault::Error;
use super::ground::PLAIN_GROUND;
use super::library::Library;
use super::pack::{Item, Pack};

/// Width of an item's tile.
const TILE_W: u32 = 176;
/// Height of the room for a tile's picture.
const PICTURE_H: u32 = 112;
/// Height of the room for a tile's label.
const LABEL_H: u32 = 44;
/// Room around a tile's picture.
const PAD: u32 = 10;
/// Width and height of the room for a picture on a tile.
pub const SHEET_ROOM: (u32, u32) = (TILE_W - 2 * PAD, PICTURE_H - 2 * PAD);
/// Height of a label's lines.
const LABEL_PX: u32 = 18;
/// Height of the lines of text needles.
const TEXT_PX: u32 = 28;
/// Samples a second of the waves that sounds are drawn as.
const HEARD: u32 = 16_000;
/// Opacity of the box of text needles, in per-mille.
const BOX_OPACITY: u16 = 600;
/// Colour of labels.
const INK: [u8; 3] = [24, 24, 24];

impl Library {
    /// A picture of all items of a pack with their labels: about as wide as it is high.
    pub fn sheet(&self, pack: &str) -> Result<RgbImage, Error> {
        self.sheet_with(pack, &BTreeMap::new())
    }

    /// The same, with a frame of each item that is a short video, by id: no larger than [`SHEET_ROOM`].
    pub fn sheet_with(&self, pack: &str, stills: &BTreeMap<String, RgbImage>) -> Result<RgbImage, Error> {
        draw(self, self.find_pack(pack)?, stills)
    }
}

fn draw(library: &Library, pack: &Pack, stills: &BTreeMap<String, RgbImage>) -> Result<RgbImage, Error> {
    let tile_h = PICTURE_H + LABEL_H;
    let count = pack.items.len() as u32;
    let columns =
        (1..=count).find(|columns| columns * TILE_W >= count.div_ceil(*columns) * tile_h).unwrap_or(1);
    let rows = count.div_ceil(columns);
    let mut sheet = RgbImage::from_pixel(columns * TILE_W, rows * tile_h, Rgb(PLAIN_GROUND));
    for (index, item) in pack.items.iter().enumerate() {
        let (column, row) = (index as u32 % columns, index as u32 / columns);
        let still = stills.get(&item.id);
        tile(library, (pack, item, still), &mut sheet, (column * TILE_W, row * tile_h))?;
    }
    Ok(sheet)
}

fn tile(
    library: &Library,
    (pack, item, still): (&Pack, &Item, Option<&RgbImage>),
    sheet: &mut RgbImage,
    corner: (u32, u32),
) -> Result<(), Error> {
    let (room_w, room_h) = SHEET_ROOM;
    let face = library.typeface();
    let art = if item.asset.is_some() {
        let (w, h) = within(library.aspect(&pack.id, &item.id)?, room_w, room_h);
        library.picture(&pack.id, &item.id, w, h)?
    } else if !item.sounds.is_empty() {
        library.heard(&pack.id, &item.id, 0, HEARD)?.drawn(room_w, room_h)
    } else if let Some(still) = still {
        DynamicImage::from(still.clone()).into_rgba8()
    } else {
        face.draw(&face.fit(&item.label, TEXT_PX, room_w, room_h)?, BOX_OPACITY)
    };
    let x = corner.0 + (TILE_W - art.width()) / 2;
    draw_over(sheet, &art, x, corner.1 + (PICTURE_H - art.height()) / 2);
    let layout = face.fit(&item.label, LABEL_PX, TILE_W, LABEL_H)?;
    let covered = face.coverage(&layout);
    let label = RgbaImage::from_fn(layout.w, layout.h, |x, y| {
        let share = covered[(y * layout.w + x) as usize];
        image::Rgba([INK[0], INK[1], INK[2], (share * 255.0).round() as u8])
    });
    draw_over(sheet, &label, corner.0 + (TILE_W - layout.w) / 2, corner.1 + PICTURE_H);
    Ok(())
}

/// Lays straight-alpha pixels over the sheet.
fn draw_over(sheet: &mut RgbImage, art: &RgbaImage, x: u32, y: u32) {
    for (dx, dy, pixel) in art.enumerate_pixels() {
        let alpha = u32::from(pixel.0[3]);
        let under = sheet.get_pixel_mut(x + dx, y + dy);
        for channel in 0..3 {
            let mixed = u32::from(pixel.0[channel]) * alpha + u32::from(under.0[channel]) * (255 - alpha);
            under.0[channel] = ((mixed + 127) / 255) as u8;
        }
    }
}
