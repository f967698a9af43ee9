//! The file of answers that a run appends to, each line on the disk before the next, and that it reads again to resume.
//!
//! In: records, or a file that a run has left. Out: a file that holds lines of this run alone. A file with any line that is not ours is
//! refused and stays as it is.

use std::collections::BTreeMap;
use std::path::Path;

use super::Error;
use super::body::Parameters;
use super::record::Record;
use super::reply::Status;
use super::settings::differences;
use crate::answers::appended::{Appended, Opened};

/// What a run has left: for each row asked, whether it ended in an error.
pub type Left = BTreeMap<String, bool>;

/// A file of answers that grows.
pub struct Log {
    file: Appended,
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
    /// Opens `path` for the run with `parameters` at `base_url`; `asked_sha256` gives the digest of what a row asks by its id, where there
    /// is one. Lines that are not of this run are an error, and then the file is as it was.
    pub fn resume(
        path: &Path,
        parameters: &Parameters,
        base_url: &str,
        asked_sha256: impl Fn(&str) -> Option<String>,
    ) -> Result<Resumed, Error> {
        let mut left = Left::new();
        let Opened { file, warnings } = Appended::open(path, |line, read| {
            let here = || path.display().to_string();
            let record: Record = read.map_err(|source| Error::NotOurs { path: here(), line, source })?;
            if let Some(differences) = differences(&record, parameters, base_url) {
                return Err(Error::OtherSettings { path: here(), line, differences });
            }
            let is_other = |was: &String| asked_sha256(&record.id).as_ref() != Some(was);
            if record.row_sha256.as_ref().is_some_and(is_other) {
                return Err(Error::OtherDataset { path: here(), line, id: record.id });
            }
            let failed = record.status == Status::Error;
            // A row that was asked again is done if any of its lines is.
            left.entry(record.id).and_modify(|earlier| *earlier &= failed).or_insert(failed);
            Ok(())
        })?;
        let has_answers = left.values().any(|failed| !failed);
        Ok(Resumed { log: Self { file, has_answers }, left, warnings })
    }

    /// Whether it holds a reply of the server.
    pub fn has_answers(&self) -> bool {
        self.has_answers
    }

    /// Appends one line, which is on the disk when this returns.
    pub fn append(&mut self, record: &Record) -> Result<(), Error> {
        self.file.append(std::slice::from_ref(record))?;
        self.has_answers |= record.status != Status::Error;
        Ok(())
    }
}
