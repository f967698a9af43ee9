//! Probing: what a source is, found by looking at every packet rather than by trusting its tags.
//!
//! In: a file. Out: its facts, its frame times, and either an index of packets that can be spliced as they are, or the
//! reasons why it must be transcoded first.

use std::fs::File;
use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi::AVPacketSideDataType::AV_PKT_DATA_NEW_EXTRADATA;
use serde::{Deserialize, Serialize};

use crate::media::Error;
use crate::media::choice;
use crate::media::clock::Clock;
use crate::media::colour::{Matrix, Tags};
use crate::media::conform;
use crate::media::ff::{self, StreamFacts};
use crate::media::index::{AudioTrack, VideoTrack, read_at};
use crate::media::input::Input;
use crate::media::nal;
use crate::media::open;
use crate::media::proof;
use crate::media::sound;
use crate::media::watch::Watch;

/// Smallest width and height that can be coded and hold a needle.
pub const SMALLEST: u32 = 16;

/// A source video as probed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file; not kept with the rest, since JSON has no word for a name that is not UTF-8.
    #[serde(skip)]
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
    /// What is unusual about it, one sentence each.
    pub warnings: Vec<String>,
    /// What is unusual about its sound.
    pub sound_warning: Option<String>,
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
    /// The same packet, which a header other than `known` describes where it brings one along.
    fn described(mut self, packet: &ffmpeg::Packet, known: &[u8]) -> Self {
        if ff::side_data(packet, AV_PKT_DATA_NEW_EXTRADATA).is_some_and(|new| new != known) {
            self.fault = Some("it has several sample descriptions");
        }
        self
    }

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
    probe_stream(path, None)
}

/// Probes a source whose video is stream `wanted`, where that is known.
fn probe_stream(path: &Path, wanted: Option<usize>) -> Result<Source, Error> {
    let mut input = open::input(path)?;
    let file = File::open(path).map_err(crate::files::Error::io("read", path))?;
    let mp4 = input.format().name().split(',').any(|name| name == "mp4");
    let stream = wanted.and_then(|at| input.stream(at)).or_else(|| choice::video(&input));
    let stream = stream.ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let mut watch = Watch::over(&input, &stream, &file, path)?;
    let index = stream.index();
    let facts = ff::stream_facts(&stream);
    if facts.width == 0 || facts.height == 0 {
        return Err(watch.without_size(&file, path));
    }
    let container = conform::Container { h264: stream.parameters().id() == ffmpeg::codec::Id::H264, mp4 };
    let extradata = ff::extradata(&stream);
    // Only an MP4 header names every frame; elsewhere an index is a help for seeking, or grows while packets are read.
    let indexed = if mp4 { ff::indexed_packets(&stream) } else { 0 };
    let time_base = (i64::from(stream.time_base().numerator()), i64::from(stream.time_base().denominator()));
    let audio_stream = watch.first_sound();
    let audio_facts = audio_stream.and_then(|at| input.stream(at)).map(|stream| sound::facts(&stream));
    let config = nal::AvcC::parse(&extradata).filter(|_| container.h264 && mp4);

    let stated = ff::stated_duration(&input).filter(|_| !mp4);

    let mut video = Vec::new();
    let mut audio = Vec::new();
    let sound_data = audio_stream.and_then(|at| input.stream(at)).map(|stream| ff::extradata(&stream));
    read_packets(&mut input, path, |stream, packet| {
        watch.see(stream, packet);
        if stream == index {
            video.push(look(packet, &file, path, config.as_ref())?.described(packet, &extradata));
        } else if Some(stream) == audio_stream {
            let known = sound_data.as_deref().unwrap_or_default();
            audio.push(look(packet, &file, path, None)?.described(packet, known));
        }
        Ok(())
    })?;
    if let Some(moving) = watch.moving(video.len()).filter(|_| wanted.is_none()) {
        return probe_stream(path, Some(moving));
    }
    all_there(path, video.len() as u64, indexed)?;
    // What an edit list hides is decoded, since other frames may need it, and never shown.
    let hides = video.iter().any(|packet| packet.hidden);
    video.retain(|packet| !packet.hidden);
    if video.is_empty() {
        return Err(Error::source_file(path, "holds a video stream without a single frame"));
    }
    let seen = watch.end(&file, path)?;
    let clock = Clock::of(&video, time_base);
    let sound = |stream: usize| match audio_facts.filter(|_| Some(stream) == audio_stream) {
        Some(facts) => facts.track(path, &audio, clock.start(), mp4).and_then(|track| proven(&file, track)),
        None => Err("it is not the first sound stream".to_owned()),
    };
    let audio = seen.sound.map(|stream| (stream, sound(stream)));
    let mut source =
        Source { stream: index, audio, sound_warning: seen.sound_warning, ..bare(path, clock, &facts) };
    set_size(&mut source, &facts)?;
    source.warnings.extend(seen.warning.map(str::to_owned));
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
    if source.as_is.as_ref().is_ok_and(|track| !proof::video(&mut input, index, track)) {
        source.as_is = Err(vec![UNPROVEN.to_owned()]);
    }
    Ok(source)
}

/// Whether a file holds as many frames as it announces.
fn all_there(path: &Path, found: u64, announced: u64) -> Result<(), Error> {
    if found >= announced {
        return Ok(());
    }
    let reason = format!("is cut short: {found} of the {announced} frames that it announces are there");
    Err(Error::source_file(path, reason))
}

/// A source of which its clock and its header are known.
fn bare(path: &Path, clock: Clock, facts: &StreamFacts) -> Source {
    Source {
        path: path.to_owned(),
        width: 0,
        height: 0,
        clock,
        rotation: 0,
        interlaced: facts.field_order > 1,
        matrix: matrix(facts),
        tags: facts.tags,
        full_range: facts.full_range
            || facts.pixel_format == ffmpeg::ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P as i32,
        stream: 0,
        as_is: Err(Vec::new()),
        audio: None,
        warnings: Vec::new(),
        sound_warning: None,
    }
}

/// Why packets that look as they should cannot be copied.
const UNPROVEN: &str = "its packets do not decode by its header alone";

fn proven(file: &File, track: AudioTrack) -> Result<AudioTrack, String> {
    if proof::sound(file, &track) { Ok(track) } else { Err(UNPROVEN.to_owned()) }
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
