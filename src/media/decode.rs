//! Decoding: frames of an indexed track by number, and frames of any video in order.
//!
//! In: an index and a span, or an input. Out: [`Yuv`] frames in display order, one at a time, so that memory does not
//! grow with length. A decoder that gives another number of frames than went in is an error.

use std::fs::File;
use std::path::Path;

use ffmpeg_next as ffmpeg;

use crate::files;
use crate::media::Error;
use crate::media::ff;
use crate::media::index::{VideoTrack, read_at};
use crate::media::input::Input;
use crate::media::nal;
use crate::media::size::Size;
use crate::media::stream::Stream;
use crate::media::yuv::Yuv;
use crate::time::{FrameRate, FrameSpan};

/// Frames of one span of an indexed track.
pub struct SpanReader<'a> {
    track: &'a VideoTrack,
    file: File,
    decoder: ffmpeg::decoder::Video,
    /// Packets still to be sent, in decoding order.
    packets: std::ops::Range<u64>,
    /// The frame that comes out next.
    next: u64,
    span: FrameSpan,
    flushed: bool,
    damaged: Option<u64>,
}

impl<'a> SpanReader<'a> {
    /// Opens a reader of the frames of `span`. Only the GOPs that hold them are decoded, and of these not the frames
    /// before the span to which no other refers.
    pub fn open(track: &'a VideoTrack, span: FrameSpan) -> Result<Self, Error> {
        ff::init();
        let file = File::open(&track.path).map_err(files::Error::io("read", &track.path))?;
        let mut parameters = ffmpeg::codec::Parameters::new();
        let size = Size { width: track.width, height: track.height };
        ff::set_video_facts(&mut parameters, size, track.delay());
        ff::set_extradata(&mut parameters, &track.avcc);
        let decoder = ffmpeg::codec::context::Context::from_parameters(parameters)
            .and_then(|context| context.decoder().video())
            .map_err(Error::ffmpeg("open the H.264 decoder", &track.path))?;
        let start = track.gop(span.start()).start();
        let end = track.gop(span.end() - 1).end();
        Ok(Self {
            track,
            file,
            decoder,
            packets: start..end,
            next: span.start(),
            span,
            flushed: false,
            damaged: None,
        })
    }

    /// The next frame; `None` after the last of the span.
    pub fn next_frame(&mut self) -> Result<Option<Yuv>, Error> {
        while self.next < self.span.end() {
            let mut frame = ffmpeg::frame::Video::empty();
            let received = self.decoder.receive_frame(&mut frame);
            if received.is_ok() && !ff::is_clean(&frame) {
                self.damaged = self.damaged.or(frame.pts().and_then(|pts| u64::try_from(pts).ok()));
            }
            match received {
                // Frames before it are decoded because it refers to them.
                Ok(()) if frame.pts().is_some_and(|pts| pts < self.next as i64) => {}
                Ok(()) => {
                    let at = self.next;
                    self.next += 1;
                    if frame.pts() != Some(at as i64) {
                        let found = frame.pts().map_or_else(|| "none".to_owned(), |pts| pts.to_string());
                        let reason = format!("decodes to frame {found} where frame {at} belongs");
                        return Err(Error::source_file(&self.track.path, reason));
                    }
                    return yuv_of(&frame, &self.track.path).map(Some);
                }
                Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => self.feed()?,
                Err(error) => return Err(self.cut_short(error)),
            }
        }
        Ok(None)
    }

    /// Goes on with frame `frame` of the track: those before it are not asked for any more.
    pub fn skip_to(&mut self, frame: u64) {
        self.next = self.next.max(frame);
    }

    /// The first frame so far of which the decoder had to make up a part. What it makes up depends on what it has decoded
    /// before, so that two readers may see two pictures.
    pub fn damaged(&self) -> Option<u64> {
        self.damaged
    }

    fn feed(&mut self) -> Result<(), Error> {
        let Some(at) = self.packets.next() else {
            self.flushed = true;
            return self.decoder.send_eof().map_err(Error::ffmpeg("flush the decoder", &self.track.path));
        };
        let place = self.track.packets[at as usize];
        let data = read_at(&self.file, &self.track.path, place.offset, place.size)?;
        // No frame refers to this one, and it is not asked for.
        if place.frame < self.next && nal::is_disposable(&data, self.track.config.length_size) {
            return Ok(());
        }
        let mut packet = ffmpeg::Packet::copy(&data);
        packet.set_pts(Some(place.frame as i64));
        packet.set_dts(Some(at as i64));
        self.decoder.send_packet(&packet).map_err(Error::ffmpeg("decode a packet", &self.track.path))
    }

    fn cut_short(&self, error: ffmpeg::Error) -> Error {
        let reason = if self.flushed {
            format!("gives no frame {}: its packets are damaged", self.next)
        } else {
            format!("cannot be decoded at frame {}: {error}", self.next)
        };
        Error::source_file(&self.track.path, reason)
    }
}

/// One frame of an indexed track.
pub fn frame_at(track: &VideoTrack, frame: u64) -> Result<Yuv, Error> {
    let span = FrameSpan::new(frame, frame + 1).expect("one frame");
    SpanReader::open(track, span)?.next_frame()?.ok_or_else(|| track.lacks(frame))
}

/// A time as a fraction of seconds.
pub type Seconds = (i64, i64);

/// All frames of a finished video, read through FFmpeg's own demuxer as any other program reads them.
pub struct FileReader {
    stream: Stream,
    /// A frame that a seek has decoded and that comes next.
    back: Option<ffmpeg::frame::Video>,
}

impl FileReader {
    /// Opens a video's stream of pictures.
    pub fn open(video: &Input) -> Result<Self, Error> {
        Ok(Self { stream: Stream::open(video)?, back: None })
    }

    /// The next frame and its display time as a fraction of seconds; `None` after the last.
    pub fn next_frame(&mut self) -> Result<Option<(Yuv, Seconds)>, Error> {
        let Some(frame) = self.next_raw()? else { return Ok(None) };
        let time = ff::best_timestamp(&frame).unwrap_or(-1);
        let yuv = yuv_of(&frame, &self.stream.path)?;
        let (num, den) = self.stream.time_base;
        Ok(Some((yuv, (time * num, den))))
    }

    /// Goes on with frame `frame` of a video of this rate, whose packets are decoded up to `delay` frames before they
    /// are shown: jumps to the keyframe before it and drops what lies between.
    pub fn seek(&mut self, frame: u64, fps: FrameRate, delay: u64) -> Result<(), Error> {
        // FFmpeg from 5.0 on looks for the keyframe that is shown at a time or before it. Earlier ones look for one that
        // is decoded then, and may land on one that is shown too late: with the delay taken off, they do not.
        if !self.jump(i128::from(frame), frame, fps)? {
            self.jump(i128::from(frame) - i128::from(delay), frame, fps)?;
        }
        Ok(())
    }

    /// Jumps to the keyframe at frame time `to` or before it and goes on to `frame`; whether it comes next.
    fn jump(&mut self, to: i128, frame: u64, fps: FrameRate) -> Result<bool, Error> {
        // Microseconds are rounded up, since a keyframe at the very time counts.
        let num = to * i128::from(fps.den()) * 1_000_000;
        let target = (num + i128::from(fps.num()) - 1).div_euclid(i128::from(fps.num())) as i64;
        self.stream.jump(target)?;
        let (num, den) = self.stream.time_base;
        let wanted = i128::from(frame) * i128::from(fps.den()) * i128::from(den);
        let step = i128::from(num) * i128::from(fps.num());
        self.stream.want((wanted.div_euclid(step)) as i64);
        while let Some(found) = self.next_raw()? {
            let time = i128::from(ff::best_timestamp(&found).unwrap_or(-1)) * i128::from(num);
            let time = time * i128::from(fps.num());
            if time >= wanted {
                self.back = Some(found);
                return Ok(time == wanted);
            }
        }
        Ok(false)
    }

    /// Decodes and drops a frame; `false` after the last.
    pub fn skip_frame(&mut self) -> Result<bool, Error> {
        Ok(self.next_raw()?.is_some())
    }

    fn next_raw(&mut self) -> Result<Option<ffmpeg::frame::Video>, Error> {
        match self.back.take() {
            Some(back) => Ok(Some(back)),
            None => self.stream.next(),
        }
    }
}

/// Copies a decoded 4:2:0 frame into tight planes.
pub(super) fn yuv_of(frame: &ffmpeg::frame::Video, path: &Path) -> Result<Yuv, Error> {
    if frame.format() != ffmpeg::format::Pixel::YUV420P {
        return Err(Error::source_file(path, format!("decodes to {:?}, not 8-bit 4:2:0", frame.format())));
    }
    let (width, height) = (frame.width(), frame.height());
    let plane = |index: usize, width: usize, height: usize| {
        let (stride, data) = (frame.stride(index), frame.data(index));
        let mut out = Vec::with_capacity(width * height);
        for row in 0..height {
            out.extend_from_slice(&data[row * stride..row * stride + width]);
        }
        out
    };
    let (w, h) = (width as usize, height as usize);
    Ok(Yuv { width, height, y: plane(0, w, h), u: plane(1, w / 2, h / 2), v: plane(2, w / 2, h / 2) })
}
