//! Writing a spliced video: each byte is read once, digested and written once.
//!
//! In: a spliced video, a path. Out: the file, whole or not at all, and the digest of the very bytes that were handed to the
//! system. Copying in the kernel would spare moving them through memory, but not reading them for the digest, and what is
//! digested would not be what is written. A look back at the file finds what went to another place than it should.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use super::spliced::{Reader, Spliced, Unread};
use crate::digest::Digester;
use crate::files;
use crate::media::Error;

/// Bytes that are read, digested and written at once.
const BLOCK: usize = 1 << 20;
/// Blocks that are written before they are digested, at most.
const AHEAD: usize = 4;
/// Bytes that are looked at again at each end of a range that was copied.
const EDGE: u64 = 4096;

impl Spliced {
    /// Writes the file, whole or not at all. Gives the digest of its bytes, which is taken beside the writing.
    pub fn write(self: &Arc<Self>, path: &Path) -> Result<String, Error> {
        let mut reader = Reader::new(Arc::clone(self));
        let (to_digest, blocks) = mpsc::sync_channel::<Vec<u8>>(AHEAD);
        let (spent, spare) = mpsc::channel::<Vec<u8>>();
        thread::scope(|scope| {
            let digest = scope.spawn(move || {
                let mut digester = Digester::default();
                for block in blocks {
                    digester.update(&block);
                    // Once all is written, nobody needs it.
                    drop(spent.send(block));
                }
                digester.end()
            });
            files::write_atomic(path, |writer| {
                // Dropped where the last block is sent, which ends the digest while the disk is waited for.
                let to_digest = to_digest;
                loop {
                    let mut block = spare.try_recv().unwrap_or_default();
                    fill(&mut reader, &mut block)?;
                    if block.is_empty() {
                        return Ok::<(), Error>(());
                    }
                    writer.write_all(&block).map_err(files::Error::io("write", path))?;
                    to_digest.send(block).expect("the digest takes blocks until there are no more");
                }
            })?;
            Ok(digest.join().expect("a digest of bytes does not fail"))
        })
    }

    /// The first byte of the file at `path` that is not as it should be, among its length, all bytes that are copied from no file
    /// (the header, encoded packets), and both ends of each range that is copied.
    pub fn differs_at(self: &Arc<Self>, path: &Path) -> Result<Option<u64>, Error> {
        let io = |error| files::Error::io("read", path)(error);
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        if length != self.size() {
            return Ok(Some(length.min(self.size())));
        }
        let mut reader = Reader::new(Arc::clone(self));
        let (mut found, mut wanted) = (Vec::new(), Vec::new());
        for mark in self.marks(EDGE) {
            let size = (mark.end - mark.start) as usize;
            found.resize(size, 0);
            wanted.resize(size, 0);
            file.read_exact_at(&mut found, mark.start).map_err(io)?;
            let read = reader.seek(SeekFrom::Start(mark.start));
            read.and_then(|_at| reader.read_exact(&mut wanted))
                .map_err(files::Error::io("read", self.name()))?;
            if let Some(at) = found.iter().zip(&wanted).position(|(found, wanted)| found != wanted) {
                return Ok(Some(mark.start + at as u64));
            }
        }
        Ok(None)
    }
}

/// Reads the next block: all of it, unless the video ends before.
fn fill(reader: &mut Reader, block: &mut Vec<u8>) -> Result<(), Error> {
    block.resize(BLOCK, 0);
    let mut filled = 0;
    while filled < BLOCK {
        match reader.take(&mut block[filled..]).map_err(unread)? {
            0 => break,
            read => filled += read,
        }
    }
    block.truncate(filled);
    Ok(())
}

fn unread(Unread { path, error }: Unread) -> Error {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        return Error::source_file(&path, "has become shorter while it was read");
    }
    files::Error::io("read", &path)(error).into()
}

#[cfg(test)]
mod tests {
    use super::super::origin::Origin;
    use super::*;
    use crate::digest;

    /// A video of a header, a range of three blocks and a half, and a packet.
    fn spliced(dir: &Path) -> (Arc<Spliced>, Vec<u8>) {
        let source: Vec<u8> =
            (0..4 * BLOCK as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let from = dir.join("source");
        std::fs::write(&from, &source).unwrap();
        let mut spliced = Spliced::new(Path::new("x.mp4"), b"HEAD".to_vec());
        let length = 3 * BLOCK + BLOCK / 2;
        spliced.push(Origin::At(&from, 7, length as u32));
        spliced.push(Origin::Held(b"packet"));
        (Arc::new(spliced), [&b"HEAD"[..], &source[7..7 + length], b"packet"].concat())
    }

    #[test]
    fn the_file_and_its_digest_are_those_of_the_parts() {
        let dir = tempfile::tempdir().unwrap();
        let (spliced, whole) = spliced(dir.path());
        let path = dir.path().join("out");
        assert_eq!(spliced.write(&path).unwrap(), digest::of_bytes(&whole));
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        assert_eq!(spliced.sha256().unwrap(), digest::of_bytes(&whole));
        assert_eq!(spliced.differs_at(&path).unwrap(), None);
    }

    #[test]
    fn bytes_that_are_missing_moved_or_changed_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let (spliced, whole) = spliced(dir.path());
        let path = dir.path().join("out");
        let differs_at = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            spliced.differs_at(&path).unwrap()
        };
        let end = whole.len() as u64;
        assert_eq!(differs_at(&whole[..whole.len() - 1]), Some(end - 1));
        assert_eq!(differs_at(&[&whole[..], b"x"].concat()), Some(end));
        // A range that was copied from a byte too early ends with another byte, and so do its first ones.
        let moved = [&b"HEAD"[..], b"x", &whole[4..whole.len() - 7], b"packet"].concat();
        assert_eq!(differs_at(&moved), Some(4));
        for at in [0, 3, 4, 4 + EDGE as usize - 1, whole.len() - 7, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert_eq!(differs_at(&changed), Some(at as u64));
        }
        assert_eq!(differs_at(&whole), None);
    }

    #[test]
    fn a_source_that_became_shorter_is_an_error_and_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("source");
        std::fs::write(&source, b"0123").unwrap();
        let mut spliced = Spliced::new(Path::new("x.mp4"), b"HEAD".to_vec());
        spliced.push(Origin::At(&source, 2, 3));
        let path = dir.path().join("out");
        let spliced = Arc::new(spliced);
        assert!(spliced.write(&path).unwrap_err().to_string().contains("shorter"));
        assert!(!path.exists());
        assert!(spliced.sha256().is_err());
    }
}
