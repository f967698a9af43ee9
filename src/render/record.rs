//! Records in the cache: values that save work, kept with their digest, so that a damaged one is never believed.
//!
//! In: a place and a value. Out: the value again, or nothing where it is not there as it was written. A record is a line of
//! JSON ([`Head`]) and the value's JSON. All of them are derived, so that one that is lost is made again.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::files;
use crate::job::Job;

/// Directory of records within a cache.
pub(super) const DIR: &str = "probed";

/// First line of a record.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Digest of what follows.
    pub(super) sha256: String,
    /// What is known, such as `index`; absent where it is known of content, wherever that lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) what: Option<String>,
    /// Bytes of the absolute path of the file of which it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<Vec<u8>>,
}

/// Reads the record at `place`, if it is whole.
pub(super) fn read<T: DeserializeOwned>(place: &Path) -> Option<T> {
    let bytes = fs::read(place).ok()?;
    let (head, value) = split(&bytes)?;
    (head.sha256 == digest::of_bytes(value)).then(|| serde_json::from_slice(value).ok()).flatten()
}

/// Reads the first line of the record at `place`, if it is one.
pub(super) fn head(place: &Path) -> Option<Head> {
    split(&fs::read(place).ok()?).map(|(head, _)| head)
}

fn split(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((serde_json::from_slice(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

/// Keeps a value, of the file `of` or of content. Where the cache cannot be written the caller is warned, and the value is found
/// anew by the next run.
pub(super) fn keep<T: Serialize>(
    cache: &Path,
    job: &Job,
    place: &Path,
    of: Option<(&str, &Path)>,
    value: &T,
) {
    let value = serde_json::to_vec(value).expect("values of this crate serialise");
    let head = Head {
        sha256: digest::of_bytes(&value),
        what: of.map(|(what, _)| what.to_owned()),
        path: of.map(|(_, path)| path.as_os_str().as_encoded_bytes().to_vec()),
    };
    let mut bytes = serde_json::to_vec(&head).expect("values of this crate serialise");
    bytes.push(b'\n');
    bytes.extend_from_slice(&value);
    if let Err(error) = files::make_dir(&cache.join(DIR)).and_then(|()| files::write_shared(place, &bytes)) {
        job.warn(&not_written(cache, &error));
    }
}

/// A warning that a cache cannot be written, the same for whatever was to be kept in it.
pub(super) fn not_written(cache: &Path, error: &files::Error) -> String {
    let files::Error::Io { source, .. } = error else { return error.to_string() };
    format!(
        "the cache `{}` cannot be written ({source}): what is found out is not kept; name another with --cache DIR",
        cache.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_record_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join(DIR).join("x");
        let of = Some(("index", Path::new("/a")));
        keep(dir.path(), &Job::default(), &place, of, &vec![10, 20]);
        assert_eq!(read::<Vec<u32>>(&place), Some(vec![10, 20]));
        assert_eq!(head(&place).unwrap().path.unwrap(), b"/a");
        let text = fs::read_to_string(&place).unwrap();
        fs::write(&place, text.replace("[10,", "[11,")).unwrap();
        assert_eq!(read::<Vec<u32>>(&place), None);
        // What an earlier version kept, without a digest.
        fs::write(&place, "[10,20]").unwrap();
        assert_eq!(read::<Vec<u32>>(&place), None);
    }
}
