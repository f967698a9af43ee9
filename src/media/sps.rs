//! What an H.264 sequence parameter set says of the heads of slices (ITU-T H.264, 7.3.2.1.1 and 7.3.3).
//!
//! In: a parameter set, slices. Out: of each slice, whether it belongs to a field, and of which frame.

use crate::media::bits::Bits;

/// The part of a sequence parameter set that heads of slices depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sps {
    separate_planes: bool,
    frame_num_bits: u32,
    frames_only: bool,
}

/// The head of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SliceHead {
    pub(super) first_macroblock: u32,
    pub(super) frame_num: u32,
    /// Whether it is of a bottom field; none of a whole frame.
    pub(super) field: Option<bool>,
}

impl Sps {
    /// Reads a unit.
    pub(super) fn parse(unit: &[u8]) -> Option<Self> {
        let mut bits = Bits::unit(unit);
        let profile = bits.bits(8)?;
        bits.bits(16)?;
        bits.ue()?;
        let mut separate_planes = false;
        if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
            let chroma = bits.ue()?;
            if chroma == 3 {
                separate_planes = bits.bit()? == 1;
            }
            bits.ue()?;
            bits.ue()?;
            bits.bit()?;
            if bits.bit()? == 1 {
                for list in 0..if chroma == 3 { 12 } else { 8 } {
                    if bits.bit()? == 1 {
                        skip_scaling(&mut bits, if list < 6 { 16 } else { 64 })?;
                    }
                }
            }
        }
        let frame_num_bits = bits.ue()?.checked_add(4).filter(|&bits| bits <= 16)?;
        match bits.ue()? {
            0 => drop(bits.ue()?),
            1 => {
                bits.bit()?;
                bits.se()?;
                bits.se()?;
                for _ in 0..bits.ue()?.min(255) {
                    bits.se()?;
                }
            }
            _ => {}
        }
        bits.ue()?;
        bits.bit()?;
        bits.ue()?;
        bits.ue()?;
        Some(Self { separate_planes, frame_num_bits, frames_only: bits.bit()? == 1 })
    }

    /// Reads the head of a slice.
    pub(super) fn slice(self, unit: &[u8]) -> Option<SliceHead> {
        let mut bits = Bits::unit(unit.get(..unit.len().min(32))?);
        let first_macroblock = bits.ue()?;
        bits.ue()?;
        bits.ue()?;
        if self.separate_planes {
            bits.bits(2)?;
        }
        let frame_num = bits.bits(self.frame_num_bits)?;
        let is_field = !self.frames_only && bits.bit()? == 1;
        let field = if is_field { Some(bits.bit()? == 1) } else { None };
        Some(SliceHead { first_macroblock, frame_num, field })
    }
}

fn skip_scaling(bits: &mut Bits, count: u32) -> Option<()> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..count {
        if next != 0 {
            next = (last + bits.se()?).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}
