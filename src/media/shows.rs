//! Which packets show a frame: reference pictures that are never shown, repeats without a picture, and second fields do not.
//!
//! In: the packets of a stream, in decoding order. Out: for each, how many frames it shows. Codecs that always show one frame
//! a packet are not looked into. References: RFC 6386 9.1 (VP8), the VP9 bitstream specification 6.2 and annex B, the AV1
//! bitstream specification 5.9.2, ISO/IEC 14496-2 6.2.5 (MPEG-4), ITU-T H.264 7.3.3.

use ffmpeg_next as ffmpeg;

use crate::media::bits::Bits;
use crate::media::nal;
use crate::media::sps::Sps;

/// Looks into the packets of one stream.
pub(super) enum Shows {
    /// One frame each.
    Every,
    /// VP8: hidden "alternate references".
    Vp8,
    /// VP9: the same, alone or in front of a frame.
    Vp9,
    /// AV1: temporal units that hold no shown frame.
    Av1(Av1),
    /// MPEG-4: pictures that are not coded, and what stands for them in packets of two.
    Mpeg4(Mpeg4),
    /// H.264 whose fields are packets of their own.
    Fields(Fields),
}

impl Shows {
    /// Of a stream of this codec with this decoder configuration.
    pub(super) fn of(codec: ffmpeg::codec::Id, extradata: &[u8], progressive: bool) -> Self {
        use ffmpeg::codec::Id;
        match codec {
            Id::VP8 => Self::Vp8,
            Id::VP9 => Self::Vp9,
            Id::AV1 => Self::Av1(Av1::new(extradata)),
            Id::MPEG4 => Self::Mpeg4(Mpeg4::new(extradata)),
            Id::H264 if !progressive => Self::Fields(Fields::new(extradata)),
            _ => Self::Every,
        }
    }

    /// How many frames the next packet shows; 1 where that cannot be told.
    pub(super) fn frames(&mut self, packet: &[u8]) -> usize {
        let shown = match self {
            Self::Every => None,
            // `show_frame`, after `key_frame` and the version.
            Self::Vp8 => packet.first().map(|byte| usize::from(byte >> 4 & 1)),
            Self::Vp9 => vp9(packet),
            Self::Av1(state) => state.frames(packet),
            Self::Mpeg4(state) => state.frames(packet),
            Self::Fields(state) => state.frames(packet),
        };
        shown.unwrap_or(1)
    }
}

/// Drops the packets that show nothing; the number of those that are left. Where some packets show two frames, as in AVI files
/// of MPEG-4 with B-frames, empty ones stand for the second.
pub(super) fn keep_shown<T>(packets: &mut Vec<T>, frames: impl Fn(&T) -> usize) {
    let doubled = packets.iter().any(|packet| frames(packet) > 1);
    if !doubled && packets.iter().any(|packet| frames(packet) > 0) {
        packets.retain(|packet| frames(packet) > 0);
    }
}

/// Shown frames of a VP9 packet, which may be a superframe with an index at its end.
fn vp9(packet: &[u8]) -> Option<usize> {
    let &last = packet.last()?;
    let (count, size_bytes) = (usize::from(last & 7) + 1, usize::from(last >> 3 & 3) + 1);
    let index = 2 + count * size_bytes;
    let is_super = last >> 5 == 0b110 && packet.len() >= index && packet[packet.len() - index] == last;
    if !is_super {
        return vp9_frame(packet);
    }
    let sizes = packet[packet.len() - index + 1..packet.len() - 1].chunks_exact(size_bytes);
    let (mut at, mut shown) = (0_usize, 0);
    for size in sizes {
        let size = size.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        shown += vp9_frame(packet.get(at..at.checked_add(size)?)?)?;
        at += size;
    }
    // A decoder gives one frame a packet.
    Some(shown.min(1))
}

fn vp9_frame(frame: &[u8]) -> Option<usize> {
    let mut bits = Bits::raw(frame);
    bits.bits(2)?;
    let profile = bits.bit()? | bits.bit()? << 1;
    if profile == 3 {
        bits.bit()?;
    }
    let shows_existing = bits.bit()? == 1;
    let _type = bits.bit()?;
    Some(usize::from(shows_existing || bits.bit()? == 1))
}

/// AV1 needs one flag of its sequence header.
pub(super) struct Av1 {
    still: bool,
}

impl Av1 {
    fn new(extradata: &[u8]) -> Self {
        let mut state = Self { still: false };
        // `av1C` is four bytes and the sequence header.
        state.frames(extradata.get(4..).unwrap_or_default());
        state
    }

    fn frames(&mut self, mut rest: &[u8]) -> Option<usize> {
        let mut shown = 0;
        while let Some((&head, after)) = rest.split_first() {
            let (kind, extended, sized) = (head >> 3 & 15, head & 4 != 0, head & 2 != 0);
            let after = if extended { after.get(1..)? } else { after };
            let (size, after) = if sized { leb128(after)? } else { (after.len(), after) };
            let (unit, next) = after.split_at_checked(size)?;
            let mut bits = Bits::raw(unit);
            match kind {
                1 => {
                    bits.bits(4)?;
                    self.still = bits.bit()? == 1;
                }
                // A frame header, or a frame with its header.
                3 | 6 if self.still => shown += 1,
                3 | 6 => {
                    let shows_existing = bits.bit()? == 1;
                    bits.bits(2)?;
                    shown += usize::from(shows_existing || bits.bit()? == 1);
                }
                _ => {}
            }
            rest = next;
        }
        Some(shown.min(1))
    }
}

fn leb128(data: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (at, byte) in data.iter().take(8).enumerate() {
        value |= usize::from(byte & 127).checked_shl(7 * at as u32)?;
        if byte & 128 == 0 {
            return Some((value, &data[at + 1..]));
        }
    }
    None
}

/// MPEG-4 needs the length of its time codes.
pub(super) struct Mpeg4 {
    time_bits: Option<u32>,
}

impl Mpeg4 {
    fn new(extradata: &[u8]) -> Self {
        let mut state = Self { time_bits: None };
        state.frames(extradata);
        state
    }

    fn frames(&mut self, packet: &[u8]) -> Option<usize> {
        let mut shown = 0;
        let mut pictures = 0;
        for unit in start_codes(packet) {
            match unit.first()? {
                0x20..=0x2f => self.time_bits = layer(unit).or(self.time_bits),
                0xb6 => {
                    pictures += 1;
                    shown += picture(unit, self.time_bits?)?;
                }
                _ => {}
            }
        }
        // A packet of a byte or none stands for a picture that is not there.
        (pictures > 0 || packet.len() < 2).then_some(shown)
    }
}

/// What follows each start code, up to the next.
fn start_codes(data: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> =
        data.windows(3).enumerate().filter(|(_, bytes)| *bytes == [0, 0, 1]).map(|(at, _)| at + 3).collect();
    let ends = starts.iter().skip(1).map(|next| next - 3).chain([data.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &data[start..end.max(start)]).collect()
}

/// Bits of the time code of a video object layer's pictures.
fn layer(unit: &[u8]) -> Option<u32> {
    let mut bits = Bits::raw(unit.get(1..)?);
    bits.bits(9)?;
    if bits.bit()? == 1 {
        bits.bits(7)?;
    }
    if bits.bits(4)? == 15 {
        bits.bits(16)?;
    }
    if bits.bit()? == 1 {
        bits.bits(3)?;
        if bits.bit()? == 1 {
            for _ in 0..79 {
                bits.bit()?;
            }
        }
    }
    // Shapes other than a rectangle are in no file of these containers.
    if bits.bits(2)? != 0 {
        return None;
    }
    bits.bit()?;
    let resolution = bits.bits(16)?.max(1);
    Some((32 - (resolution - 1).leading_zeros()).max(1))
}

/// Whether a picture is coded: 1, or 0.
fn picture(unit: &[u8], time_bits: u32) -> Option<usize> {
    let mut bits = Bits::raw(unit.get(1..)?);
    bits.bits(2)?;
    while bits.bit()? == 1 {}
    bits.bit()?;
    bits.bits(time_bits)?;
    bits.bit()?;
    Some(bits.bit()? as usize)
}

/// H.264 needs its parameter sets, and which field stands alone.
pub(super) struct Fields {
    length_size: Option<usize>,
    sps: Option<Sps>,
    /// The first field of a frame whose second has not come: its number, and whether it is the bottom one.
    waiting: Option<(u32, bool)>,
}

impl Fields {
    fn new(extradata: &[u8]) -> Self {
        let config = nal::AvcC::parse(extradata);
        let length_size = config.as_ref().map(|config| config.length_size);
        let mut state = Self { length_size, sps: None, waiting: None };
        match config {
            Some(config) => config.sps.iter().for_each(|sps| state.learn(sps)),
            None => nal::annex_b(extradata).into_iter().for_each(|unit| state.learn(unit)),
        }
        state
    }

    fn learn(&mut self, unit: &[u8]) {
        if nal::kind(unit) == nal::SPS {
            self.sps = Sps::parse(unit).or(self.sps);
        }
    }

    fn frames(&mut self, packet: &[u8]) -> Option<usize> {
        let units = match self.length_size {
            Some(size) => nal::length_prefixed(packet, size)?,
            None => nal::annex_b(packet),
        };
        for unit in &units {
            self.learn(unit);
        }
        let sps = self.sps?;
        let mut fields = 0;
        let mut shown = 0;
        for slice in units.iter().filter(|unit| matches!(nal::kind(unit), 1 | 2 | nal::IDR)) {
            let head = sps.slice(slice)?;
            if head.first_macroblock != 0 {
                continue;
            }
            let Some(bottom) = head.field else {
                self.waiting = None;
                return Some(1);
            };
            fields += 1;
            if self.waiting.take() != Some((head.frame_num, !bottom)) {
                self.waiting = Some((head.frame_num, bottom));
                shown += 1;
            }
        }
        (fields > 0).then_some(shown.min(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_references_of_vp8_and_vp9_show_nothing() {
        let mut vp8 = Shows::Vp8;
        assert_eq!([0x10, 0x30, 0x11, 0x01].map(|byte| vp8.frames(&[byte, 0, 0])), [1, 1, 1, 0]);
        let mut vp9 = Shows::Vp9;
        // Marker 10, profile 00, show_existing 0, key 0, show 1 or 0; then one that shows another.
        let (shown, hidden, existing) = (0b1000_0010, 0b1000_0000, 0b1000_1000);
        assert_eq!([shown, hidden, existing].map(|byte| vp9.frames(&[byte, 0, 0])), [1, 0, 1]);
        // A superframe of a hidden frame of 2 bytes and a shown one of 1.
        let index = 0b1100_0001;
        assert_eq!(vp9.frames(&[hidden, 0, shown, index, 2, 1, index]), 1);
        assert_eq!(vp9.frames(&[hidden, 0, hidden, index, 2, 1, index]), 0);
        assert_eq!(vp9.frames(&[]), 1);
    }

    #[test]
    fn av1_units_without_a_shown_frame_show_nothing() {
        let mut av1 = Shows::Av1(Av1::new(&[0x81, 0, 0, 0]));
        let delimiter = [0b0001_0010, 0];
        let frame = |header: u8| [&delimiter[..], &[0b0011_0010, 2, header, 0]].concat();
        assert_eq!([0b0001_0000, 0b0000_0000, 0b1000_0000].map(|head| av1.frames(&frame(head))), [1, 0, 1]);
    }

    #[test]
    fn pictures_of_mpeg4_that_are_not_coded_show_nothing() {
        // verid, type, ratio 1, no control, rectangle, marker, resolution 25.
        let layer = [0, 0, 1, 0x20, 0x00, 0x84, 0x40, 0x06, 0x40];
        let mut mpeg4 = Shows::Mpeg4(Mpeg4::new(&layer));
        let Shows::Mpeg4(Mpeg4 { time_bits }) = &mpeg4 else { panic!() };
        assert_eq!(*time_bits, Some(5));
        // P, no second, marker, time 1, marker, coded or not.
        let coded = [0, 0, 1, 0xb6, 0b0101_0000, 0b1110_0000, 0];
        let not = [0, 0, 1, 0xb6, 0b0101_0000, 0b1101_1111];
        assert_eq!((mpeg4.frames(&coded), mpeg4.frames(&not)), (1, 0));
        assert_eq!(mpeg4.frames(&[coded, coded].concat()), 2);
        assert_eq!(mpeg4.frames(&[0x7f]), 0);
    }

    #[test]
    fn empty_packets_stand_for_the_second_frame_of_others() {
        let kept = |mut frames: Vec<usize>| {
            keep_shown(&mut frames, |frames| *frames);
            frames.len()
        };
        assert_eq!((kept(vec![1, 0, 1]), kept(vec![1, 2, 0]), kept(vec![0, 0])), (2, 3, 2));
    }

    #[test]
    fn second_fields_show_nothing() {
        // Main profile, 4 bits of frame_num, order count of type 2, 16x16, fields allowed.
        let mut fields = Shows::Fields(Fields::new(&[0, 0, 1, 0x67, 77, 0, 30, 0xda, 0x60]));
        // First macroblock 0, P, set 0, frame_num, field_pic_flag, bottom_field_flag.
        let field = |num: u8, bottom: u8| [0, 0, 1, 0x41, 0xe1 | num << 1, bottom << 7 | 0x40];
        let order = [(0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (3, 0), (3, 1)];
        let shown = order.map(|(num, bottom)| fields.frames(&field(num, bottom)));
        assert_eq!(shown, [1, 0, 1, 0, 1, 1, 0]);
        // Both fields in one packet, and a whole frame.
        assert_eq!(fields.frames(&[field(4, 0), field(4, 1)].concat()), 1);
        assert_eq!(fields.frames(&[0, 0, 1, 0x41, 0xe0 | 5 << 1, 0x40]), 1);
    }
}
