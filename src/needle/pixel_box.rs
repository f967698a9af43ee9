//! Rectangles of pixels.
//!
//! In: edges and sizes. Out: the place of a drawing within a frame.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rectangle of pixels within a frame; it lies in the frame as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PixelBox {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
}

impl PixelBox {
    /// The place of what is not in the picture.
    pub const NONE: Self = Self { x: 0, y: 0, w: 0, h: 0 };

    /// Whether a pixel lies in both.
    pub fn meets(self, other: Self) -> bool {
        let along = |start: u32, length: u32, other: u32, other_length: u32| {
            start < other + other_length && other < start + length
        };
        along(self.x, self.w, other.x, other.w) && along(self.y, self.h, other.y, other.h)
    }
}
