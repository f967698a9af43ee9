//! Probing: what a source is, found by looking at every packet rather than by trusting its tags.
//!
//! In: a file. Out: its facts, its frame times, and either an index of packets that can be spliced as they are, or the
//! reasons why it must be transcoded first.

use std::fs::File;
use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;
use serde::{Deserialize, Serialize};

use crate::media::Error;
use crate::media::clock::Clock;
use crate::media::colour::{Matrix, Tags};
use crate::media::conform;
use crate::media::ff::{self, StreamFacts};
use crate::media::index::{AudioTrack, VideoTrack, read_at};
use crate::media::input::Input;
use crate::media::nal;
use crate::media::sound;

/// Smallest width and height that can be coded and hold a needle.
pub const SMALLEST: u32 = 16;

/// A source video as probed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Width as shown: square pixels, upright. It may be odd.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// When its frames are shown.
    pub clock: Clock,
    /// Clockwise rotation that shows it upright, in degrees.
    pub rotation: u32,
    /// Whether its frames are two fields.
    pub interlaced: bool,
    /// Matrix of its colours.
    pub matrix: Matrix,
    /// What it says of its colours.
    pub tags: Tags,
    /// Whether its samples use the full range.
    pub full_range: bool,
    /// Index of the video stream.
    pub stream: usize,
    /// The packets, where they can be spliced as they are; else why not, one reason each.
    pub as_is: Result<VideoTrack, Vec<String>>,
    /// Sound: its stream, and the packets or why they cannot be copied.
    pub audio: Option<(usize, Result<AudioTrack, String>)>,
    /// Channels of its sound once prepared, 1 or 2; 0 where it has no sound.
    pub prepared_channels: u16,
    /// What is unusual about it, one sentence each.
    pub warnings: Vec<String>,
}

impl Source {
    /// The same source, by this name of its file.
    #[must_use]
    pub fn named(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.path);
        if let Ok(track) = &mut self.as_is {
            path.clone_into(&mut track.path);
        }
        if let Some((_, Ok(track))) = &mut self.audio {
            path.clone_into(&mut track.path);
        }
        self
    }
}

/// One packet as read; `fault` says why a packet of this kind cannot be copied.
pub(super) struct Packet {
    pub(super) offset: Option<u64>,
    pub(super) size: u32,
    pub(super) pts: Option<i64>,
    pub(super) dts: Option<i64>,
    pub(super) duration: i64,
    pub(super) key: bool,
    /// Whether an edit list hides what it shows.
    pub(super) hidden: bool,
    /// Why a packet of this kind cannot be copied.
    pub(super) fault: Option<&'static str>,
}

impl Packet {
    /// A packet of which only its time matters.
    #[cfg(test)]
    pub(super) fn shown_at(pts: i64, duration: i64) -> Self {
        Self {
            offset: None,
            size: 0,
            pts: Some(pts),
            dts: None,
            duration,
            key: false,
            hidden: false,
            fault: None,
        }
    }
}

/// Probes a source.
pub fn probe(path: &Path) -> Result<Source, Error> {
    ff::init();
    // Opening by hand first tells a missing or unreadable file from one that is no video.
    let file = File::open(path).map_err(crate::files::Error::io("read", path))?;
    let mut input = ffmpeg::format::input(path).map_err(|error| unrecognised(path, &file, error))?;
    let mp4 = input.format().name().split(',').any(|name| name == "mp4");
    let stream = largest(&input).ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let index = stream.index();
    let facts = ff::stream_facts(&stream);
    let container = conform::Container { h264: stream.parameters().id() == ffmpeg::codec::Id::H264, mp4 };
    let extradata = ff::extradata(&stream);
    // Only an MP4 header names every frame; elsewhere an index is a help for seeking, or grows while packets are read.
    let indexed = if mp4 { ff::indexed_packets(&stream) } else { 0 };
    let time_base = (i64::from(stream.time_base().numerator()), i64::from(stream.time_base().denominator()));
    let audio_stream = input.streams().best(ffmpeg::media::Type::Audio).map(|stream| stream.index());
    let audio_facts = audio_stream.and_then(|at| input.stream(at)).map(|stream| sound::facts(&stream));
    let config = nal::AvcC::parse(&extradata).filter(|_| container.h264 && mp4);

    let stated = ff::stated_duration(&input).filter(|_| !mp4);

    let mut video = Vec::new();
    let mut audio = Vec::new();
    read_packets(&mut input, path, |stream, packet| {
        if stream == index {
            video.push(look(packet, &file, path, config.as_ref())?);
        } else if Some(stream) == audio_stream {
            audio.push(look(packet, &file, path, None)?);
        }
        Ok(())
    })?;
    if (video.len() as u64) < indexed {
        let reason =
            format!("is cut short: {} of the {indexed} frames that it announces are there", video.len());
        return Err(Error::source_file(path, reason));
    }
    // What an edit list hides is decoded, since other frames may need it, and never shown.
    let hides = video.iter().any(|packet| packet.hidden);
    video.retain(|packet| !packet.hidden);
    if video.is_empty() {
        return Err(Error::source_file(path, "holds a video stream without a single frame"));
    }
    let clock = Clock::of(&video, time_base);
    let prepared_channels = audio_facts.as_ref().map_or(0, sound::Facts::prepared_channels);
    let sound = audio_facts.map(|facts| facts.track(path, &audio, clock.start(), mp4));
    let mut source = Source {
        path: path.to_owned(),
        width: 0,
        height: 0,
        clock,
        rotation: 0,
        interlaced: facts.field_order > 1,
        matrix: matrix(&facts),
        tags: facts.tags,
        full_range: facts.full_range
            || facts.pixel_format == ffmpeg::ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P as i32,
        stream: index,
        as_is: Err(Vec::new()),
        audio: audio_stream.zip(sound),
        prepared_channels,
        warnings: Vec::new(),
    };
    set_size(&mut source, &facts)?;
    warn_if_short(&mut source, stated);
    let mut reasons = conform::reasons(&source, &facts, container);
    if hides {
        reasons.push("an edit list hides some of its frames".to_owned());
    }
    source.as_is = match config {
        Some(config) if reasons.is_empty() => conform::track(&source, &video, extradata, config),
        None if reasons.is_empty() => Err(vec!["its decoder configuration cannot be read".to_owned()]),
        _ => Err(reasons),
    };
    Ok(source)
}

/// Why a file cannot be opened as a video, in more words than FFmpeg's where the cause is a common one.
fn unrecognised(path: &Path, file: &File, error: ffmpeg::Error) -> Error {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length == 0 {
        return Error::source_file(path, "is empty");
    }
    // MP4 is a row of boxes, each a size of 32 bits (or 1, and 64 bits after the name) and a name.
    let (mut at, mut is_mp4) = (0, false);
    while let Ok(head) = read_at(file, path, at, 16.min(length.saturating_sub(at)) as u32) {
        let Some((size, rest)) = head.split_first_chunk::<4>() else { break };
        let wide = rest.get(4..12).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        let size = match (u32::from_be_bytes(*size), wide) {
            (1, Some(wide)) => u64::from_be_bytes(wide),
            (size, _) => u64::from(size),
        };
        is_mp4 |= at == 0 && rest.starts_with(b"ftyp");
        if !is_mp4 || rest.starts_with(b"moov") || size < 8 {
            break;
        }
        at = at.saturating_add(size);
        if at >= length {
            return Error::source_file(
                path,
                "is cut short: its end, which says where its frames are (moov), is missing",
            );
        }
    }
    Error::ffmpeg("recognise it as a video", path)(error)
}

/// Says so where a header promises more than there is: a download or recording that stopped.
fn warn_if_short(source: &mut Source, stated: Option<i64>) {
    let clock = &source.clock;
    let (num, den) = clock.time_base;
    let last = clock.times[clock.times.len() - 1] + clock.last_duration;
    let end = (i128::from(last) * i128::from(num) * 1_000_000 / i128::from(den)) as i64;
    if let Some(stated) = stated.filter(|stated| end + 1_000_000 < *stated) {
        let secs = |micros: i64| micros as f64 / 1e6;
        let what =
            format!("its frames end at {:.1} s of the {:.1} s that it announces", secs(end), secs(stated));
        source.warnings.push(what);
    }
}

/// The video stream with the most pixels, cover pictures aside.
fn largest(input: &ffmpeg::format::context::Input) -> Option<ffmpeg::format::stream::Stream<'_>> {
    let video = |stream: &ffmpeg::format::stream::Stream<'_>| {
        stream.parameters().medium() == ffmpeg::media::Type::Video
            && !stream.disposition().contains(ffmpeg::format::stream::Disposition::ATTACHED_PIC)
    };
    input.streams().filter(video).max_by_key(|stream| {
        let facts = ff::stream_facts(stream);
        (u64::from(facts.width) * u64::from(facts.height), std::cmp::Reverse(stream.index()))
    })
}

/// What a finished video holds, as its own header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Place and size in bytes of each packet of the video stream, in decoding order.
    pub video: Vec<(u64, u32)>,
    /// The same of the sound; empty without.
    pub audio: Vec<(u64, u32)>,
}

/// Reads the header of a finished video through FFmpeg's demuxer.
pub fn contents(video: &Input) -> Result<Contents, Error> {
    let (path, input) = (video.name(), video.demuxer()?);
    let video = input.streams().best(ffmpeg::media::Type::Video);
    let video = video.ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let facts = ff::stream_facts(&video);
    let audio = input.streams().best(ffmpeg::media::Type::Audio);
    let audio = audio.map_or_else(Vec::new, |stream| ff::index_entries(&stream));
    Ok(Contents { width: facts.width, height: facts.height, video: ff::index_entries(&video), audio })
}

/// Calls `each` with the stream and packet of every packet of the file.
pub(super) fn read_packets(
    input: &mut ffmpeg::format::context::Input,
    path: &Path,
    mut each: impl FnMut(usize, &ffmpeg::Packet) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let mut packet = ffmpeg::Packet::empty();
        match packet.read(input) {
            Ok(()) => each(packet.stream(), &packet)?,
            Err(ffmpeg::Error::Eof) => return Ok(()),
            Err(error) => return Err(Error::ffmpeg("read all of its packets", path)(error)),
        }
    }
}

fn look(
    packet: &ffmpeg::Packet,
    file: &File,
    path: &Path,
    config: Option<&nal::AvcC>,
) -> Result<Packet, Error> {
    let data = packet.data().unwrap_or_default();
    let offset = u64::try_from(packet.position()).ok();
    let mut fault = None;
    if packet.is_corrupt() {
        return Err(Error::source_file(path, "is cut short or damaged: a packet is incomplete"));
    }
    if let (Some(config), Some(offset)) = (config, offset) {
        if read_at(file, path, offset, data.len() as u32)? != data {
            fault = Some("its packets are not stored as they are decoded");
        } else if let Some(units) = nal::length_prefixed(data, config.length_size) {
            fault = fault.or_else(|| conform::unit_fault(&units, config, packet.is_key()));
        } else {
            fault = Some("its packets are not whole NAL units");
        }
    }
    Ok(Packet {
        offset,
        size: data.len() as u32,
        pts: packet.pts(),
        dts: packet.dts(),
        duration: packet.duration(),
        key: packet.is_key(),
        hidden: ff::is_discarded(packet),
        fault,
    })
}

pub(super) fn matrix(facts: &StreamFacts) -> Matrix {
    match facts.tags.matrix {
        1 => Matrix::Bt709,
        4..=6 => Matrix::Bt601,
        // Unspecified: players take high definition for BT.709 and the rest for BT.601.
        _ if facts.height >= 720 => Matrix::Bt709,
        _ => Matrix::Bt601,
    }
}

fn set_size(source: &mut Source, facts: &StreamFacts) -> Result<(), Error> {
    let (num, den) = (facts.sample_aspect.0 as u64, facts.sample_aspect.1 as u64);
    let mut width = ((2 * u64::from(facts.width) * num + den) / (2 * den)) as u32;
    let mut height = facts.height;
    let Some(rotation) = facts.rotation else {
        return Err(Error::source_file(&source.path, "is mirrored or turned by other than right angles"));
    };
    if rotation == 90 || rotation == 270 {
        (width, height) = (height, width);
    }
    if width < SMALLEST || height < SMALLEST {
        let reason = format!("is {width}x{height} pixels: a haystack needs at least {SMALLEST}x{SMALLEST}");
        return Err(Error::source_file(&source.path, reason));
    }
    (source.width, source.height, source.rotation) = (width, height, rotation);
    let mut warn = |yes: bool, what: String| {
        if yes {
            source.warnings.push(what);
        }
    };
    warn(rotation != 0, format!("turned by {rotation} degrees to stand upright"));
    warn(num != den, format!("made of square pixels; they are {num}:{den}"));
    warn(width % 2 == 1 || height % 2 == 1, format!("{width}x{height} pixels cropped to even sizes"));
    warn(source.interlaced, "interlaced: made progressive".to_owned());
    warn(!source.clock.constant, "variable frame rate made constant".to_owned());
    warn(
        matches!(facts.tags.transfer, 16 | 18),
        "high dynamic range is not tone-mapped: colours look flat".to_owned(),
    );
    Ok(())
}
