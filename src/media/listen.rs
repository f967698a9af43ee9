//! The sound of a finished video or of a file, as numbers.
//!
//! In: an input or a path, and a sample rate. Out: its sound, or the start of it, in mono, at that rate; the first sample is that of the first
//! frame, if it has any. It is decoded by FFmpeg as any other program has it done, what primes the decoder left out.

use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::software::resampling;

use crate::media::Error;
use crate::media::ff;
use crate::media::input::Input;
use crate::media::open;
use crate::media::sound;
use crate::needle::Pcm;

/// Seconds of silence before the first sound, at most: what is beyond is a wrong time.
const LONGEST_GAP_SECS: usize = 3600;

/// Decodes the sound of a video; `None` where it has none.
///
/// # Errors
/// The video cannot be read, or its sound cannot be decoded.
pub fn listen(video: &Input, sample_rate: u32) -> Result<Option<Pcm>, Error> {
    decoded(video.demuxer()?, video.name(), sample_rate, usize::MAX)
}

/// Whether a video has a sound track.
///
/// # Errors
/// The video cannot be read.
pub fn has_track(video: &Input) -> Result<bool, Error> {
    Ok(video.demuxer()?.streams().best(ffmpeg::media::Type::Audio).is_some())
}

/// Decodes the first `count` samples of the sound of a video; what it lacks is silence. `None` where it has no sound.
///
/// # Errors
/// The video cannot be read, or its sound cannot be decoded.
pub fn start(video: &Input, sample_rate: u32, count: usize) -> Result<Option<Vec<i16>>, Error> {
    let pcm = decoded(video.demuxer()?, video.name(), sample_rate, count)?;
    Ok(pcm.map(|mut pcm| {
        pcm.samples.resize(count, 0);
        pcm.samples
    }))
}

/// Formats of files of sound.
const FORMATS: &str = "wav,w64,flac,mp3,ogg,aac,mov,matroska,aiff,caf";

/// Decodes a file of sound, in mono.
///
/// # Errors
/// It cannot be read, or holds no sound.
pub fn heard(path: &Path, sample_rate: u32) -> Result<Pcm, Error> {
    let input = ff::open_input(path, FORMATS).map_err(Error::ffmpeg("recognise it as a sound", path))?;
    decoded(input, path, sample_rate, usize::MAX)?.ok_or_else(|| Error::source_file(path, "holds no sound"))
}

/// Decodes the sound of a file of video, in mono; `None` where it has none.
///
/// # Errors
/// It cannot be read, or its sound cannot be decoded.
pub fn with_video(path: &Path, sample_rate: u32) -> Result<Option<Pcm>, Error> {
    decoded(open::input(path)?, path, sample_rate, usize::MAX)
}

/// Its sound up to `most` samples, or a few more; `None` where it has none.
fn decoded(
    mut input: ffmpeg::format::context::Input,
    path: &Path,
    sample_rate: u32,
    most: usize,
) -> Result<Option<Pcm>, Error> {
    let Some(stream) = input.streams().best(ffmpeg::media::Type::Audio) else { return Ok(None) };
    let index = stream.index();
    let time_base = stream.time_base();
    let mut decoder = sound::decoder(&stream, path)?;
    let seconds = f64::from(time_base);
    let start = pictures_start(&input);
    let pcm = Pcm { sample_rate, samples: Vec::new() };
    let mut ear = Ear { pcm, resampler: None, seconds, start, early: 0 };
    while ear.pcm.samples.len() < most {
        let mut packet = ffmpeg::Packet::empty();
        match packet.read(&mut input) {
            Ok(()) if packet.stream() != index => continue,
            Ok(()) => decoder.send_packet(&packet).map_err(Error::ffmpeg("decode its sound", path))?,
            Err(ffmpeg::Error::Eof) => {
                ff::check_reads(&input).map_err(Error::ffmpeg("read it", path))?;
                decoder.send_eof().map_err(Error::ffmpeg("flush its sound decoder", path))?;
                ear.take(&mut decoder, path)?;
                ear.flush(path)?;
                break;
            }
            Err(error) => return Err(Error::ffmpeg("read it", path)(error)),
        }
        ear.take(&mut decoder, path)?;
    }
    Ok(Some(ear.pcm))
}

/// When the first picture is shown, in seconds of the file's clock, which need not begin at 0; 0 where there are no pictures.
fn pictures_start(input: &ffmpeg::format::context::Input) -> f64 {
    let Some(stream) = input.streams().best(ffmpeg::media::Type::Video) else { return 0.0 };
    match stream.start_time() {
        // The container does not say.
        ffmpeg::ffi::AV_NOPTS_VALUE => 0.0,
        start => start as f64 * f64::from(stream.time_base()),
    }
}

/// What has been heard so far.
struct Ear {
    pcm: Pcm,
    /// Of the frames' form, once there is one.
    resampler: Option<resampling::Context>,
    /// Seconds a unit of the stream's time.
    seconds: f64,
    /// When the first picture is shown, in seconds.
    start: f64,
    /// Samples before the first picture that are still to come.
    early: usize,
}

impl Ear {
    /// Takes all frames that the decoder has.
    fn take(&mut self, decoder: &mut ffmpeg::decoder::Audio, path: &Path) -> Result<(), Error> {
        let mut frame = ffmpeg::frame::Audio::empty();
        while decoder.receive_frame(&mut frame).is_ok() {
            if frame.channel_layout().is_empty() {
                frame.set_channel_layout(ffmpeg::ChannelLayout::default(i32::from(frame.channels())));
            }
            if self.resampler.is_none() {
                // Sound that begins after the pictures has silence before it, and of sound that begins before them, the start is left out.
                let time = frame.timestamp().or_else(|| frame.pts());
                let start = time.map_or(0.0, |time| time as f64 * self.seconds - self.start);
                let most = LONGEST_GAP_SECS * self.pcm.sample_rate as usize;
                let samples = (start * f64::from(self.pcm.sample_rate)).round();
                self.pcm.samples.resize((samples.max(0.0) as usize).min(most), 0);
                self.early = ((-samples).max(0.0) as usize).min(most);
                self.resampler = Some(
                    resampling::Context::get(
                        frame.format(),
                        frame.channel_layout(),
                        frame.rate(),
                        ffmpeg::format::Sample::I16(ffmpeg::format::sample::Type::Packed),
                        ffmpeg::ChannelLayout::MONO,
                        self.pcm.sample_rate,
                    )
                    .map_err(Error::ffmpeg("resample its sound", path))?,
                );
            }
            let Some(resampler) = &mut self.resampler else { continue };
            let mut out = ffmpeg::frame::Audio::empty();
            resampler.run(&frame, &mut out).map_err(Error::ffmpeg("resample its sound", path))?;
            self.add(&out);
        }
        Ok(())
    }

    /// Takes what the resampler still holds.
    fn flush(&mut self, path: &Path) -> Result<(), Error> {
        while let Some(resampler) = &mut self.resampler {
            let mut out = ffmpeg::frame::Audio::new(
                ffmpeg::format::Sample::I16(ffmpeg::format::sample::Type::Packed),
                1024,
                ffmpeg::ChannelLayout::MONO,
            );
            let more = resampler.flush(&mut out).map_err(Error::ffmpeg("resample its sound", path))?;
            let count = out.samples();
            self.add(&out);
            if more.is_none() || count == 0 {
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, frame: &ffmpeg::frame::Audio) {
        if frame.samples() > 0 {
            let bytes = frame.data(0).get(..frame.samples() * 2).unwrap_or_default();
            let (pairs, _) = bytes.as_chunks::<2>();
            let early = self.early.min(pairs.len());
            self.early -= early;
            self.pcm.samples.extend(pairs[early..].iter().map(|pair| i16::from_le_bytes(*pair)));
        }
    }
}
