//! Keeping the cache within a size.
//!
//! In: a cache directory and what may stay. Out: what was removed. First goes what nobody can use again: beginnings that a
//! killed process left, and records of files that are gone or have changed. Then go prepared haystacks, the least recently
//! used first, and at last records. What is in use stays.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::files;
use crate::render::Error;
use crate::render::cache::{DIGEST, LOCK, prepared};
use crate::render::lock::{self, Tried};
use crate::render::probed;
use crate::render::record;

/// How old a temporary file is that no process writes any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Directory within a cache that says where specs lie.
pub const SPECS: &str = "specs";

/// What lay in the cache and what was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pruned {
    /// Files removed: prepared haystacks, records, and what is left of unfinished ones.
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

impl Pruned {
    fn count(&mut self, removed: bool, files: usize, bytes: u64) {
        let (count, sum) = if removed {
            (&mut self.removed_files, &mut self.removed_bytes)
        } else {
            (&mut self.kept_files, &mut self.kept_bytes)
        };
        *count += files as u64;
        *sum += bytes;
    }
}

/// Removes the least recently used files until what stays takes at most `limit` bytes; what is in use stays. With `dry`,
/// nothing is written and nothing is removed.
pub fn prune(cache: &Path, limit: u64, dry: bool) -> Result<Pruned, Error> {
    let mut work = Work { dry, pruned: Pruned::default() };
    let dir = prepared(cache);
    let records = work.records(cache)?;
    work.temporaries(&dir)?;
    let mut items = items(&dir)?;
    items.sort();
    let mut total = work.pruned.kept_bytes
        + items.iter().map(Item::bytes).sum::<u64>()
        + records.iter().map(|record| record.bytes).sum::<u64>();
    for item in items {
        let bytes = item.bytes();
        let used = use_of(&dir, &item)?;
        if !used.is_free {
            work.pruned.in_use += 1;
            work.pruned.count(false, item.files.len() + item.beginnings.len(), bytes);
            continue;
        }
        // What a process that was killed left behind is of no use to anyone.
        for file in &item.beginnings {
            total -= file.bytes;
            work.put_away(true, file)?;
        }
        let removed = total > limit || item.files.is_empty();
        for file in &item.files {
            total -= if removed { file.bytes } else { 0 };
            work.put_away(removed, file)?;
        }
        if removed {
            item.beside.iter().try_for_each(|file| work.remove(file))?;
        }
    }
    for record in records {
        let removed = total > limit;
        total -= if removed { record.bytes } else { 0 };
        work.put_away(removed, &record)?;
    }
    Ok(work.pruned)
}

/// A pruning under way.
struct Work {
    dry: bool,
    pruned: Pruned,
}

impl Work {
    /// Removes records that nobody can ask for again, and gives the others, the oldest first. Where a spec lies is kept as long
    /// as it lies there: that can be found out by no other means.
    fn records(&mut self, cache: &Path) -> Result<Vec<SizedFile>, Error> {
        let mut records = Vec::new();
        let (probed, specs) = (cache.join(record::DIR), cache.join(SPECS));
        for dir in [&probed, &specs] {
            self.temporaries(dir)?;
        }
        for record in sized(&probed)? {
            if probed::is_stale(cache, &record.path) {
                self.put_away(true, &record)?;
            } else {
                records.push(record);
            }
        }
        for record in sized(&specs)? {
            self.put_away(is_lost(&record.path), &record)?;
        }
        records.sort();
        Ok(records)
    }

    /// Removes the temporary files that no process writes any more.
    fn temporaries(&mut self, dir: &Path) -> Result<(), Error> {
        for path in listed(dir)?.into_iter().filter(|path| is_temporary(path)) {
            let Ok(found) = fs::metadata(&path) else { continue };
            self.put_away(is_abandoned(&path, &found), &SizedFile::new(path, &found))?;
        }
        Ok(())
    }

    /// Removes a file or leaves it, and counts it.
    fn put_away(&mut self, removed: bool, file: &SizedFile) -> Result<(), Error> {
        self.pruned.count(removed, 1, file.bytes);
        if removed { self.remove(&file.path) } else { Ok(()) }
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        if self.dry {
            return Ok(());
        }
        if path.is_dir() {
            return Ok(fs::remove_dir_all(path).map_err(files::Error::io("remove", path))?);
        }
        Ok(files::remove(path)?)
    }
}

/// A file, ordered by when it was last written.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SizedFile {
    written: (i64, i64),
    path: PathBuf,
    bytes: u64,
}

impl SizedFile {
    fn new(path: PathBuf, found: &fs::Metadata) -> Self {
        Self { written: (found.mtime(), found.mtime_nsec()), path, bytes: found.len() }
    }
}

/// The files of a directory but temporary ones.
fn sized(dir: &Path) -> Result<Vec<SizedFile>, Error> {
    let paths = listed(dir)?.into_iter().filter(|path| !is_temporary(path));
    let sized = |path: PathBuf| {
        let found = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some(SizedFile::new(path, &found))
    };
    Ok(paths.filter_map(sized).collect())
}

/// What the cache holds of one prepared haystack.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    /// When it was last asked for: seconds and nanoseconds.
    used: (i64, i64),
    stem: String,
    /// Finished files.
    files: Vec<SizedFile>,
    /// Files that are being made, or were when their process was killed.
    beginnings: Vec<SizedFile>,
    /// Its lock and its digest, which are not counted.
    beside: Vec<PathBuf>,
}

impl Item {
    fn bytes(&self) -> u64 {
        self.files.iter().chain(&self.beginnings).map(|file| file.bytes).sum()
    }
}

/// Whether an item is used, and the locks that keep others from using it as long as this lives.
struct Use {
    is_free: bool,
    #[expect(dead_code, reason = "they are held, not read")]
    locks: Vec<File>,
}

/// Locks an item, if nobody has it. A lock that is not there is not made: its time would say that the item was just used.
/// Without locks nobody knows what is in use.
fn use_of(dir: &Path, item: &Item) -> Result<Use, Error> {
    let lock = dir.join(format!("{}.{LOCK}", item.stem));
    let (mut is_free, mut locks) = (true, Vec::new());
    for path in std::iter::once(&lock).chain(item.files.iter().map(|file| &file.path)) {
        match File::open(path) {
            Ok(file) => {
                is_free &= lock::alone(&file, path)? == Tried::Locked && files::is_at(&file, path);
                locks.push(file);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(files::Error::io("read", path)(error).into()),
        }
    }
    Ok(Use { is_free, locks })
}

/// The entries of a directory; none where it is not there.
fn listed(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    if dir.exists() { Ok(files::sorted_dir(dir)?) } else { Ok(Vec::new()) }
}

/// Whether this is the name of a file that is being written, or was when its process was killed.
fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".tmp"))
}

/// Whether nobody has written to a file, or to what lies in a directory, for a long time.
#[expect(clippy::disallowed_methods, reason = "the age of a leftover, which reaches no output")]
fn is_abandoned(path: &Path, found: &fs::Metadata) -> bool {
    let now = SystemTime::now();
    let is_old = |found: &fs::Metadata| {
        found.modified().is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > ABANDONED))
    };
    // To write to a file of a directory does not change the directory's own time.
    let is_old_file = |path: &PathBuf| fs::metadata(path).is_ok_and(|found| is_old(&found));
    is_old(found) && (!found.is_dir() || listed(path).is_ok_and(|files| files.iter().all(is_old_file)))
}

/// Whether the spec whose place is remembered at `path` is no longer there.
fn is_lost(path: &Path) -> bool {
    fs::read(path).is_ok_and(|spec| !Path::new(&OsString::from_vec(spec)).exists())
}

/// All that is prepared, by what stands before the first dot of the files' names.
fn items(dir: &Path) -> Result<Vec<Item>, Error> {
    let mut items: Vec<Item> = Vec::new();
    for file in sized(dir)? {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (stem, extension) = name.split_once('.').unwrap_or((&name, ""));
        if items.last().is_none_or(|item| item.stem != stem) {
            let (used, stem) = (file.written, stem.to_owned());
            items.push(Item { used, stem, files: vec![], beginnings: vec![], beside: vec![] });
        }
        let Some(item) = items.last_mut() else { continue };
        match extension {
            // Without a lock, which an older version may not have left, a file's own time is the best there is.
            LOCK => {
                item.used = file.written;
                item.beside.push(file.path);
            }
            DIGEST | "notes" => item.beside.push(file.path),
            beginning if beginning.ends_with("partial") => item.beginnings.push(file),
            _ => item.files.push(file),
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Job;

    /// Puts a file of so many bytes, with a lock and a digest, as if it had been made.
    fn put(cache: &Path, stem: &str, bytes: usize) {
        for (extension, bytes) in [("mp4", bytes), (DIGEST, 64), (LOCK, 1)] {
            files::make_dir(&prepared(cache)).unwrap();
            fs::write(prepared(cache).join(format!("{stem}.{extension}")), vec![1; bytes]).unwrap();
        }
        // File systems keep times no finer than a few milliseconds.
        std::thread::sleep(Duration::from_millis(20));
    }

    /// All files of a cache with their times.
    fn state(cache: &Path) -> Vec<(PathBuf, SystemTime)> {
        let dirs = ["prepared", "probed", "specs"].map(|dir| cache.join(dir));
        let files = dirs.iter().flat_map(|dir| listed(dir).unwrap());
        files.map(|file| (file.clone(), fs::metadata(&file).unwrap().modified().unwrap())).collect()
    }

    fn names(cache: &Path) -> Vec<String> {
        let names = state(cache).into_iter();
        names.map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_least_recently_used_go_first_and_a_dry_run_touches_nothing() {
        let cache = tempfile::tempdir().unwrap();
        for stem in ["c", "a", "b"] {
            put(cache.path(), stem, 100);
        }
        // Asked for again, the oldest becomes the newest.
        fs::write(prepared(cache.path()).join("c.lock"), "..").unwrap();
        // One that an older version left without a lock is as old as it is, and pruning makes it no newer.
        fs::remove_file(prepared(cache.path()).join("a.lock")).unwrap();
        let before = state(cache.path());
        let dry = prune(cache.path(), 250, true).unwrap();
        assert_eq!(state(cache.path()), before);
        assert_eq!(prune(cache.path(), 250, false).unwrap(), dry);
        assert_eq!((dry.removed_files, dry.kept_files, dry.kept_bytes), (1, 2, 200));
        assert_eq!(names(cache.path()), ["b.lock", "b.mp4", "b.sha256", "c.lock", "c.mp4", "c.sha256"]);
        let left = state(cache.path());
        assert!(left.iter().all(|file| before.contains(file)));
    }

    #[test]
    fn what_a_killed_process_left_goes_whatever_the_limit() {
        let cache = tempfile::tempdir().unwrap();
        put(cache.path(), "a", 100);
        for name in ["x.mp4.partial", "a.mp4.partial.partial", "lone.lock", "lone.sha256", ".tmpNew"] {
            fs::write(prepared(cache.path()).join(name), vec![1; 50]).unwrap();
        }
        for dir in ["probed", "specs"] {
            files::make_dir(&cache.path().join(dir)).unwrap();
            let old = cache.path().join(dir).join(".tmpOld");
            fs::write(&old, vec![1; 50]).unwrap();
            let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
            File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        }
        let pruned = prune(cache.path(), u64::MAX, false).unwrap();
        // A temporary file that is young may be another process's.
        assert_eq!((pruned.removed_files, pruned.removed_bytes, pruned.kept_bytes), (4, 200, 150));
        assert_eq!(names(cache.path()), [".tmpNew", "a.lock", "a.mp4", "a.sha256"]);
    }

    #[test]
    fn records_of_files_that_are_gone_go_and_the_others_count() {
        let cache = tempfile::tempdir().unwrap();
        let job = Job::default();
        let [stays, goes] = ["stays", "goes"].map(|name| cache.path().join(name));
        for file in [&stays, &goes] {
            fs::write(file, "a haystack").unwrap();
            probed::sha256(cache.path(), &job, file).unwrap();
        }
        fs::create_dir(cache.path().join(SPECS)).unwrap();
        for (name, spec) in [("1", &stays), ("2", &goes)] {
            fs::write(cache.path().join(SPECS).join(name), spec.as_os_str().as_encoded_bytes()).unwrap();
        }
        // What an earlier version kept has no digest.
        fs::write(cache.path().join("probed/old"), "\"0123\"").unwrap();
        fs::remove_file(&goes).unwrap();
        let pruned = prune(cache.path(), u64::MAX, false).unwrap();
        assert_eq!((pruned.removed_files, pruned.kept_files), (3, 2));
        // Under a limit records go, too; where a spec lies can be found out by no other means.
        let pruned = prune(cache.path(), 0, false).unwrap();
        assert_eq!((pruned.removed_files, pruned.kept_files), (1, 1));
        assert_eq!(names(cache.path()), ["1"]);
    }
}
