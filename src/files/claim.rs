//! One writer at a time of a file that is not whole yet, and of a directory that is being filled.
//!
//! In: a path. Out: a handle that holds a lock, which the system gives up with the process, however that ends. Where a file system has
//! no locks, nobody is kept out.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use super::unfinished::Unfinished;
use super::{Error, remove};

/// Between tries to open a file whose writer cannot be waited for.
const RETRY: Duration = Duration::from_millis(10);

/// Opens the file at `path`, empty, for this process alone, and waits for another one that writes it. What a stopped process left there
/// is written over; anything but a file of one name is replaced, so that nothing is written through a link.
pub(super) fn file(path: &Path) -> Result<(File, Unfinished), Error> {
    let mut is_replaced = false;
    loop {
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() || found.nlink() > 1) {
            remove(path)?;
        }
        let claimed: io::Result<_> = Unfinished::begun(path, || {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .custom_flags(libc::O_NOFOLLOW)
                .open(path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => Ok(None),
                // Whoever held it before may have given the file its final name, or removed it. A file system without locks keeps
                // nobody out.
                _ => Ok(is_alone_at(&file, path).then_some(file)),
            }
        });
        match claimed {
            Ok(Some((file, unfinished))) => {
                file.set_len(0).map_err(Error::io("write", path))?;
                return Ok((file, unfinished));
            }
            Ok(None) => wait(path),
            // Another user's, in a directory that is everybody's.
            Err(error) if error.kind() == ErrorKind::PermissionDenied && !is_replaced => {
                is_replaced = true;
                remove(path)?;
            }
            Err(error) => return Err(Error::io("write", path)(error)),
        }
    }
}

/// Waits as long as somebody holds the lock of the file at `path`.
fn wait(path: &Path) {
    let is_over = File::open(path).and_then(|file| file.lock_shared());
    if is_over.is_err() {
        // It was renamed meanwhile, or cannot be read; opening it to write it says why.
        std::thread::sleep(RETRY);
    }
}

/// Whether `path` names this file, and nothing else does.
fn is_alone_at(file: &File, path: &Path) -> bool {
    is_at(file, path) && file.metadata().is_ok_and(|own| own.nlink() == 1)
}

/// Whether `path` still names this file: the lock of a file that was removed or renamed excludes nobody.
pub fn is_at(file: &File, path: &Path) -> bool {
    let place = |found: &fs::Metadata| (found.dev(), found.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(own), Ok(there)) if place(&own) == place(&there))
}

/// A directory that this process alone fills, as long as this lives.
#[derive(Debug)]
pub struct ClaimedDir {
    _lock: File,
}

/// Claims the directory `dir`, which is made if it is not there.
///
/// # Errors
/// Another process fills it.
pub fn claim_dir(dir: &Path) -> Result<ClaimedDir, Error> {
    super::make_dir(dir)?;
    let lock = File::open(dir).map_err(Error::io("read", dir))?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Error::Busy { path: dir.to_owned() }),
        // As above.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(ClaimedDir { _lock: lock }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_second_writer_waits_and_writes_a_file_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let (path, whole) = (dir.path().join("a.partial"), dir.path().join("a"));
        fs::write(&path, "left by somebody who was killed").unwrap();
        let (mut first, first_claim) = file(&path).unwrap();
        first.write_all(b"first").unwrap();
        let waiting = path.clone();
        let second = std::thread::spawn(move || {
            let (mut second, _claim) = file(&waiting).unwrap();
            second.write_all(b"2").unwrap();
        });
        std::thread::sleep(Duration::from_millis(100));
        // It has not cut what the first one writes.
        assert_eq!(fs::read(&path).unwrap(), b"first");
        fs::rename(&path, &whole).unwrap();
        drop((first, first_claim));
        second.join().unwrap();
        assert_eq!((fs::read(whole).unwrap(), fs::read(path).unwrap()), (b"first".to_vec(), b"2".to_vec()));
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let (path, mine) = (dir.path().join("a.partial"), dir.path().join("mine"));
        for link in [symlink::<&Path, &Path>, fs::hard_link::<&Path, &Path>] {
            fs::write(&mine, "mine").unwrap();
            link(&mine, &path).unwrap();
            file(&path).unwrap().0.write_all(b"x").unwrap();
            assert_eq!(fs::read(&mine).unwrap(), b"mine");
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_directory_is_filled_by_one() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let claim = claim_dir(&out).unwrap();
        assert!(matches!(claim_dir(&out), Err(Error::Busy { .. })));
        drop(claim);
        claim_dir(&out).unwrap();
    }
}
