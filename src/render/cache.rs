//! The cache of prepared haystacks: one maker a file, one owner at a time, and a limit on what it takes.
//!
//! In: paths below `CACHE/prepared`. Out: files that are made once, however many processes ask for them, and stay as long
//! as one of them is held. Beside each lies a lock; its time of change says when the file was last asked for, which is
//! how the least recently used ones are found.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::files;
use crate::render::Error;

/// Extension of locks.
const LOCK: &str = "lock";

/// A cached file in use: it is not removed as long as this lives.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// What lay in the cache and what was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pruned {
    /// Files removed, prepared haystacks and what is left of unfinished ones.
    pub removed_files: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// Files that stay.
    pub kept_files: u64,
    /// Their bytes.
    pub kept_bytes: u64,
    /// How many of them stay because they are in use.
    pub in_use: u64,
}

/// Where prepared haystacks lie.
fn prepared(cache: &Path) -> PathBuf {
    cache.join("prepared")
}

/// Makes `path` if it is not there, and holds it. A second process that asks for it meanwhile waits for the first.
pub(super) fn hold(
    cache: &Path,
    path: &Path,
    make: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<Held, Error> {
    files::make_dir(&prepared(cache))?;
    let lock_path = path.with_extension(LOCK);
    let io = |error| files::Error::io("lock", &lock_path)(error);
    let mut lock = open(&lock_path)?;
    lock.lock().map_err(io)?;
    // A lock that was removed while it was waited for excludes nobody.
    while !is_at(&lock, &lock_path) {
        lock = open(&lock_path)?;
        lock.lock().map_err(io)?;
    }
    if !path.exists() {
        make(path)?;
    }
    // Held by a lock of its own, so that others can hold it at the same time.
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    file.lock_shared().map_err(files::Error::io("lock", path))?;
    lock.write_all(b".").map_err(io)?;
    Ok(Held { _file: file })
}

/// Removes the least recently used files until what stays takes at most `limit` bytes; what is in use stays. With `dry`,
/// nothing is touched.
pub fn prune(cache: &Path, limit: u64, dry: bool) -> Result<Pruned, Error> {
    let dir = prepared(cache);
    let mut pruned = Pruned::default();
    if !dir.exists() {
        return Ok(pruned);
    }
    let mut items = items(&dir)?;
    items.sort();
    let mut total: u64 = items.iter().map(|item| item.bytes).sum();
    for item in items {
        let lock_path = dir.join(format!("{}.{LOCK}", item.stem));
        let lock = open(&lock_path)?;
        let mut unused = is_free(&lock, &lock_path)? && is_at(&lock, &lock_path);
        for path in &item.files {
            let file = File::open(path).map_err(files::Error::io("read", path))?;
            unused &= is_free(&file, path)?;
        }
        // What a process that was killed left behind is of no use to anyone.
        let remove = unused && (total > limit || item.unfinished);
        if remove {
            total -= item.bytes;
            pruned.removed_files += item.files.len() as u64;
            pruned.removed_bytes += item.bytes;
        } else {
            pruned.kept_files += item.files.len() as u64;
            pruned.kept_bytes += item.bytes;
            pruned.in_use += u64::from(!unused);
        }
        if remove && !dry {
            for file in item.files.iter().chain([&lock_path]) {
                match fs::remove_file(file) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(files::Error::io("remove", file)(error).into());
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(pruned)
}

/// A file of the cache, or the beginnings of one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    /// When it was last asked for: seconds and nanoseconds.
    used: (i64, i64),
    stem: String,
    bytes: u64,
    unfinished: bool,
    files: Vec<PathBuf>,
}

/// All files but the locks, by what stands before the first dot of their names.
fn items(dir: &Path) -> Result<Vec<Item>, Error> {
    let mut items: Vec<Item> = Vec::new();
    for file in files::sorted_dir(dir)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (stem, extension) = name.split_once('.').unwrap_or((&name, ""));
        let Ok(found) = fs::metadata(&file) else { continue };
        if extension == LOCK || !found.is_file() {
            continue;
        }
        let unfinished = extension.ends_with("partial");
        if let Some(item) = items.last_mut().filter(|item| item.stem == stem) {
            item.bytes += found.len();
            item.unfinished &= unfinished;
            item.files.push(file);
            continue;
        }
        // Without a lock, which an older version may not have left, the file's own time is the best there is.
        let lock = fs::metadata(dir.join(format!("{stem}.{LOCK}"))).unwrap_or_else(|_| found.clone());
        items.push(Item {
            used: (lock.mtime(), lock.mtime_nsec()),
            stem: stem.to_owned(),
            bytes: found.len(),
            unfinished,
            files: vec![file],
        });
    }
    Ok(items)
}

fn open(path: &Path) -> Result<File, Error> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    Ok(file.map_err(files::Error::io("write", path))?)
}

/// Locks a file if nobody else has it.
fn is_free(file: &File, path: &Path) -> Result<bool, Error> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(files::Error::io("lock", path)(error).into()),
    }
}

/// Whether `path` still names this file.
fn is_at(file: &File, path: &Path) -> bool {
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(a), Ok(b)) if same(&a, &b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(cache: &Path, name: &str, bytes: usize) -> Held {
        let path = prepared(cache).join(name);
        hold(cache, &path, |path| Ok(files::write_bytes(path, &vec![1; bytes])?)).unwrap()
    }

    fn names(cache: &Path) -> Vec<String> {
        let paths = files::sorted_dir(&prepared(cache)).unwrap();
        paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_made_once_and_held() {
        let cache = tempfile::tempdir().unwrap();
        let path = prepared(cache.path()).join("a.mp4");
        drop(put(cache.path(), "a.mp4", 10));
        let held = hold(cache.path(), &path, |_| panic!("it is there")).unwrap();
        let other = hold(cache.path(), &path, |_| panic!("it is there")).unwrap();
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
    fn the_least_recently_used_go_first_and_a_dry_run_touches_nothing() {
        let cache = tempfile::tempdir().unwrap();
        for name in ["c.mp4", "a.mp4", "b.sound"] {
            drop(put(cache.path(), name, 100));
            // File systems keep times no finer than a few milliseconds.
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        // Asked for again, the oldest becomes the newest.
        drop(put(cache.path(), "c.mp4", 0));
        let dry = prune(cache.path(), 250, true).unwrap();
        assert_eq!(names(cache.path()).len(), 6);
        assert_eq!(prune(cache.path(), 250, false).unwrap(), dry);
        assert_eq!((dry.removed_files, dry.kept_files, dry.kept_bytes), (1, 2, 200));
        assert_eq!(names(cache.path()), ["b.lock", "b.sound", "c.lock", "c.mp4"]);
    }

    #[test]
    fn what_a_killed_process_left_goes_whatever_the_limit() {
        let cache = tempfile::tempdir().unwrap();
        drop(put(cache.path(), "a.mp4", 100));
        files::write_bytes(&prepared(cache.path()).join("x.mp4.partial"), &[1; 50]).unwrap();
        let pruned = prune(cache.path(), u64::MAX, false).unwrap();
        assert_eq!((pruned.removed_files, pruned.removed_bytes, pruned.kept_bytes), (1, 50, 100));
    }
}
