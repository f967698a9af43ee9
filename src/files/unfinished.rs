//! Files that are being written by this process, so that one that is ended at once leaves none of them.
//!
//! In: paths, as long as what they name is not whole. Out: their removal, once, at the end of the process.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Of the whole process, since it ends as a whole.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that is not whole as long as this lives.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// The file that is about to be written at `path`.
    pub fn new(path: &Path) -> Self {
        unfinished().insert(path.to_owned());
        Self(path.to_owned())
    }

    /// The file at `path`, which `begin` makes: once the process ends, none is begun any more. `None` where it has to wait.
    pub fn begun<T, E>(
        path: &Path,
        begin: impl FnOnce() -> Result<Option<T>, E>,
    ) -> Result<Option<(T, Self)>, E> {
        let mut unfinished = unfinished();
        let made = begin()?;
        Ok(made.map(|made| {
            unfinished.insert(path.to_owned());
            (made, Self(path.to_owned()))
        }))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        unfinished().remove(&self.0);
    }
}

/// Removes all files that are not whole. Nothing is begun any more: who tries waits for the end of the process.
pub fn abandon() {
    let unfinished = unfinished();
    for path in unfinished.iter() {
        // Nobody is left to hear an error; the next run overwrites the file.
        drop(fs::remove_file(path));
    }
    std::mem::forget(unfinished);
}
