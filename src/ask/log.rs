//! The file of answers that a run appends to, each line on the disk before the next, and that it reads again to resume.
//!
//! In: records, or a file that a run has left. Out: a file that holds whole lines only, and that no other process writes meanwhile.
//! A last line that was cut off when the machine stopped is removed, a whole one that lacks its line feed is kept, and a file with
//! any line that is not ours is refused and stays as it is.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::Error;
use super::body::Parameters;
use super::record::Record;
use super::reply::Status;
use super::settings::differences;
use crate::answers::output::Claim;
use crate::files;
use crate::wording;

/// What a run has left: for each row asked, whether it ended in an error.
pub type Left = BTreeMap<String, bool>;

/// A file of answers that grows.
pub struct Log {
    path: PathBuf,
    claim: Claim,
    /// Bytes of the whole lines that it holds.
    length: u64,
    has_answers: bool,
}

/// A file of answers that a run goes on with.
pub struct Resumed {
    /// The file.
    pub log: Log,
    /// What is in it.
    pub left: Left,
    /// What the user is to be warned of.
    pub warnings: Vec<String>,
}

impl Log {
    /// Opens `path` for the run with `parameters` at `base_url`. Lines that are not of this run are an error, and then the file
    /// is as it was.
    pub fn resume(path: &Path, parameters: &Parameters, base_url: &str) -> Result<Resumed, Error> {
        let claim = Claim::take(path)?;
        let mut bytes = Vec::new();
        (&claim.file).read_to_end(&mut bytes).map_err(files::Error::io("read", path))?;
        let (left, whole) = scan(path, &bytes, parameters, base_url)?;
        let mut warnings: Vec<String> = claim.warning(path).into_iter().collect();
        if whole < bytes.len() {
            warnings.push(format!(
                "warning: `{}` ended within a line: {} of an answer that was not written to its end {} removed",
                path.display(),
                wording::count(bytes.len() - whole, "byte"),
                wording::verb(bytes.len() - whole, "is", "are")
            ));
            claim.file.set_len(whole as u64).map_err(files::Error::io("write", path))?;
        }
        let has_answers = left.values().any(|failed| !failed);
        let mut log = Self { path: path.to_owned(), claim, length: whole as u64, has_answers };
        if whole > 0 && bytes[whole - 1] != b'\n' {
            log.write(b"\n")?;
        }
        Ok(Resumed { log, left, warnings })
    }

    /// Whether it holds a reply of the server.
    pub fn has_answers(&self) -> bool {
        self.has_answers
    }

    /// Appends one line, which is on the disk when this returns.
    pub fn append(&mut self, record: &Record) -> Result<(), Error> {
        let mut line = serde_json::to_vec(record).expect("values of this crate serialise");
        line.push(b'\n');
        self.write(&line)?;
        self.has_answers |= record.status != Status::Error;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut file = &self.claim.file;
        let written = file.write_all(bytes).and_then(|()| file.sync_data());
        if written.is_err() && self.claim.unlocked.is_none() {
            // What is half written would spoil the line after it. If this fails, too, the next run removes it.
            drop(file.set_len(self.length));
        }
        written.map_err(files::Error::io("write", &self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Reads what a run has left, and how many bytes of it are whole lines.
fn scan(path: &Path, bytes: &[u8], parameters: &Parameters, base_url: &str) -> Result<(Left, usize), Error> {
    let (mut left, mut whole) = (Left::new(), 0);
    for (at, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = piece.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(piece).trim_ascii();
        if !line.is_empty() {
            let record = match serde_json::from_slice::<Record>(line) {
                Ok(record) => record,
                Err(_) if !piece.ends_with(b"\n") && is_torn(line, !left.is_empty()) => break,
                Err(source) => {
                    return Err(Error::NotOurs { path: path.display().to_string(), line: at + 1, source });
                }
            };
            if let Some(differences) = differences(&record, parameters, base_url) {
                let path = path.display().to_string();
                return Err(Error::OtherSettings { path, line: at + 1, differences });
            }
            let failed = record.status == Status::Error;
            // A row that was asked again is done if any of its lines is.
            left.entry(record.id).and_modify(|earlier| *earlier &= failed).or_insert(failed);
        }
        whole += piece.len();
    }
    Ok((left, whole))
}

/// Whether a last line without a line feed is the beginning of a record: after others any beginning of an object, else one as
/// we write it. Where the machine lost power, zeros may follow it, or stand in its place.
fn is_torn(line: &[u8], has_records: bool) -> bool {
    const HEAD: &[u8] = b"{\"id\":\"";
    let end = line.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let line = &line[..end];
    if line.is_empty() {
        return has_records;
    }
    let head = if has_records { &HEAD[..1] } else { HEAD };
    let is_ours = line.starts_with(head) || head.starts_with(line);
    is_ours && serde_json::from_slice::<Record>(line).is_err_and(|error| error.is_eof())
}
