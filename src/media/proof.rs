//! Proof by decoding that packets can be copied: they decode by the header that is written for them, to what the source
//! itself decodes to.
//!
//! In: an open source and the index of its packets. Out: whether the two ways give the same. A decoder's state need not lie in the
//! packets: a second sample description, a key, or whatever else a container says apart from them is lost in a copy, and
//! looking at packets does not show it.

use std::fs::File;
use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::Input;

use crate::media::Error;
use crate::media::decode::{SpanReader, yuv_of};
use crate::media::ff;
use crate::media::index::{AudioTrack, VideoTrack, read_at};
use crate::media::yuv::Yuv;
use crate::time::FrameSpan;

/// Frames that are compared at each place.
const FRAMES: u64 = 4;
/// Packets of sound that are decoded at each place.
const PACKETS: usize = 4;

/// Whether the first, a middle and the last GOP of a track begin with the frames that the source gives there.
///
/// # Errors
/// The machine cannot read the file. Reads of `input` that fail are for the caller to look for.
pub(super) fn video(input: &mut Input, stream: usize, track: &VideoTrack) -> Result<bool, Error> {
    let Some(mut decoder) = input.stream(stream).and_then(|stream| {
        let context = ffmpeg::codec::context::Context::from_parameters(stream.parameters());
        context.and_then(|context| context.decoder().video()).ok()
    }) else {
        return Ok(false);
    };
    let all = track.frames();
    let mut gops: Vec<FrameSpan> =
        [0, all / 2, all.saturating_sub(1)].into_iter().map(|at| track.gop(at)).collect();
    gops.dedup();
    for gop in gops {
        let Some(span) = FrameSpan::new(gop.start(), gop.end().min(gop.start() + FRAMES)) else {
            return Ok(false);
        };
        let copied = match frames_of(track, span) {
            Err(error) if error.is_of_machine() => return Err(error),
            Err(_) => return Ok(false),
            Ok(copied) => copied,
        };
        let place = Place { stream, offset: track.packets[gop.start() as usize].offset };
        let micros = |frame: u64| {
            let num = u128::from(frame) * u128::from(track.fps.den()) * 1_000_000;
            num.div_ceil(u128::from(track.fps.num())) as i64
        };
        // Where a container finds another place than was asked for, it is read from its start.
        let is_same = [micros(gop.start()), 0].into_iter().any(|time| {
            decoder.flush();
            place.jump(input, time).is_some_and(|first| {
                place.frames(input, &mut decoder, first, copied.len()).is_some_and(|frames| frames == copied)
            })
        });
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where a packet lies.
struct Place {
    stream: usize,
    offset: u64,
}

impl Place {
    /// Jumps to a time, in microseconds, and goes on to the packet.
    fn jump(&self, input: &mut Input, time: i64) -> Option<ffmpeg::Packet> {
        input.seek(time, ..time).ok()?;
        loop {
            let packet = self.next(input)?;
            if u64::try_from(packet.position()) == Ok(self.offset) {
                return Some(packet);
            }
        }
    }

    fn next(&self, input: &mut Input) -> Option<ffmpeg::Packet> {
        let mut packet = ffmpeg::Packet::empty();
        loop {
            packet.read(input).ok()?;
            if packet.stream() == self.stream {
                return Some(packet);
            }
        }
    }

    /// The first `count` frames from a packet on; `None` where one has errors or is not 8-bit 4:2:0.
    fn frames(
        &self,
        input: &mut Input,
        decoder: &mut ffmpeg::decoder::Video,
        first: ffmpeg::Packet,
        count: usize,
    ) -> Option<Vec<Yuv>> {
        let mut frames = Vec::with_capacity(count);
        let mut next = Some(first);
        loop {
            match next.take() {
                Some(packet) => decoder.send_packet(&packet).ok()?,
                None => decoder.send_eof().ok()?,
            }
            let mut frame = ffmpeg::frame::Video::empty();
            loop {
                match decoder.receive_frame(&mut frame) {
                    Ok(()) if ff::is_clean(&frame) => frames.push(yuv_of(&frame, Path::new("")).ok()?),
                    Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => break,
                    _ => return None,
                }
                if frames.len() == count {
                    return Some(frames);
                }
            }
            next = self.next(input);
        }
    }
}

/// The frames of a span, by the track's own header.
fn frames_of(track: &VideoTrack, span: FrameSpan) -> Result<Vec<Yuv>, Error> {
    let mut reader = SpanReader::open(track, span)?;
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        frames.push(frame);
    }
    Ok(frames)
}

/// Whether packets of sound from the beginning, the middle and the end of a track decode by the track's own header.
///
/// # Errors
/// The machine cannot read the file.
pub(super) fn sound(file: &File, track: &AudioTrack) -> Result<bool, Error> {
    let all = track.packets.len();
    for at in [0, all / 2, all.saturating_sub(PACKETS)] {
        let Some(mut decoder) = ff::aac_decoder(track.sample_rate, &track.config) else { return Ok(false) };
        for &(offset, size) in &track.packets[at..all.min(at + PACKETS)] {
            let data = match read_at(file, &track.path, offset, size) {
                Err(error) if error.is_of_machine() => return Err(error),
                Err(_) => return Ok(false),
                Ok(data) => data,
            };
            let sent = decoder.send_packet(&ffmpeg::Packet::copy(&data));
            let mut frame = ffmpeg::frame::Audio::empty();
            // The first packets may prime the decoder and give nothing.
            while sent.is_ok() && decoder.receive_frame(&mut frame).is_ok() {}
            if sent.is_err() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
