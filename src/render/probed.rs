//! What is known of a file, kept: its index and its digest, which cost a reading of every byte.
//!
//! In: a path and a cache directory. Out: what probing finds, from the cache where the file is the same as it was: the
//! same inode, size and times of change. Nothing that is kept here reaches an output; it only saves the reading.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::digest;
use crate::files;
use crate::media;
use crate::media::probe::{self, Source};
use crate::render::Error;

/// The probe of a file.
pub(super) fn source(cache: &Path, path: &Path) -> Result<Source, Error> {
    // A record may have been made under another name of the same file, such as one relative to another directory.
    Ok(kept(cache, path, "index", || Ok(probe::probe(path)?))?.named(path))
}

/// The SHA-256 of a file.
pub(super) fn sha256(cache: &Path, path: &Path) -> Result<String, Error> {
    kept(cache, path, "sha256", || Ok(digest::of_file(path).map_err(files::Error::io("read", path))?))
}

fn kept<T: Serialize + DeserializeOwned>(
    cache: &Path,
    path: &Path,
    what: &str,
    find: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let place = place(cache, path, what)?;
    // A record that cannot be read is made again: it is ours, and derived.
    if let Some(known) = fs::read(&place).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        return Ok(known);
    }
    let found = find()?;
    files::make_dir(&cache.join("probed"))?;
    files::write_shared(&place, &serde_json::to_vec(&found).expect("values of this crate serialise"))?;
    Ok(found)
}

/// Where a record lies: its name changes whenever the file does.
fn place(cache: &Path, path: &Path, what: &str) -> Result<PathBuf, Error> {
    let path = std::path::absolute(path).map_err(files::Error::io("find", path))?;
    let file = fs::metadata(&path).map_err(files::Error::io("read", &path))?;
    let times = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
    // Names are bytes: not all of them are text.
    let name = path.as_os_str().as_encoded_bytes();
    let key = (what, 2, name, file.dev(), file.ino(), file.len(), times, media::versions().release);
    Ok(cache.join("probed").join(digest::of_value(&key)))
}
