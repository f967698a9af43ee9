//! What a finished video is made of.
//!
//! In: pieces of tracks, and packets of our own. Out: a [`Movie`] to be written, and where the bytes of its packets lie.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::origin::Origin;
use crate::media::colour::Tags;
use crate::media::encode::Encoded;
use crate::media::index::{AudioTrack, VideoTrack};
use crate::subtitle::SubtitleLine;
use crate::time::{FrameRate, FrameSpan};

/// A run of frames of the finished video.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Packets of a track, copied; the span's ends are cuts as [`VideoTrack::copyable`] finds them.
    Copy(Arc<VideoTrack>, FrameSpan),
    /// Packets of our own.
    Encoded(Arc<Vec<Encoded>>),
}

/// A stretch of sound of the finished video.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// The track that sounds; silence where there is none.
    pub track: Option<Arc<AudioTrack>>,
    /// First sample of the finished video that it covers.
    pub at_output: u64,
    /// The sample of the source that sounds there.
    pub at_source: u64,
}

/// The sound of a finished video.
#[derive(Clone, Debug)]
pub struct Sound {
    /// A track with the configuration that all of them share.
    pub like: Arc<AudioTrack>,
    /// Stretches, ascending; the first starts at sample 0.
    pub stretches: Vec<Stretch>,
    /// Packets of our own, into which needles are mixed, by their number in the finished track.
    pub mixed: BTreeMap<u64, Vec<u8>>,
}

/// What a finished video is, besides its packets.
#[derive(Clone, Debug)]
pub struct Movie {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Decoder configuration: the body of the `avcC` box.
    pub avcc: Vec<u8>,
    /// What the header says of the colours; it is what the packets say.
    pub tags: Tags,
    /// The frames.
    pub pieces: Vec<Piece>,
    /// The sound.
    pub sound: Option<Sound>,
    /// The lines of its subtitle track, in the order of time; none where it has no such track.
    pub text: Vec<SubtitleLine>,
}

impl Piece {
    /// Where the bytes of its packets come from, in decoding order.
    pub fn origins(&self) -> Box<dyn Iterator<Item = Origin<'_>> + '_> {
        match self {
            Self::Copy(track, span) => Box::new(
                track.packets[span.start() as usize..span.end() as usize]
                    .iter()
                    .map(|packet| Origin::At(&track.path, packet.offset, packet.size)),
            ),
            Self::Encoded(packets) => Box::new(packets.iter().map(|packet| Origin::Held(&packet.data))),
        }
    }
}
