//! Bits of a coded header, read one after the other.
//!
//! In: bytes. Out: numbers, or nothing where the bytes end.

/// A reader of bits.
pub(super) struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

/// Bytes of a header that may be asked for: none of those read here is longer.
const MOST: usize = 512;

impl Bits {
    /// Of bytes as they are.
    pub(super) fn raw(bytes: &[u8]) -> Self {
        Self { bytes: bytes[..bytes.len().min(MOST)].to_vec(), at: 0 }
    }

    /// Of an H.264 unit's payload, emulation prevention bytes removed.
    pub(super) fn unit(unit: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(unit.len().min(MOST));
        let mut zeros = 0;
        for &byte in unit.iter().skip(1).take(MOST) {
            if zeros >= 2 && byte == 3 {
                zeros = 0;
                continue;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            bytes.push(byte);
        }
        Self { bytes, at: 0 }
    }

    /// One bit.
    pub(super) fn bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = (byte >> (7 - self.at % 8)) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    /// Number of the next bit.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Leaves out bits.
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Up to 32 bits.
    pub(super) fn bits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some((value << 1) | self.bit()?))
    }

    /// Unsigned Exp-Golomb code.
    pub(super) fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1_u32 << zeros) - 1 + self.bits(zeros)?)
    }

    /// Signed Exp-Golomb code.
    pub(super) fn se(&mut self) -> Option<i64> {
        let code = i64::from(self.ue()?);
        Some(if code % 2 == 0 { -(code / 2) } else { code / 2 + 1 })
    }
}
