//! Watching the files that videos are copied from: one that changes meanwhile is noticed, and nothing made of it is kept.
//!
//! In: a path and the digest of what lies there. Out: stamps (size, times and number of the file), each given only while the
//! bytes are those of the digest. Two equal stamps say that nothing was written in between.

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::checksum;
use crate::files;
use crate::render::Error;

/// What changes whenever a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Stamp {
    file: (u64, u64),
    bytes: u64,
    times: [i64; 4],
}

impl Stamp {
    /// Of the file at `path`. It is opened for that, since network file systems look again only then.
    pub(super) fn of(path: &Path) -> Result<Self, files::Error> {
        let found =
            File::open(path).and_then(|file| file.metadata()).map_err(files::Error::io("read", path))?;
        Ok(Self {
            file: (found.dev(), found.ino()),
            bytes: found.len(),
            times: [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()],
        })
    }
}

/// A file whose bytes are known.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    sha256: String,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    /// When the bytes were those of the digest.
    right: Stamp,
    /// When they were not.
    wrong: Option<Stamp>,
}

impl Watched {
    /// A file whose bytes had this digest when its stamp was taken.
    pub(super) fn new(path: &Path, sha256: &str, right: Stamp) -> Self {
        let known = Mutex::new(Known { right, wrong: None });
        Self { path: path.to_owned(), sha256: sha256.to_owned(), known }
    }

    /// The file's stamp. Where it is another than before, the bytes are read: touched, moved or restored, the file is as good.
    pub(super) fn stamp(&self) -> Result<Stamp, Error> {
        let changed = || self.changed();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&self.path).map_err(|_gone| changed())?;
        if stamp == known.right {
            return Ok(stamp);
        }
        if known.wrong == Some(stamp) {
            return Err(changed());
        }
        let sha256 = checksum::of_file(&self.path).map_err(|_gone| changed())?;
        if sha256 == self.sha256 && Stamp::of(&self.path).is_ok_and(|after| after == stamp) {
            known.right = stamp;
            return Ok(stamp);
        }
        known.wrong = Some(stamp);
        Err(changed())
    }
}

impl Watched {
    /// Where it lies.
    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }

    /// That the file has changed.
    pub(super) fn changed(&self) -> Error {
        Error::Changed { path: self.path.display().to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;

    #[test]
    fn a_change_is_noticed_and_a_touch_is_not_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, "as it was").unwrap();
        let watched = Watched::new(&path, &digest::of_bytes(b"as it was"), Stamp::of(&path).unwrap());
        let first = watched.stamp().unwrap();
        assert_eq!(watched.stamp().unwrap(), first);
        // File systems keep times no finer than a few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&path, "otherwise").unwrap();
        assert!(matches!(watched.stamp(), Err(Error::Changed { .. })));
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&path, "as it was").unwrap();
        // As good as it was, and yet another stamp: what was made meanwhile is not.
        assert!(watched.stamp().unwrap() != first);
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(watched.stamp(), Err(Error::Changed { .. })));
    }
}
