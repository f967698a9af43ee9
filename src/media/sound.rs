//! Sound: indices of AAC tracks, silence, and the arithmetic of cutting them along with the video.
//!
//! In: audio streams and frame times. Out: packets that can be copied, and for each packet of a finished video the
//! packet of the source that belongs there. A packet is 1,024 samples, so a cut lies within half a packet of the
//! video's; each packet is placed from absolute times, so that rounding never accumulates.

use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::sample::{Sample, Type};

use crate::media::Error;
use crate::media::ff;
use crate::media::index::AudioTrack;
use crate::media::packet::Packet;

/// Samples in a packet of AAC-LC.
pub const PACKET_SAMPLES: u64 = 1024;
/// Samples that a decoder needs before its first right one; an edit list hides them.
pub const PRIMING: u64 = 1024;

/// Bits a second that sound is encoded at, for each channel.
pub const BITS_A_CHANNEL: usize = 64_000;

/// Samples a second of sound that is silent.
pub const SILENT_RATE: u32 = 48_000;

/// AAC-LC, as FFmpeg numbers profiles.
const AAC_LOW: i32 = 1;

/// What is known of an audio stream before its packets are read.
pub(super) struct Facts {
    aac_lc: bool,
    sample_rate: u32,
    channels: u16,
    config: Vec<u8>,
    time_base: (i64, i64),
}

/// Facts of a stream.
pub(super) fn facts(stream: &ffmpeg::format::stream::Stream<'_>) -> Facts {
    let known = ff::stream_facts(stream);
    let channels = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
        .ok()
        .and_then(|context| context.decoder().audio().ok())
        .map_or(0, |audio| audio.channels());
    Facts {
        aac_lc: stream.parameters().id() == ffmpeg::codec::Id::AAC && known.profile == AAC_LOW,
        sample_rate: known.sample_rate,
        channels,
        config: ff::extradata(stream),
        time_base: (i64::from(stream.time_base().numerator()), i64::from(stream.time_base().denominator())),
    }
}

/// A decoder of a stream of sound.
pub(super) fn decoder(
    stream: &ffmpeg::format::stream::Stream<'_>,
    path: &Path,
) -> Result<ffmpeg::decoder::Audio, Error> {
    ffmpeg::codec::context::Context::from_parameters(stream.parameters())
        .and_then(|context| {
            // A decoder that cuts what primes it moves the time of its first frame only if it knows the unit.
            let mut decoder = context.decoder();
            decoder.set_packet_time_base(stream.time_base());
            decoder.audio()
        })
        .map_err(Error::ffmpeg("open its sound decoder", path))
}

impl Facts {
    /// Channels of the sound once prepared: those of the source, mixed down to stereo where there are more.
    pub(super) fn prepared_channels(&self) -> u16 {
        self.channels.clamp(1, 2)
    }

    /// The track, if its packets can be copied; else why not. Its time is counted from `start`, the first frame's.
    pub(super) fn track(
        self,
        path: &Path,
        packets: &[Packet],
        start: (i64, i64),
        mp4: bool,
    ) -> Result<AudioTrack, String> {
        if !mp4 || !self.aac_lc || self.config.is_empty() || !(1..=2).contains(&self.channels) {
            return Err("it is not mono or stereo AAC-LC in an MP4 file".to_owned());
        }
        let sample = |time: i64| {
            let num = i128::from(time) * i128::from(self.time_base.0) * i128::from(self.sample_rate);
            (num as f64 / self.time_base.1 as f64).round() as i64
        };
        let start = (start.0 as f64 * f64::from(self.sample_rate) / start.1 as f64).round() as i64;
        let mut places = Vec::with_capacity(packets.len());
        let mut first_sample = 0;
        for (at, packet) in packets.iter().enumerate() {
            if let Some(fault) = packet.fault {
                return Err(fault.to_owned());
            }
            let (Some(offset), Some(pts)) = (packet.offset, packet.pts) else {
                return Err("its packets have no place or time".to_owned());
            };
            if at == 0 {
                first_sample = sample(pts);
            }
            let expected = first_sample + (at as i64) * PACKET_SAMPLES as i64;
            if sample(pts).abs_diff(expected) > 64 {
                return Err("its packets do not follow each other without a gap".to_owned());
            }
            places.push((offset, packet.size));
        }
        if places.is_empty() {
            return Err("it holds no packet".to_owned());
        }
        let silence = silence(self.sample_rate, self.channels).map_err(|error| error.to_string())?;
        Ok(AudioTrack {
            path: path.to_owned(),
            sample_rate: self.sample_rate,
            channels: self.channels,
            config: self.config,
            first_sample: first_sample - start,
            packets: places,
            silence,
        })
    }
}

/// An AAC-LC encoder of this rate and number of channels.
pub(super) fn encoder(sample_rate: u32, channels: u16, path: &Path) -> Result<ffmpeg::encoder::Audio, Error> {
    encoder_with(sample_rate, channels, BITS_A_CHANNEL, &[], path)
}

/// The same, with so many bits a second for each channel, and with further settings of FFmpeg's encoder.
pub(super) fn encoder_with(
    sample_rate: u32,
    channels: u16,
    bits_a_channel: usize,
    settings: &[(&str, &str)],
    path: &Path,
) -> Result<ffmpeg::encoder::Audio, Error> {
    ff::init();
    let codec = ffmpeg::encoder::find(ffmpeg::codec::Id::AAC).ok_or(Error::Missing("AAC encoder"))?;
    let mut context = ffmpeg::codec::context::Context::new_with_codec(codec);
    ff::set_bitexact(&mut context);
    context.set_flags(ffmpeg::codec::Flags::GLOBAL_HEADER | ffmpeg::codec::Flags::BITEXACT);
    let mut audio = context.encoder().audio().map_err(Error::ffmpeg("set up the AAC encoder", path))?;
    audio.set_rate(sample_rate as i32);
    audio.set_channel_layout(ffmpeg::ChannelLayout::default(i32::from(channels)));
    audio.set_format(Sample::F32(Type::Planar));
    audio.set_bit_rate(bits_a_channel * usize::from(channels));
    audio.set_time_base((1, sample_rate as i32));
    let settings = settings.iter().copied().collect();
    audio.open_as_with(codec, settings).map_err(Error::ffmpeg("open the AAC encoder", path))
}

/// A packet of silence: the middle of a silent stream, where nothing of its start or end is left.
pub(super) fn silence(sample_rate: u32, channels: u16) -> Result<Vec<u8>, Error> {
    let path = Path::new("silence");
    let mut encoder = encoder(sample_rate, channels, path)?;
    let mut packets = Vec::new();
    for at in 0..6 {
        let mut frame = ffmpeg::frame::Audio::new(
            Sample::F32(Type::Planar),
            PACKET_SAMPLES as usize,
            ffmpeg::ChannelLayout::default(i32::from(channels)),
        );
        frame.set_rate(sample_rate);
        for channel in 0..usize::from(channels) {
            frame.plane_mut::<f32>(channel).fill(0.0);
        }
        frame.set_pts(Some(at * PACKET_SAMPLES as i64));
        encoder.send_frame(&frame).map_err(Error::ffmpeg("encode silence", path))?;
        let mut packet = ffmpeg::Packet::empty();
        while encoder.receive_packet(&mut packet).is_ok() {
            packets.push(packet.data().unwrap_or_default().to_vec());
        }
    }
    packets.get(3).cloned().ok_or(Error::Missing("working AAC encoder"))
}

/// A track that is silent, for videos whose haystacks have no sound: it holds no packet but its silence.
pub fn silent_track() -> Result<AudioTrack, Error> {
    let path = Path::new("silence");
    let (sample_rate, channels) = (SILENT_RATE, 1);
    Ok(AudioTrack {
        path: path.to_owned(),
        sample_rate,
        channels,
        config: ff::encoder_extradata(&encoder(sample_rate, channels, path)?),
        first_sample: 0,
        packets: Vec::new(),
        silence: silence(sample_rate, channels)?,
    })
}

/// Number of packets that sound of `samples` samples needs, priming included.
pub fn packets_for(samples: u64) -> u64 {
    (samples + PRIMING).div_ceil(PACKET_SAMPLES)
}

/// The source packet that belongs at packet `out` of a finished track whose first packet starts [`PRIMING`] samples
/// before the first frame, where sample `at_output` of the finished video is sample `at_source` of the source.
pub(super) fn source_packet(track: &AudioTrack, out: u64, at_output: u64, at_source: u64) -> Option<usize> {
    let time = (out * PACKET_SAMPLES) as i64 - PRIMING as i64;
    let wanted = time - at_output as i64 + at_source as i64 - track.first_sample;
    let packet = (wanted + PACKET_SAMPLES as i64 / 2).div_euclid(PACKET_SAMPLES as i64);
    usize::try_from(packet).ok().filter(|&packet| packet < track.packets.len())
}
