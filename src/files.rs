//! Files: atomic writes, sorted listings, JSON Lines with line numbers.
//!
//! In: paths and values. Out: files that are either whole or absent, and listings that do not depend on the order in
//! which a file system happens to keep names. Every error names its path.

mod claim;
mod fault;
mod lines;
mod open_limit;
mod unfinished;
mod write;

pub use claim::{ClaimedDir, claim_dir, is_at};
pub use fault::is_disk_full;
pub use unfinished::{Unfinished, abandon};

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub use lines::{Lines, read_json_lines, read_line, read_lines_in_parallel};
pub use open_limit::raise_open_limit;
pub use write::{
    flush_all, write_atomic, write_bytes, write_json, write_json_array, write_json_lines, write_json_rows,
    write_new, write_shared, write_unflushed,
};

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
    /// A directory is being filled by somebody else.
    #[error("another process writes to `{}`: wait for its end", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
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
