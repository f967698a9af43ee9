//! A trial: what becomes of frames once they are encoded, found by encoding a few of them.
//!
//! In: a probed source, or frames, and settings of the encoder. Out: what decoding gives back of frames; or mean sizes of
//! keyframes and of other frames, from one GOP at each of a few places spread over the source. Each is decoded from the keyframe that a seek finds; where a container cannot seek, the
//! places are all the start.

use std::path::Path;
use std::sync::Arc;

use ffmpeg_next as ffmpeg;
use serde::{Deserialize, Serialize};

use crate::media::Error;
use crate::media::decode::FileReader;
use crate::media::encode::{Encoder, Run, Settings};
use crate::media::ff;
use crate::media::filter::Normaliser;
use crate::media::input::Input;
use crate::media::mux::{Movie, Piece};
use crate::media::nal;
use crate::media::open;
use crate::media::size::Size;
use crate::media::source::Source;
use crate::media::yuv::Yuv;

/// Mean sizes of encoded frames, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Of a keyframe.
    pub key: u64,
    /// Of any other frame.
    pub other: u64,
}

/// Encoded frames, added up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    keys: u64,
    key_bytes: u64,
    others: u64,
    other_bytes: u64,
}

impl Sums {
    /// Adds a frame of so many bytes.
    pub fn add(&mut self, is_key: bool, bytes: u64) {
        let (count, sum) = if is_key {
            (&mut self.keys, &mut self.key_bytes)
        } else {
            (&mut self.others, &mut self.other_bytes)
        };
        *count += 1;
        *sum += bytes;
    }

    /// Adds the frames of a run.
    pub fn add_run(&mut self, run: &Run) {
        run.packets.iter().for_each(|packet| self.add(packet.key, packet.data.len() as u64));
    }

    /// The means; `None` where no keyframe was added.
    pub fn means(self) -> Option<Sizes> {
        let key = self.key_bytes.checked_div(self.keys)?;
        Some(Sizes { key, other: self.other_bytes.checked_div(self.others).unwrap_or(key) })
    }
}

/// Encodes a GOP at each of `places` places of `source`.
pub fn of_source(source: &Source, settings: Settings, places: u64) -> Result<Option<Sizes>, Error> {
    let mut sums = Sums::default();
    for place in 0..places {
        let frames = frames(source, settings, (2 * place + 1, 2 * places))?;
        if !frames.is_empty() {
            sums.add_run(&encoded(&frames, settings)?);
        }
    }
    Ok(sums.means())
}

/// Encodes frames as one run.
pub fn encoded(frames: &[Yuv], settings: Settings) -> Result<Run, Error> {
    let mut encoder = Encoder::open(settings)?;
    for (at, frame) in frames.iter().enumerate() {
        encoder.push(frame, at == 0)?;
    }
    encoder.finish()
}

/// The frames that decoding gives back of frames that are encoded as one run.
pub fn decoded(frames: &[Yuv], settings: Settings) -> Result<Vec<Yuv>, Error> {
    let run = encoded(frames, settings)?;
    let movie = Movie {
        width: settings.width,
        height: settings.height,
        fps: settings.fps,
        avcc: nal::avcc(&run.sps, &run.pps),
        tags: settings.tags,
        pieces: vec![Piece::Encoded(Arc::new(run.packets))],
        sound: None,
        text: Vec::new(),
    };
    let mut reader = FileReader::open(&Input::Spliced(Arc::new(movie.spliced(Path::new("trial"))?)))?;
    let mut decoded = Vec::new();
    while let Some((frame, _)) = reader.next_frame()? {
        decoded.push(frame);
    }
    Ok(decoded)
}

/// The frames of about one GOP from this share of a source on, at the rate of the settings.
fn frames(source: &Source, settings: Settings, (part, whole): (u64, u64)) -> Result<Vec<Yuv>, Error> {
    ff::init();
    let (path, clock) = (&source.path, &source.clock);
    let step = |step| Error::ffmpeg(step, path);
    let mut input = open::input(path)?;
    let stream = input.stream(source.stream).ok_or_else(|| Error::source_file(path, "has changed"))?;
    let mut decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
        .and_then(|context| context.decoder().video())
        .map_err(step("open its decoder"))?;
    let (num, den) = (i128::from(clock.time_base.0), i128::from(clock.time_base.1));
    let (first, last) = (clock.times[0], clock.times[clock.times.len() - 1]);
    let wished = i128::from(first) + i128::from(last - first) * i128::from(part) / i128::from(whole);
    let micros = i64::try_from(wished * num * 1_000_000 / den).unwrap_or(0);
    // A container that cannot seek is read from its start.
    input.seek(micros, ..micros).ok();
    let mut filter: Option<Normaliser> = None;
    let mut taken = Taken { settings, unit: (num, den), start: None, frames: Vec::new() };
    let mut packet = ffmpeg::Packet::empty();
    let mut is_ended = false;
    while !is_ended && !taken.is_full() {
        if packet.read(&mut input).is_ok() {
            if packet.stream() != source.stream {
                continue;
            }
            // What is damaged is left out; preparing says what is wrong with it.
            decoder.send_packet(&packet).ok();
        } else {
            ff::check_reads(&input).map_err(step("read it"))?;
            decoder.send_eof().ok();
            is_ended = true;
        }
        let size = Size { width: settings.width, height: settings.height };
        let mut frame = ffmpeg::frame::Video::empty();
        while !taken.is_full() && decoder.receive_frame(&mut frame).is_ok() {
            let time = ff::best_timestamp(&frame).filter(|_| clock.timed);
            let filter = match &mut filter {
                Some(filter) => filter,
                None => filter.insert(Normaliser::new(source, &frame, size)?),
            };
            // The filter needs times, and gives a frame for each one.
            frame.set_pts(Some(taken.frames.len() as i64));
            filter.push(&frame, path)?;
            if let Some(shown) = filter.pull(path)? {
                taken.take(time, &shown);
            }
        }
    }
    Ok(taken.frames)
}

/// Frames of one GOP while they are read.
struct Taken {
    settings: Settings,
    /// Seconds of a unit of time, as a fraction.
    unit: (i128, i128),
    start: Option<i64>,
    frames: Vec<Yuv>,
}

impl Taken {
    fn is_full(&self) -> bool {
        self.frames.len() as u64 >= self.settings.gop
    }

    /// Takes a source's frame as often as the rate shows it: not at all where that is lower than the source's.
    fn take(&mut self, time: Option<i64>, frame: &Yuv) {
        let until = match time {
            Some(time) => {
                let from = *self.start.get_or_insert(time);
                let (num, den) = (self.unit.0 * i128::from(self.settings.fps.num()), self.unit.1);
                let shown = i128::from(time - from) * num / (den * i128::from(self.settings.fps.den()));
                usize::try_from(shown + 1).unwrap_or(0)
            }
            None => self.frames.len() + 1,
        };
        while self.frames.len() < until && !self.is_full() {
            self.frames.push(frame.clone());
        }
    }
}
