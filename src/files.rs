//! Files: atomic writes, sorted listings, JSON Lines with line numbers.
//!
//! In: paths and values. Out: files that are either whole or absent, and listings that do not depend on the order in
//! which a file system happens to keep names. Every error names its path.

mod fault;
mod lines;
mod unfinished;

pub use fault::is_disk_full;
pub use unfinished::{Unfinished, abandon};

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use lines::{read_json_lines, read_json_lines_in_parallel, read_line};

/// A file operation that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    /// A file, or a line of one, is too long to be what it should be.
    #[error("`{}` {what}", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// What is too long, and how long it may be.
        what: String,
    },
    /// A directory that is to be written to lies elsewhere.
    #[error("`{}` is a link that leads outside of `{}`: nothing is written through it", path.display(), root.display())]
    Outside {
        /// The directory.
        path: PathBuf,
        /// The directory that it should lie in.
        root: PathBuf,
    },
}

impl Error {
    /// Wraps an [`io::Error`] with what was tried on which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// The path beside `path` whose name goes on with `ending`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The name under which `path` is written until it is whole.
pub fn partial(path: &Path) -> PathBuf {
    beside(path, ".partial")
}

/// Links `to` to the file `from`, or copies it where the file system cannot link; what is at `to` is replaced at once, or stays.
///
/// Where `from` is a symbolic link, what it leads to is copied: it may be a file that is not to change with this one.
pub fn link_or_copy(from: &Path, to: &Path) -> Result<(), Error> {
    let fresh = beside(to, ".link.partial");
    let _unfinished = Unfinished::new(&fresh);
    remove(&fresh)?;
    let is_linked = !from.is_symlink() && fs::hard_link(from, &fresh).is_ok();
    let put = if is_linked { Ok(()) } else { copy(from, &fresh) };
    let put = put.and_then(|()| fs::rename(&fresh, to).map_err(Error::io("rename to", to)));
    // Renaming one of two names of a file to the other does nothing, so that the name is still there.
    remove(&fresh).and(put)
}

/// Copies `from` to `to`, flushed to disk; not atomically. An error says which of the two it concerns.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let mut source = File::open(from).map_err(Error::io("read", from))?;
    let mut copy = create(to)?;
    io::copy(&mut source, &mut copy).and_then(|_bytes| copy.sync_all()).map_err(Error::io("write", to))
}

/// Removes a file, or a symbolic link and not what it leads to; one that is not there is as good.
pub fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Makes a new file in place of what is at `path`. A symbolic link there is replaced, and never written through.
pub fn create(path: &Path) -> Result<File, Error> {
    remove(path)?;
    OpenOptions::new().write(true).create_new(true).open(path).map_err(Error::io("write", path))
}

/// Appends a file to a tar file that is written at `path`; gives how many bytes it takes there: its header, its content, and
/// what fills its last block. The header holds no time, user or machine.
pub fn append_to_tar<W: Write>(
    tar: &mut tar::Builder<W>,
    path: &Path,
    name: &str,
    bytes: u64,
    content: impl Read,
) -> Result<u64, Error> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    tar.append_data(&mut header, name, content).map_err(Error::io("write", path))?;
    Ok(512 + bytes.next_multiple_of(512))
}

/// Writes a file through `fill`: under a partial name, flushed to disk, then renamed. On an error nothing is left.
pub fn write_atomic<E: From<Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let partial = partial(path);
    let _unfinished = Unfinished::new(&partial);
    let written = (|| {
        let file = create(&partial)?;
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

/// Writes bytes atomically, without waiting for the disk: for many small files, of which a power failure may lose some.
pub fn write_unflushed(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let partial = partial(path);
    let _unfinished = Unfinished::new(&partial);
    let written = fs::write(&partial, bytes).map_err(Error::io("write", path));
    let written = written.and_then(|()| fs::rename(&partial, path).map_err(Error::io("rename to", path)));
    if written.is_err() {
        // As above.
        drop(fs::remove_file(&partial));
    }
    written
}

/// Writes bytes atomically to a file that other processes, on other machines perhaps, may be writing too: whole whoever
/// comes last. What is written by several has to be the same from each.
pub fn write_shared(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let dir = path.parent().unwrap_or(Path::new("."));
    // Readable by whom the user's umask lets read it; a temporary file is the user's alone by default.
    let shared = fs::Permissions::from_mode(0o666);
    let mut file =
        tempfile::Builder::new().permissions(shared).tempfile_in(dir).map_err(Error::io("write", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.persist(path).map_err(|error| Error::io("rename to", path)(error.error))?;
    Ok(())
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

/// Bytes of a file that is read as a whole: a device or a damaged file may have no end.
const LONGEST_FILE: u64 = 2 << 30;

/// Bytes of a file that a person writes, such as a spec: read into values, it takes many times that.
const LONGEST_SETTINGS: u64 = 32 << 20;

/// Reads a whole file of at most 2 GiB.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    read_up_to(path, LONGEST_FILE, "2 GiB")
}

fn read_up_to(path: &Path, most: u64, called: &str) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut bytes = Vec::new();
    if file.take(most + 1).read_to_end(&mut bytes).map_err(Error::io("read", path))? as u64 > most {
        return Err(Error::TooLong { path: path.to_owned(), what: format!("is longer than {called}") });
    }
    Ok(bytes)
}

/// Reads a whole file of at most 2 GiB as text.
pub fn read_text(path: &Path) -> Result<String, Error> {
    text_of(path, read_bytes(path)?)
}

/// Reads a file that a person writes (a spec, a catalogue, a pack's list, a family) of at most 32 MiB as text.
pub fn read_settings(path: &Path) -> Result<String, Error> {
    text_of(path, read_settings_bytes(path)?)
}

/// The same as bytes.
pub fn read_settings_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    read_up_to(path, LONGEST_SETTINGS, "32 MiB")
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    let not_text = |_: std::string::FromUtf8Error| {
        let reason = io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
        Error::io("read", path)(reason)
    };
    String::from_utf8(bytes).map_err(not_text)
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

/// Makes the directory `name` in `root`, which is there. A link out of `root` is refused: whoever made `root` may have put it there.
pub fn make_dir_within(root: &Path, name: &str) -> Result<PathBuf, Error> {
    let dir = root.join(name);
    make_dir(&dir)?;
    if leads_outside(root, &dir)? {
        Err(Error::Outside { path: dir, root: root.to_owned() })
    } else {
        Ok(dir)
    }
}

/// Whether `path`, which lies in `root` by its name, lies elsewhere once links are followed.
pub fn leads_outside(root: &Path, path: &Path) -> Result<bool, Error> {
    let real = |path: &Path| fs::canonicalize(path).map_err(Error::io("find", path));
    Ok(!real(path)?.starts_with(real(root)?))
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
}
