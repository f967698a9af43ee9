//! Writing files that are whole or not there.
//!
//! In: a path and what it is to hold. Out: the file, written under a partial name and renamed, one writer at a time.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde::Serialize;

use super::claim;
use super::{Error, partial};

/// Writes a file through `fill`: under a partial name, flushed to disk, then renamed. On an error nothing is left.
pub fn write_atomic<E: From<Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let partial = partial(path);
    let (file, _unfinished) = claim::file(&partial)?;
    // Held until a file that failed is removed, so that it is not that of the next in line.
    let _lock = file.try_clone();
    let written = (|| {
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

/// Writes bytes atomically, without waiting for the disk: for many small files, of which a power failure may lose some until
/// [`flush_all`].
pub fn write_unflushed(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let partial = partial(path);
    let (mut file, _unfinished) = claim::file(&partial)?;
    let written = file.write_all(bytes).map_err(Error::io("write", path));
    let written = written.and_then(|()| fs::rename(&partial, path).map_err(Error::io("rename to", path)));
    if written.is_err() {
        // As above.
        drop(fs::remove_file(&partial));
    }
    written
}

/// Waits until all that was written to the file system of `dir` is on the disk.
pub fn flush_all(dir: &Path) -> Result<(), Error> {
    #[cfg(target_os = "linux")]
    let flushed = File::open(dir).and_then(|dir| Ok(rustix::fs::syncfs(dir)?));
    #[cfg(not(target_os = "linux"))]
    let flushed = {
        rustix::fs::sync();
        Ok(())
    };
    flushed.map_err(Error::io("flush", dir))
}

/// Writes bytes atomically to a file that other processes, on other machines perhaps, may be writing too: whole whoever
/// comes last. What is written by several has to be the same from each.
pub fn write_shared(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    temporary(path, bytes)?.persist(path).map_err(|error| Error::io("rename to", path)(error.error))?;
    Ok(())
}

/// Writes bytes atomically to a file that is not there. Where there is one it stays as it is, and this gives `false`.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<bool, Error> {
    let file = temporary(path, bytes)?;
    file.as_file().sync_all().map_err(Error::io("write", path))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Error::io("rename to", path)(error.error)),
    }
}

/// A file beside `path` that holds `bytes`, under a name of its own.
fn temporary(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, Error> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Readable by whom the user's umask lets read it; a temporary file is the user's alone by default.
    let shared = fs::Permissions::from_mode(0o666);
    let mut file =
        tempfile::Builder::new().permissions(shared).tempfile_in(dir).map_err(Error::io("write", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    Ok(file)
}

/// Writes a value as indented JSON with a final newline, atomically.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), Error> {
    let mut text = serde_json::to_vec_pretty(value).expect("values of this crate serialise");
    text.push(b'\n');
    write_bytes(path, &text)
}

/// Writes rows as JSON Lines, atomically.
pub fn write_json_lines<T: Serialize>(path: &Path, rows: impl IntoIterator<Item = T>) -> Result<(), Error> {
    write_json_rows(path, rows.into_iter().map(Ok))
}

/// Writes rows that may fail to come as JSON Lines, atomically: the first failure leaves nothing.
pub fn write_json_rows<T: Serialize, E: From<Error>>(
    path: &Path,
    rows: impl IntoIterator<Item = Result<T, E>>,
) -> Result<(), E> {
    write_atomic(path, |writer| {
        for row in rows {
            serde_json::to_writer(&mut *writer, &row?)
                .map_err(|error| Error::io("write", path)(error.into()))?;
            writer.write_all(b"\n").map_err(Error::io("write", path))?;
        }
        Ok(())
    })
}

/// Writes values that may fail to come as one indented JSON array, a value at a time, atomically.
pub fn write_json_array<T: Serialize, E: From<Error>>(
    path: &Path,
    values: impl IntoIterator<Item = Result<T, E>>,
) -> Result<(), E> {
    write_atomic(path, |writer| {
        let io = |error: io::Error| Error::io("write", path)(error);
        let mut before = "[\n";
        for value in values {
            let text = serde_json::to_string_pretty(&value?).expect("values of this crate serialise");
            writer.write_all(before.as_bytes()).map_err(io)?;
            // Indented as it would be within its array.
            writer.write_all(format!("  {}", text.replace('\n', "\n  ")).as_bytes()).map_err(io)?;
            before = ",\n";
        }
        let end: &[u8] = if before == "[\n" { b"[]\n" } else { b"\n]\n" };
        Ok(writer.write_all(end).map_err(io)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::sorted_dir;

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
}
