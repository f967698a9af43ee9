//! Directories that are being filled: a mark says with what, so that a run that was stopped is resumed and nothing else is
//! written over.
//!
//! In: a directory and a word for all that decides its content. Out: whether it may be filled, and the mark, which goes when
//! all is there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{self, ClaimedDir, Error};

/// Name of the mark.
const MARK: &str = ".vniah-unfinished";

/// What a directory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// Nothing, or it is not there.
    Empty,
    /// The beginnings of this very content.
    Begun,
    /// The beginnings of another content.
    Other,
    /// Files that no run has left unfinished.
    Full,
}

/// Looks at `dir`, which is to hold `content`.
pub fn look(dir: &Path, content: &str) -> Result<Found, Error> {
    if !dir.exists() {
        return Ok(Found::Empty);
    }
    match fs::read_to_string(dir.join(MARK)) {
        Ok(begun) if begun == content => Ok(Found::Begun),
        Ok(_) => Ok(Found::Other),
        // The mark is the first thing that is written, so a stop before it was whole leaves nothing beside it.
        Err(_absent) => {
            let is_mark = |path: &PathBuf| *path == files::partial(&dir.join(MARK));
            Ok(if files::sorted_dir(dir)?.iter().all(is_mark) { Found::Empty } else { Found::Full })
        }
    }
}

/// A directory that is being filled.
pub struct PartialDir {
    mark: PathBuf,
    /// Nobody else fills it meanwhile.
    _claim: ClaimedDir,
}

/// Marks `dir`, which is made if it is not there, as being filled with `content`.
///
/// # Errors
/// Another process fills it, or has filled it since it was [looked at](look).
pub fn begin(dir: &Path, content: &str) -> Result<PartialDir, Error> {
    let before = look(dir, content)?;
    let claim = files::claim_dir(dir)?;
    if look(dir, content)? != before {
        return Err(Error::Busy { path: dir.to_owned() });
    }
    let mark = dir.join(MARK);
    files::write_bytes(&mark, content.as_bytes())?;
    Ok(PartialDir { mark, _claim: claim })
}

impl PartialDir {
    /// Takes the mark away: all is there.
    pub fn finish(self) -> Result<(), Error> {
        fs::remove_file(&self.mark).map_err(Error::io("remove", &self.mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_resumed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        assert_eq!(look(&out, "a").unwrap(), Found::Empty);
        let unfinished = begin(&out, "a").unwrap();
        fs::write(out.join("file"), "x").unwrap();
        assert_eq!(look(&out, "a").unwrap(), Found::Begun);
        assert_eq!(look(&out, "b").unwrap(), Found::Other);
        assert!(matches!(begin(&out, "a"), Err(Error::Busy { .. })));
        unfinished.finish().unwrap();
        assert_eq!(look(&out, "a").unwrap(), Found::Full);
        // A stop while the mark itself was written.
        let early = dir.path().join("early");
        fs::create_dir(&early).unwrap();
        fs::write(files::partial(&early.join(MARK)), "").unwrap();
        assert_eq!(look(&early, "a").unwrap(), Found::Empty);
    }
}
