//! A file that answers are written to: one writer at a time, and nothing of the user's is lost.
//!
//! In: a path, and answers. Out: a [`Claim`] on the file, which no other process of this program can have at the same time; or the
//! file, replaced as a whole. What is no file of answers is refused and stays as it is, and so are replies that `ask` paid for or that
//! people gave to `quiz`, unless the user insists.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Answer;
use crate::files;

/// A file that cannot be written to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error(transparent)]
    File(#[from] files::Error),
    /// Another process writes it.
    #[error("`{}` is being written by another process", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else than answers.
    #[error("`{}`:{line}: is not an answer, so the file is not replaced", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The first line that is no answer.
        line: usize,
    },
    /// It holds replies that were paid for.
    #[error("`{}` holds answers that `ask` wrote, which cost requests to a model", path.display())]
    Paid {
        /// The file.
        path: PathBuf,
    },
    /// It holds answers of a person.
    #[error("`{}` holds answers that a person gave to `quiz`", path.display())]
    Given {
        /// The file.
        path: PathBuf,
    },
}

/// A file that this process alone writes, as long as this lives.
#[derive(Debug)]
pub struct Claim {
    /// The file, open to be read and appended to.
    pub file: File,
    /// Why the file could not be locked, on a file system that has no locks.
    pub unlocked: Option<String>,
}

impl Claim {
    /// Claims the file at `path`, which is made if it is not there.
    pub fn take(path: &Path) -> Result<Self, Error> {
        loop {
            let open = OpenOptions::new().read(true).append(true).create(true).open(path);
            let file = open.map_err(files::Error::io("write", path))?;
            let unlocked = match file.try_lock() {
                Ok(()) => None,
                Err(TryLockError::WouldBlock) => return Err(Error::Busy { path: path.to_owned() }),
                Err(TryLockError::Error(error)) => Some(error.to_string()),
            };
            // Whoever had the file before may have put another in its place.
            if files::is_at(&file, path) {
                return Ok(Self { file, unlocked });
            }
        }
    }

    /// What to tell the user about a file that could not be locked.
    pub fn warning(&self, path: &Path) -> Option<String> {
        let reason = self.unlocked.as_ref()?;
        Some(format!(
            "warning: `{}` cannot be locked here ({reason}): make sure that no other process writes to it",
            path.display()
        ))
    }
}

/// Checks that `path` may be replaced by answers, without touching it. Replies that `ask` wrote may with `force` alone.
pub fn check(path: &Path, force: bool) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    replaceable(path, &Claim::take(path)?, force)
}

/// Replaces `path` by `answers`, under the conditions of [`check`]; gives what the user is to be warned of.
pub fn replace(path: &Path, answers: &[Answer], force: bool) -> Result<Option<String>, Error> {
    let is_new = !path.exists();
    let claim = Claim::take(path)?;
    let replaced = replaceable(path, &claim, force)
        .and_then(|()| files::write_json_lines(path, answers).map_err(Error::from));
    if replaced.is_err() && is_new && claim.file.metadata().is_ok_and(|file| file.len() == 0) {
        // The error that is told is the one above.
        drop(fs::remove_file(path));
    }
    replaced.map(|()| claim.warning(path))
}

/// What tells an answer of `ask`, and a line that is one at all: all who write answers write a response, null or not.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "response", deserialize_with = "response")]
    _response: (),
    #[serde(default)]
    request_sha256: Option<String>,
    /// What a person was shown.
    #[serde(default)]
    asked: Option<String>,
}

fn response<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    Option::<String>::deserialize(deserializer).map(drop)
}

fn replaceable(path: &Path, claim: &Claim, force: bool) -> Result<(), Error> {
    let mut reader = BufReader::with_capacity(1 << 18, &claim.file);
    let (mut bytes, mut is_answers) = (Vec::new(), false);
    let (mut is_paid, mut is_given) = (false, false);
    for line in 1.. {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(files::Error::io("read", path))? == 0 {
            break;
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(text) {
            Ok(line) => {
                is_answers = true;
                is_paid |= line.request_sha256.is_some();
                is_given |= line.asked.is_some();
            }
            // The last line may be torn, where its writer was killed.
            Err(error) if is_answers && error.is_eof() && !bytes.ends_with(b"\n") => {}
            Err(_) => return Err(Error::Foreign { path: path.to_owned(), line }),
        }
    }
    match (is_paid, is_given) {
        (true, _) if !force => Err(Error::Paid { path: path.to_owned() }),
        (_, true) if !force => Err(Error::Given { path: path.to_owned() }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAID: &str = "{\"id\":\"a\",\"response\":\"B\",\"request_sha256\":\"0\"}\n";
    const OWN: &str = "{\"id\":\"a\",\"response\":null}\n";

    fn replaced(text: &str, force: bool) -> (Result<Option<String>, Error>, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jsonl");
        fs::write(&path, text).unwrap();
        let result = replace(&path, &[Answer::new("x", None)], force);
        assert_eq!(check(&path, true).is_ok(), result.is_ok() || text.contains(PAID));
        (result, fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn answers_are_replaced_and_nothing_else() {
        for text in
            ["", OWN, "\u{feff}{\"id\":\"a\",\"response\":\"B\"}", &format!("\n{OWN}{{\"id\":\"b\",\"re")]
        {
            let (result, after) = replaced(text, false);
            assert!(result.unwrap().is_none() && after.starts_with("{\"id\":\"x\""), "{text}");
        }
        for text in [
            "my notes",
            "{\"id\":\"row\",\"question\":\"?\"}\n",
            &format!("{OWN}my notes\n"),
            "{\"id\":\"b\",\"re",
        ] {
            for force in [false, true] {
                let (result, after) = replaced(text, force);
                assert!(matches!(result, Err(Error::Foreign { .. })), "{text}");
                assert_eq!(after, text);
            }
        }
    }

    #[test]
    fn paid_answers_are_replaced_on_demand() {
        let text = [OWN, PAID].concat();
        let (result, after) = replaced(&text, false);
        assert!(matches!(result, Err(Error::Paid { .. })));
        assert_eq!(after, text);
        assert!(replaced(&text, true).0.is_ok());
    }

    #[test]
    fn answers_of_people_are_replaced_on_demand() {
        let text = "{\"id\":\"a\",\"response\":\"B\",\"asked\":\"a\"}\n";
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jsonl");
        fs::write(&path, text).unwrap();
        assert!(matches!(replace(&path, &[], false), Err(Error::Given { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        replace(&path, &[], true).unwrap();
    }

    #[test]
    fn a_file_has_one_writer() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jsonl");
        let claim = Claim::take(&path).unwrap();
        assert!(matches!(Claim::take(&path), Err(Error::Busy { .. })));
        assert!(matches!(replace(&path, &[], true), Err(Error::Busy { .. })));
        drop(claim);
        replace(&path, &[], false).unwrap();
        Claim::take(&path).unwrap();
        // A failed writer leaves no empty file.
        let lost = dir.path().join("b.jsonl");
        fs::create_dir(dir.path().join("b.jsonl.partial")).unwrap();
        assert!(replace(&lost, &[], false).is_err());
        assert!(!lost.exists());
    }
}
