//! Probing: what a source is, found by looking at every packet rather than by trusting its tags.
//!
//! In: a file. Out: its facts, its frame times, and either an index of packets that can be spliced as they are, or the
//! reasons why it must be transcoded first.

use std::fs::File;
use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::colour::Matrix;
use crate::media::ff::{self, StreamFacts};
use crate::media::index::{AudioTrack, TrackFacts, VideoPacket, VideoTrack, read_at};
use crate::media::nal;
use crate::media::sound;
use crate::time::FrameRate;

/// Rates that cameras, films and screens have; a source of variable rate is made one of them.
const STANDARD_RATES: [(u32, u32); 12] = [
    (8, 1),
    (10, 1),
    (12, 1),
    (15, 1),
    (24000, 1001),
    (24, 1),
    (25, 1),
    (30000, 1001),
    (30, 1),
    (50, 1),
    (60000, 1001),
    (60, 1),
];

/// Smallest width and height that can be coded and hold a needle.
pub const SMALLEST: u32 = 16;

/// A source video as probed.
#[derive(Debug)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Width as shown: square pixels, upright. It may be odd.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// Its constant frame rate, or the standard rate nearest to its average.
    pub fps: FrameRate,
    /// Whether every frame lasts equally long.
    pub constant_rate: bool,
    /// Clockwise rotation that shows it upright, in degrees.
    pub rotation: u32,
    /// Whether its frames are two fields.
    pub interlaced: bool,
    /// Matrix of its colours.
    pub matrix: Matrix,
    /// Whether its samples use the full range.
    pub full_range: bool,
    /// Start of each frame in display order, in units of [`Self::time_base`].
    pub times: Vec<i64>,
    /// How long the last frame lasts, in the same units.
    pub last_duration: i64,
    /// Seconds per unit of time, as a fraction.
    pub time_base: (i64, i64),
    /// Whether times come from the packets' display times; else from their order.
    pub timed: bool,
    /// Index of the video stream.
    pub stream: usize,
    /// The packets, where they can be spliced as they are; else why not, one reason each.
    pub as_is: Result<VideoTrack, Vec<String>>,
    /// Sound: its stream, and the packets or why they cannot be copied.
    pub audio: Option<(usize, Result<AudioTrack, String>)>,
    /// What is unusual about it, one sentence each.
    pub warnings: Vec<String>,
}

/// One packet as read; `fault` says why a packet of this kind cannot be copied.
pub(super) struct Packet {
    pub(super) offset: Option<u64>,
    pub(super) size: u32,
    pts: Option<i64>,
    dts: Option<i64>,
    duration: i64,
    key: bool,
    /// Why a packet of this kind cannot be copied.
    fault: Option<&'static str>,
}

impl Packet {
    #[cfg(test)]
    fn shown_at(pts: i64, duration: i64) -> Self {
        Self { offset: None, size: 0, pts: Some(pts), dts: None, duration, key: false, fault: None }
    }

    /// Display time, in units of the stream's time base.
    pub(super) fn time(&self) -> Option<i64> {
        self.pts
    }
}

/// Probes a source.
pub fn probe(path: &Path) -> Result<Source, Error> {
    ff::init();
    // Opening by hand first tells a missing or unreadable file from one that is no video.
    let file = File::open(path).map_err(crate::files::Error::io("read", path))?;
    let mut input = ffmpeg::format::input(path).map_err(Error::ffmpeg("recognise it as a video", path))?;
    let mp4 = input.format().name().split(',').any(|name| name == "mp4");
    let stream = input
        .streams()
        .filter(|stream| {
            stream.parameters().medium() == ffmpeg::media::Type::Video
                && !stream.disposition().contains(ffmpeg::format::stream::Disposition::ATTACHED_PIC)
        })
        .max_by_key(|stream| {
            let facts = ff::stream_facts(stream);
            (u64::from(facts.width) * u64::from(facts.height), std::cmp::Reverse(stream.index()))
        })
        .ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let index = stream.index();
    let facts = ff::stream_facts(&stream);
    let h264 = stream.parameters().id() == ffmpeg::codec::Id::H264;
    let extradata = ff::extradata(&stream);
    let announced = ff::announced_frames(&stream);
    let time_base = (i64::from(stream.time_base().numerator()), i64::from(stream.time_base().denominator()));
    let audio_stream = input.streams().best(ffmpeg::media::Type::Audio).map(|stream| stream.index());
    let audio_facts = audio_stream.and_then(|at| input.stream(at)).map(|stream| sound::facts(&stream));
    let config = nal::AvcC::parse(&extradata).filter(|_| h264 && mp4);

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
    if video.is_empty() {
        return Err(Error::source_file(path, "holds a video stream without a single frame"));
    }
    if (video.len() as u64) < announced {
        let reason =
            format!("is cut short: {} of the {announced} frames that it announces are there", video.len());
        return Err(Error::source_file(path, reason));
    }
    let clock = Clock::of(&video, time_base);
    let sound = audio_facts.map(|facts| facts.track(path, &audio, mp4));
    let mut source = Source {
        path: path.to_owned(),
        width: 0,
        height: 0,
        fps: clock.fps,
        constant_rate: clock.constant,
        rotation: 0,
        interlaced: facts.field_order > 1,
        matrix: matrix(&facts),
        full_range: facts.full_range
            || facts.pixel_format == ffmpeg::ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P as i32,
        last_duration: clock.last_duration,
        times: clock.times,
        time_base,
        timed: clock.timed,
        stream: index,
        as_is: Err(Vec::new()),
        audio: audio_stream.zip(sound),
        warnings: Vec::new(),
    };
    set_size(&mut source, &facts)?;
    let mut reasons = reasons(&source, &facts, h264, mp4);
    source.as_is = match config {
        Some(config) if reasons.is_empty() => track(&source, &video, extradata, config),
        _ => {
            if reasons.is_empty() {
                reasons.push("its decoder configuration cannot be read".to_owned());
            }
            Err(reasons)
        }
    };
    Ok(source)
}

/// What a finished video holds, counted packet by packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Packets of the video stream.
    pub video_packets: u64,
    /// Packets of the sound, 0 without.
    pub audio_packets: u64,
}

/// Counts the packets of a finished video and hands each video packet's number and bytes to `each`.
pub fn tally(path: &Path, mut each: impl FnMut(u64, &[u8]) -> Result<(), Error>) -> Result<Tally, Error> {
    ff::init();
    let mut input = ffmpeg::format::input(path).map_err(Error::ffmpeg("open it", path))?;
    let video = input.streams().best(ffmpeg::media::Type::Video);
    let video = video.ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let (index, facts) = (video.index(), ff::stream_facts(&video));
    let mut tally = Tally { width: facts.width, height: facts.height, video_packets: 0, audio_packets: 0 };
    read_packets(&mut input, path, |stream, packet| {
        if stream == index {
            each(tally.video_packets, packet.data().unwrap_or_default())?;
            tally.video_packets += 1;
        } else {
            tally.audio_packets += 1;
        }
        Ok(())
    })?;
    Ok(tally)
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
    if ff::is_discarded(packet) {
        fault = Some("an edit list hides some of its frames");
    }
    if let (Some(config), Some(offset)) = (config, offset) {
        if read_at(file, path, offset, data.len() as u32)? != data {
            fault = Some("its packets are not stored as they are decoded");
        } else if let Some(units) = nal::length_prefixed(data, config.length_size) {
            fault = fault.or_else(|| unit_fault(&units, config, packet.is_key()));
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
        fault,
    })
}

/// Why a packet with these NAL units cannot be copied.
fn unit_fault(units: &[&[u8]], config: &nal::AvcC, key: bool) -> Option<&'static str> {
    let mut slices = units.iter().filter(|unit| nal::is_slice(unit)).peekable();
    if slices.peek().is_none() {
        return Some("a packet holds no picture");
    }
    if slices.any(|slice| (nal::kind(slice) == nal::IDR) != key) {
        return Some("its GOPs are open: a keyframe is no IDR picture");
    }
    let foreign = units.iter().any(|unit| match nal::kind(unit) {
        nal::SPS => !config.sps.iter().any(|known| known == unit),
        nal::PPS => !config.pps.iter().any(|known| known == unit),
        _ => false,
    });
    foreign.then_some("its parameter sets change within the stream")
}

/// Frame times and rate of a stream.
struct Clock {
    times: Vec<i64>,
    last_duration: i64,
    fps: FrameRate,
    constant: bool,
    timed: bool,
}

impl Clock {
    fn of(packets: &[Packet], time_base: (i64, i64)) -> Self {
        let timed = packets.iter().all(|packet| packet.pts.is_some());
        let mut times: Vec<i64> = packets
            .iter()
            .enumerate()
            .map(|(at, packet)| if timed { packet.pts } else { packet.dts }.unwrap_or(at as i64))
            .collect();
        times.sort_unstable();
        let first = times[0];
        let steps = times.len() as i64 - 1;
        let reach = times[times.len() - 1] - first;
        let duration = packets.iter().map(|packet| packet.duration).find(|&duration| duration > 0);
        let mean = if steps > 0 { reach / steps } else { duration.unwrap_or(1) }.max(1);
        let last_duration = duration.unwrap_or(mean).min(mean * 2).max(1);
        // Units of time from the first frame to frame `at` at a rate of num/den, times num.
        let holds = |rate: FrameRate| {
            let (num, den) = (i128::from(rate.num()), i128::from(rate.den()));
            times.iter().enumerate().all(|(at, &time)| {
                let ideal = at as i128 * den * i128::from(time_base.1);
                let real = i128::from(time - first) * num * i128::from(time_base.0);
                // Containers round to their own ticks: one tick of difference is no difference.
                (ideal - real).abs() <= num * i128::from(time_base.0)
            })
        };
        let rate = |num: i64, den: i64| FrameRate::new(u32::try_from(num).ok()?, u32::try_from(den).ok()?);
        let exact = rate(time_base.1, time_base.0 * mean);
        let standard = || STANDARD_RATES.iter().filter_map(|&(num, den)| FrameRate::new(num, den));
        // Steps that are all equal say the rate exactly; where a container has rounded them to its ticks, such as 33, 33
        // and 34 ms, a standard rate that fits says it.
        let equal_steps = times.windows(2).all(|pair| pair[1] - pair[0] == mean);
        let constant = exact
            .filter(|_| equal_steps)
            .or_else(|| standard().find(|&rate| holds(rate)))
            .or_else(|| exact.filter(|&rate| holds(rate)));
        let nearest = || {
            let frames = i128::from(steps.max(1));
            standard()
                .min_by_key(|rate| {
                    let ideal = frames * i128::from(rate.den()) * i128::from(time_base.1) * 1_000_000
                        / (i128::from(rate.num()) * i128::from(time_base.0));
                    (ideal - i128::from(reach.max(1)) * 1_000_000).abs()
                })
                .expect("the table is not empty")
        };
        Self {
            last_duration,
            fps: constant.unwrap_or_else(nearest),
            constant: constant.is_some(),
            timed,
            times,
        }
    }
}

fn matrix(facts: &StreamFacts) -> Matrix {
    match facts.matrix {
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
    warn(!source.constant_rate, format!("variable frame rate made constant at {}", source.fps));
    warn(
        matches!(facts.transfer, 16 | 18),
        "high dynamic range is not tone-mapped: colours look flat".to_owned(),
    );
    Ok(())
}

fn reasons(source: &Source, facts: &StreamFacts, h264: bool, mp4: bool) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut unless = |holds: bool, reason: &str| {
        if !holds {
            reasons.push(reason.to_owned());
        }
    };
    unless(h264, "it is not H.264");
    unless(mp4, "it is not an MP4 or MOV file");
    let yuv420p = facts.pixel_format == ffmpeg::ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32;
    unless(yuv420p && !source.full_range, "it is not 8-bit 4:2:0 of limited range");
    unless(source.constant_rate, "its frame rate varies");
    unless(source.rotation == 0, "it is rotated");
    unless(facts.sample_aspect.0 == facts.sample_aspect.1, "its pixels are not square");
    unless(!source.interlaced, "it is interlaced");
    unless(facts.width % 2 == 0 && facts.height % 2 == 0, "its size is odd");
    reasons
}

/// Index of the packets, or why they cannot be copied.
fn track(
    source: &Source,
    video: &[Packet],
    avcc: Vec<u8>,
    config: nal::AvcC,
) -> Result<VideoTrack, Vec<String>> {
    let mut faults: Vec<String> = Vec::new();
    let mut fault = |reason: &str| {
        if !faults.iter().any(|known| known == reason) {
            faults.push(reason.to_owned());
        }
    };
    if !source.timed || source.times[0] != 0 {
        fault("its first frame is not at time 0");
    }
    let mut packets = Vec::with_capacity(video.len());
    let mut keyframes = Vec::new();
    for (at, packet) in video.iter().enumerate() {
        if let Some(reason) = packet.fault {
            fault(reason);
        }
        let time = packet.pts.unwrap_or(i64::MIN);
        let frame = source.times.partition_point(|&known| known < time) as u64;
        if packet.key {
            if frame != at as u64 {
                fault("its GOPs are open: frames around a keyframe are out of order");
            }
            keyframes.push(frame);
        } else if keyframes.last().is_none_or(|&key| frame <= key) {
            fault("its GOPs are open: a frame is shown before its keyframe");
        }
        match packet.offset {
            Some(offset) => packets.push(VideoPacket { offset, size: packet.size, frame }),
            None => fault("its packets have no place in the file"),
        }
    }
    if source.times.windows(2).any(|pair| pair[0] == pair[1]) {
        fault("two frames have the same time");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let facts = TrackFacts {
        width: source.width,
        height: source.height,
        fps: source.fps,
        matrix: source.matrix,
        avcc,
        config,
    };
    Ok(VideoTrack::new(&source.path, facts, packets, keyframes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(times: impl Iterator<Item = i64>, time_base: (i64, i64)) -> (String, bool) {
        let packets: Vec<Packet> = times.map(|time| Packet::shown_at(time, 1)).collect();
        let clock = Clock::of(&packets, time_base);
        (clock.fps.to_string(), clock.constant)
    }

    #[test]
    fn rates_are_read_off_frame_times() {
        // A short clip at 24 frames a second drifts less than a tick from 23.976.
        assert_eq!(rate(0..100, (1, 24)), ("24".into(), true));
        assert_eq!(rate((0..300).map(|at| at * 1001), (1, 30000)), ("30000/1001".into(), true));
        assert_eq!(rate((0..300).map(|at| at * 2999), (1, 90000)), ("90000/2999".into(), true));
        // Milliseconds, rounded.
        assert_eq!(rate((0..300).map(|at| (at * 1000 + 15) / 30), (1, 1000)), ("30".into(), true));
        assert_eq!(
            rate((0..3000).map(|at| (at * 1_001_000 + 15_000) / 30_000), (1, 1000)),
            ("30000/1001".into(), true)
        );
        assert_eq!(
            rate((0..300).map(|at| at * 40 + i64::from(at > 100) * 80), (1, 1000)),
            ("25".into(), false)
        );
    }
}
