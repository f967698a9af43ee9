//! H.264 NAL units: finding them, and the few fields that splicing depends on.
//!
//! In: Annex B or length-prefixed bytes. Out: units, and ids of parameter sets (ITU-T H.264, 7.3.2).

use crate::media::bits::Bits;

/// Coded slice of an IDR picture.
pub(super) const IDR: u8 = 5;
/// Sequence parameter set.
pub(super) const SPS: u8 = 7;
/// Picture parameter set.
pub(super) const PPS: u8 = 8;

/// Where the search for a free id starts.
const FIRST_FREE_ID: u32 = 3;
/// Highest id of a sequence parameter set.
const LAST_SPS_ID: u32 = 31;

/// Type of a unit.
pub(super) fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |byte| byte & 31)
}

/// Whether a unit holds slice data.
pub(super) fn is_slice(unit: &[u8]) -> bool {
    (1..=5).contains(&kind(unit))
}

/// Units of an Annex B stream.
pub(super) fn annex_b(data: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at + 3 <= data.len() {
        if data[at..at + 3] == [0, 0, 1] {
            starts.push(at + 3);
            at += 3;
        } else {
            at += 1;
        }
    }
    let mut units = Vec::with_capacity(starts.len());
    for (index, &start) in starts.iter().enumerate() {
        let mut end = starts.get(index + 1).map_or(data.len(), |next| next - 3);
        // Zero bytes before a start code belong to it.
        while end > start && data[end - 1] == 0 {
            end -= 1;
        }
        units.push(&data[start..end]);
    }
    units
}

/// Units of a length-prefixed sample; `None` if the lengths do not add up.
pub(super) fn length_prefixed(data: &[u8], length_size: usize) -> Option<Vec<&[u8]>> {
    let mut units = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (prefix, after) = rest.split_at_checked(length_size)?;
        let length = prefix.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        let (unit, next) = after.split_at_checked(length)?;
        units.push(unit);
        rest = next;
    }
    Some(units)
}

/// Whether no other picture refers to that of a sample (`nal_ref_idc` is 0 in all its slices, ITU-T H.264, 7.4.1).
pub(super) fn is_disposable(sample: &[u8], length_size: usize) -> bool {
    let units = length_prefixed(sample, length_size).unwrap_or_default();
    let mut slices = units.iter().filter(|unit| is_slice(unit)).peekable();
    slices.peek().is_some() && slices.all(|unit| unit[0] & 0x60 == 0)
}

/// Appends a unit with a 4-byte length.
pub(super) fn push_prefixed(out: &mut Vec<u8>, unit: &[u8]) {
    out.extend_from_slice(&(unit.len() as u32).to_be_bytes());
    out.extend_from_slice(unit);
}

/// `seq_parameter_set_id`.
pub(super) fn sps_id(sps: &[u8]) -> Option<u32> {
    let mut bits = Bits::unit(sps);
    bits.bits(24)?;
    bits.ue()
}

/// `pic_parameter_set_id` and the id of the sequence parameter set that it names.
pub(super) fn pps_ids(pps: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Bits::unit(pps);
    Some((bits.ue()?, bits.ue()?))
}

/// Parameter sets and length size of an `avcC` record (ISO/IEC 14496-15, 5.3.3).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct AvcC {
    pub(super) length_size: usize,
    pub(super) sps: Vec<Vec<u8>>,
    pub(super) pps: Vec<Vec<u8>>,
}

impl AvcC {
    /// Reads a record; `None` if it is not one.
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let (&[version, _, _, _, sizes, sps_count], rest) = data.split_first_chunk::<6>()?;
        if version != 1 {
            return None;
        }
        let (sps, rest) = units_of_record(rest, sps_count & 31)?;
        let (&pps_count, rest) = rest.split_first()?;
        let (pps, _) = units_of_record(rest, pps_count)?;
        Some(Self { length_size: usize::from(sizes & 3) + 1, sps, pps })
    }

    /// An id that no set of either kind has, so that sets under it can stand beside these. The lowest are passed over:
    /// they are what encoders like to number their own by.
    pub(super) fn free_id(&self) -> Option<u32> {
        (FIRST_FREE_ID..=LAST_SPS_ID).find(|&id| {
            self.sps.iter().all(|sps| sps_id(sps) != Some(id))
                && self.pps.iter().all(|pps| pps_ids(pps).is_none_or(|(own, _)| own != id))
        })
    }
}

/// An `avcC` record of High profile, 4:2:0, 8 bits, with one set of each kind and 4-byte lengths.
pub(super) fn avcc(sps: &[u8], pps: &[u8]) -> Vec<u8> {
    let mut out = vec![1, sps[1], sps[2], sps[3], 0xff, 0xe1];
    out.extend_from_slice(&(sps.len() as u16).to_be_bytes());
    out.extend_from_slice(sps);
    out.push(1);
    out.extend_from_slice(&(pps.len() as u16).to_be_bytes());
    out.extend_from_slice(pps);
    // High profile appends chroma format 4:2:0, two bit depths of 8, and no extension of the sequence parameter set.
    out.extend_from_slice(&[0xfd, 0xf8, 0xf8, 0]);
    out
}

/// `count` units with 2-byte lengths, and what follows them.
fn units_of_record(mut rest: &[u8], count: u8) -> Option<(Vec<Vec<u8>>, &[u8])> {
    let mut units = Vec::new();
    for _ in 0..count {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (unit, next) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        units.push(unit.to_vec());
        rest = next;
    }
    Some((units, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annex_b_and_prefixed_agree() {
        let stream = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 9, 0, 0, 0, 1, 0x65, 7];
        let units = annex_b(&stream);
        assert_eq!(units, [&[0x67, 1, 2][..], &[0x68, 9], &[0x65, 7]]);
        let mut prefixed = Vec::new();
        for unit in &units {
            push_prefixed(&mut prefixed, unit);
        }
        assert_eq!(length_prefixed(&prefixed, 4).unwrap(), units);
        assert_eq!(length_prefixed(&prefixed[..6], 4), None);
    }

    #[test]
    fn exp_golomb_ids() {
        // sps: header, profile, flags, level, then ue(3) = 00100.
        assert_eq!(sps_id(&[0x67, 100, 0, 31, 0b0010_0000]), Some(3));
        // pps: ue(3) = 00100, ue(0) = 1.
        assert_eq!(pps_ids(&[0x68, 0b0010_0100]), Some((3, 0)));
        assert_eq!(sps_id(&[0x67, 100]), None);
    }

    #[test]
    fn a_free_id_is_that_of_no_set() {
        let sps = |byte| vec![0x67, 100, 0, 31, byte];
        let config = |sps, pps| AvcC { length_size: 4, sps, pps };
        // ue(0) = 1, ue(3) = 00100, ue(4) = 00101.
        assert_eq!(config(vec![sps(0b1000_0000)], vec![vec![0x68, 0b1100_0000]]).free_id(), Some(3));
        assert_eq!(config(vec![sps(0b0010_0000)], vec![vec![0x68, 0b0010_0001, 0]]).free_id(), Some(4));
        assert_eq!(config(vec![sps(0b0010_0000)], vec![vec![0x68, 0b0010_1100, 0]]).free_id(), Some(5));
    }
}
