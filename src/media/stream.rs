//! The video stream of an input, demuxed and decoded by FFmpeg as any other program has it done.
//!
//! In: an input, times to jump to. Out: decoded frames in display order, from the start or from a keyframe on. Which of them
//! are wanted is for [`decode`](super::decode) and [`seek`](super::seek) to say.

use std::path::PathBuf;

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::ff;
use crate::media::input::Input;
use crate::media::nal;

/// A video stream and its decoder, which has one thread where readers run side by side.
pub(super) struct Stream {
    pub(super) path: PathBuf,
    input: ffmpeg::format::context::Input,
    index: usize,
    decoder: ffmpeg::decoder::Video,
    /// Seconds per unit of time, as a fraction.
    pub(super) time_base: (i64, i64),
    ended: bool,
    /// Whether the decoder has patched a frame up.
    pub(super) is_damaged: bool,
    /// Bytes of the length before each NAL unit of its packets; nothing where they have none.
    length_size: Option<usize>,
    /// When the first frame that is wanted is shown, in units of time: what is shown before it matters to those that refer to it.
    wanted: i64,
}

impl Stream {
    /// Opens a video's stream of pictures.
    pub(super) fn open(video: &Input) -> Result<Self, Error> {
        Self::open_with(video, 1)
    }

    /// The same, with a decoder of so many threads: they decode frames that follow each other side by side.
    pub(super) fn open_with(video: &Input, threads: usize) -> Result<Self, Error> {
        let path = video.name();
        let input = video.pictures()?;
        let stream = input
            .streams()
            .best(ffmpeg::media::Type::Video)
            .ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
        let time_base =
            (i64::from(stream.time_base().numerator()), i64::from(stream.time_base().denominator()));
        let decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
            .and_then(|mut context| {
                if threads > 1 {
                    let by_frame = ffmpeg::threading::Config::kind(ffmpeg::threading::Type::Frame);
                    context.set_threading(ffmpeg::threading::Config { count: threads, ..by_frame });
                }
                context.decoder().video()
            })
            .map_err(Error::ffmpeg("open its decoder", path))?;
        let (index, length_size) = (stream.index(), ff::length_size(&stream));
        let path = path.to_owned();
        Ok(Self {
            path,
            input,
            index,
            decoder,
            time_base,
            ended: false,
            is_damaged: false,
            length_size,
            wanted: i64::MIN,
        })
    }

    /// What the container says of the stream.
    pub(super) fn described(&self) -> ffmpeg::format::stream::Stream<'_> {
        self.input.stream(self.index).expect("it was found when the file was opened")
    }

    /// Wants no frame that is shown before `time`, in units of time, until the next jump. Those that no other refers to are not decoded.
    pub(super) fn want(&mut self, time: i64) {
        self.wanted = time;
    }

    /// Whether nobody needs what a packet shows.
    fn is_spare(&self, packet: &ffmpeg::Packet) -> bool {
        let is_early = packet.pts().is_some_and(|time| time < self.wanted);
        let data = packet.data().unwrap_or_default();
        is_early && self.length_size.is_some_and(|size| nal::is_disposable(data, size))
    }

    /// Jumps to the keyframe at `micros` microseconds or before it.
    pub(super) fn jump(&mut self, micros: i64) -> Result<(), Error> {
        self.input.seek(micros, ..micros).map_err(Error::ffmpeg("seek in it", &self.path))?;
        self.decoder.flush();
        self.ended = false;
        self.wanted = i64::MIN;
        Ok(())
    }

    /// The next frame; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<ffmpeg::frame::Video>, Error> {
        loop {
            let mut frame = ffmpeg::frame::Video::empty();
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => {
                    self.is_damaged |= frame.is_corrupt() || frame.has_decode_errors();
                    return Ok(Some(frame));
                }
                Err(ffmpeg::Error::Eof) => return Ok(None),
                Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN && !self.ended => {
                    self.feed()?;
                }
                Err(error) => return Err(Error::ffmpeg("decode it", &self.path)(error)),
            }
        }
    }

    fn feed(&mut self) -> Result<(), Error> {
        loop {
            let mut packet = ffmpeg::Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() != self.index || self.is_spare(&packet) => {}
                Ok(()) => {
                    return self
                        .decoder
                        .send_packet(&packet)
                        .map_err(Error::ffmpeg("decode a packet", &self.path));
                }
                Err(ffmpeg::Error::Eof) => {
                    ff::check_reads(&self.input).map_err(Error::ffmpeg("read it", &self.path))?;
                    self.ended = true;
                    return self.decoder.send_eof().map_err(Error::ffmpeg("flush the decoder", &self.path));
                }
                Err(error) => return Err(Error::ffmpeg("read it", &self.path)(error)),
            }
        }
    }
}
