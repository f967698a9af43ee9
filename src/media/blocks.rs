//! Blocks of sound: what packets of AAC decode to, by their number.
//!
//! In: packets of a track, in order. Out: blocks of 1,024 samples for each channel. Block `j` needs the packets `j - 1` and `j`,
//! so the first block of a decoder is not yet right.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::sample::{Sample, Type};

use crate::files;
use crate::media::Error;
use crate::media::ff;
use crate::media::index::{AudioTrack, read_at};
use crate::media::mux::Origin;
use crate::media::sound::PACKET_SAMPLES;

/// Samples of one block, by channel; full scale is 1.
pub(super) type Block = Vec<Vec<f32>>;

/// Full scale of samples that are whole numbers.
const FULL: f32 = 2_147_483_648.0;

/// Reads packets from the files that they lie in, each opened once.
#[derive(Default)]
pub(super) struct Packets {
    files: BTreeMap<PathBuf, File>,
}

impl Packets {
    /// The bytes of a packet.
    pub(super) fn read<'a>(&mut self, origin: Origin<'a>) -> Result<Cow<'a, [u8]>, Error> {
        match origin {
            Origin::Held(data) => Ok(Cow::Borrowed(data)),
            Origin::At(path, offset, size) => {
                if !self.files.contains_key(path) {
                    let file = File::open(path).map_err(files::Error::io("read", path))?;
                    self.files.insert(path.to_owned(), file);
                }
                Ok(Cow::Owned(read_at(&self.files[path], path, offset, size)?))
            }
        }
    }
}

/// A decoder that gives a block for each packet.
pub(super) struct Decoder {
    context: ffmpeg::decoder::Audio,
    channels: usize,
    path: PathBuf,
}

impl Decoder {
    /// For packets of this configuration, as any other program decodes them.
    pub(super) fn open(track: &AudioTrack) -> Result<Self, Error> {
        ff::init();
        let decoder = ff::aac_decoder(track.sample_rate, &track.config);
        Ok(Self::new(track, decoder.ok_or(Error::Missing("AAC decoder"))?))
    }

    /// The same with samples that are equal on every processor: what is encoded of them has to be.
    pub(super) fn open_exact(track: &AudioTrack) -> Result<Self, Error> {
        ff::init();
        let decoder = ff::exact_aac_decoder(track.sample_rate, &track.config);
        Ok(Self::new(track, decoder.ok_or(Error::Missing("fixed-point AAC decoder, `aac_fixed`"))?))
    }

    fn new(track: &AudioTrack, context: ffmpeg::decoder::Audio) -> Self {
        Self { context, channels: usize::from(track.channels), path: track.path.clone() }
    }

    /// The block that the next packet completes.
    pub(super) fn next(&mut self, packet: &[u8]) -> Result<Block, Error> {
        next(&mut self.context, &ffmpeg::Packet::copy(packet), self.channels, &self.path)
    }
}

/// The block of so many channels that a decoder gives for the next packet.
pub(super) fn next(
    decoder: &mut ffmpeg::decoder::Audio,
    packet: &ffmpeg::Packet,
    channels: usize,
    path: &Path,
) -> Result<Block, Error> {
    decoder.send_packet(packet).map_err(Error::ffmpeg("decode its sound", path))?;
    let mut frame = ffmpeg::frame::Audio::empty();
    match decoder.receive_frame(&mut frame) {
        Ok(()) => block_of(&frame, channels, path),
        // A packet that primes the decoder alone.
        Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => {
            Ok(vec![vec![0.0; PACKET_SAMPLES as usize]; channels])
        }
        Err(error) => Err(Error::ffmpeg("decode its sound", path)(error)),
    }
}

/// The samples of a decoded frame, which has to be a block of so many channels.
fn block_of(frame: &ffmpeg::frame::Audio, channels: usize, path: &Path) -> Result<Block, Error> {
    let (found, samples) = (usize::from(frame.channels()), frame.samples());
    if found != channels || samples != PACKET_SAMPLES as usize {
        let reason = format!(
            "has a packet of sound that decodes to {samples} samples of {found} channels, not to {PACKET_SAMPLES} of {channels}"
        );
        return Err(Error::source_file(path, reason));
    }
    let in_full = |sample: &i32| *sample as f32 / FULL;
    let plane = |channel: usize| match frame.format() {
        Sample::F32(Type::Planar) => Ok(frame.plane::<f32>(channel).to_vec()),
        Sample::I32(Type::Planar) => Ok(frame.plane::<i32>(channel).iter().map(in_full).collect()),
        _ => Err(Error::Missing("AAC decoder of its own")),
    };
    (0..channels).map(plane).collect()
}

/// The blocks that a decoder gives which starts with the packet before `blocks`; `origin` says where each packet lies. Blocks
/// outside of the track, which has `count` packets, are silent.
pub(super) fn decoded<'a>(
    track: &AudioTrack,
    packets: &mut Packets,
    blocks: Range<i64>,
    count: u64,
    origin: impl Fn(u64) -> Origin<'a>,
) -> Result<Vec<Block>, Error> {
    let silent = || vec![vec![0.0; PACKET_SAMPLES as usize]; usize::from(track.channels)];
    let mut decoder = Decoder::open_exact(track)?;
    let mut found = Vec::new();
    for at in blocks.start - 1..blocks.end {
        let block = match u64::try_from(at) {
            Ok(at) if at < count => decoder.next(&packets.read(origin(at))?)?,
            _ => silent(),
        };
        if at >= blocks.start {
            found.push(block);
        }
    }
    Ok(found)
}
