//! The sound stream of a finished video, demuxed and decoded by FFmpeg as any other program has it done.
//!
//! In: an input. Out: its packets with their times, and the block of samples that each gives.

use std::path::PathBuf;

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::blocks::{self, Block};
use crate::media::ff;
use crate::media::input::Input;

/// A sound stream and its decoder.
pub(super) struct SoundStream {
    path: PathBuf,
    input: ffmpeg::format::context::Input,
    index: usize,
    decoder: ffmpeg::decoder::Audio,
    /// Samples per unit of time, as a fraction.
    samples: (i64, i64),
    packet: Option<ffmpeg::Packet>,
}

impl SoundStream {
    /// Opens a video's stream of sound.
    pub(super) fn open(video: &Input) -> Result<Self, Error> {
        let path = video.name();
        let input = video.demuxer()?;
        let stream = input
            .streams()
            .best(ffmpeg::media::Type::Audio)
            .ok_or_else(|| Error::source_file(path, "holds no sound stream"))?;
        let decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
            .and_then(|context| context.decoder().audio())
            .map_err(Error::ffmpeg("open its sound decoder", path))?;
        let base = stream.time_base();
        let samples =
            (i64::from(base.numerator()) * i64::from(decoder.rate()), i64::from(base.denominator()));
        let index = stream.index();
        Ok(Self { path: path.to_owned(), input, index, decoder, samples, packet: None })
    }

    /// The next packet and the sample of the video at which its block begins; `None` after the last.
    pub(super) fn packet(&mut self) -> Result<Option<(Vec<u8>, i64)>, Error> {
        loop {
            let mut packet = ffmpeg::Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() != self.index => {}
                Ok(()) => {
                    let data = packet.data().unwrap_or_default().to_vec();
                    let time = packet.pts().map_or(i64::MIN, |pts| pts * self.samples.0 / self.samples.1);
                    self.packet = Some(packet);
                    return Ok(Some((data, time)));
                }
                Err(ffmpeg::Error::Eof) => {
                    ff::check_reads(&self.input).map_err(Error::ffmpeg("read it", &self.path))?;
                    return Ok(None);
                }
                Err(error) => return Err(Error::ffmpeg("read it", &self.path)(error)),
            }
        }
    }

    /// The block of so many channels that the packet gives which was read last.
    pub(super) fn block(&mut self, channels: usize) -> Result<Block, Error> {
        let Some(packet) = self.packet.take() else {
            return Err(Error::source_file(&self.path, "gives no packet of sound"));
        };
        // A copy of its data alone: what an edit list hides is compared, too.
        let packet = ffmpeg::Packet::copy(packet.data().unwrap_or_default());
        blocks::next(&mut self.decoder, &packet, channels, &self.path)
    }
}
