//! A file of answers that grows line by line, and that its writer reads again to resume.
//!
//! In: records, or a file that an earlier run has left. Out: a file that holds whole lines only, each on the disk before the next, and
//! that no other process writes meanwhile. A last line that was cut off when the machine stopped is removed, a whole one that lacks its
//! line feed is kept, and a file with any line that its reader refuses stays as it is.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::output::{Claim, Error};
use crate::files;
use crate::wording;

/// A file of answers that grows.
#[derive(Debug)]
pub struct Appended {
    path: PathBuf,
    claim: Claim,
    /// Bytes of the whole lines that it holds.
    length: u64,
}

/// A file that can be appended to.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub file: Appended,
    /// What the user is to be warned of.
    pub warnings: Vec<String>,
}

impl Appended {
    /// Opens `path`, which is made if it is not there. `take` is given each line's number and what it reads as, in order.
    ///
    /// # Errors
    ///
    /// Another process writes the file, it cannot be read, or `take` refuses a line. The file is then as it was.
    pub fn open<T: DeserializeOwned, E: From<Error>>(
        path: &Path,
        take: impl FnMut(usize, Result<T, serde_json::Error>) -> Result<(), E>,
    ) -> Result<Opened, E> {
        let claim = Claim::take(path)?;
        let mut bytes = Vec::new();
        (&claim.file).read_to_end(&mut bytes).map_err(|source| failed("read", path, source))?;
        let whole = scan(&bytes, take)?;
        let mut warnings: Vec<String> = claim.warning(path).into_iter().collect();
        if whole < bytes.len() {
            let removed = wording::count(bytes.len() - whole, "byte");
            let shown = path.display();
            warnings
                .push(format!("warning: removed an unfinished answer at the end of `{shown}` ({removed})"));
            claim.file.set_len(whole as u64).map_err(|source| failed("write", path, source))?;
        }
        let mut file = Self { path: path.to_owned(), claim, length: whole as u64 };
        if whole > 0 && bytes[whole - 1] != b'\n' {
            file.write(b"\n")?;
        }
        Ok(Opened { file, warnings })
    }

    /// Appends a line for each record. All of them are on the disk when this returns.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn append<T: Serialize>(&mut self, records: &[T]) -> Result<(), Error> {
        let mut lines = Vec::new();
        for record in records {
            serde_json::to_writer(&mut lines, record).expect("values of this crate serialise");
            lines.push(b'\n');
        }
        self.write(&lines)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut file = &self.claim.file;
        let written = file.write_all(bytes).and_then(|()| file.sync_data());
        if written.is_err() && self.claim.unlocked.is_none() {
            // What is half written would spoil the line after it. If this fails, too, the next run removes it.
            drop(file.set_len(self.length));
        }
        written.map_err(|source| failed("write", &self.path, source))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

fn failed(what: &'static str, path: &Path, source: std::io::Error) -> Error {
    files::Error::io(what, path)(source).into()
}

/// Hands on each line, and gives how many bytes are whole lines.
fn scan<T: DeserializeOwned, E>(
    bytes: &[u8],
    mut take: impl FnMut(usize, Result<T, serde_json::Error>) -> Result<(), E>,
) -> Result<usize, E> {
    let (mut whole, mut has_records) = (0, false);
    for (at, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = piece.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(piece).trim_ascii();
        if !line.is_empty() {
            let read = serde_json::from_slice::<T>(line);
            if read.is_err() && !piece.ends_with(b"\n") && is_torn::<T>(line, has_records) {
                break;
            }
            take(at + 1, read)?;
            has_records = true;
        }
        whole += piece.len();
    }
    Ok(whole)
}

/// Whether a last line without a line feed is the beginning of a record: after others any beginning of an object, else one as
/// we write it. Where the machine lost power, zeros may follow it, or stand in its place.
fn is_torn<T: DeserializeOwned>(line: &[u8], has_records: bool) -> bool {
    const HEAD: &[u8] = b"{\"id\":\"";
    let end = line.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let line = &line[..end];
    if line.is_empty() {
        return has_records;
    }
    let head = if has_records { &HEAD[..1] } else { HEAD };
    let is_ours = line.starts_with(head) || head.starts_with(line);
    is_ours && serde_json::from_slice::<T>(line).is_err_and(|error| error.is_eof())
}
