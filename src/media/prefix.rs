//! The start of a finished video: what may be seen of it when a question is asked before its end.
//!
//! In: a finished video, the number of frames to keep. Out: a video of these frames alone. Packets are copied up to the last frame at
//! which they can be cut; what is left, of groups of pictures with B-frames alone, is encoded from the frames themselves. Sound is
//! copied. Nothing of what comes later is in it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ffmpeg_next as ffmpeg;

use crate::media::decode::FileReader;
use crate::media::encode::{Encoded, Encoder, Settings};
use crate::media::ff;
use crate::media::index::{AudioTrack, TrackFacts, VideoPacket, VideoTrack};
use crate::media::input::Input;
use crate::media::mux::{Movie, Piece, Sound, Spliced, Stretch};
use crate::media::nal::AvcC;
use crate::media::packet::Packet;
use crate::media::probe::read_packets;
use crate::media::target::gop;
use crate::media::{Error, shape, sound};
use crate::time::{FrameRate, FrameSpan};

/// Constant rate factor of the few frames that are encoded once more: nothing of them is lost to the eye.
const CRF: u8 = 10;

/// The first `end` frames of `video`, which messages call `name`.
///
/// # Errors
///
/// The video cannot be read, has no so many frames, or its last ones cannot be encoded.
pub fn prefix(video: &Input, end: u64, name: &Path) -> Result<Spliced, Error> {
    let path = video.name();
    let Indexed { track, audio } = indexed(video)?;
    let span = FrameSpan::new(0, end).filter(|span| span.end() <= track.frames()).ok_or_else(|| {
        Error::source_file(path, format!("has {} frames, of which no {end} can be taken", track.frames()))
    })?;
    let copied = track.copyable(span).filter(|copied| copied.start() == 0);
    let clean = copied.map_or(0, FrameSpan::end);
    let track = Arc::new(track);
    let mut pieces: Vec<Piece> =
        copied.map(|copied| Piece::Copy(Arc::clone(&track), copied)).into_iter().collect();
    if clean < end {
        pieces.push(Piece::Encoded(Arc::new(encoded(video, &track, clean, end)?)));
    }
    let sound = audio.map(Arc::new).map(|like| Sound {
        stretches: vec![Stretch { track: Some(Arc::clone(&like)), at_output: 0, at_source: 0 }],
        like,
        mixed: BTreeMap::new(),
    });
    let movie = Movie {
        width: track.width,
        height: track.height,
        fps: track.fps,
        avcc: track.avcc.clone(),
        tags: track.tags,
        pieces,
        sound,
        text: Vec::new(),
    };
    let spliced = movie.spliced(name)?;
    Ok(match video {
        Input::File(_) => spliced,
        Input::Spliced(whole) => spliced.over(whole),
    })
}

/// The packets of a finished video.
struct Indexed {
    track: VideoTrack,
    audio: Option<AudioTrack>,
}

/// Reads where the packets of a finished video lie. Its GOPs are closed and its rate is constant, since it was made so.
fn indexed(video: &Input) -> Result<Indexed, Error> {
    let path = video.name();
    let mut input = video.demuxer()?;
    let pictures = input.streams().best(ffmpeg::media::Type::Video);
    let pictures = pictures.ok_or_else(|| Error::source_file(path, "holds no video stream"))?;
    let unit = pictures.time_base();
    let (index, facts, avcc) = (pictures.index(), ff::stream_facts(&pictures), ff::extradata(&pictures));
    let sounding = input.streams().best(ffmpeg::media::Type::Audio);
    let sounding = sounding.map(|stream| (stream.index(), sound::facts(&stream)));
    let config = AvcC::parse(&avcc)
        .ok_or_else(|| Error::source_file(path, "has a decoder configuration that cannot be read"))?;
    let (mut seen, mut heard) = (Vec::new(), Vec::new());
    let of_sound = sounding.as_ref().map(|(stream, _)| *stream);
    read_packets(&mut input, path, |stream, packet| {
        if stream == index {
            seen.push(Packet::of(packet));
        } else if Some(stream) == of_sound {
            heard.push(Packet::of(packet));
        }
        Ok(())
    })?;
    let mut times: Vec<Option<i64>> = seen.iter().map(|packet| packet.pts).collect();
    times.sort_unstable();
    let mut keyframes = Vec::new();
    let mut packets = Vec::with_capacity(seen.len());
    for packet in &seen {
        let frame = times.partition_point(|time| *time < packet.pts) as u64;
        if packet.key {
            keyframes.push(frame);
        }
        let offset = packet.offset.ok_or_else(|| Error::source_file(path, "has packets without a place"))?;
        packets.push(VideoPacket { offset, size: packet.size, frame });
    }
    if keyframes.first() != Some(&0) {
        return Err(Error::source_file(path, "does not begin with a keyframe"));
    }
    let fps = seen
        .first()
        .and_then(|packet| rate((unit.numerator(), unit.denominator()), packet.duration))
        .ok_or_else(|| Error::source_file(path, "states no frame rate"))?;
    let audio = sounding.map(|(_, facts)| facts.track(path, &heard, (0, 1), true)).transpose();
    let facts = TrackFacts {
        width: facts.width,
        height: facts.height,
        fps,
        matrix: shape::matrix(&facts),
        tags: facts.tags,
        avcc,
        config,
    };
    Ok(Indexed {
        track: VideoTrack::new(path, facts, packets, keyframes),
        audio: audio.map_err(|reason| Error::source_file(path, reason))?,
    })
}

/// The rate of frames that last so many units of time, each this fraction of a second.
fn rate((num, den): (i32, i32), duration: i64) -> Option<FrameRate> {
    FrameRate::reduced(u64::try_from(den).ok()?, u64::try_from(num).ok()? * u64::try_from(duration).ok()?)
}

/// The frames from `first` to before `end`, encoded for themselves.
fn encoded(video: &Input, track: &VideoTrack, first: u64, end: u64) -> Result<Vec<Encoded>, Error> {
    let path = video.name();
    let parameter_set = track
        .free_parameter_set()
        .ok_or_else(|| Error::source_file(path, "has parameter sets that take up every id"))?;
    let mut encoder = Encoder::open(Settings {
        width: track.width,
        height: track.height,
        fps: track.fps,
        tags: track.tags,
        crf: CRF,
        gop: gop(track.fps),
        b_frames: 0,
        parameter_set,
    })?;
    let mut reader = FileReader::open(video)?;
    reader.seek(first, track.fps, track.delay())?;
    for at in first..end {
        let (frame, _) = reader
            .next_frame()?
            .ok_or_else(|| Error::source_file(path, format!("ends before frame {at}")))?;
        encoder.push(&frame, at == first)?;
    }
    Ok(encoder.finish()?.packets)
}
