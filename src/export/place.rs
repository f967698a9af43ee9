//! Files put where nothing may be lost.
//!
//! In: a path and what belongs there. Out: the file, unless another one is there.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Error, Outcome};
use crate::checksum;
use crate::files::{self, ClaimedDir};

/// Counts what is put.
#[derive(Debug)]
pub(super) struct Placed {
    /// The directory that everything is put in.
    root: PathBuf,
    /// Nobody else puts anything there meanwhile.
    _claim: ClaimedDir,
    outcome: Outcome,
}

impl Placed {
    /// Puts files below `root`.
    ///
    /// # Errors
    /// Another process exports to it.
    pub(super) fn new(root: &Path) -> Result<Self, files::Error> {
        Ok(Self { root: root.to_owned(), _claim: files::claim_dir(root)?, outcome: Outcome::default() })
    }

    /// Makes the directory of a file. Through a link out of the root nothing is put: whoever made the dataset may have made it.
    fn make_dir_of(&self, path: &Path) -> Result<(), files::Error> {
        let dir = path.parent().unwrap_or(Path::new("."));
        files::make_dir(dir)?;
        if files::leads_outside(&self.root, dir)? {
            return Err(files::Error::Outside { path: dir.to_owned(), root: self.root.clone() });
        }
        Ok(())
    }

    /// What was put so far.
    pub(super) fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Counts files that somebody else put.
    pub(super) fn count(&mut self, written: u64, kept: u64) {
        self.outcome.written += written;
        self.outcome.kept += kept;
    }

    /// Counts rows that have no place.
    pub(super) fn leave_out(&mut self, rows: u64) {
        self.outcome.left_out += rows;
    }

    /// Puts what `fill` writes to the path that it is given. Where the same file is, it stays.
    pub(super) fn put<E>(
        &mut self,
        path: &Path,
        fill: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), Error>
    where
        Error: From<E>,
    {
        self.make_dir_of(path)?;
        let fresh = fresh(path);
        fill(&fresh)?;
        self.keep(&fresh, path)
    }

    /// Puts a text.
    pub(super) fn text(&mut self, path: &Path, text: &str) -> Result<(), Error> {
        self.put(path, |fresh| files::write_bytes(fresh, text.as_bytes()))
    }

    /// Links a file, or copies it where that cannot be done.
    pub(super) fn link(&mut self, from: &Path, to: &Path) -> Result<(), Error> {
        if to.exists() {
            return self.same(from, to);
        }
        self.make_dir_of(to)?;
        let fresh = fresh(to);
        files::link_or_copy(from, &fresh)?;
        self.keep(&fresh, to)
    }

    fn same(&mut self, one: &Path, other: &Path) -> Result<(), Error> {
        let digest = |path: &Path| checksum::of_file(path);
        if digest(one)? != digest(other)? {
            return Err(Error::Different(other.display().to_string()));
        }
        self.outcome.kept += 1;
        Ok(())
    }

    fn keep(&mut self, fresh: &Path, path: &Path) -> Result<(), Error> {
        if path.exists() {
            let same = self.same(fresh, path);
            fs::remove_file(fresh).map_err(files::Error::io("remove", fresh))?;
            return same;
        }
        fs::rename(fresh, path).map_err(files::Error::io("rename to", path))?;
        self.outcome.written += 1;
        Ok(())
    }
}

/// The name under which a file waits until it is known that nothing is in its place.
fn fresh(path: &Path) -> PathBuf {
    files::beside(path, ".new")
}
