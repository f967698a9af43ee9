//! Locks on files: waited for with an open ear, and done without where a file system has none.
//!
//! In: a path, or an open file. Out: a lock that lives as long as its file is open. A lock needs no more than a file that can be
//! read, so that several users can share one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::files;
use crate::job::Job;
use crate::render::Error;

/// Time from one try to the next.
const PAUSE: Duration = Duration::from_millis(20);
/// Tries after which the caller is told who is waited for: about two seconds.
const PATIENCE: u32 = 100;

/// What came of a try to lock a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    /// It is ours until the file is closed.
    Locked,
    /// Somebody else has it.
    Taken,
    /// The file system knows no locks.
    Unknown,
}

/// Locks a file for one process alone, if nobody else has it.
pub(super) fn alone(file: &File, path: &Path) -> Result<Tried, files::Error> {
    tried(file.try_lock(), path)
}

/// Locks a file together with others who do so, if nobody has it alone.
pub(super) fn shared(file: &File, path: &Path) -> Result<Tried, files::Error> {
    tried(file.try_lock_shared(), path)
}

fn tried(result: Result<(), TryLockError>, path: &Path) -> Result<Tried, files::Error> {
    match result {
        Ok(()) => Ok(Tried::Locked),
        Err(TryLockError::WouldBlock) => Ok(Tried::Taken),
        Err(TryLockError::Error(error)) if is_unknown(&error) => Ok(Tried::Unknown),
        Err(TryLockError::Error(error)) => Err(files::Error::io("lock", path)(error)),
    }
}

/// Whether this is what a file system says that knows no locks: NFS without its lock service, Lustre without `-o flock`, some
/// that are mounted through FUSE.
fn is_unknown(error: &io::Error) -> bool {
    let known = [libc::ENOLCK, libc::ENOSYS, libc::EOPNOTSUPP, libc::ENOTSUP];
    error.kind() == ErrorKind::Unsupported || error.raw_os_error().is_some_and(|code| known.contains(&code))
}

/// Tries again and again until nobody else has the lock. After a while the caller is told that `what` is waited for.
pub(super) fn wait(
    job: &Job,
    what: &str,
    mut attempt: impl FnMut() -> Result<Tried, files::Error>,
) -> Result<Tried, Error> {
    let mut tries = 0_u32;
    loop {
        job.go_on()?;
        match attempt()? {
            Tried::Taken => {}
            done => return Ok(done),
        }
        tries = tries.saturating_add(1);
        if tries == PATIENCE {
            job.warn(&format!("waiting for another process that works on {what}"));
        }
        sleep(PAUSE);
    }
}

/// Opens a lock: made where it is not there, and read alone where it belongs to another user.
pub(super) fn open(path: &Path) -> Result<File, files::Error> {
    let made = OpenOptions::new().create(true).append(true).open(path);
    let refused = |error: &io::Error| {
        matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
    };
    let file = match made {
        Err(error) if refused(&error) => File::open(path).map_err(|_same| error),
        made => made,
    };
    file.map_err(files::Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_file_systems_without_locks_are_known() {
        for code in [libc::ENOLCK, libc::ENOSYS, libc::EOPNOTSUPP] {
            let refused = Err(TryLockError::Error(io::Error::from_raw_os_error(code)));
            assert_eq!(tried(refused, Path::new("x")).unwrap(), Tried::Unknown, "{code}");
        }
        let broken = Err(TryLockError::Error(io::Error::from_raw_os_error(libc::EIO)));
        assert!(tried(broken, Path::new("x")).is_err());
    }

    #[test]
    fn who_waits_hears_a_wish_to_stop() {
        let job = Job::default();
        job.cancel.stop();
        assert!(matches!(wait(&job, "it", || Ok(Tried::Taken)), Err(Error::Stopped)));
    }
}
