//! A packet of a source as it is read: where it lies, when it is shown, and whether it can be copied.
//!
//! In: what the demuxer and a look at its bytes say. Out: plain values, which outlive the file.

use ffmpeg_next as ffmpeg;

use crate::media::ff;

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
    /// How many frames it shows.
    pub(super) frames: usize,
    /// Why a packet of this kind cannot be copied.
    pub(super) fault: Option<&'static str>,
}

impl Packet {
    /// A packet as the demuxer gives it, which may be copied.
    pub(super) fn of(packet: &ffmpeg::Packet) -> Self {
        Self {
            offset: u64::try_from(packet.position()).ok(),
            size: packet.size() as u32,
            pts: packet.pts(),
            dts: packet.dts(),
            duration: packet.duration(),
            key: packet.is_key(),
            hidden: ff::is_discarded(packet),
            frames: 1,
            fault: None,
        }
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
            frames: 1,
            fault: None,
        }
    }
}
