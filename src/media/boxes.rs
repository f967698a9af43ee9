//! Boxes of MP4 files: what FFmpeg does not tell of them.
//!
//! In: a file. Out: its boxes, and the names of a track's sample entries (ISO/IEC 14496-12). FFmpeg reads the samples of one kind of
//! entry and leaves those of another out, without a word to its caller.

use std::fs::File;
use std::path::Path;

use crate::media::index::read_at;

/// Bytes of a box of sample entries that are read at most.
const LARGEST_ENTRIES: u64 = 1 << 20;

/// A stretch of a file that holds boxes, or one.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'a> {
    file: &'a File,
    path: &'a Path,
    start: u64,
    end: u64,
}

/// A box: its name, and what it holds.
pub(super) struct NamedBox<'a> {
    pub(super) name: [u8; 4],
    pub(super) content: Stretch<'a>,
}

impl<'a> Stretch<'a> {
    /// A whole file.
    pub(super) fn whole(file: &'a File, path: &'a Path) -> Self {
        let end = file.metadata().map_or(0, |metadata| metadata.len());
        Self { file, path, start: 0, end }
    }

    /// The boxes, one after the other; what is not one ends them, and the last may promise more than is there.
    pub(super) fn boxes(self) -> impl Iterator<Item = NamedBox<'a>> {
        let mut at = self.start;
        std::iter::from_fn(move || {
            // A size of 32 bits and a name; 1 stands for a size of 64 bits behind the name, 0 for all that is left.
            let room = u32::try_from(self.end.checked_sub(at)?).unwrap_or(16).min(16);
            let head = read_at(self.file, self.path, at, room).ok()?;
            let (size, rest) = head.split_first_chunk::<4>()?;
            let (name, rest) = rest.split_first_chunk::<4>()?;
            let (size, head) = match u32::from_be_bytes(*size) {
                1 => (u64::from_be_bytes(*rest.first_chunk::<8>()?), 16),
                0 => (self.end - at, 8),
                size => (u64::from(size), 8),
            };
            let start = at + head;
            at = at.checked_add(size).filter(|&end| end >= start)?;
            let content = Stretch { start, end: at.min(self.end), ..self };
            Some(NamedBox { name: *name, content })
        })
    }

    /// Where it ends in the file.
    pub(super) fn end(self) -> u64 {
        self.end
    }

    fn find(self, name: [u8; 4]) -> Option<Self> {
        self.boxes().find(|found| found.name == name).map(|found| found.content)
    }

    fn bytes(self, most: u64) -> Vec<u8> {
        let size = (self.end - self.start).min(most) as u32;
        read_at(self.file, self.path, self.start, size).unwrap_or_default()
    }

    /// The names of the sample entries of a track, in order; none where the file is no MP4.
    pub(super) fn sample_entries(self, track: i32) -> Vec<[u8; 4]> {
        let tracks =
            self.find(*b"moov").into_iter().flat_map(Self::boxes).filter(|found| found.name == *b"trak");
        let is_it = |found: &NamedBox<'_>| {
            let head = found.content.find(*b"tkhd").map(|head| head.bytes(32)).unwrap_or_default();
            // Two times, of 64 bits in version 1, stand between the flags and the id.
            let at = if head.first() == Some(&1) { 20 } else { 12 };
            head.get(at..at + 4) == Some(&track.to_be_bytes()[..])
        };
        let descriptions = tracks.filter(is_it).find_map(|found| {
            let path = [*b"mdia", *b"minf", *b"stbl", *b"stsd"];
            path.into_iter().try_fold(found.content, Stretch::find)
        });
        // A version, flags and the number of entries stand in front.
        descriptions.map_or_else(Vec::new, |found| {
            let entries = Self { start: (found.start + 8).min(found.end), ..found };
            let end = entries.end.min(entries.start + LARGEST_ENTRIES);
            Self { end, ..entries }.boxes().map(|entry| entry.name).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), &name, content].concat()
    }

    fn track(id: u32, entries: &[&[u8; 4]]) -> Vec<u8> {
        let head = [vec![0; 12], id.to_be_bytes().to_vec(), vec![0; 68]].concat();
        let count = [0_u32.to_be_bytes(), (entries.len() as u32).to_be_bytes()].concat();
        let entries: Vec<u8> = entries.iter().flat_map(|name| put(**name, &[0; 78])).collect();
        let table = put(*b"stbl", &put(*b"stsd", &[count, entries].concat()));
        put(*b"trak", &[put(*b"tkhd", &head), put(*b"mdia", &put(*b"minf", &table))].concat())
    }

    #[test]
    fn sample_entries_are_those_of_the_track() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.mp4");
        let moov = put(*b"moov", &[track(1, &[b"avc1", b"encv"]), track(2, &[b"mp4a"])].concat());
        // Media data with a size of 64 bits lies in front.
        let media = [&1_u32.to_be_bytes()[..], b"mdat", &24_u64.to_be_bytes(), &[9; 8]].concat();
        let bytes = [put(*b"ftyp", b"isom"), media, moov].concat();
        let entries = |bytes: &[u8], track| {
            std::fs::write(&path, bytes).unwrap();
            Stretch::whole(&File::open(&path).unwrap(), &path).sample_entries(track)
        };
        assert_eq!(entries(&bytes, 1), [*b"avc1", *b"encv"]);
        assert_eq!(entries(&bytes, 2), [*b"mp4a"]);
        assert!(entries(&bytes, 3).is_empty());
        for cut in 0..bytes.len() {
            entries(&bytes[..cut], 1);
        }
        assert!(entries(b"", 1).is_empty() && entries(&[0; 64], 1).is_empty());
    }
}
