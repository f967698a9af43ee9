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
use crate::media::first_frames::Scan;
use crate::media::index::{AudioTrack, VideoTrack, read_at};
use crate::media::input::Input;
use crate::media::nal;
use crate::media::packet::Packet;
use crate::media::reading::Reading;
use crate::media::remarks;
use crate::media::shows;
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
    pub scan: Scan,
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
    /// What is unusual about it, one sentence each.
    pub warnings: Vec<String>,
    /// What preparing makes of it that earlier versions did not.
    pub revised: Revised,
}

/// What earlier versions prepared otherwise: it has another name in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revised {
    /// The frames, or their colours.
    pub pictures: bool,
    /// The sound, or where it starts.
    pub sound: bool,
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

/// Probes a source.
pub fn probe(path: &Path) -> Result<Source, Error> {
    ff::init();
    // Opening by hand first tells a missing or unreadable file from one that is no video.
    let file = File::open(path).map_err(crate::files::Error::io("read", path))?;
    let mut input = ffmpeg::format::input(path).map_err(|error| unrecognised(path, &file, error))?;
    let mp4 = input.format().name().split(',').any(|name| name == "mp4");
    let stream = largest(&input).ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let index = stream.index();
    let announced = ff::stream_facts(&stream);
    let container = conform::Container { h264: stream.parameters().id() == ffmpeg::codec::Id::H264, mp4 };
    let extradata = ff::extradata(&stream);
    // Only an MP4 header names every frame; elsewhere an index is a help for seeking, or grows while packets are read.
    let indexed = if mp4 { ff::indexed_packets(&stream) } else { 0 };
    let audio_stream = input.streams().best(ffmpeg::media::Type::Audio).map(|stream| stream.index());
    let audio_facts = audio_stream.and_then(|at| input.stream(at)).map(|stream| sound::facts(&stream));
    let config = nal::AvcC::parse(&extradata).filter(|_| container.h264 && mp4);

    let mut reading = Reading::of(&input, &stream, audio_stream);
    let mut video = Vec::new();
    let mut audio = Vec::new();
    let read = read_packets(&mut input, path, |stream, packet| {
        // What is copied has to be whole; what is decoded may have flaws, which are told.
        if mp4 && packet.is_corrupt() && (stream == index || Some(stream) == audio_stream) {
            return Err(Error::source_file(path, "is cut short or damaged: a packet is incomplete"));
        }
        reading.see(packet);
        if stream == index {
            let (stamp, frames) = reading.picture(packet);
            let found = look(packet, &file, path, config.as_ref())?;
            video.push(Packet { pts: stamp.pts, dts: stamp.dts, frames, ..found });
            if let Some(reason) = reading.repeats() {
                return Err(Error::source_file(path, reason));
            }
        } else if Some(stream) == audio_stream {
            audio.push(look(packet, &file, path, None)?);
        }
        Ok(())
    });
    match read {
        // As for packets: what is decoded may break off.
        Err(Error::Ffmpeg { .. }) if !mp4 && !video.is_empty() => reading.breaks_off(),
        read => read?,
    }
    if (video.len() as u64) < indexed {
        let reason =
            format!("is cut short: {} of the {indexed} frames that it announces are there", video.len());
        return Err(Error::source_file(path, reason));
    }
    let audio = audio_stream.zip(audio_facts).map(|(at, facts)| (at, facts, audio));
    Read { index, container, announced, extradata, config, video, audio, reading }.source(path)
}

/// A source whose packets have been read.
struct Read {
    index: usize,
    container: conform::Container,
    announced: StreamFacts,
    extradata: Vec<u8>,
    config: Option<nal::AvcC>,
    video: Vec<Packet>,
    audio: Option<(usize, sound::Facts, Vec<Packet>)>,
    reading: Reading,
}

impl Read {
    /// Says what it is.
    fn source(self, path: &Path) -> Result<Source, Error> {
        let Self { index, container, announced, extradata, config, mut video, audio, reading } = self;
        // What an edit list hides is decoded, since other frames may need it, and never shown.
        let hides = video.iter().any(|packet| packet.hidden);
        video.retain(|packet| !packet.hidden);
        if video.is_empty() {
            return Err(Error::source_file(path, "holds a video stream without a single frame"));
        }
        let packets = video.len();
        shows::keep_shown(&mut video, |packet| packet.frames);
        let (first, seen, known) = reading.end();
        let mut facts = announced;
        first.correct(&mut facts);
        let clock = Clock::of(&video, known).map_err(|reason| Error::source_file(path, reason))?;
        if let Some(reason) = remarks::impossible(&clock) {
            return Err(Error::source_file(path, reason));
        }
        let is_interlaced = announced.field_order > 1;
        let sound =
            audio.map(|(at, facts, packets)| (at, facts.track(path, &packets, clock.start(), container.mp4)));
        let mut source = Source {
            path: path.to_owned(),
            width: 0,
            height: 0,
            clock,
            rotation: 0,
            scan: first.scan(is_interlaced),
            matrix: matrix(&facts),
            tags: facts.tags,
            full_range: full_range(&facts),
            stream: index,
            as_is: Err(Vec::new()),
            audio: sound,
            warnings: Vec::new(),
            revised: Revised::default(),
        };
        source.revised = Revised {
            pictures: packets > video.len()
                || first.is_mixed(is_interlaced)
                || source.clock.is_revised()
                || shown_otherwise(&announced, &facts),
            sound: source.clock.starts_otherwise(&video),
        };
        set_size(&mut source, &facts)?;
        source.warnings.extend(remarks::remarks(&source.clock, &seen));
        let mut reasons = conform::reasons(&source, &facts, container);
        if hides {
            reasons.push("an edit list hides some of its frames".to_owned());
        }
        if packets > video.len() {
            reasons.push("some of its packets show no frame".to_owned());
        }
        if source.clock.left_out > 0 {
            reasons.push("its first frames cannot be decoded".to_owned());
        }
        source.as_is = match config {
            Some(config) if reasons.is_empty() => conform::track(&source, &video, extradata, config),
            None if reasons.is_empty() => Err(vec!["its decoder configuration cannot be read".to_owned()]),
            _ => Err(reasons),
        };
        Ok(source)
    }
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
        frames: 1,
        fault,
    })
}

fn full_range(facts: &StreamFacts) -> bool {
    facts.full_range || facts.pixel_format == ffmpeg::ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P as i32
}

/// Whether frames that say this are prepared otherwise than frames that say that.
fn shown_otherwise(one: &StreamFacts, other: &StreamFacts) -> bool {
    let shown =
        |facts: &StreamFacts| (matrix(facts), full_range(facts), facts.rotation, facts.width, facts.height);
    shown(one) != shown(other)
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
    warn(source.scan != Scan::Progressive, "interlaced: made progressive".to_owned());
    warn(!source.clock.constant, "variable frame rate made constant".to_owned());
    warn(
        matches!(facts.tags.transfer, 16 | 18),
        "high dynamic range is not tone-mapped: colours look flat".to_owned(),
    );
    Ok(())
}
