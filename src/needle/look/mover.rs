//! Movers: small pictures that are elsewhere on each frame.
//!
//! In: movers, each with its path. Out: the part of the frame in which they move, and their pictures, from which the tiles of each
//! frame are made.

use image::RgbaImage;

use super::super::effects::Effects;
use super::super::fault::Error;
use super::super::library::Library;
use super::super::motion::{Mover, Tile};
use super::super::pixel_box::PixelBox;

/// The least box that holds the areas of all movers; the whole frame where there are none.
pub(super) fn place(movers: &[Mover], (width, height): (u32, u32)) -> PixelBox {
    let whole = PixelBox { x: 0, y: 0, w: width, h: height };
    let areas = movers.iter().map(|mover| mover.area);
    let around = |one: PixelBox, other: PixelBox| {
        let (x, y) = (one.x.min(other.x), one.y.min(other.y));
        let (right, foot) = ((one.x + one.w).max(other.x + other.w), (one.y + one.h).max(other.y + other.h));
        PixelBox { x, y, w: right - x, h: foot - y }
    };
    areas.reduce(around).unwrap_or(whole)
}

/// Movers with their pictures, drawn once.
pub struct Moving {
    movers: Vec<(Mover, RgbaImage)>,
}

impl Moving {
    /// Their drawings on frame `at` of the `count` of their needle, from the hindmost.
    pub fn tiles(&self, at: u64, count: u64) -> Vec<Tile> {
        self.movers.iter().flat_map(|(mover, picture)| mover.tiles(picture, at, count)).collect()
    }

    /// The drawings on frame `at` of `count` of those movers that are shown whole: no border cuts them off, and none lies over them.
    pub fn whole_tiles(&self, at: u64, count: u64) -> impl Iterator<Item = Tile> {
        let is_free = move |index: usize| {
            let places = self.movers[index].0.places(at, count);
            let mut over =
                self.movers[index + 1..].iter().flat_map(move |(mover, _)| mover.places(at, count));
            over.all(|over| places.iter().all(|place| !place.meets(over)))
        };
        let movers = self.movers.iter().enumerate();
        let whole = movers.filter(move |(index, (mover, _))| mover.is_whole(at, count) && is_free(*index));
        whole.flat_map(move |(_, (mover, picture))| mover.tiles(picture, at, count))
    }

    /// The movers, each with its picture.
    pub fn movers(&self) -> &[(Mover, RgbaImage)] {
        &self.movers
    }
}

/// Draws the pictures of movers, with what makes them harder to see.
pub(super) fn drawn(
    library: &Library,
    movers: &[Mover],
    effects: &Effects,
    frame_h: u32,
) -> Result<Moving, Error> {
    let drawn = |mover: &Mover| {
        let picture = library.picture(&mover.pack, &mover.item, mover.w, mover.h)?;
        Ok((mover.clone(), effects.apply(picture, frame_h)))
    };
    Ok(Moving { movers: movers.iter().map(drawn).collect::<Result<_, Error>>()? })
}
