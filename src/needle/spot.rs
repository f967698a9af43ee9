//! Where in the frame a subtitle or a picture stands, in so far as its look does not say.
//!
//! In: the size of a box and of the frame. Out: the box at one of nine places, with even coordinates.

use std::fmt;

use super::pixel_box::PixelBox;

/// Distance of a box from the frame's edges, in per-cent of its height.
const MARGIN_PERCENT: u32 = 5;

/// One of nine places of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// 0 is left, 1 the middle, 2 right.
    column: u8,
    /// 0 is above, 1 the middle, 2 below.
    row: u8,
}

/// Names of the places, row by row from the upper left.
const NAMES: [&str; 9] =
    ["top-left", "top", "top-right", "left", "centre", "right", "bottom-left", "bottom", "bottom-right"];

impl Spot {
    /// The middle of the frame.
    pub const CENTRE: Self = Self { column: 1, row: 1 };
    /// Where subtitles stand where a player shows lines of a track at the bottom.
    pub const TOP: Self = Self { column: 1, row: 0 };
    /// Where subtitles stand.
    pub const BOTTOM: Self = Self { column: 1, row: 2 };
    /// Where pictures in the picture stand.
    pub const CORNER: Self = Self { column: 2, row: 2 };

    /// All places, row by row from the upper left.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..9).map(|at| Self { column: at % 3, row: at / 3 })
    }

    /// The place with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().zip(NAMES).find(|(_, own)| *own == name).map(|(spot, _)| spot)
    }

    /// Names of all places.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// Its column and row among three of each.
    pub fn cell(self) -> (u32, u32) {
        (u32::from(self.column), u32::from(self.row))
    }

    /// A box of `w` x `h` at this place: in the middle, or a margin away from the edge, or as far as there is room.
    pub fn stand(self, (w, h): (u32, u32), (frame_w, frame_h): (u32, u32)) -> PixelBox {
        let margin = frame_h * MARGIN_PERCENT / 100;
        let along = |at: u8, size: u32, frame: u32| {
            let room = frame - size;
            match at {
                0 => margin.min(room / 2),
                1 => room / 2,
                _ => room - margin.min(room / 2),
            }
        };
        let (x, y) = (along(self.column, w, frame_w), along(self.row, h, frame_h));
        PixelBox { x: x & !1, y: y & !1, w, h }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES[usize::from(self.row * 3 + self.column)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_stand_inside_apart_and_even() {
        assert_eq!(Spot::named("bottom"), Some(Spot::BOTTOM));
        assert_eq!(Spot::named("top"), Some(Spot::TOP));
        assert_eq!(Spot::named("centre"), Some(Spot::CENTRE));
        for size in [(100, 40), (600, 300), (640, 360)] {
            for spot in Spot::all() {
                let stood = spot.stand(size, (640, 360));
                assert!(stood.x + stood.w <= 640 && stood.y + stood.h <= 360 && (stood.x | stood.y) & 1 == 0);
                assert_eq!(Spot::named(&spot.to_string()), Some(spot));
            }
        }
        assert_eq!(Spot::BOTTOM.stand((100, 40), (640, 360)), PixelBox { x: 270, y: 302, w: 100, h: 40 });
        assert_eq!(
            Spot::named("top-left").unwrap().stand((100, 40), (640, 360)),
            PixelBox { x: 18, y: 18, w: 100, h: 40 }
        );
    }
}
