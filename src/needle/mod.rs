//! Needles: what can be hidden, where the art comes from, and how each is drawn.
//!
//! In: packs (TOML and assets, embedded or the user's own). Out: items with labels, and drawings as RGBA pixels.

mod art;
mod artwork;
mod bounds;
mod distance;
mod effective;
mod effects;
mod fault;
mod font;
mod footage;
mod gauss;
mod ground;
pub mod import;
mod library;
pub mod likeness;
mod load;
mod load_footage;
mod look;
mod motion;
mod pack;
mod pack_file;
mod parse;
mod pcm;
mod pixel_box;
mod sheet;
mod signature;
mod sound;
mod sounding;
mod source;
mod spot;
#[cfg(test)]
mod tests;
mod text;
mod thumbnails;
mod way_in;

pub use effective::{Effective, Milli};
pub use effects::Effects;
pub use fault::{Error, Fault, Problem, Unusable};
pub use font::FontFile;
pub use footage::{Facts, Footage, MOST_FRAMES, Reel};
pub use ground::{Ground, PLAIN_GROUND};
pub use library::{Library, PackFile};
pub use look::{Look, LookKind, Loudness, Moving};
pub use motion::{Leg, Motion, Mover, PIXEL, Path, ROUND, Replay, Shape, Share, Tile, moved};
pub use pack::{Asset, Item, Names, Pack, PackKind};
pub use pcm::Pcm;
pub use pixel_box::PixelBox;
pub use sheet::SHEET_ROOM;
pub use signature::{FARTHEST, Signature};
pub use sound::Recording;
pub use source::embedded_font;
pub use spot::Spot;
pub(crate) use text::BOX_GREY;
pub use text::{LEGIBLE_PX, text_px};
pub use thumbnails::Thumbnails;
pub use way_in::WayIn;
