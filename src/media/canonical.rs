//! Frames of a source in canonical form.
//!
//! In: a probed source and the size that is wanted. Out: its frames in display order, normalised, each with its number.
//! What a decoder drops is missing here; whoever reads decides how much of that is too much.

use std::collections::VecDeque;

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::ff;
use crate::media::filter::Normaliser;
use crate::media::open;
use crate::media::source::Source;
use crate::media::target::Target;
use crate::media::timestamps::{Finder, Stamp};
use crate::media::yuv::Yuv;

/// Errors of a decoder in a row, without a packet between them, after which nothing more is expected of it.
const MOST_ERRORS: u32 = 1000;

/// Frames of a source in canonical form, each with its number in display order.
pub(super) struct CanonicalReader<'a> {
    source: &'a Source,
    target: Target,
    input: ffmpeg::format::context::Input,
    decoder: ffmpeg::decoder::Video,
    filter: Option<Normaliser>,
    /// Numbers of the frames that are in the filter.
    numbers: VecDeque<u64>,
    back: Option<(u64, Yuv)>,
    /// Makes the clock of the packets go on, where it does not.
    clock: Option<Finder>,
    /// Frames that could be decoded so far.
    decoded: u64,
    /// Of these, how many the decoder has patched up.
    pub(super) faulty: u64,
    /// Errors of the decoder so far, which are at least one a packet that cannot be decoded.
    pub(super) failures: u64,
    /// Errors since the last packet or frame.
    errors: u32,
    ended: bool,
}

impl<'a> CanonicalReader<'a> {
    /// Opens a source.
    pub(super) fn open(source: &'a Source, target: Target) -> Result<Self, Error> {
        ff::init();
        let path = &source.path;
        let input = open::input(path)?;
        let stream = input.stream(source.stream).ok_or_else(|| Error::source_file(path, "has changed"))?;
        let mut context = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
            .map_err(Error::ffmpeg("open its decoder", path))?;
        // What a decoder makes of a damaged frame depends on how far the others are if they are decoded side by side.
        context.set_threading(ffmpeg::codec::threading::Config::count(1));
        let decoder = context.decoder().video().map_err(Error::ffmpeg("open its decoder", path))?;
        let numbers = VecDeque::new();
        let known = &source.clock;
        let clock = (!known.jumps.is_empty()).then(|| Finder::new(known.rule, known.time_base));
        Ok(Self {
            source,
            target,
            input,
            decoder,
            filter: None,
            numbers,
            back: None,
            clock,
            decoded: 0,
            faulty: 0,
            failures: 0,
            errors: 0,
            ended: false,
        })
    }

    /// Gives a frame back, to come next.
    pub(super) fn put_back(&mut self, at: u64, frame: Yuv) {
        self.back = Some((at, frame));
    }

    /// The next frame that can be decoded; `None` after the last.
    pub(super) fn next_frame(&mut self) -> Result<Option<(u64, Yuv)>, Error> {
        if let Some(back) = self.back.take() {
            return Ok(Some(back));
        }
        let path = self.source.path.clone();
        loop {
            if let Some(frame) = self.filter.as_mut().map(|filter| filter.pull(&path)).transpose()?.flatten()
            {
                let number = self.numbers.pop_front().unwrap_or(self.decoded);
                return Ok(Some((number, frame)));
            }
            if self.ended {
                return Ok(None);
            }
            let mut frame = ffmpeg::frame::Video::empty();
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => {
                    self.errors = 0;
                    self.filter_frame(&mut frame)?;
                }
                Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => self.feed()?,
                // What cannot be decoded is counted at the end, where too many missing frames are an error. Each thread
                // of the decoder may hold a damaged packet; a decoder that fails for ever is at its end.
                Err(error) if error != ffmpeg::Error::Eof && self.errors < MOST_ERRORS => {
                    self.errors += 1;
                    self.failures += 1;
                }
                Err(_) => {
                    self.ended = true;
                    if let Some(filter) = &mut self.filter {
                        filter.flush(&path)?;
                    }
                }
            }
        }
    }

    fn filter_frame(&mut self, frame: &mut ffmpeg::frame::Video) -> Result<(), Error> {
        let clock = &self.source.clock;
        let number = match ff::best_timestamp(frame) {
            // What cannot be decoded as it should is left out at the start, though another decoder may make something of it.
            Some(time) if clock.timed && clock.left_out > 0 && time < clock.times[0] => return Ok(()),
            Some(time) if clock.timed => {
                clock.times.partition_point(|&known| known <= time).max(1) as u64 - 1
            }
            _ => self.decoded,
        };
        self.decoded += 1;
        self.faulty += u64::from(frame.is_corrupt() || frame.has_decode_errors());
        self.numbers.push_back(number);
        frame.set_pts(Some(self.decoded as i64));
        if self.filter.is_none() {
            self.filter = Some(Normaliser::new(self.source, frame, self.target.size())?);
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
                    self.errors = 0;
                    if let Some(clock) = &mut self.clock {
                        clock.next(Stamp::of(&packet)).put(&mut packet);
                    }
                    // A damaged packet gives no frame; see above.
                    self.failures += u64::from(self.decoder.send_packet(&packet).is_err());
                    return Ok(());
                }
                Err(_) => {
                    ff::check_reads(&self.input).map_err(Error::ffmpeg("read it", &self.source.path))?;
                    // An error here is that of a frame that was still in the decoder.
                    self.decoder.send_eof().ok();
                    return Ok(());
                }
            }
        }
    }
}
