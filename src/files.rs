//! Files: atomic writes, sorted listings, JSON Lines with line numbers.
//!
//! In: paths and values. Out: files that are either whole or absent, and listings that do not depend on the order in
//! which a file system happens to keep names. Every error names its path.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A file operation that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried: `read`, `write`, ...
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A line of a JSON Lines file is not what its format says.
    #[error("{}:{line}: not a valid row", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Its 1-based line.
        line: usize,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
}

impl Error {
    /// Wraps an [`io::Error`] with what was tried on which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// Whether the disk was full: the run stops before its end and can be resumed.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

/// The name under which `path` is written until it is whole.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

/// Writes a file through `fill`: under a partial name, flushed to disk, then renamed. On an error nothing is left.
pub fn write_atomic<E: From<Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let partial = partial(path);
    let written = (|| {
        let file = File::create(&partial).map_err(Error::io("write", &partial))?;
        let mut writer = BufWriter::with_capacity(1 << 18, file);
        fill(&mut writer)?;
        let file = writer.into_inner().map_err(|error| Error::io("write", &partial)(error.into_error()))?;
        file.sync_all().map_err(Error::io("write", &partial))?;
        fs::rename(&partial, path).map_err(Error::io("rename to", path))?;
        Ok(())
    })();
    if written.is_err() {
        // The error that is reported is the one above; a partial file that cannot be removed is overwritten next time.
        drop(fs::remove_file(&partial));
    }
    written
}

/// Writes bytes atomically.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_atomic(path, |writer| writer.write_all(bytes).map_err(Error::io("write", path)))
}

/// Writes a value as indented JSON with a final newline, atomically.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), Error> {
    let mut text = serde_json::to_vec_pretty(value).expect("values of this crate serialise");
    text.push(b'\n');
    write_bytes(path, &text)
}

/// Writes rows as JSON Lines, atomically.
pub fn write_json_lines<T: Serialize>(path: &Path, rows: impl IntoIterator<Item = T>) -> Result<(), Error> {
    write_atomic(path, |writer| {
        for row in rows {
            serde_json::to_writer(&mut *writer, &row)
                .map_err(|error| Error::io("write", path)(error.into()))?;
            writer.write_all(b"\n").map_err(Error::io("write", path))?;
        }
        Ok(())
    })
}

/// Reads a whole file as text.
pub fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::io("read", path))
}

/// Reads JSON Lines one row at a time; empty lines are skipped, and an error carries its line number.
pub fn read_json_lines<T: DeserializeOwned>(
    path: &Path,
) -> Result<impl Iterator<Item = Result<T, Error>> + use<T>, Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let path = path.to_owned();
    Ok(BufReader::with_capacity(1 << 18, file).lines().enumerate().filter_map(
        move |(index, line)| match line {
            Ok(line) if line.trim().is_empty() => None,
            Ok(line) => Some(serde_json::from_str(&line).map_err(|source| Error::Row {
                path: path.clone(),
                line: index + 1,
                source,
            })),
            Err(source) => Some(Err(Error::Io { action: "read", path: path.clone(), source })),
        },
    ))
}

/// The entries of a directory, sorted by name.
pub fn sorted_dir(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    #[expect(clippy::disallowed_methods, reason = "the one place that lists a directory, and it sorts")]
    let entries = fs::read_dir(dir).map_err(Error::io("list", dir))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(Error::io("list", dir))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Makes a directory and its parents.
pub fn make_dir(dir: &Path) -> Result<(), Error> {
    fs::create_dir_all(dir).map_err(Error::io("make the directory", dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        let failed = write_atomic(&path, |writer| {
            writer.write_all(b"half").unwrap();
            Err(Error::Io { action: "write", path: path.clone(), source: io::ErrorKind::StorageFull.into() })
        });
        assert!(failed.unwrap_err().is_disk_full());
        assert!(sorted_dir(dir.path()).unwrap().is_empty());
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.jsonl");
        fs::write(&path, "1\n\n2\nx\n").unwrap();
        let rows: Vec<Result<u32, Error>> = read_json_lines(&path).unwrap().collect();
        assert_eq!(rows.len(), 3);
        assert!(rows[2].as_ref().unwrap_err().to_string().ends_with("rows.jsonl:4: not a valid row"));
    }
}
