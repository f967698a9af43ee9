//! Motion: where drawn things are on each frame of a needle.
//!
//! In: a path, in 65,536ths of a round; the number of a frame of the needle, and how many it has. Out: places in 256ths of a
//! pixel, and the drawings of one frame. All arithmetic is in integers. A path says nothing of frames: the same path takes as long
//! as its needle, and the same frames are shown in the other order where it is reversed.

mod circle;
mod mover;
mod path;
mod stated;
mod tile;
mod units;

pub use mover::{Mover, Replay};
pub use path::{Leg, Path, Shape, Share};
pub use stated::Motion;
pub use tile::{Tile, moved};
pub use units::{PIXEL, ROUND};
