//! Conformance: can the packets of a source be spliced as they are?
//!
//! In: what was read of a source. Out: an index of its packets, or every reason why it has to be transcoded. What
//! conforms: H.264 in MP4, 8-bit 4:2:0, constant rate, closed GOPs, upright, progressive, square pixels.

use ffmpeg_next as ffmpeg;

use crate::media::ff::StreamFacts;
use crate::media::first_frames::Scan;
use crate::media::index::{TrackFacts, VideoPacket, VideoTrack};
use crate::media::nal;
use crate::media::packet::Packet;
use crate::media::source::Source;

/// Why a packet with these NAL units cannot be copied.
pub(super) fn unit_fault(units: &[&[u8]], config: &nal::AvcC, key: bool) -> Option<&'static str> {
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

/// What a file is, by its names.
#[derive(Clone, Copy)]
pub(super) struct Container {
    /// Its video is H.264.
    pub(super) h264: bool,
    /// It is an MP4 or MOV file.
    pub(super) mp4: bool,
}

/// Why a source cannot be used as it is, by what its stream says.
pub(super) fn reasons(source: &Source, facts: &StreamFacts, container: Container) -> Vec<String> {
    let Container { h264, mp4 } = container;
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
    unless(source.clock.constant, "its frame rate varies");
    unless(source.rotation == 0, "it is rotated");
    unless(facts.sample_aspect.0 == facts.sample_aspect.1, "its pixels are not square");
    unless(source.scan == Scan::Progressive, "it is interlaced");
    unless(facts.width.is_multiple_of(2) && facts.height.is_multiple_of(2), "its size is odd");
    reasons
}

/// Index of the packets, or why they cannot be copied.
pub(super) fn track(
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
    if !source.clock.timed || source.clock.times[0] != 0 {
        fault("its first frame is not at time 0");
    }
    if config.free_id().is_none() {
        fault("its parameter sets take up every id");
    }
    if config.length_size != 4 {
        fault("its NAL units have lengths of fewer than 4 bytes");
    }
    let mut packets = Vec::with_capacity(video.len());
    let mut keyframes = Vec::new();
    for (at, packet) in video.iter().enumerate() {
        if let Some(reason) = packet.fault {
            fault(reason);
        }
        let time = packet.pts.unwrap_or(i64::MIN);
        let frame = source.clock.times.partition_point(|&known| known < time) as u64;
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
    if source.clock.times.windows(2).any(|pair| pair[0] == pair[1]) {
        fault("two frames have the same time");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let facts = TrackFacts {
        width: source.width,
        height: source.height,
        fps: source.clock.fps,
        matrix: source.matrix,
        tags: source.tags,
        avcc,
        config,
    };
    Ok(VideoTrack::new(&source.path, facts, packets, keyframes))
}
