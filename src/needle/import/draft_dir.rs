//! The directory in which a pack is written until it is whole, and those that imports have left that were stopped.
//!
//! In: the directory that the pack will lie in. Out: a new directory of this process's own, and the names of those that were removed.
//! A lock tells them apart: the system gives it up with its process, however that ends.

use std::fs::{self, File, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::{art, footage, sound};
use crate::files::{self, Error};

/// How names of these directories begin.
const PREFIX: &str = ".pack-";
/// Characters after that.
const RANDOM: usize = 6;

/// A directory that goes with this value, unless it has been renamed.
pub(super) struct DraftDir {
    dir: TempDir,
    /// The directory itself, locked; a file system without locks leaves it open to no removal, either.
    _lock: File,
}

impl DraftDir {
    /// Makes one in `parent`.
    pub(super) fn new(parent: &Path) -> Result<Self, Error> {
        loop {
            let dir = tempfile::Builder::new()
                .prefix(PREFIX)
                .rand_bytes(RANDOM)
                .permissions(Permissions::from_mode(0o777))
                .tempdir_in(parent)
                .map_err(Error::io("write in", parent))?;
            let lock = match File::open(dir.path()) {
                Ok(lock) => lock,
                // Another import took it for one that was left, in the moment before it is locked.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io("lock", dir.path())(error)),
            };
            let is_taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
            if !is_taken && files::is_at(&lock, dir.path()) {
                return Ok(Self { dir, _lock: lock });
            }
        }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// Removes those in `parent` whose import has ended without doing so, and gives their paths. What holds anything else than a pack
/// is left alone, and so is what cannot be locked.
pub(super) fn remove_left(parent: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut removed = Vec::new();
    for path in files::sorted_dir(parent)? {
        if !has_our_name(&path) || !path.is_dir() || path.is_symlink() {
            continue;
        }
        let Ok(lock) = File::open(&path) else { continue };
        let is_ours = lock.try_lock().is_ok() && holds_a_pack_alone(&path);
        if is_ours && fs::remove_dir_all(&path).is_ok() {
            removed.push(path);
        }
    }
    Ok(removed)
}

fn has_our_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let random = name.and_then(|name| name.strip_prefix(PREFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Whether a directory holds what an import writes and nothing else; files that are half-written count as what they will be.
fn holds_a_pack_alone(dir: &Path) -> bool {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = name.strip_suffix(".partial").unwrap_or(name);
        let is_known = ["pack.toml", "sources.csv"].contains(&name)
            || art::has_picture_name(name)
            || footage::has_video_name(name)
            || sound::has_sound_name(name);
        is_known && path.is_file() && !path.is_symlink()
    };
    files::sorted_dir(dir).is_ok_and(|found| found.iter().all(is_ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stopped_import_left_goes_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str, files: &[&str]| {
            fs::create_dir(dir.path().join(name)).unwrap();
            for file in files {
                fs::write(dir.path().join(name).join(file), "x").unwrap();
            }
        };
        make(".pack-a1B2c3", &["dog.png", "cat.JPG.partial", "pack.toml"]);
        make(".pack-empty0", &[]);
        make(".pack-mine00", &["dog.png", "notes.txt"]);
        make(".pack-longer-name", &["dog.png"]);
        make("pack-a1B2c3", &["dog.png"]);
        let living = DraftDir::new(dir.path()).unwrap();
        fs::write(living.path().join("dog.png"), "x").unwrap();
        let removed = remove_left(dir.path()).unwrap();
        assert_eq!(removed, [".pack-a1B2c3", ".pack-empty0"].map(|name| dir.path().join(name)));
        assert!(living.path().join("dog.png").exists());
        assert_eq!(files::sorted_dir(dir.path()).unwrap().len(), 4);
        drop(living);
        assert_eq!(files::sorted_dir(dir.path()).unwrap().len(), 3);
    }
}
