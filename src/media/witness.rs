//! A witness that a stream can be decoded at all, found while its packets are read.
//!
//! In: a stream's packets in order. Out: whether frames, or samples, come of them. It decodes until some do and no further,
//! so that it costs little where all is well.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::stream::Stream;
use ffmpeg_next::media::Type;

use crate::media::ff;

/// Frames without an error that are enough: a single one may be chance.
const ENOUGH: u64 = 8;
/// Of so many packets, one frame at least has to come.
const PACKETS_PER_FRAME: u64 = 20;

/// Decodes a stream until it has given enough.
pub(super) struct Witness {
    decoder: Result<Decoder, String>,
    /// Packets so far; no longer counted once enough has come of them.
    packets: u64,
    /// Frames without an error.
    clean: u64,
    /// Frames with errors.
    flawed: u64,
}

enum Decoder {
    Video(ffmpeg::decoder::Video),
    Sound(ffmpeg::decoder::Audio),
}

impl Witness {
    /// Of a stream of pictures or sound.
    pub(super) fn of(stream: &Stream<'_>) -> Self {
        let parameters = stream.parameters();
        let tag = ff::codec_tag(stream).to_le_bytes();
        let codec = match parameters.id() {
            ffmpeg::codec::Id::None if tag.is_ascii() => String::from_utf8_lossy(&tag).into_owned(),
            known => known.name().to_owned(),
        };
        let medium = parameters.medium();
        let decoder = ffmpeg::codec::context::Context::from_parameters(parameters).and_then(|context| {
            let mut decoder = context.decoder();
            decoder.set_packet_time_base(stream.time_base());
            if medium == Type::Audio {
                decoder.audio().map(Decoder::Sound)
            } else {
                decoder.video().map(Decoder::Video)
            }
        });
        let decoder = decoder.map_err(|error| match error {
            ffmpeg::Error::DecoderNotFound => format!("FFmpeg has no decoder for its codec `{codec}`"),
            error => format!("its decoder (`{codec}`) cannot be opened: {error}"),
        });
        Self { decoder, packets: 0, clean: 0, flawed: 0 }
    }

    /// Takes in the next packet.
    pub(super) fn feed(&mut self, packet: &ffmpeg::Packet) {
        if self.clean >= ENOUGH {
            return;
        }
        self.packets += 1;
        // A packet that is refused gives nothing; only what comes out counts.
        match &mut self.decoder {
            Ok(Decoder::Video(decoder)) => drop(decoder.send_packet(packet)),
            Ok(Decoder::Sound(decoder)) => drop(decoder.send_packet(packet)),
            Err(_) => return,
        }
        self.receive();
    }

    fn receive(&mut self) {
        match &mut self.decoder {
            Ok(Decoder::Video(decoder)) => {
                let mut frame = ffmpeg::frame::Video::empty();
                while decoder.receive_frame(&mut frame).is_ok() {
                    let is_clean = ff::is_clean(&frame);
                    self.clean += u64::from(is_clean);
                    self.flawed += u64::from(!is_clean);
                }
            }
            Ok(Decoder::Sound(decoder)) => {
                let mut frame = ffmpeg::frame::Audio::empty();
                while decoder.receive_frame(&mut frame).is_ok() {
                    self.clean += u64::from(frame.samples() > 0);
                }
            }
            Err(_) => {}
        }
    }

    /// What came of all packets.
    pub(super) fn end(mut self) -> Verdict {
        if self.clean < ENOUGH {
            match &mut self.decoder {
                Ok(Decoder::Video(decoder)) => drop(decoder.send_eof()),
                Ok(Decoder::Sound(decoder)) => drop(decoder.send_eof()),
                Err(_) => {}
            }
            self.receive();
        }
        let frames = self.clean + self.flawed;
        match self.decoder {
            _ if self.packets == 0 => Verdict::Empty,
            Err(reason) => Verdict::Fails(reason),
            Ok(_) if self.clean < ENOUGH && frames * PACKETS_PER_FRAME < self.packets => {
                let count = if frames == 0 { "none".to_owned() } else { format!("only {frames}") };
                Verdict::Fails(format!("{count} of its {} packets can be decoded", self.packets))
            }
            Ok(_) if self.clean == 0 => Verdict::Flawed,
            Ok(_) => Verdict::Decodes,
        }
    }
}

/// What can be decoded of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Frames without errors, or samples.
    Decodes,
    /// Frames, each of them with errors.
    Flawed,
    /// Nothing, or next to nothing, and why.
    Fails(String),
    /// It holds no packet.
    Empty,
}
