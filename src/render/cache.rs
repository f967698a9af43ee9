//! The cache of prepared haystacks: one maker a file, one owner at a time, and no file that is not as it was made.
//!
//! In: paths below `CACHE/prepared`. Out: files that are made once, however many processes ask for them, and stay as long
//! as one of them is held. Beside each lie its digest, with which it is compared once a run, and a lock, whose time of change
//! says when the file was last asked for. What is there and right is used without a lock and without a write, so that a
//! cache may belong to somebody else. [`prune`](super::prune) keeps it within a size.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::checksum;
use crate::files;
use crate::job::Job;
use crate::media;
use crate::render::Error;
use crate::render::lock::{self, Tried};
use crate::render::watch::{Stamp, Watched};

/// Extension of locks.
pub(super) const LOCK: &str = "lock";
/// Extension of digests: a line as `sha256sum` writes and reads it.
pub(super) const DIGEST: &str = "sha256";

/// A cached file in use: it is not removed as long as this lives.
#[derive(Debug)]
pub struct Held {
    _file: File,
    /// It as it was found right.
    pub(super) watched: Watched,
}

/// Where prepared haystacks lie.
pub(super) fn prepared(cache: &Path) -> PathBuf {
    cache.join("prepared")
}

/// A file that is wanted of the cache.
pub(super) struct Wanted<'a> {
    pub(super) cache: &'a Path,
    pub(super) job: &'a Job,
    /// What messages call it, such as a haystack.
    pub(super) name: &'a str,
    /// Where it lies.
    pub(super) path: PathBuf,
}

impl Wanted<'_> {
    /// Makes the file if it is not there or is not as it was made, and holds it. A second process that asks for it meanwhile
    /// waits for the first. A file without a digest, which an earlier version made, has to pass `check`, which gives its fault.
    pub(super) fn hold(
        &self,
        check: impl Fn(&Path) -> Result<Option<String>, Error>,
        make: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<Held, Error> {
        if let Found::Right(held) = self.look(&check)? {
            self.touch();
            return Ok(held);
        }
        files::make_dir(&prepared(self.cache)).map_err(|error| self.refused(error.into()))?;
        let lock_path = self.path.with_extension(LOCK);
        let (_lock, tried) = self.lock(&lock_path)?;
        // Looked at again, because another process may have made it meanwhile.
        match self.look(&check)? {
            Found::Right(held) => {
                self.touch();
                return Ok(held);
            }
            Found::Wrong(fault) => self.job.warn(&format!(
                "the prepared form of `{}` in the cache was damaged ({fault}): it is prepared again",
                self.name
            )),
            Found::Nothing => {}
        }
        self.make(tried, make).map_err(|error| self.refused(error))?;
        self.touch();
        match self.look(&check)? {
            Found::Right(held) => Ok(held),
            Found::Wrong(_) | Found::Nothing => Err(Error::Changed { path: self.path.display().to_string() }),
        }
    }

    /// Makes the file under another name, and gives it its own only once its digest is there. Without a lock another process may
    /// be making the same file, so that each makes it in a directory of its own.
    fn make(&self, tried: Tried, make: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        let mut fresh = files::partial(&self.path);
        let alone = if tried == Tried::Unknown {
            let dir =
                tempfile::tempdir_in(prepared(self.cache)).map_err(files::Error::io("write", &fresh))?;
            fresh = dir.path().join(fresh.file_name().unwrap_or_default());
            Some(dir)
        } else {
            None
        };
        let made = make(&fresh).and_then(|()| {
            self.note(&checksum::of_file(&fresh)?)?;
            Ok(fs::rename(&fresh, &self.path).map_err(files::Error::io("rename to", &self.path))?)
        });
        if made.is_err() {
            // The error that is told is the one above; what cannot be removed is overwritten next time.
            drop(fs::remove_file(&fresh));
        }
        drop(alone);
        made
    }

    /// Writes the digest beside the file.
    fn note(&self, sha256: &str) -> Result<(), files::Error> {
        let name = self.path.file_name().unwrap_or_default().display();
        files::write_shared(&self.path.with_extension(DIGEST), format!("{sha256}  {name}\n").as_bytes())
    }

    /// Compares the file with its digest.
    fn look(&self, check: impl Fn(&Path) -> Result<Option<String>, Error>) -> Result<Found, Error> {
        let path = &self.path;
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(files::Error::io("read", path)(error).into()),
        };
        // Held by a lock of its own, so that others can hold it at the same time.
        let held = lock::wait(self.job, self.name, || lock::shared(&file, path))?;
        if held == Tried::Unknown {
            self.no_locks();
        }
        if !files::is_at(&file, path) {
            return Ok(Found::Nothing);
        }
        let stamp = Stamp::of(path)?;
        let sha256 = checksum::of_file(path)?;
        let right = || Found::Right(Held { _file: file, watched: Watched::new(path, &sha256, stamp) });
        match fs::read_to_string(path.with_extension(DIGEST)) {
            Ok(noted) if noted.split_whitespace().next() == Some(&*sha256) => Ok(right()),
            Ok(_) => Ok(Found::Wrong("its bytes are not those that were written".to_owned())),
            Err(_) => match check(path)? {
                None => {
                    // Where it cannot be noted, it is checked again next time.
                    drop(self.note(&sha256));
                    Ok(right())
                }
                Some(fault) => Ok(Found::Wrong(fault)),
            },
        }
    }

    /// Notes that the file was asked for, where that can be written.
    fn touch(&self) {
        let lock = OpenOptions::new().create(true).append(true).open(self.path.with_extension(LOCK));
        // Best effort: it only orders what a later prune removes.
        drop(lock.and_then(|mut lock| lock.write_all(b".")));
    }

    /// Locks the making of the file.
    fn lock(&self, path: &Path) -> Result<(File, Tried), Error> {
        loop {
            let file = lock::open(path).map_err(|error| self.refused(error.into()))?;
            let tried = lock::wait(self.job, self.name, || lock::alone(&file, path))?;
            if tried == Tried::Unknown {
                self.no_locks();
            }
            // A lock that was removed while it was waited for excludes nobody.
            if files::is_at(&file, path) {
                return Ok((file, tried));
            }
        }
    }

    fn no_locks(&self) {
        self.job.warn(&format!(
            "the file system of `{}` has no locks: let no two processes use this cache at once",
            self.cache.display()
        ));
    }

    /// An error that says that the cache cannot be written, where that is why.
    fn refused(&self, error: Error) -> Error {
        match error {
            Error::File(file) | Error::Media(media::Error::File(file)) if self.is_refusal(&file) => {
                Error::Cache {
                    cache: self.cache.display().to_string(),
                    name: self.name.to_owned(),
                    source: file,
                }
            }
            other => other,
        }
    }

    fn is_refusal(&self, error: &files::Error) -> bool {
        matches!(error, files::Error::Io { path, .. } if path.starts_with(self.cache)) && error.is_refused()
    }
}

/// What lies in the cache.
enum Found {
    Nothing,
    /// A file that is not as it was made, and what is wrong with it.
    Wrong(String),
    Right(Held),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::prune::prune;

    fn wanted<'a>(cache: &'a Path, job: &'a Job, name: &'a str) -> Wanted<'a> {
        Wanted { cache, job, name, path: prepared(cache).join(name) }
    }

    fn put(cache: &Path, name: &str, bytes: usize) -> Held {
        let make = |path: &Path| Ok(files::write_bytes(path, &vec![1; bytes])?);
        wanted(cache, &Job::default(), name).hold(|_| panic!("it has a digest"), make).unwrap()
    }

    fn names(cache: &Path) -> Vec<String> {
        let paths = files::sorted_dir(&prepared(cache)).unwrap();
        paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_made_once_and_held() {
        let cache = tempfile::tempdir().unwrap();
        let job = Job::default();
        let wanted = wanted(cache.path(), &job, "a.mp4");
        drop(put(cache.path(), "a.mp4", 10));
        let held = wanted.hold(|_| panic!("it has a digest"), |_| panic!("it is there")).unwrap();
        let other = wanted.hold(|_| panic!("it has a digest"), |_| panic!("it is there")).unwrap();
        drop(other);
        // Held, it stays whatever the limit; given up, it goes, lock and all.
        let pruned = prune(cache.path(), 0, false).unwrap();
        assert_eq!((pruned.removed_files, pruned.kept_bytes, pruned.in_use), (0, 10, 1));
        drop(held);
        let pruned = prune(cache.path(), 0, false).unwrap();
        assert_eq!((pruned.removed_files, pruned.removed_bytes, pruned.kept_files), (1, 10, 0));
        assert!(names(cache.path()).is_empty());
    }

    #[test]
    fn a_file_that_is_not_as_it_was_made_is_made_again() {
        let cache = tempfile::tempdir().unwrap();
        let path = prepared(cache.path()).join("a.mp4");
        for damage in [&b"11x"[..], b"", b"1111"] {
            drop(put(cache.path(), "a.mp4", 3));
            fs::write(&path, damage).unwrap();
            drop(put(cache.path(), "a.mp4", 3));
            assert_eq!(fs::read(&path).unwrap(), [1; 3]);
        }
        // What fails to be made leaves neither a file nor its beginnings, and the next one makes it.
        fs::remove_file(&path).unwrap();
        let job = Job::default();
        let failing = |path: &Path| {
            files::write_bytes(path, b"half")?;
            Err(Error::Stopped)
        };
        let failed = wanted(cache.path(), &job, "a.mp4").hold(|_| panic!("it is not there"), failing);
        assert!(matches!(failed, Err(Error::Stopped)));
        assert_eq!(names(cache.path()), ["a.lock", "a.sha256"]);
        drop(put(cache.path(), "a.mp4", 3));
    }

    #[test]
    fn a_file_of_an_earlier_version_is_checked_once_and_then_known() {
        let cache = tempfile::tempdir().unwrap();
        let job = Job::default();
        fs::create_dir(prepared(cache.path())).unwrap();
        let old = wanted(cache.path(), &job, "old.mp4");
        fs::write(&old.path, b"old").unwrap();
        drop(old.hold(|_| Ok(None), |_| panic!("it is right")).unwrap());
        drop(old.hold(|_| panic!("it has a digest"), |_| panic!("it is right")).unwrap());
        let broken = wanted(cache.path(), &job, "broken.mp4");
        fs::write(&broken.path, b"bro").unwrap();
        let check = |_: &Path| Ok(Some("it is broken".to_owned()));
        drop(broken.hold(check, |path| Ok(files::write_bytes(path, b"broken")?)).unwrap());
        assert_eq!(fs::read(&broken.path).unwrap(), b"broken");
    }
}
