//! Where the bytes of a packet of a finished video come from.
//!
//! In: a place in a file, or bytes in memory. Out: how many they are, and whether a file holds two runs side by side.

use std::path::Path;

/// Where the bytes of a packet come from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// A file: its path, the place in it and the number of bytes.
    At(&'a Path, u64, u32),
    /// Memory.
    Held(&'a [u8]),
}

impl Origin<'_> {
    /// Number of bytes.
    pub fn size(self) -> u32 {
        match self {
            Self::At(_, _, size) => size,
            Self::Held(data) => data.len() as u32,
        }
    }

    /// Whether `next` starts in the same file `length` bytes after this one does.
    pub fn goes_on(self, length: u64, next: Origin<'_>) -> bool {
        match (self, next) {
            (Self::At(path, offset, _), Origin::At(other, start, _)) => {
                path == other && start == offset + length
            }
            _ => false,
        }
    }
}
