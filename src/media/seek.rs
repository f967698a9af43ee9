//! Single frames of finished videos, by number, without decoding the rest.
//!
//! In: an input and frame numbers. Out: those frames, decoded from the keyframe before each. Numbers that share a keyframe are
//! decoded in one go; others are independent, so that they can be read in parallel, each thread with a reader of its own.

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::colour::Matrix;
use crate::media::decode::yuv_of;
use crate::media::ff;
use crate::media::input::Input;
use crate::media::shape;
use crate::media::stream::Stream;
use crate::media::yuv::Yuv;
use crate::time::FrameRate;

/// Reads frames of one file by number.
pub struct FramePicker {
    video: Input,
    stream: Stream,
    /// Threads that decode.
    threads: usize,
    fps: FrameRate,
    /// When keyframes are decoded, in units of time, ascending.
    keyframes: Vec<i64>,
    matrix: Matrix,
    /// Keyframe from which the decoder goes on, and the number of the frame that it gave last.
    at: Option<(usize, u64)>,
}

impl FramePicker {
    /// Opens a video of this constant frame rate.
    pub fn open(video: &Input, fps: FrameRate) -> Result<Self, Error> {
        Self::open_with(video, fps, 1)
    }

    /// The same, with so many threads that decode: for who reads alone, or with few others. What a decoder makes of a damaged frame depends
    /// on how far its threads are, so from the first one on there is one thread.
    pub fn open_with(video: &Input, fps: FrameRate, threads: usize) -> Result<Self, Error> {
        let stream = Stream::open_with(video, threads)?;
        let keyframes = ff::indexed_keyframes(&stream.described());
        if keyframes.is_empty() {
            return Err(Error::source_file(
                video.name(),
                "lists no keyframes, so its frames cannot be found",
            ));
        }
        let matrix = shape::matrix(&ff::stream_facts(&stream.described()));
        Ok(Self { video: video.clone(), stream, threads, fps, keyframes, matrix, at: None })
    }

    /// Matrix of the file's colours.
    pub fn matrix(&self) -> Matrix {
        self.matrix
    }

    /// Which keyframe a frame is decoded from: frames that share one should be read by one reader, in order.
    pub fn keyframe(&self, frame: u64) -> usize {
        let time = self.time(frame);
        self.keyframes.partition_point(|&key| key <= time).saturating_sub(1)
    }

    /// When a frame is shown, in units of time, rounded down.
    fn time(&self, frame: u64) -> i64 {
        let (num, den) = (i128::from(self.fps.num()), i128::from(self.fps.den()));
        let time = i128::from(frame) * den * i128::from(self.stream.time_base.1)
            / (num * i128::from(self.stream.time_base.0));
        time as i64
    }

    /// Frame `number`.
    pub fn frame(&mut self, number: u64) -> Result<Yuv, Error> {
        let mut key = self.keyframe(number);
        let goes_on = self.at.is_some_and(|(at, last)| at == key && last < number);
        loop {
            if !goes_on || self.at.is_none() {
                self.seek(key)?;
            }
            let found = self.decode_to(key, number);
            if self.threads > 1 && (found.is_err() || self.stream.is_damaged) {
                (self.stream, self.threads, self.at) = (Stream::open(&self.video)?, 1, None);
                continue;
            }
            if let Some(found) = found? {
                return yuv_of(&found, &self.stream.path);
            }
            // A keyframe that is decoded before the frame may be shown after it: then the one before it holds the frame.
            self.at = None;
            key = key
                .checked_sub(1)
                .ok_or_else(|| Error::source_file(&self.stream.path, format!("has no frame {number}")))?;
        }
    }

    /// Jumps to a keyframe.
    fn seek(&mut self, key: usize) -> Result<(), Error> {
        let (num, den) = (i128::from(self.stream.time_base.0), i128::from(self.stream.time_base.1));
        // FFmpeg takes microseconds; rounded up, they come back as the same unit of time.
        let target = (i128::from(self.keyframes[key]) * num * 1_000_000 + den - 1).div_euclid(den) as i64;
        self.at = None;
        self.stream.jump(target)
    }

    /// Decodes up to frame `number`; `None` if only later ones come.
    fn decode_to(&mut self, key: usize, number: u64) -> Result<Option<ffmpeg::frame::Video>, Error> {
        self.stream.want(self.time(number));
        while let Some(frame) = self.stream.next()? {
            let found = self.number(&frame)?;
            self.at = Some((key, found));
            if found >= number {
                return Ok((found == number).then_some(frame));
            }
        }
        Ok(None)
    }

    /// The number of a frame, from the time at which it is shown.
    fn number(&self, frame: &ffmpeg::frame::Video) -> Result<u64, Error> {
        let time = ff::best_timestamp(frame)
            .ok_or_else(|| Error::source_file(&self.stream.path, "gives a frame without a time"))?;
        let num = i128::from(time) * i128::from(self.stream.time_base.0) * i128::from(self.fps.num());
        let den = i128::from(self.stream.time_base.1) * i128::from(self.fps.den());
        // To the nearest: times are rounded to units of time.
        Ok((2 * num + den).div_euclid(2 * den).max(0) as u64)
    }
}
