//! The units of motion: parts of a round, and parts of a pixel.
//!
//! In: nothing. Out: how many parts each has.

/// Parts of a round in which paths are stated.
pub const ROUND: i64 = 65_536;
/// Parts of a pixel in which places are stated.
pub const PIXEL: i64 = 256;
