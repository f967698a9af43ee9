//! Needles: what can be hidden, where the art comes from, and how each is drawn.
//!
//! In: packs (TOML and assets, embedded or the user's own). Out: items with labels, and drawings as RGBA pixels.

mod alike;
mod art;
mod bounds;
mod draw;
mod effective;
mod effects;
mod fault;
mod font;
mod gauss;
pub mod import;
mod library;
pub mod likeness;
mod load;
mod pack;
mod parse;
mod sheet;
mod source;
mod spot;
#[cfg(test)]
mod tests;
mod text;

pub use alike::{FARTHEST, Signature};
pub use effective::{Effective, Milli};
pub use effects::Effects;
pub use fault::{Error, Fault, Problem, Unusable};
pub use font::FontFile;
pub use library::{Library, PackFile};
pub use pack::{Asset, Item, Names, Pack, PackKind};
pub use source::embedded_font;
pub use spot::Spot;
pub(crate) use text::BOX_GREY;
pub use text::{LEGIBLE_PX, text_px};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Colour of the plain ground around a picture: a lilac that no picture of the embedded packs has at its edge.
///
/// Grey grounds swallow the pale greys of vehicles, light ones the white of flags, and green ones fruit.
pub const PLAIN_GROUND: [u8; 3] = [225, 165, 240];

/// What a needle looks like; with its place, everything that its drawing depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Look {
    /// A subtitle: text on a translucent box.
    Text {
        /// The text, unwrapped.
        text: String,
        /// Height of the letters' line, in per-mille of the frame's height.
        size_permille: u16,
        /// Opacity of the box behind the text, in per-mille.
        box_opacity_permille: u16,
    },
    /// A picture over the whole frame, fitted without distortion.
    Picture {
        /// Pack that holds the item.
        pack: String,
        /// Item of the pack.
        item: String,
        /// What fills the frame around the picture.
        ground: Ground,
    },
    /// A small picture pasted into the frame.
    Patch {
        /// Pack that holds the item.
        pack: String,
        /// Item of the pack.
        item: String,
    },
}

/// What fills the frame around a full-frame picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// One colour.
    Plain,
    /// The haystack frame before the needle, blurred.
    Blur,
}

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
