//! Texts of a size that results may have.
//!
//! In: a file, or a document in an archive. Out: its text, unless it is longer.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::fault::Error;
use crate::files;

/// Bytes that are read of a file, or of a document in an archive: results of a million rows take a tenth of it.
const MOST_BYTES: u64 = 2 << 30;

/// The text of a file of a size that results may have.
pub(super) fn text_of(path: &Path) -> Result<String, Error> {
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    let text = text_within(file, MOST_BYTES).map_err(files::Error::io("read", path))?;
    text.ok_or_else(|| Error::malformed(path, "", format!("holds more than {MOST_BYTES} bytes: split it")))
}

/// All of a text of at most `most` bytes; nothing if it is longer.
pub(super) fn text_within(content: impl Read, most: u64) -> std::io::Result<Option<String>> {
    let mut text = String::new();
    content.take(most + 1).read_to_string(&mut text)?;
    Ok((text.len() as u64 <= most).then_some(text))
}
