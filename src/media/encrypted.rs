//! Encryption: the signs of it, so that a file that nobody can read without a key is called by its name.
//!
//! In: a stream, its packets, or the first bytes of a file. Out: the sign, as words for a message. Where containers state
//! encryption, their word is enough; other signs explain why nothing could be decoded.

use std::fs::File;
use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi::AVPacketSideDataType::AV_PKT_DATA_ENCRYPTION_INFO;
use ffmpeg_next::format::stream::Stream;

use crate::media::boxes::Stretch;
use crate::media::ff;
use crate::media::index::read_at;

/// Sample entries of MP4 and MOV that stand for encrypted samples (ISO/IEC 14496-12, 8.12), and those of `FairPlay`.
const SAMPLE_ENTRIES: [[u8; 4]; 7] = [*b"encv", *b"enca", *b"enct", *b"encs", *b"drmi", *b"drms", *b"drmt"];
/// Types of encrypted streams in MPEG-TS (Apple's `SAMPLE-AES`): H.264, AAC, AC-3 and E-AC-3.
const STREAM_TYPES: [u32; 4] = [0xdb, 0xcf, 0xc1, 0xc2];
/// Bytes of a file in which packets are looked at.
const LOOKED_AT: u32 = 1 << 21;

/// The container's own word that a stream is encrypted, or part of it.
pub(super) fn stated(stream: &Stream<'_>, format: &str, file: &File, path: &Path) -> Option<String> {
    let tag = ff::codec_tag(stream);
    if is(format, "mov") {
        let entries = Stretch::whole(file, path).sample_entries(stream.id());
        let found =
            entries.into_iter().chain([tag.to_le_bytes()]).find(|entry| SAMPLE_ENTRIES.contains(entry))?;
        return Some(format!("its sample entry is `{}`", String::from_utf8_lossy(&found)));
    }
    (is(format, "mpegts") && STREAM_TYPES.contains(&tag)).then(|| format!("its stream type is 0x{tag:x}"))
}

/// Whether a packet comes with what is needed to decrypt it.
pub(super) fn is_packet(packet: &ffmpeg::Packet) -> bool {
    ff::side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO).is_some()
}

/// A sign that a stream of which nothing can be decoded is encrypted.
#[derive(Debug)]
pub(super) struct Signs {
    has_key_id: bool,
    format: String,
    pid: i32,
}

impl Signs {
    /// Of a stream.
    pub(super) fn of(stream: &Stream<'_>, format: &str) -> Self {
        let has_key_id = stream.metadata().get("enc_key_id").is_some();
        Self { has_key_id, format: format.to_owned(), pid: stream.id() }
    }

    /// The sign, if there is one.
    pub(super) fn found(&self, file: &File, path: &Path) -> Option<&'static str> {
        if self.has_key_id {
            return Some("it names a key");
        }
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        let bytes = read_at(file, path, 0, length.min(u64::from(LOOKED_AT)) as u32).unwrap_or_default();
        if is(&self.format, "mpegts") && is_scrambled_ts(&bytes, self.pid) {
            return Some("its packets are marked as scrambled");
        }
        if is(&self.format, "mpeg") && is_scrambled_ps(&bytes) {
            return Some("its packets are marked as scrambled");
        }
        None
    }
}

fn is(format: &str, name: &str) -> bool {
    format.split(',').any(|known| known == name)
}

/// Whether most packets of a transport stream's stream are scrambled (ISO/IEC 13818-1, 2.4.3.3).
fn is_scrambled_ts(bytes: &[u8], pid: i32) -> bool {
    // Packets may have 4 bytes of time in front (BDAV), or 16 of parity behind.
    for size in [188, 192, 204] {
        let starts = |at: usize| (0..4).all(|n| bytes.get(at + n * size) == Some(&0x47));
        let Some(first) = (0..size).find(|&at| starts(at)) else { continue };
        let (mut scrambled, mut all) = (0, 0);
        for packet in bytes[first..].chunks_exact(size).filter(|packet| packet[0] == 0x47) {
            let of = i32::from(packet[1] & 0x1f) << 8 | i32::from(packet[2]);
            if of == pid && packet[3] & 0x10 != 0 {
                all += 1;
                scrambled += i32::from(packet[3] & 0xc0 != 0);
            }
        }
        return 2 * scrambled > all;
    }
    false
}

/// Whether most packets of pictures in a program stream are scrambled (ISO/IEC 13818-1, 2.4.3.6).
fn is_scrambled_ps(bytes: &[u8]) -> bool {
    let heads = bytes
        .windows(7)
        .filter(|head| head[..3] == [0, 0, 1] && (0xe0..=0xef).contains(&head[3]) && head[6] & 0xc0 == 0x80);
    let (scrambled, all) =
        heads.fold((0, 0), |(scrambled, all), head| (scrambled + i32::from(head[6] & 0x30 != 0), all + 1));
    2 * scrambled > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrambled_packets_are_told_whatever_their_size() {
        for size in [188, 192, 204] {
            let stream = |control: u8| -> Vec<u8> {
                let packet = |n: u8| {
                    let mut packet = vec![0; size];
                    let at = usize::from(size == 192) * 4;
                    packet[at..at + 4].copy_from_slice(&[0x47, 0x41, 0x00, 0x10 | control | n]);
                    packet
                };
                (0..8).flat_map(packet).collect()
            };
            assert!(is_scrambled_ts(&stream(0xc0), 0x100) && is_scrambled_ts(&stream(0x80), 0x100), "{size}");
            assert!(!is_scrambled_ts(&stream(0), 0x100), "{size}");
            assert!(!is_scrambled_ts(&stream(0xc0), 0x101), "{size}: another stream's");
        }
        let pack = |control: u8| [0, 0, 1, 0xe0, 7, 0xd0, 0x81 | control, 0].repeat(4);
        assert!(is_scrambled_ps(&pack(0x10)) && !is_scrambled_ps(&pack(0)));
    }
}
