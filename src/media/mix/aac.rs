//! What the head of an AAC packet says of its window, and whether a track's packets can stand beside packets of our own.
//!
//! In: packets, an `AudioSpecificConfig` (ISO/IEC 14496-3, 1.6.2.1 and 4.4). Out: the window of a packet's first channel, and the
//! place of the bit that says its shape; or why sound cannot be mixed.

use crate::media::bits::Bits;
use crate::media::index::AudioTrack;

/// How long the transforms of a packet are: its `window_sequence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sequence {
    /// One long transform.
    Long = 0,
    /// One that ends as short ones begin.
    Start = 1,
    /// Eight short ones.
    Short = 2,
    /// One that begins as short ones end.
    Stop = 3,
}

/// The window of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) sequence: Sequence,
    /// Whether its second half is a Kaiser-Bessel derived slope rather than a sine.
    pub(super) is_kaiser: bool,
    /// Whether it is the window of all channels.
    pub(super) is_common: bool,
    /// Number of the bit of the packet that says its shape.
    shape_at: usize,
}

impl Window {
    /// Whether its first half is one long slope.
    pub(super) fn starts_long(self) -> bool {
        matches!(self.sequence, Sequence::Long | Sequence::Start)
    }

    /// Whether its second half is one long slope.
    pub(super) fn ends_long(self) -> bool {
        matches!(self.sequence, Sequence::Long | Sequence::Stop)
    }

    /// The window of a packet, where it begins with the sound of a channel or of two.
    pub(super) fn of(packet: &[u8]) -> Option<Self> {
        const SINGLE: u32 = 0;
        const PAIR: u32 = 1;
        const DATA: u32 = 4;
        const FILL: u32 = 6;
        let mut bits = Bits::raw(packet);
        loop {
            match bits.bits(3)? {
                SINGLE => {
                    bits.skip(4 + 8);
                    return Self::read(&mut bits, true);
                }
                PAIR => {
                    bits.skip(4);
                    let is_common = bits.bit()? == 1;
                    bits.skip(if is_common { 0 } else { 8 });
                    return Self::read(&mut bits, is_common);
                }
                FILL => {
                    let mut count = bits.bits(4)?;
                    if count == 15 {
                        count = 14 + bits.bits(8)?;
                    }
                    bits.skip(count as usize * 8);
                }
                DATA => {
                    bits.skip(4);
                    let is_aligned = bits.bit()? == 1;
                    let mut count = bits.bits(8)?;
                    if count == 255 {
                        count += bits.bits(8)?;
                    }
                    if is_aligned {
                        bits.skip(bits.place().next_multiple_of(8) - bits.place());
                    }
                    bits.skip(count as usize * 8);
                }
                _ => return None,
            }
        }
    }

    fn read(bits: &mut Bits, is_common: bool) -> Option<Self> {
        bits.skip(1);
        let sequence = match bits.bits(2)? {
            0 => Sequence::Long,
            1 => Sequence::Start,
            2 => Sequence::Short,
            _ => Sequence::Stop,
        };
        let shape_at = bits.place();
        Some(Self { sequence, is_kaiser: bits.bit()? == 1, is_common, shape_at })
    }

    /// Gives a packet, whose window this is and stays a long one, another sequence and shape.
    pub(super) fn set(self, packet: &mut [u8], sequence: Sequence, is_kaiser: bool) {
        let bits = (sequence as u8) << 1 | u8::from(is_kaiser);
        for (at, shift) in (self.shape_at - 2..).zip([2, 1, 0]) {
            let (byte, mask) = (at / 8, 0x80 >> (at % 8));
            packet[byte] = packet[byte] & !mask | if bits >> shift & 1 == 1 { mask } else { 0 };
        }
    }
}

/// Why packets of our own cannot stand among those of a track.
pub(super) fn fault(track: &AudioTrack) -> Option<String> {
    const LOW_COMPLEXITY: u32 = 2;
    const RATE_IN_FULL: u32 = 15;
    let Some(config) = Config::read(&track.config) else {
        return Some("its decoder configuration cannot be read".to_owned());
    };
    if config.object != LOW_COMPLEXITY || config.has_replication {
        return Some(
            "its sound is not plain AAC-LC: it has spectral band replication, or is of another kind"
                .to_owned(),
        );
    }
    if config.rate == RATE_IN_FULL {
        return Some(format!(
            "its sound has {} samples a second, which no AAC encoder takes",
            track.sample_rate
        ));
    }
    if config.channels != u32::from(track.channels) {
        return Some("the channels of its sound are described by a program config element".to_owned());
    }
    if config.is_short {
        return Some("its sound has packets of 960 samples".to_owned());
    }
    config.is_layered.then(|| "its sound depends on another stream".to_owned())
}

/// What an `AudioSpecificConfig` says.
struct Config {
    object: u32,
    rate: u32,
    channels: u32,
    is_short: bool,
    is_layered: bool,
    has_replication: bool,
}

impl Config {
    fn read(bytes: &[u8]) -> Option<Self> {
        const SYNC: u32 = 0x2b7;
        const REPLICATION: u32 = 5;
        let mut bits = Bits::raw(bytes);
        let object = object(&mut bits)?;
        let rate = bits.bits(4)?;
        bits.skip(if rate == 15 { 24 } else { 0 });
        let channels = bits.bits(4)?;
        let is_short = bits.bit()? == 1;
        let is_layered = bits.bit()? == 1;
        let extends = bits.bit()? == 1;
        let mut config = Self { object, rate, channels, is_short, is_layered, has_replication: false };
        // What follows is for decoders of more, and may be missing.
        if !is_layered && !extends && channels != 0 && bits.bits(11) == Some(SYNC) {
            config.has_replication = self::object(&mut bits) == Some(REPLICATION) && bits.bit() == Some(1);
        }
        Some(config)
    }
}

fn object(bits: &mut Bits) -> Option<u32> {
    const ESCAPE: u32 = 31;
    match bits.bits(5)? {
        ESCAPE => Some(32 + bits.bits(6)?),
        object => Some(object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(config: &[u8], channels: u16) -> AudioTrack {
        AudioTrack {
            path: "x".into(),
            sample_rate: 44_100,
            channels,
            config: config.to_vec(),
            first_sample: 0,
            packets: Vec::new(),
            silence: Vec::new(),
        }
    }

    #[test]
    fn only_plain_sound_can_be_mixed() {
        // AAC-LC at 44.1 kHz in stereo, alone and as other encoders write it: with a word that there is no replication.
        for plain in [&[0x12, 0x10][..], &[0x12, 0x10, 0x56, 0xe5, 0x00], &[0x12, 0x08]] {
            let channels = if plain[1] == 0x08 { 1 } else { 2 };
            assert_eq!(fault(&track(plain, channels)), None);
        }
        let fault = |config: &[u8], channels: u16| fault(&track(config, channels)).unwrap();
        assert!(fault(&[0x12, 0x10, 0x56, 0xe5, 0x80], 2).contains("replication"));
        assert!(fault(&[0x2b, 0x92, 0x08, 0x00], 2).contains("replication"));
        assert!(fault(&[0x12, 0x14], 2).contains("960 samples"));
        assert!(fault(&[0x12, 0x00], 2).contains("program config element"));
        assert!(fault(&[0x12, 0x12], 2).contains("another stream"));
        assert!(fault(&[0x17, 0x80, 0x00, 0x00, 0x10], 2).contains("no AAC encoder"));
        assert!(fault(&[0x12], 2).contains("cannot be read"));
    }

    #[test]
    fn the_shape_of_a_window_can_be_read_and_set() {
        // Behind a fill element of two bytes, a pair with a common window, long and of a sine.
        let mut pair = [0b1100_0100, 0, 0b0000_0000, 0b0100_0010, 0b0000_0000];
        let window = Window::of(&pair).unwrap();
        assert_eq!((window.sequence, window.is_kaiser, window.is_common), (Sequence::Long, false, true));
        for (sequence, is_kaiser) in
            [(Sequence::Stop, true), (Sequence::Start, false), (Sequence::Long, true)]
        {
            window.set(&mut pair, sequence, is_kaiser);
            let set = Window::of(&pair).unwrap();
            assert_eq!((set.sequence, set.is_kaiser, set.is_common), (sequence, is_kaiser, true));
        }
        // A fill element of 14 + 3 bytes, which its count of four bits cannot say.
        let mut packet = vec![0b1101_1110, 0b0000_0110];
        packet.extend([0; 17]);
        packet.extend([0b0100_0010, 0b0110_0000]);
        let window = Window::of(&packet).unwrap();
        assert_eq!((window.sequence, window.is_kaiser, window.is_common), (Sequence::Start, true, true));
        // One channel of short windows.
        let single = [0b0000_0001, 0b1111_1110, 0b1010_0000];
        let window = Window::of(&single).unwrap();
        assert_eq!((window.sequence, window.is_kaiser), (Sequence::Short, true));
        assert!(Window::of(&[0b1010_0000]).is_none() && Window::of(&[]).is_none());
    }
}
