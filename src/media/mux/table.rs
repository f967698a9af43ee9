//! Tables of a track: how large its packets are, and where its chunks lie.
//!
//! In: chunks of packets, in the order of the file. Out: the numbers that the header's boxes hold.

use super::origin::Origin;

/// Tables of one track as its boxes need them.
pub(super) struct Table {
    pub(super) sizes: Vec<u32>,
    /// Packets of each chunk.
    pub(super) chunks: Vec<u32>,
    /// Place of each chunk in the file.
    pub(super) offsets: Vec<u64>,
}

impl Table {
    pub(super) fn push<'a>(
        &mut self,
        at: &mut u64,
        chunk: impl Iterator<Item = Origin<'a>>,
        order: &mut Vec<Origin<'a>>,
    ) {
        let (place, before) = (*at, self.sizes.len());
        for bytes in chunk {
            *at += u64::from(bytes.size());
            self.sizes.push(bytes.size());
            order.push(bytes);
        }
        if self.sizes.len() > before {
            self.offsets.push(place);
            self.chunks.push((self.sizes.len() - before) as u32);
        }
    }
}
