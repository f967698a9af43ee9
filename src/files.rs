//! Files: atomic writes, sorted listings, JSON Lines with line numbers.
//!
//! In: paths and values. Out: files that are either whole or absent, and listings that do not depend on the order in
//! which a file system happens to keep names. Every error names its path.

mod fault;
mod unfinished;

pub use fault::is_disk_full;
pub use unfinished::{Unfinished, abandon};

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
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
pub fn link_or_copy(from: &Path, to: &Path) -> Result<(), Error> {
    let fresh = beside(to, ".link.partial");
    let _unfinished = Unfinished::new(&fresh);
    remove_if_there(&fresh)?;
    let put = if fs::hard_link(from, &fresh).is_ok() { Ok(()) } else { copy(from, &fresh) };
    let put = put.and_then(|()| fs::rename(&fresh, to).map_err(Error::io("rename to", to)));
    // Renaming one of two names of a file to the other does nothing, so that the name is still there.
    remove_if_there(&fresh).and(put)
}

/// Copies `from` to `to`, flushed to disk; not atomically. An error says which of the two it concerns.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let mut source = File::open(from).map_err(Error::io("read", from))?;
    let mut copy = File::create(to).map_err(Error::io("write", to))?;
    io::copy(&mut source, &mut copy).and_then(|_bytes| copy.sync_all()).map_err(Error::io("write", to))
}

/// Removes a file, if it is there.
pub fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
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

/// Bytes of JSON Lines that are held and parsed at once.
const BLOCK: u64 = 32 << 20;

/// Reads JSON Lines on all threads, in order; empty lines are skipped, and of several bad rows the first is told.
pub fn read_json_lines_in_parallel<T: DeserializeOwned + Send>(path: &Path) -> Result<Vec<T>, Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut rows = Vec::new();
    let mut block = Vec::new();
    let mut first_line = 1;
    loop {
        let read = (&file).take(BLOCK).read_to_end(&mut block).map_err(Error::io("read", path))?;
        let whole = match block.iter().rposition(|byte| *byte == b'\n') {
            _ if read == 0 => block.len(),
            Some(last) => last + 1,
            // A line longer than a block is read on.
            None => continue,
        };
        for parsed in pieces(&block[..whole]).into_par_iter().map(parse::<T>).collect::<Vec<_>>() {
            let Parsed { rows: more, lines, bad } = parsed;
            if let Some((line, source)) = bad {
                return Err(Error::Row { path: path.to_owned(), line: first_line + line, source });
            }
            rows.extend(more);
            first_line += lines;
        }
        if read == 0 {
            return Ok(rows);
        }
        block.drain(..whole);
    }
}

/// What became of a piece of JSON Lines.
struct Parsed<T> {
    rows: Vec<T>,
    lines: usize,
    /// The first line that is not a row, counted from 0.
    bad: Option<(usize, serde_json::Error)>,
}

/// Cuts whole lines into pieces of about equal size, several a thread, so that none waits long for another.
fn pieces(mut block: &[u8]) -> Vec<&[u8]> {
    let size = block.len() / (4 * rayon::current_num_threads()) + 1;
    let mut pieces = Vec::new();
    while !block.is_empty() {
        let rest = &block[size.min(block.len())..];
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(block.len(), |at| size + at + 1);
        let (piece, after) = block.split_at(end.min(block.len()));
        pieces.push(piece);
        block = after;
    }
    pieces
}

fn parse<T: DeserializeOwned>(piece: &[u8]) -> Parsed<T> {
    let mut parsed = Parsed { rows: Vec::new(), lines: 0, bad: None };
    for line in piece.split_inclusive(|byte| *byte == b'\n') {
        if !line.trim_ascii().is_empty() {
            match serde_json::from_slice(line) {
                Ok(row) => parsed.rows.push(row),
                Err(source) => {
                    parsed.bad = Some((parsed.lines, source));
                    return parsed;
                }
            }
        }
        parsed.lines += 1;
    }
    parsed
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

    #[test]
    fn rows_read_in_parallel_are_those_read_in_turn() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.jsonl");
        for rows in [0, 1, 7, 1000] {
            let text =
                (0..rows).fold(String::new(), |text, row| text + "{\"at\": " + &row.to_string() + "}\r\n\n");
            // With and without a last line feed.
            for text in [text.as_str(), text.trim_end()] {
                fs::write(&path, text).unwrap();
                let in_turn: Vec<serde_json::Value> =
                    read_json_lines(&path).unwrap().collect::<Result<_, _>>().unwrap();
                assert_eq!(in_turn.len(), rows);
                assert_eq!(read_json_lines_in_parallel::<serde_json::Value>(&path).unwrap(), in_turn);
            }
        }
        let text: String = (1..=1000).map(|line| if line % 300 == 0 { "x\n" } else { "1\n" }).collect();
        fs::write(&path, text).unwrap();
        let error = read_json_lines_in_parallel::<u32>(&path).unwrap_err();
        assert!(error.to_string().ends_with("rows.jsonl:300: not a valid row"), "{error}");
    }
}
