//! What is known of a file, kept: its index and its digest, which cost a reading of every byte.
//!
//! In: a path and a cache directory. Out: what probing finds, from the cache where the file is the same as it was: the
//! same inode, size and times of change. Nothing that is kept here reaches an output; it only saves the reading.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checksum;
use crate::digest;
use crate::files;
use crate::job::Job;
use crate::media;
use crate::media::probe;
use crate::media::source::Source;
use crate::render::Error;
use crate::render::record::{self, Head};
use crate::render::watch::Stamp;

/// The probe of a file.
pub(super) fn source(cache: &Path, job: &Job, path: &Path) -> Result<Source, Error> {
    // A record may have been made under another name of the same file, such as one relative to another directory.
    Ok(kept((cache, job), path, "index", || Ok(probe::probe(path)?))?.named(path))
}

/// The SHA-256 of a file.
pub(super) fn sha256(cache: &Path, job: &Job, path: &Path) -> Result<String, Error> {
    let digest = || Ok(checksum::of_file(path)?);
    kept((cache, job), path, "sha256", digest)
}

/// Tries a file, unless it is known that this went well. `goes_well` says whether it does, or why the file is of no use.
pub(super) fn tried(
    cache: &Path,
    job: &Job,
    path: &Path,
    goes_well: impl FnOnce() -> Result<bool, Error>,
) -> Result<(), Error> {
    kept_if_found((cache, job), path, "tried", || Ok(goes_well()?.then_some(())))
        .map(Option::unwrap_or_default)
}

fn kept<T: Serialize + DeserializeOwned>(
    (cache, job): (&Path, &Job),
    path: &Path,
    what: &str,
    find: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let found = kept_if_found((cache, job), path, what, || find().map(Some))?;
    Ok(found.expect("what is found is not nothing"))
}

/// As [`kept`], where there may be nothing to keep.
fn kept_if_found<T: Serialize + DeserializeOwned>(
    (cache, job): (&Path, &Job),
    path: &Path,
    what: &str,
    find: impl FnOnce() -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    let absolute = std::path::absolute(path).map_err(files::Error::io("find", path))?;
    let place = place(cache, &absolute, what)?;
    if let Some(known) = record::read(&place) {
        return Ok(Some(known));
    }
    let Some(found) = find()? else { return Ok(None) };
    // What was read while the file was written is known of no file.
    if self::place(cache, &absolute, what)? != place {
        return Err(Error::Changed { path: path.display().to_string() });
    }
    record::keep(cache, job, &place, Some((what, &absolute)), &found);
    Ok(Some(found))
}

/// Where a record lies: its name changes whenever the file does.
fn place(cache: &Path, path: &Path, what: &str) -> Result<PathBuf, files::Error> {
    let key = (what, 2, path.as_os_str().as_encoded_bytes(), Stamp::of(path)?, media::versions().release);
    Ok(cache.join(record::DIR).join(digest::of_value(&key)))
}

/// Whether the record at `at` can never be asked for again: its file is gone or another, or it is no record of this version.
pub(super) fn is_stale(cache: &Path, at: &Path) -> bool {
    match record::head(at) {
        Some(Head { what: Some(what), path: Some(path), .. }) => {
            match place(cache, Path::new(&OsString::from_vec(path)), &what) {
                Ok(place) => place != at,
                Err(error) => error.is_absent(),
            }
        }
        Some(_) => false,
        None => true,
    }
}
