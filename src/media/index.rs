//! Indices of tracks whose packets can be copied: where each packet lies, and which frame it shows.
//!
//! In: a file, looked at packet by packet. Out: tables in decoding order, from which splicing is planned without
//! touching the file again. GOPs are closed, so the packet of keyframe `k` in decoding order shows frame `k`.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files;
use crate::media::Error;
use crate::media::colour::{Matrix, Tags};
use crate::media::nal::AvcC;
use crate::time::{FrameRate, FrameSpan};

/// An H.264 track with closed GOPs and a constant frame rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoTrack {
    /// The file that holds the packets; whoever keeps the rest knows it.
    #[serde(skip)]
    pub path: PathBuf,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Matrix of its colours.
    pub matrix: Matrix,
    /// What it says of its colours, which what is spliced into it has to say too.
    pub tags: Tags,
    /// Decoder configuration: the body of the `avcC` box.
    pub avcc: Vec<u8>,
    pub(super) config: AvcC,
    pub(super) packets: Vec<VideoPacket>,
    /// Keyframes, ascending; the first is 0.
    keyframes: Vec<u64>,
}

/// One packet, in decoding order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, u32, u64)", into = "(u64, u32, u64)")]
pub(super) struct VideoPacket {
    pub(super) offset: u64,
    pub(super) size: u32,
    /// Which frame it shows.
    pub(super) frame: u64,
}

impl From<(u64, u32, u64)> for VideoPacket {
    fn from((offset, size, frame): (u64, u32, u64)) -> Self {
        Self { offset, size, frame }
    }
}

impl From<VideoPacket> for (u64, u32, u64) {
    fn from(packet: VideoPacket) -> Self {
        (packet.offset, packet.size, packet.frame)
    }
}

impl VideoTrack {
    /// Builds an index; `keyframes` are the frames whose packets are IDR pictures.
    pub(super) fn new(
        path: &Path,
        facts: TrackFacts,
        packets: Vec<VideoPacket>,
        keyframes: Vec<u64>,
    ) -> Self {
        let TrackFacts { width, height, fps, matrix, tags, avcc, config } = facts;
        Self { path: path.to_owned(), width, height, fps, matrix, tags, avcc, config, packets, keyframes }
    }

    /// Number of frames.
    pub fn frames(&self) -> u64 {
        self.packets.len() as u64
    }

    /// Frames from one keyframe to the next, at most.
    pub fn longest_gop(&self) -> u64 {
        let ends = self.keyframes.iter().skip(1).copied().chain([self.frames()]);
        self.keyframes.iter().zip(ends).map(|(start, end)| end - start).max().unwrap_or(0)
    }

    /// The GOP that shows `frame`.
    pub fn gop(&self, frame: u64) -> FrameSpan {
        let after = self.keyframes.partition_point(|&key| key <= frame);
        let end = self.keyframes.get(after).copied().unwrap_or(self.frames());
        FrameSpan::new(self.keyframes[after - 1], end).expect("a GOP holds its keyframe")
    }

    /// The part of `span` whose packets can be copied as they are: from its first keyframe to the last frame at which
    /// the packets of a GOP can be cut, because those before it in decoding order are exactly those shown before it.
    pub fn copyable(&self, span: FrameSpan) -> Option<FrameSpan> {
        let first = self.keyframes.partition_point(|&key| key < span.start());
        let start = *self.keyframes.get(first)?;
        if start >= span.end() {
            return None;
        }
        let gop = self.gop(span.end() - 1);
        let mut end = gop.start();
        let mut latest = gop.start();
        for at in gop.start()..span.end().min(gop.end()) {
            latest = latest.max(self.packets[at as usize].frame);
            if latest == at {
                end = at + 1;
            }
        }
        FrameSpan::new(start, end)
    }

    /// The first of the seconds of the GOP of `frame`, counted from its keyframe, that starts at `frame` or after it. The last
    /// of a GOP may be shorter.
    pub fn second(&self, frame: u64) -> Option<FrameSpan> {
        let (gop, step) = (self.gop(frame), self.fps.frames_in_millis(1000).max(1));
        let start = gop.start() + (frame - gop.start()).next_multiple_of(step);
        FrameSpan::new(start, (start + step).min(gop.end()))
    }

    /// Largest distance by which a packet is decoded after the frame number that it shows: the delay, in frames, that a
    /// file with these packets needs between decoding and display.
    pub fn delay(&self) -> u64 {
        self.packets
            .iter()
            .enumerate()
            .map(|(at, packet)| (at as u64).saturating_sub(packet.frame))
            .max()
            .unwrap_or(0)
    }

    /// Whether these are the track's own parameter sets, so that packets coded with them need none in front.
    pub fn has_parameter_sets(&self, sps: &[u8], pps: &[u8]) -> bool {
        self.config.sps == [sps] && self.config.pps == [pps]
    }

    /// An id of a parameter set that the track leaves free; where it leaves none, its packets cannot be spliced.
    pub fn free_parameter_set(&self) -> Option<u32> {
        self.config.free_id()
    }

    /// That a frame is not there.
    pub fn lacks(&self, frame: u64) -> Error {
        Error::source_file(&self.path, format!("has no frame {frame}"))
    }

    /// The bytes of packet `at` in decoding order, read from the track's file.
    pub fn packet(&self, file: &File, at: u64) -> Result<Vec<u8>, Error> {
        let packet = self.packets[at as usize];
        read_at(file, &self.path, packet.offset, packet.size)
    }

    /// Size in bytes of each packet, in decoding order, and whether it is a keyframe.
    pub fn sizes(&self) -> impl Iterator<Item = (u32, bool)> + '_ {
        let mut keyframes = self.keyframes.iter().peekable();
        (0..)
            .zip(&self.packets)
            .map(move |(at, packet)| (packet.size, keyframes.next_if(|&&key| key == at).is_some()))
    }
}

/// What a track is, besides its packets.
pub(super) struct TrackFacts {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) fps: FrameRate,
    pub(super) matrix: Matrix,
    pub(super) tags: Tags,
    pub(super) avcc: Vec<u8>,
    pub(super) config: AvcC,
}

/// An AAC-LC track of 1,024 samples a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioTrack {
    /// The file that holds the packets; whoever keeps the rest knows it.
    #[serde(skip)]
    pub path: PathBuf,
    /// Samples per second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u16,
    /// Decoder configuration: an `AudioSpecificConfig`.
    pub config: Vec<u8>,
    /// Time of the first packet's first sample, in samples after the first video frame; negative while a decoder primes.
    pub(super) first_sample: i64,
    /// Offset and size of each packet.
    pub(super) packets: Vec<(u64, u32)>,
    /// A packet of silence in the same configuration.
    pub(super) silence: Vec<u8>,
}

impl AudioTrack {
    /// Whether it holds nothing but silence, which is in no file.
    pub fn is_silent(&self) -> bool {
        self.packets.is_empty()
    }

    /// Mean size of a packet, in bytes.
    pub fn mean_bytes(&self) -> u64 {
        let sum: u64 = self.packets.iter().map(|&(_, size)| u64::from(size)).sum();
        sum.checked_div(self.packets.len() as u64).unwrap_or(0)
    }
}

/// Reads exactly `size` bytes at `offset`.
pub(super) fn read_at(file: &File, path: &Path, offset: u64, size: u32) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; size as usize];
    file.read_exact_at(&mut bytes, offset).map_err(files::Error::io("read", path))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two GOPs of `I b B b P P` in decoding order 0 4 2 1 3 5.
    fn track() -> VideoTrack {
        let facts = TrackFacts {
            width: 2,
            height: 2,
            fps: FrameRate::new(25, 1).unwrap(),
            matrix: Matrix::Bt709,
            tags: Tags::BT709,
            avcc: vec![],
            config: AvcC { length_size: 4, sps: vec![], pps: vec![] },
        };
        let order = [0, 4, 2, 1, 3, 5, 6, 10, 8, 7, 9, 11];
        let packets = order.iter().map(|&frame| VideoPacket { offset: 0, size: 1, frame }).collect();
        VideoTrack::new(Path::new("x"), facts, packets, vec![0, 6])
    }

    #[test]
    fn copies_start_at_keyframes_and_end_at_clean_cuts() {
        let copyable =
            |start, end| track().copyable(FrameSpan::new(start, end).unwrap()).map(<[u64; 2]>::from);
        assert_eq!(copyable(0, 12), Some([0, 12]));
        assert_eq!(copyable(0, 6), Some([0, 6]));
        assert_eq!(copyable(0, 5), Some([0, 5]));
        // Frame 3 is decoded after frame 4, so nothing but the keyframe can be cut out before frame 5.
        assert_eq!(copyable(0, 4), Some([0, 1]));
        assert_eq!(copyable(1, 12), Some([6, 12]));
        assert_eq!(copyable(1, 9), Some([6, 7]));
        assert_eq!(copyable(1, 6), None);
        assert_eq!(copyable(7, 12), None);
    }

    #[test]
    fn gops_and_delay() {
        let track = track();
        assert_eq!(<[u64; 2]>::from(track.gop(5)), [0, 6]);
        assert_eq!(<[u64; 2]>::from(track.gop(6)), [6, 12]);
        assert_eq!((track.longest_gop(), track.delay()), (6, 2));
    }
}
