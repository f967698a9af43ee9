//! Probing: what a source is, found by looking at every packet rather than by trusting its tags.
//!
//! In: a file. Out: its facts, its frame times, and either an index of packets that can be spliced as they are, or the
//! reasons why it must be transcoded first.

use std::fs::File;
use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi::AVPacketSideDataType::AV_PKT_DATA_NEW_EXTRADATA;

use crate::media::Error;
use crate::media::choice;
use crate::media::clock::Clock;
use crate::media::conform;
use crate::media::ff::{self, StreamFacts};
use crate::media::index::{AudioTrack, read_at};
use crate::media::input::Input;
use crate::media::nal;
use crate::media::open;
use crate::media::packet::Packet;
use crate::media::proof;
use crate::media::reading::Reading;
use crate::media::remarks;
use crate::media::shape;
use crate::media::shows;
use crate::media::sound;
use crate::media::source::{Revised, Source};
use crate::media::watch::Watch;

impl Packet {
    /// The same packet, which a header other than `known` describes where it brings one along.
    fn described(mut self, packet: &ffmpeg::Packet, known: &[u8]) -> Self {
        if ff::side_data(packet, AV_PKT_DATA_NEW_EXTRADATA).is_some_and(|new| new != known) {
            self.fault = Some("it has several sample descriptions");
        }
        self
    }
}

/// Probes a source.
pub fn probe(path: &Path) -> Result<Source, Error> {
    probe_stream(path, None)
}

/// Probes a source whose video is stream `wanted`, where that is known.
fn probe_stream(path: &Path, wanted: Option<usize>) -> Result<Source, Error> {
    let mut input = open::input(path)?;
    let probed = probe_input(&mut input, path, wanted);
    // A read that fails looks like damage, or like the end.
    ff::check_reads(&input).map_err(Error::ffmpeg("read it", path)).and(probed)
}

fn probe_input(
    input: &mut ffmpeg::format::context::Input,
    path: &Path,
    wanted: Option<usize>,
) -> Result<Source, Error> {
    let file = File::open(path).map_err(crate::files::Error::io("read", path))?;
    let mp4 = input.format().name().split(',').any(|name| name == "mp4");
    let stream = wanted.and_then(|at| input.stream(at)).or_else(|| choice::video(input));
    let stream = stream.ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let mut watch = Watch::over(input, &stream, &file, path)?;
    let announced = ff::stream_facts(&stream);
    if announced.width == 0 || announced.height == 0 {
        return Err(watch.without_size(&file, path));
    }
    // Only an MP4 header names every frame; elsewhere an index is a help for seeking, or grows while packets are read.
    let indexed = if mp4 { ff::indexed_packets(&stream) } else { 0 };
    let audio = watch.first_sound().and_then(|at| input.stream(at));
    let audio = audio.map(|stream| ReadSound {
        stream: stream.index(),
        facts: sound::facts(&stream),
        extradata: ff::extradata(&stream),
        packets: Vec::new(),
    });
    let reading = Reading::of(input, &stream, audio.as_ref().map(|audio| audio.stream));
    let extradata = ff::extradata(&stream);
    let container = conform::Container { h264: stream.parameters().id() == ffmpeg::codec::Id::H264, mp4 };
    let config = nal::AvcC::parse(&extradata).filter(|_| container.h264 && mp4);
    let index = stream.index();
    let mut read = Read { index, container, announced, extradata, config, video: Vec::new(), audio, reading };
    read.packets(input, &mut watch, &file, path)?;
    if let Some(moving) = watch.moving(read.video.len()).filter(|_| wanted.is_none()) {
        return probe_stream(path, Some(moving));
    }
    all_there(path, read.video.len() as u64, indexed)?;
    if read.video.iter().all(|packet| packet.hidden) {
        return Err(Error::source_file(path, "holds a video stream without a single frame"));
    }
    let seen = watch.end(&file, path)?;
    let mut source = read.source(path, &file, seen.sound)?;
    source.warnings.extend(seen.warning.map(str::to_owned));
    source.sound_warning = seen.sound_warning;
    let sound = seen.sound.and_then(|at| input.stream(at));
    source.prepared_channels = sound.map_or(0, |stream| sound::facts(&stream).prepared_channels());
    if let Ok(track) = &source.as_is
        && !proof::video(input, index, track)?
    {
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

/// Why packets that look as they should cannot be copied.
const UNPROVEN: &str = "its packets do not decode by its header alone";

fn proven(file: &File, track: AudioTrack) -> Result<Result<AudioTrack, String>, Error> {
    Ok(if proof::sound(file, &track)? { Ok(track) } else { Err(UNPROVEN.to_owned()) })
}

/// A source whose packets have been read.
struct Read {
    index: usize,
    container: conform::Container,
    announced: StreamFacts,
    extradata: Vec<u8>,
    config: Option<nal::AvcC>,
    video: Vec<Packet>,
    audio: Option<ReadSound>,
    reading: Reading,
}

/// The sound stream that is tried first.
struct ReadSound {
    stream: usize,
    facts: sound::Facts,
    extradata: Vec<u8>,
    packets: Vec<Packet>,
}

impl Read {
    /// Reads all packets.
    fn packets(
        &mut self,
        input: &mut ffmpeg::format::context::Input,
        watch: &mut Watch,
        file: &File,
        path: &Path,
    ) -> Result<(), Error> {
        let Self { index, container, extradata, config, video, audio, reading, .. } = self;
        let audio_stream = audio.as_ref().map(|audio| audio.stream);
        let read = read_packets(input, path, |stream, packet| {
            // What is copied has to be whole; what is decoded may have flaws, which are told.
            if container.mp4 && packet.is_corrupt() && (stream == *index || Some(stream) == audio_stream) {
                return Err(Error::source_file(path, "is cut short or damaged: a packet is incomplete"));
            }
            reading.see(packet);
            watch.see(stream, packet);
            if stream == *index {
                let (stamp, frames) = reading.picture(packet);
                let found = look(packet, file, path, config.as_ref())?.described(packet, extradata);
                video.push(Packet { pts: stamp.pts, dts: stamp.dts, frames, ..found });
                if let Some(reason) = reading.repeats() {
                    return Err(Error::source_file(path, reason));
                }
            } else if let Some(audio) = audio.as_mut().filter(|audio| audio.stream == stream) {
                audio.packets.push(look(packet, file, path, None)?.described(packet, &audio.extradata));
            }
            Ok(())
        });
        match read {
            // As for packets: what is decoded may break off.
            Err(Error::Ffmpeg { .. }) if !container.mp4 && !video.is_empty() => reading.breaks_off(),
            read => read?,
        }
        Ok(())
    }

    /// Says what it is; its sound is that of stream `sound`.
    fn source(self, path: &Path, file: &File, sound: Option<usize>) -> Result<Source, Error> {
        let Self { index, container, announced, extradata, config, mut video, audio, reading } = self;
        // What an edit list hides is decoded, since other frames may need it, and never shown.
        let hides = video.iter().any(|packet| packet.hidden);
        video.retain(|packet| !packet.hidden);
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
        let audio = match (sound, audio.filter(|audio| Some(audio.stream) == sound)) {
            (Some(stream), Some(audio)) => {
                let track = audio.facts.track(path, &audio.packets, clock.start(), container.mp4);
                let track = match track {
                    Ok(track) => proven(file, track)?,
                    unfit => unfit,
                };
                Some((stream, track))
            }
            (Some(stream), None) => Some((stream, Err("it is not the first sound stream".to_owned()))),
            (None, _) => None,
        };
        let mut source = Source {
            path: path.to_owned(),
            width: 0,
            height: 0,
            clock,
            rotation: 0,
            scan: first.scan(is_interlaced),
            matrix: shape::matrix(&facts),
            tags: facts.tags,
            full_range: shape::full_range(&facts),
            stream: index,
            as_is: Err(Vec::new()),
            audio,
            prepared_channels: 0,
            warnings: Vec::new(),
            sound_warning: None,
            revised: Revised::default(),
        };
        source.revised = Revised {
            pictures: packets > video.len()
                || first.is_mixed(is_interlaced)
                || source.clock.is_revised()
                || shape::shown_otherwise(&announced, &facts),
            sound: source.clock.starts_otherwise(&video),
        };
        shape::set_size(&mut source, &facts)?;
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
    let (path, input) = (video.name(), video.pictures()?);
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
            Err(ffmpeg::Error::Eof) => return ff::check_reads(input).map_err(Error::ffmpeg("read it", path)),
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
    Ok(Packet { fault, ..Packet::of(packet) })
}
