//! The bytes of a spliced video, whether or not there is a file of them.
//!
//! In: bytes that are held, and ranges of the files that packets are copied from. Out: a reader at any place of what would be
//! the file. Memory grows with the number of ranges, not with the length of the video.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::open_sources::OpenSources;
use super::origin::Origin;
use crate::digest::{self, Digester};
use crate::files;
use crate::media::Error;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

/// A spliced video's bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Spliced {
    /// What messages call it.
    name: PathBuf,
    /// Everything that is copied from no file: the header, encoded packets, silence.
    held: Vec<u8>,
    /// Files that ranges lie in.
    sources: Vec<PathBuf>,
    /// Ascending, without gaps.
    extents: Vec<Extent>,
    header: usize,
    len: u64,
}

/// Bytes that lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
    at: u64,
    length: u64,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// From this byte of what is held on.
    Held(usize),
    /// From this byte of this source on.
    File(usize, u64),
}

impl Spliced {
    /// Starts with the header.
    pub(super) fn new(name: &Path, header: Vec<u8>) -> Self {
        let length = header.len() as u64;
        let first = Extent { at: 0, length, place: Place::Held(0) };
        Self {
            name: name.to_owned(),
            header: header.len(),
            held: header,
            sources: Vec::new(),
            extents: vec![first],
            len: length,
        }
    }

    /// Adds a packet's bytes.
    pub(super) fn push(&mut self, origin: Origin<'_>) {
        let (length, place) = match origin {
            Origin::Held(data) => {
                let place = Place::Held(self.held.len());
                self.held.extend_from_slice(data);
                (data.len() as u64, place)
            }
            Origin::At(path, offset, size) => (u64::from(size), Place::File(self.source(path), offset)),
        };
        if length == 0 {
            return;
        }
        match self.extents.last_mut() {
            Some(last) if last.goes_on(place) => last.length += length,
            _ => self.extents.push(Extent { at: self.len, length, place }),
        }
        self.len += length;
    }

    /// The same bytes, where those that it takes of `whole` by name come from where that has them: there is no file of it.
    #[must_use]
    pub(in crate::media) fn over(&self, whole: &Self) -> Self {
        let mut over = Self::new(&self.name, self.held[..self.header].to_vec());
        // The header is there already.
        let mut skipped = self.header;
        for extent in &self.extents {
            match extent.place {
                Place::Held(from) => {
                    let end = from + extent.length as usize;
                    over.push(Origin::Held(&self.held[(from + skipped).min(end)..end]));
                    skipped = 0;
                }
                Place::File(source, offset) if self.sources[source] == whole.name => {
                    whole.push_range(offset, extent.length, &mut over);
                }
                Place::File(source, offset) => over.push_file(&self.sources[source], offset, extent.length),
            }
        }
        over
    }

    /// Adds `length` bytes from `at` on to another video.
    fn push_range(&self, mut at: u64, length: u64, to: &mut Self) {
        let end = at + length;
        while at < end {
            let extent = self.extents[self.extents.partition_point(|extent| extent.at <= at) - 1];
            let within = at - extent.at;
            let length = (extent.length - within).min(end - at);
            match extent.place {
                Place::Held(from) => {
                    let from = from + within as usize;
                    to.push(Origin::Held(&self.held[from..from + length as usize]));
                }
                Place::File(source, offset) => to.push_file(&self.sources[source], offset + within, length),
            }
            at += length;
        }
    }

    fn push_file(&mut self, path: &Path, mut offset: u64, mut length: u64) {
        while length > 0 {
            let size = u32::try_from(length).unwrap_or(u32::MAX);
            self.push(Origin::At(path, offset, size));
            offset += u64::from(size);
            length -= u64::from(size);
        }
    }

    /// Number of a source. The last ones used come first to mind, since packets follow each other in their files.
    fn source(&mut self, path: &Path) -> usize {
        let path = path.as_os_str();
        let known = self.sources.iter().rposition(|source| source.as_os_str() == path);
        known.unwrap_or_else(|| {
            self.sources.push(PathBuf::from(path));
            self.sources.len() - 1
        })
    }

    /// What messages call it.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// Number of bytes.
    pub fn size(&self) -> u64 {
        self.len
    }

    /// Digest of the header: it names the size and the time of each packet, and so differs wherever haystacks do.
    pub fn header_sha256(&self) -> String {
        digest::of_bytes(&self.held[..self.header])
    }

    /// Digest of all bytes.
    pub fn sha256(self: &Arc<Self>) -> Result<String, Error> {
        let mut reader = Reader::new(Arc::clone(self));
        let mut digester = Digester::default();
        let mut block = vec![0; BLOCK];
        loop {
            match reader.read(&mut block).map_err(files::Error::io("read", &self.name))? {
                0 => return Ok(digester.end()),
                read => digester.update(&block[..read]),
            }
        }
    }

    /// Whether its bytes from `at` on are to be those of `origin`.
    pub fn comes_from(&self, mut at: u64, size: u64, origin: Origin<'_>) -> bool {
        let (start, end) = (at, at + size);
        while at < end {
            let Some(extent) = self.extent(at) else { return false };
            let within = at - extent.at;
            let length = (extent.length - within).min(end - at);
            let done = at - start;
            let is_same = match (extent.place, origin) {
                (Place::File(source, offset), Origin::At(path, from, _)) => {
                    self.sources[source] == path && offset + within == from + done
                }
                (Place::Held(from), Origin::Held(data)) => {
                    let from = from + within as usize;
                    let wanted = data.get(done as usize..(done + length) as usize);
                    wanted == Some(&self.held[from..from + length as usize])
                }
                _ => false,
            };
            if !is_same {
                return false;
            }
            at += length;
        }
        true
    }

    /// What tells whether a file holds these bytes in their places: all that is copied from no file, and both ends, of `edge`
    /// bytes each, of every range that is copied.
    pub(super) fn marks(&self, edge: u64) -> impl Iterator<Item = Range<u64>> + '_ {
        self.extents.iter().flat_map(move |&Extent { at, length, place }| {
            let end = at + length;
            let (first, last) = match place {
                Place::File(..) if length > 2 * edge => (at..at + edge, end - edge..end),
                _ => (at..end, end..end),
            };
            [first, last].into_iter().filter(|range| !range.is_empty())
        })
    }

    fn extent(&self, at: u64) -> Option<Extent> {
        let after = self.extents.partition_point(|extent| extent.at <= at);
        self.extents[..after].last().copied().filter(|extent| at < extent.at + extent.length)
    }
}

impl Extent {
    /// Whether bytes at `place` follow those of this extent.
    fn goes_on(&self, place: Place) -> bool {
        match (self.place, place) {
            (Place::Held(from), Place::Held(next)) => from as u64 + self.length == next as u64,
            (Place::File(one, from), Place::File(other, next)) => one == other && from + self.length == next,
            _ => false,
        }
    }
}

/// Reads a spliced video as one reads a file.
#[derive(Debug)]
pub struct Reader {
    spliced: Arc<Spliced>,
    open: OpenSources,
    at: u64,
}

impl Reader {
    /// Reads from the first byte on.
    pub fn new(spliced: Arc<Spliced>) -> Self {
        Self { spliced, open: OpenSources::default(), at: 0 }
    }
}

/// A source that cannot be read.
pub(super) struct Unread {
    pub(super) path: PathBuf,
    pub(super) error: io::Error,
}

impl Reader {
    /// Reads the next bytes, of one extent at most; 0 after the last.
    pub(super) fn take(&mut self, buffer: &mut [u8]) -> Result<usize, Unread> {
        let spliced = &*self.spliced;
        let Some(extent) = spliced.extent(self.at) else { return Ok(0) };
        let within = self.at - extent.at;
        let length = (extent.length - within).min(buffer.len() as u64) as usize;
        let buffer = &mut buffer[..length];
        match extent.place {
            Place::Held(from) => {
                let from = from + within as usize;
                buffer.copy_from_slice(&spliced.held[from..from + length]);
            }
            Place::File(source, offset) => {
                let unread = |error| Unread { path: spliced.sources[source].clone(), error };
                let file = self.open.get(source, &spliced.sources[source]).map_err(unread)?;
                file.read_exact_at(buffer, offset + within).map_err(unread)?;
            }
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.take(buffer).map_err(|Unread { path, error }| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.spliced.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_at_any_place_gives_the_bytes_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        std::fs::write(&one, b"0123456789").unwrap();
        std::fs::write(&two, b"abcdefghij").unwrap();
        let mut spliced = Spliced::new(Path::new("x.mp4"), b"HEAD".to_vec());
        for origin in [
            Origin::At(&one, 2, 3),
            Origin::At(&one, 5, 2),
            Origin::Held(b"xy"),
            Origin::Held(b""),
            Origin::Held(b"z"),
            Origin::At(&two, 0, 4),
            Origin::At(&one, 0, 1),
        ] {
            spliced.push(origin);
        }
        let whole = b"HEAD23456xyzabcd0";
        // What lies together is one extent: the header, a range, what is held, and two more ranges.
        assert_eq!((spliced.size(), spliced.extents.len()), (whole.len() as u64, 5));
        assert_eq!(spliced.header_sha256(), digest::of_bytes(b"HEAD"));
        let spliced = Arc::new(spliced);
        assert_eq!(spliced.sha256().unwrap(), digest::of_bytes(whole));
        let mut reader = Reader::new(spliced);
        for at in 0..=whole.len() {
            let mut rest = Vec::new();
            assert_eq!(reader.seek(SeekFrom::End(at as i64 - whole.len() as i64)).unwrap(), at as u64);
            reader.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, whole[at..]);
        }
        reader.seek(SeekFrom::Start(3)).unwrap();
        let mut two = [0; 2];
        reader.read_exact(&mut two).unwrap();
        assert_eq!((&two, reader.seek(SeekFrom::Current(-4)).unwrap()), (b"D2", 1));
        assert!(reader.seek(SeekFrom::Current(-2)).is_err());
    }

    #[test]
    fn bytes_come_from_where_they_were_pushed_from_and_from_nowhere_else() {
        let (one, two) = (Path::new("one"), Path::new("two"));
        let mut spliced = Spliced::new(Path::new("x.mp4"), b"HEAD".to_vec());
        spliced.push(Origin::At(one, 2, 30));
        spliced.push(Origin::At(one, 32, 20));
        spliced.push(Origin::Held(b"xy"));
        let is_from = |at, size, origin| spliced.comes_from(at, size, origin);
        assert!(is_from(4, 50, Origin::At(one, 2, 50)) && is_from(5, 40, Origin::At(one, 3, 40)));
        assert!(is_from(54, 2, Origin::Held(b"xy")) && is_from(55, 1, Origin::Held(b"y")));
        for (at, size, origin) in [
            (5, 40, Origin::At(one, 2, 40)),
            (4, 50, Origin::At(two, 2, 50)),
            (4, 51, Origin::At(one, 2, 51)),
            (54, 2, Origin::Held(b"xz")),
            (54, 3, Origin::Held(b"xyz")),
            (53, 2, Origin::Held(b"xy")),
        ] {
            assert!(!is_from(at, size, origin), "{at} {origin:?}");
        }
        // A range of 50 bytes is marked at both its ends; what is held, everywhere.
        assert_eq!(spliced.marks(10).collect::<Vec<_>>(), [0..4, 4..14, 44..54, 54..56]);
        assert_eq!(spliced.marks(25).collect::<Vec<_>>(), [0..4, 4..54, 54..56]);
    }
}
