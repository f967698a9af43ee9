//! The first frames of a stream, decoded: what they say goes before what the container says of them.
//!
//! In: a stream's packets, in order, as probing reads them. Out: when the first frame is shown that can be decoded, and
//! size, colours, fields and rotation of the first frames. The decoder stops after a few frames, so a probe stays quick.

use ffmpeg_next as ffmpeg;

use crate::media::colour::Tags;
use crate::media::ff::{self, StreamFacts, Turn};
use crate::media::timestamps::Stamp;

/// Frames that are looked at.
const ENOUGH: usize = 12;
/// Packets after which no frame is expected any more.
const MOST_PACKETS: usize = 2000;
/// Times that a decoder is asked for frames in a row while it fails.
const MOST_FAILURES: usize = 100;

/// Whether frames are made of two fields, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Scan {
    /// No frame is.
    Progressive,
    /// Those frames are that say so themselves.
    Flagged,
    /// All are: the container says so of frames that cannot.
    All,
}

/// Decodes the first packets of a stream.
pub(super) struct FirstFrames {
    decoder: Option<ffmpeg::decoder::Video>,
    codec: ffmpeg::codec::Id,
    packets: usize,
    /// Packets that could not be decoded before the first frame.
    pub(super) failed: usize,
    /// When the first frame is shown, where its packet says so.
    pub(super) first: Option<i64>,
    frames: usize,
    interlaced: usize,
    size: (u32, u32),
    format: Option<i32>,
    tags: Tags,
    full_range: Option<bool>,
    turn: Option<Turn>,
}

impl FirstFrames {
    /// Of a stream. One that has no decoder is looked at by nobody; preparing says so.
    pub(super) fn of(stream: &ffmpeg::format::stream::Stream<'_>) -> Self {
        let decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
            .and_then(|context| context.decoder().video());
        Self {
            decoder: decoder.ok(),
            codec: stream.parameters().id(),
            packets: 0,
            failed: 0,
            first: None,
            frames: 0,
            interlaced: 0,
            size: (0, 0),
            format: None,
            tags: Tags::NONE,
            full_range: None,
            turn: None,
        }
    }

    /// Looks at a packet, which has these times.
    pub(super) fn see(&mut self, packet: &ffmpeg::Packet, stamp: Stamp) {
        let Some(decoder) = &mut self.decoder else { return };
        let mut packet = packet.clone();
        stamp.put(&mut packet);
        self.packets += 1;
        let sent = decoder.send_packet(&packet);
        if sent.is_err() && self.frames == 0 {
            self.failed += 1;
        }
        self.take();
        if self.frames >= ENOUGH || self.packets >= MOST_PACKETS {
            self.decoder = None;
        }
    }

    /// Says that no packet follows.
    pub(super) fn end(&mut self) {
        if self.decoder.as_mut().is_some_and(|decoder| decoder.send_eof().is_ok()) {
            self.take();
        }
        self.decoder = None;
    }

    /// Takes what the decoder has ready.
    fn take(&mut self) {
        let mut failures = 0;
        while failures < MOST_FAILURES {
            let mut frame = ffmpeg::frame::Video::empty();
            let Some(decoder) = &mut self.decoder else { return };
            match decoder.receive_frame(&mut frame) {
                Ok(()) => self.look(&frame),
                Err(ffmpeg::Error::Eof) => return,
                Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => return,
                Err(_) => {
                    failures += 1;
                    self.failed += usize::from(self.frames == 0);
                }
            }
        }
    }

    fn look(&mut self, frame: &ffmpeg::frame::Video) {
        let facts = ff::frame_facts(frame);
        if self.frames == 0 {
            self.first = frame.pts();
            self.size = (frame.width(), frame.height());
            self.format = Some(facts.pixel_format);
            self.tags = facts.tags;
            self.full_range = facts.full_range;
            self.turn = facts.turn;
        }
        self.frames += 1;
        self.interlaced += usize::from(facts.interlaced);
    }

    /// How frames are scanned, where the container says this.
    pub(super) fn scan(&self, announced: bool) -> Scan {
        use ffmpeg::codec::Id;
        // Frames of these say themselves whether they are two fields; of others they say nothing.
        let says = matches!(
            self.codec,
            Id::H264 | Id::MPEG2VIDEO | Id::MPEG4 | Id::VC1 | Id::PRORES | Id::DNXHD | Id::DVVIDEO
        );
        match self.interlaced {
            0 if announced && says && self.frames > 0 => Scan::Flagged,
            0 if announced => Scan::All,
            0 => Scan::Progressive,
            _ => Scan::Flagged,
        }
    }

    /// Whether fields and frames are mixed, or the container says otherwise than the frames.
    pub(super) fn is_mixed(&self, announced: bool) -> bool {
        self.frames > 0 && self.interlaced != if announced { self.frames } else { 0 }
    }

    /// Corrects what the container says of the frames.
    pub(super) fn correct(&self, facts: &mut StreamFacts) {
        if self.frames == 0 {
            return;
        }
        (facts.width, facts.height) = self.size;
        facts.pixel_format = self.format.unwrap_or(facts.pixel_format);
        let tag = |said: u32, announced: u32| if matches!(said, 0 | 2) { announced } else { said };
        facts.tags = Tags {
            primaries: tag(self.tags.primaries, facts.tags.primaries),
            transfer: tag(self.tags.transfer, facts.tags.transfer),
            matrix: tag(self.tags.matrix, facts.tags.matrix),
        };
        facts.full_range = self.full_range.unwrap_or(facts.full_range);
        facts.rotation = self.turn.map_or(facts.rotation, Turn::rotation);
    }
}
