//! The encoder's part: blocks with needles in, packets out.
//!
//! In: blocks as they ought to sound, and how the copied packets beside them slope. Out: packets. The encoder is fed the true
//! blocks before and after, so that its state at the borders is that of a stream that has long been running.

use std::ops::Range;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::sample::{Sample, Type};

use super::aac::{Sequence, Window};
use super::fold::{self, Ours, Slope};
use super::source::Heard;
use super::span::Span;
use crate::media::Error;
use crate::media::blocks::Block;
use crate::media::index::AudioTrack;
use crate::media::sound::{self, PACKET_SAMPLES};

/// Blocks that the encoder is fed before the first that counts, and behind the last.
const LEAD: i64 = 8;
const TAIL: i64 = 3;
/// Bits for each sample: much more than prepared sound has, so that what lies beside a needle stays as it is.
const BITS_A_SAMPLE: usize = 5;

/// How a copied packet slopes beside the first and the last of ours, where there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Borders {
    pub(super) first: Option<Slope>,
    pub(super) last: Option<Slope>,
}

/// What the encoder made: the packets, or which ends of them cannot meet copied ones.
pub(super) type Coded = Result<Vec<Vec<u8>>, Unclean>;

/// What is wrong at the two ends of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unclean {
    pub(super) first: bool,
    pub(super) last: bool,
}

/// The blocks that are fed for a span of packets.
pub(super) fn fed(span: Span) -> Range<i64> {
    span.first as i64 - LEAD..span.last as i64 + 2 + TAIL
}

/// Adds a needle to blocks, the first of which is block `first` of the track.
pub(super) fn add(blocks: &mut [Block], first: i64, needle: &Heard) {
    let size = PACKET_SAMPLES as i64;
    let start = first * size;
    let from = (start - needle.at as i64).max(0) as usize;
    for (at, &sample) in needle.samples.iter().enumerate().skip(from) {
        let place = needle.at as i64 + at as i64 - start;
        let Some(block) = blocks.get_mut((place / size) as usize) else { return };
        for channel in block {
            channel[(place % size) as usize] += sample;
        }
    }
}

/// Encodes the packets of a span from the blocks of [`fed`].
pub(super) fn encode(
    like: &AudioTrack,
    mut blocks: Vec<Block>,
    span: Span,
    borders: Borders,
) -> Result<Coded, Error> {
    // A packet shares its first block with the one before it, and the next block with the one behind it.
    let (first, last) = (LEAD as usize, LEAD as usize + (span.last - span.first) as usize + 1);
    let mut packets = run(like, &blocks)?;
    let ends = Ends::of(&packets, (first, last), borders);
    let Ok(slopes) = ends else { return Ok(Err(ends.err().unwrap_or_default())) };
    let mut is_changed = false;
    for (at, ours, encoder, decoder) in
        [(first, Ours::Second, slopes.first, borders.first), (last, Ours::First, slopes.last, borders.last)]
    {
        if let (Some(encoder), Some(decoder)) = (encoder, decoder)
            && encoder != decoder
        {
            blocks[at].iter_mut().for_each(|channel| fold::refold(channel, ours, encoder, decoder));
            is_changed = true;
        }
    }
    if is_changed {
        packets = run(like, &blocks)?;
        let again = Ends::of(&packets, (first, last), borders);
        if again != Ok(slopes) {
            // The encoder takes other windows for what was changed.
            return Ok(Err(again.err().unwrap_or(Unclean { first: true, last: true })));
        }
    }
    let mut chosen = packets.get(first + 1..=last).unwrap_or_default().to_vec();
    if chosen.len() as u64 != span.last - span.first + 1 {
        return Err(Error::Missing("working AAC encoder"));
    }
    // What follows short windows has to begin as they end, and the other way round; the shape is that of a packet's end.
    if let (Some(slope), Some(packet)) = (borders.first, chosen.first_mut())
        && let Some(window) = Window::of(packet)
        && !slope.is_long
        && window.sequence == Sequence::Long
    {
        window.set(packet, Sequence::Stop, window.is_kaiser);
    }
    if let (Some(slope), Some(packet)) = (borders.last, chosen.last_mut())
        && let Some(window) = Window::of(packet)
    {
        let is_cut = !slope.is_long && window.sequence == Sequence::Long;
        window.set(packet, if is_cut { Sequence::Start } else { window.sequence }, slope.is_kaiser);
    }
    Ok(Ok(chosen))
}

/// By which slopes the encoder has folded the blocks at the ends of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    first: Option<Slope>,
    last: Option<Slope>,
}

impl Ends {
    /// The slopes of encoded packets whose first and last of ours hold these blocks; or which ends cannot be made to meet the
    /// copied packets.
    fn of(packets: &[Vec<u8>], (first, last): (usize, usize), borders: Borders) -> Result<Self, Unclean> {
        // Packet `k` of the encoder holds the blocks `k - 1` and `k` that it was fed.
        let window = |at: usize| {
            packets.get(at).and_then(|packet| Window::of(packet)).filter(|window| window.is_common)
        };
        let opens = |slope: Slope| {
            let (before, own) = (window(first)?, window(first + 1)?);
            let is_own = matches!(own.sequence, Sequence::Long | Sequence::Start);
            let is_kaiser = if is_own { own.is_kaiser } else { before.is_kaiser };
            // A long slope needs a long one; and a packet cannot begin and end as if short ones were beside it.
            let fits = if slope.is_long { own.starts_long() } else { own.sequence != Sequence::Start };
            fits.then_some(Slope { is_long: own.starts_long(), is_kaiser })
        };
        let closes = |slope: Slope| {
            let (before, own) = (window(last - 1)?, window(last)?);
            // FFmpeg's encoder lets long packets end in the shape of the one before them.
            let is_before = matches!(own.sequence, Sequence::Long | Sequence::Start);
            let is_kaiser = if is_before { before.is_kaiser } else { own.is_kaiser };
            let fits = match own.sequence {
                Sequence::Long => true,
                Sequence::Stop => slope.is_long,
                Sequence::Start => !slope.is_long,
                // Its shape is that of all of its windows.
                Sequence::Short => !slope.is_long && slope.is_kaiser == own.is_kaiser,
            };
            fits.then_some(Slope { is_long: own.ends_long(), is_kaiser })
        };
        let (start, end) = (borders.first.map(opens), borders.last.map(closes));
        let unclean = Unclean { first: start == Some(None), last: end == Some(None) };
        if unclean == Unclean::default() {
            Ok(Self { first: start.flatten(), last: end.flatten() })
        } else {
            Err(unclean)
        }
    }
}

/// Encodes blocks. Nothing that a decoder would draw by chance, or make of other channels, is allowed.
fn run(like: &AudioTrack, blocks: &[Block]) -> Result<Vec<Vec<u8>>, Error> {
    let (rate, path) = (like.sample_rate, &like.path);
    let cutoff = (rate / 2).to_string();
    let settings = [("aac_pns", "0"), ("aac_is", "0"), ("cutoff", cutoff.as_str())];
    let bits = BITS_A_SAMPLE * rate as usize;
    let mut encoder = sound::encoder_with(rate, like.channels, bits, &settings, path)?;
    let mut packets = Vec::new();
    let mut receive = |encoder: &mut ffmpeg::encoder::Audio| {
        let mut packet = ffmpeg::Packet::empty();
        while encoder.receive_packet(&mut packet).is_ok() {
            packets.push(packet.data().unwrap_or_default().to_vec());
        }
    };
    for (at, block) in (0..).zip(blocks) {
        let mut frame = ffmpeg::frame::Audio::new(
            Sample::F32(Type::Planar),
            PACKET_SAMPLES as usize,
            ffmpeg::ChannelLayout::default(i32::from(like.channels)),
        );
        frame.set_rate(rate);
        for (channel, samples) in block.iter().enumerate() {
            frame.plane_mut::<f32>(channel).copy_from_slice(samples);
        }
        frame.set_pts(Some(at * PACKET_SAMPLES as i64));
        encoder.send_frame(&frame).map_err(Error::ffmpeg("encode its sound", path))?;
        receive(&mut encoder);
    }
    encoder.send_eof().map_err(Error::ffmpeg("encode its sound", path))?;
    receive(&mut encoder);
    Ok(packets)
}
