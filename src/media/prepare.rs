//! Preparing: a source in the canonical form, once, so that every video made of it copies packets.
//!
//! In: a probed source or a procedural scene, and what the spec wants. Out: an MP4 of H.264 High, 4:2:0, BT.709,
//! constant frame rate and closed GOPs of one second; and sound as AAC-LC. A file is written under a partial name and
//! renamed when it is whole.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ffmpeg_next as ffmpeg;

use crate::files;
use crate::media::Error;
use crate::media::colour::{self, Matrix};
use crate::media::decode;
use crate::media::encode::{Encoder, Settings};
use crate::media::ff;
use crate::media::filter::Normaliser;
use crate::media::index::{TrackFacts, VideoPacket, VideoTrack};
use crate::media::mux::{Movie, Piece};
use crate::media::nal::{self, AvcC};
use crate::media::probe::{self, Source};
use crate::media::yuv::Yuv;
use crate::time::{FrameRate, FrameSpan};

/// Consecutive B-frames in prepared haystacks: none.
///
/// Decoding order is then display order, so a GOP can be cut before
/// any frame, and every reader that seeks by time lands where it should; with B-frames, readers that seek by decoding
/// time, as FFmpeg's MP4 demuxer does, can land on a keyframe after the frame that they want.
pub const B_FRAMES: u8 = 0;

/// Size and rate of a prepared haystack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Constant rate factor.
    pub crf: u8,
}

impl Target {
    /// Encoder settings of prepared haystacks and of every segment spliced into them.
    pub fn settings(self) -> Settings {
        Settings {
            width: self.width,
            height: self.height,
            fps: self.fps,
            matrix: Matrix::Bt709,
            crf: self.crf,
            gop: gop(self.fps),
            b_frames: B_FRAMES,
            parameter_set: 0,
        }
    }

    /// Number of frames that a source has at this rate: the source frame that is shown at the middle of each.
    pub fn frames(self, source: &Source) -> u64 {
        let span = i128::from(
            source.clock.times[source.clock.times.len() - 1] - source.clock.times[0]
                + source.clock.last_duration,
        );
        let num = span * i128::from(source.clock.time_base.0) * i128::from(self.fps.num());
        let den = i128::from(source.clock.time_base.1) * i128::from(self.fps.den());
        if source.clock.constant && source.clock.fps == self.fps {
            return source.clock.times.len() as u64;
        }
        ((2 * num + den) / (2 * den)).max(1) as u64
    }
}

/// Length of the GOPs of a prepared haystack, in frames: one second.
pub fn gop(fps: FrameRate) -> u64 {
    fps.frames_in_millis(1000).max(1)
}

/// Writes a prepared haystack from frames that `next` gives until it gives none, and returns its index.
fn write(
    target: Target,
    path: &Path,
    mut next: impl FnMut() -> Result<Option<Yuv>, Error>,
) -> Result<VideoTrack, Error> {
    let packets_path = files::partial(&files::partial(path));
    let result = (|| {
        let file = std::fs::File::create(&packets_path).map_err(files::Error::io("write", &packets_path))?;
        let mut spool =
            Spool { file: BufWriter::new(file), path: &packets_path, at: 0, packets: vec![], keys: vec![] };
        let mut encoder = Encoder::open(target.settings())?;
        let mut count = 0;
        while let Some(frame) = next()? {
            encoder.push(&frame, count % gop(target.fps) == 0)?;
            count += 1;
            spool.keep(encoder.take())?;
        }
        let run = encoder.finish()?;
        spool.keep(run.packets)?;
        spool.file.flush().map_err(files::Error::io("write", &packets_path))?;
        if spool.packets.len() as u64 != count {
            return Err(Error::Missing("libx264 that returns every frame"));
        }
        let track =
            VideoTrack::new(&packets_path, target.facts(&run.sps, &run.pps), spool.packets, spool.keys);
        let span = FrameSpan::new(0, count).ok_or_else(|| Error::source_file(path, "has no frame"))?;
        let movie = Movie {
            width: target.width,
            height: target.height,
            fps: target.fps,
            avcc: track.avcc.clone(),
            is_bt709: true,
            pieces: vec![Piece::Copy(Arc::new(track), span)],
            sound: None,
        };
        movie.write(path)
    })();
    // Best effort: the spool lies in the cache under a partial name, which the next preparation overwrites.
    drop(std::fs::remove_file(&packets_path));
    result?;
    open(path)
}

/// Encoded packets on their way to a file.
struct Spool<'a> {
    file: BufWriter<std::fs::File>,
    path: &'a Path,
    at: u64,
    packets: Vec<VideoPacket>,
    keys: Vec<u64>,
}

impl Spool<'_> {
    fn keep(&mut self, packets: Vec<crate::media::encode::Encoded>) -> Result<(), Error> {
        for packet in packets {
            self.file.write_all(&packet.data).map_err(files::Error::io("write", self.path))?;
            if packet.key {
                self.keys.push(packet.frame);
            }
            let size = packet.data.len() as u32;
            self.packets.push(VideoPacket { offset: self.at, size, frame: packet.frame });
            self.at += u64::from(size);
        }
        Ok(())
    }
}

impl Target {
    fn facts(self, sps: &[u8], pps: &[u8]) -> TrackFacts {
        let config = AvcC { length_size: 4, sps: vec![sps.to_vec()], pps: vec![pps.to_vec()] };
        TrackFacts {
            width: self.width,
            height: self.height,
            fps: self.fps,
            matrix: Matrix::Bt709,
            avcc: nal::avcc(sps, pps),
            config,
        }
    }
}

/// Opens a prepared haystack.
pub fn open(path: &Path) -> Result<VideoTrack, Error> {
    probe::probe(path)?.as_is.map_err(|reasons| {
        Error::source_file(
            path,
            format!("is no prepared haystack: {}; remove it and run again", reasons.join(", ")),
        )
    })
}

/// Prepares a procedural scene: `frame` draws each of its frames.
pub fn scene(
    target: Target,
    path: &Path,
    frames: u64,
    mut frame: impl FnMut(u64) -> image::RgbImage,
) -> Result<VideoTrack, Error> {
    let mut at = 0;
    write(target, path, || {
        if at == frames {
            return Ok(None);
        }
        at += 1;
        Ok(Some(colour::yuv_of_rgb(&frame(at - 1), Matrix::Bt709)))
    })
}

/// Prepares a source; `progress` is told each frame that is done.
pub fn source(
    target: Target,
    source: &Source,
    path: &Path,
    mut progress: impl FnMut(u64),
) -> Result<VideoTrack, Error> {
    let mut reader = CanonicalReader::open(source, target)?;
    let frames = target.frames(source);
    let mut held: Option<(u64, Yuv)> = None;
    let mut done = 0;
    let track = write(target, path, || {
        if done == frames {
            return Ok(None);
        }
        let wanted = source_frame(source, target, done);
        while held.as_ref().is_none_or(|(at, _)| *at < wanted) {
            match reader.next_frame()? {
                Some((at, frame)) if at <= wanted || held.is_none() => held = Some((at, frame)),
                Some((at, frame)) => {
                    // A frame that the decoder dropped is shown as the one before it.
                    reader.put_back(at, frame);
                    break;
                }
                None => break,
            }
        }
        let Some((_, frame)) = &held else {
            return Err(Error::source_file(&source.path, "holds no frame that can be decoded"));
        };
        done += 1;
        progress(done);
        Ok(Some(frame.clone()))
    })?;
    if reader.decoded * 20 < source.clock.times.len() as u64 * 19 {
        // Best effort: the reason is what matters, and the next run prepares anew under the same name.
        drop(std::fs::remove_file(path));
        let (decoded, all) = (reader.decoded, source.clock.times.len());
        return Err(Error::source_file(
            &source.path,
            format!("is damaged: {decoded} of its {all} frames can be decoded"),
        ));
    }
    Ok(track)
}

/// The source frame shown at the middle of frame `at` of the target.
fn source_frame(source: &Source, target: Target, at: u64) -> u64 {
    if source.clock.constant && source.clock.fps == target.fps {
        return at;
    }
    let num = (2 * i128::from(at) + 1) * i128::from(target.fps.den()) * i128::from(source.clock.time_base.1);
    let den = 2 * i128::from(target.fps.num()) * i128::from(source.clock.time_base.0);
    let first = source.clock.times[0];
    let shown = source.clock.times.partition_point(|&time| i128::from(time - first) * den <= num);
    shown.max(1) as u64 - 1
}

/// Frames of a source in canonical form, each with its number in display order.
struct CanonicalReader<'a> {
    source: &'a Source,
    target: Target,
    input: ffmpeg::format::context::Input,
    decoder: ffmpeg::decoder::Video,
    filter: Option<Normaliser>,
    /// Numbers of the frames that are in the filter.
    numbers: std::collections::VecDeque<u64>,
    back: Option<(u64, Yuv)>,
    decoded: u64,
    ended: bool,
}

impl<'a> CanonicalReader<'a> {
    fn open(source: &'a Source, target: Target) -> Result<Self, Error> {
        ff::init();
        let path = &source.path;
        let input = ffmpeg::format::input(path).map_err(Error::ffmpeg("open it", path))?;
        let stream = input.stream(source.stream).ok_or_else(|| Error::source_file(path, "has changed"))?;
        let mut context = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
            .map_err(Error::ffmpeg("open its decoder", path))?;
        context.set_threading(ffmpeg::codec::threading::Config::kind(ffmpeg::codec::threading::Type::Frame));
        let decoder = context.decoder().video().map_err(Error::ffmpeg("open its decoder", path))?;
        let numbers = std::collections::VecDeque::new();
        Ok(Self {
            source,
            target,
            input,
            decoder,
            filter: None,
            numbers,
            back: None,
            decoded: 0,
            ended: false,
        })
    }

    fn put_back(&mut self, at: u64, frame: Yuv) {
        self.back = Some((at, frame));
    }

    fn next_frame(&mut self) -> Result<Option<(u64, Yuv)>, Error> {
        if let Some(back) = self.back.take() {
            return Ok(Some(back));
        }
        let path = self.source.path.clone();
        loop {
            if let Some(frame) = self.filter.as_mut().map(|filter| filter.pull(&path)).transpose()?.flatten()
            {
                let number = self.numbers.pop_front().unwrap_or(self.decoded);
                return Ok(Some((number, decode::yuv_of(&frame, &path)?)));
            }
            if self.ended {
                return Ok(None);
            }
            let mut frame = ffmpeg::frame::Video::empty();
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => self.filter_frame(&mut frame)?,
                Err(ffmpeg::Error::Eof) => {
                    self.ended = true;
                    if let Some(filter) = &mut self.filter {
                        filter.flush(&path)?;
                    }
                }
                // What cannot be decoded is counted at the end, where too many missing frames are an error.
                Err(_) => self.feed()?,
            }
        }
    }

    fn filter_frame(&mut self, frame: &mut ffmpeg::frame::Video) -> Result<(), Error> {
        let number = match ff::best_timestamp(frame) {
            Some(time) if self.source.clock.timed => {
                self.source.clock.times.partition_point(|&known| known <= time).max(1) as u64 - 1
            }
            _ => self.decoded,
        };
        self.decoded += 1;
        self.numbers.push_back(number);
        frame.set_pts(Some(self.decoded as i64));
        if self.filter.is_none() {
            let size = (self.target.width, self.target.height);
            self.filter = Some(Normaliser::new(self.source, frame, size)?);
        }
        let filter = self.filter.as_mut().expect("it was just built");
        filter.push(frame, &self.source.path)
    }

    fn feed(&mut self) -> Result<(), Error> {
        loop {
            let mut packet = ffmpeg::Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() != self.source.stream => {}
                Ok(()) => {
                    // A damaged packet gives no frame; see above.
                    self.decoder.send_packet(&packet).ok();
                    return Ok(());
                }
                Err(_) => {
                    return self
                        .decoder
                        .send_eof()
                        .map_err(Error::ffmpeg("flush the decoder", &self.source.path));
                }
            }
        }
    }
}

/// Where a prepared file of this fingerprint lies in a cache.
pub fn cached(cache: &Path, fingerprint: &str) -> PathBuf {
    cache.join("prepared").join(format!("{fingerprint}.mp4"))
}
