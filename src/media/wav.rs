//! A finished video's sound as a WAV file, for models that take sound apart from pictures.
//!
//! In: a video, the rate that is wanted, and where the sound ends. Out: mono samples of 16 bits, as many as the time holds, the first of
//! which sounds with the first frame; the bytes of a WAV file.

use std::path::Path;

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::input::Input;

/// The samples of a video's sound at `rate` a second, mixed to one channel: exactly `count`, silence where it ends before that.
///
/// # Errors
/// The video has no sound, or it cannot be decoded.
pub fn mono(video: &Input, rate: u32, count: u64) -> Result<Vec<i16>, Error> {
    let path = video.name();
    let mut input = video.demuxer()?;
    let stream = input
        .streams()
        .best(ffmpeg::media::Type::Audio)
        .ok_or_else(|| Error::source_file(path, "holds no sound"))?;
    let (index, base) = (stream.index(), stream.time_base());
    let mut decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
        .and_then(|context| {
            // What primes the decoder is cut off only by one that knows the unit of time.
            let mut decoder = context.decoder();
            decoder.set_packet_time_base(base);
            decoder.audio()
        })
        .map_err(Error::ffmpeg("open its sound decoder", path))?;
    let mut samples = Samples { rate, base, graph: None, out: Vec::new() };
    while (samples.out.len() as u64) < count {
        let mut packet = ffmpeg::Packet::empty();
        match packet.read(&mut input) {
            Ok(()) if packet.stream() != index => {}
            Ok(()) => {
                decoder.send_packet(&packet).map_err(Error::ffmpeg("decode its sound", path))?;
                samples.take(&mut decoder, path)?;
            }
            Err(ffmpeg::Error::Eof) => {
                decoder.send_eof().map_err(Error::ffmpeg("decode its sound", path))?;
                samples.take(&mut decoder, path)?;
                samples.end(path)?;
                break;
            }
            Err(error) => return Err(Error::ffmpeg("read it", path)(error)),
        }
    }
    samples.out.resize(usize::try_from(count).unwrap_or(usize::MAX), 0);
    Ok(samples.out)
}

/// Samples in the form that is wanted.
struct Samples {
    rate: u32,
    base: ffmpeg::Rational,
    graph: Option<ffmpeg::filter::Graph>,
    out: Vec<i16>,
}

impl Samples {
    /// Takes what a decoder gives.
    fn take(&mut self, decoder: &mut ffmpeg::decoder::Audio, path: &Path) -> Result<(), Error> {
        let mut frame = ffmpeg::frame::Audio::empty();
        while decoder.receive_frame(&mut frame).is_ok() {
            if self.graph.is_none() {
                self.graph = Some(self.filters(&frame, path)?);
            }
            let time = frame.timestamp().or_else(|| frame.pts());
            frame.set_pts(time);
            if let Some(mut source) = self.graph.as_mut().and_then(|graph| graph.get("in")) {
                source.source().add(&frame).map_err(Error::ffmpeg("resample its sound", path))?;
            }
            self.drain();
        }
        Ok(())
    }

    /// Takes what the filters still hold.
    fn end(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(mut source) = self.graph.as_mut().and_then(|graph| graph.get("in")) {
            source.source().flush().map_err(Error::ffmpeg("resample its sound", path))?;
        }
        self.drain();
        Ok(())
    }

    fn drain(&mut self) {
        let Some(graph) = &mut self.graph else { return };
        let mut frame = ffmpeg::frame::Audio::empty();
        while graph.get("out").is_some_and(|mut sink| sink.sink().frame(&mut frame).is_ok()) {
            self.out.extend_from_slice(frame.plane::<i16>(0));
        }
    }

    /// Filters for frames like `first`, whose first sample is that of the first frame.
    fn filters(&self, first: &ffmpeg::frame::Audio, path: &Path) -> Result<ffmpeg::filter::Graph, Error> {
        let failed = || Error::ffmpeg("set up its sound filters", path);
        let find = |name: &'static str| {
            ffmpeg::filter::find(name).ok_or(Error::Missing("filter library of its own"))
        };
        let mut layout = first.channel_layout();
        if layout.is_empty() {
            layout = ffmpeg::ChannelLayout::default(i32::from(first.channels()));
        }
        let arguments = format!(
            "time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout=0x{:x}",
            self.base.numerator(),
            self.base.denominator(),
            first.rate(),
            first.format().name(),
            layout.bits()
        );
        let chain = format!(
            "aresample={}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono",
            self.rate
        );
        let mut graph = ffmpeg::filter::Graph::new();
        graph.add(&find("abuffer")?, "in", &arguments).map_err(failed())?;
        graph.add(&find("abuffersink")?, "out", "").map_err(failed())?;
        graph
            .output("in", 0)
            .and_then(|parser| parser.input("out", 0))
            .and_then(|parser| parser.parse(&chain))
            .and_then(|()| graph.validate())
            .map_err(failed())?;
        Ok(graph)
    }
}

/// A WAV file of samples of one channel (RIFF, linear PCM of 16 bits).
pub fn file(samples: &[i16], rate: u32) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(samples.len() * 2 + 44);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&length.saturating_add(36).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16_u32.to_le_bytes());
    for part in [1_u16, 1] {
        bytes.extend_from_slice(&part.to_le_bytes());
    }
    bytes.extend_from_slice(&rate.to_le_bytes());
    bytes.extend_from_slice(&(rate * 2).to_le_bytes());
    for part in [2_u16, 16] {
        bytes.extend_from_slice(&part.to_le_bytes());
    }
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}
