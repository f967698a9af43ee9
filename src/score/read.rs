//! Reads `scores.json`.
//!
//! In: a file. Out: scores that can be drawn and added up, or what the file is instead.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};

use super::file::{FORMAT_VERSION, Scores};
use super::{Error, validity};
use crate::files;
use crate::version::Stated;

/// Reads `scores.json`.
pub fn read(path: &Path) -> Result<Scores, Error> {
    let text = files::read_text(path)?;
    let name = || path.display().to_string();
    if holds_answers(&text) {
        return Err(Error::Answers { path: name() });
    }
    let wrong = |source| Error::NotScores { path: name(), source };
    let stated = Stated::of(&text).map_err(wrong)?;
    // Every version of scores states its version: what states none is something else.
    if stated.format_version.is_some() {
        stated.check(FORMAT_VERSION).map_err(|mismatch| Error::Version { path: name(), mismatch })?;
    }
    let scores: Scores = serde_json::from_str(&text).map_err(wrong)?;
    let fault = validity::fault(&scores);
    fault.map_or(Ok(scores), |found| Err(wrong(serde::de::Error::custom(found))))
}

/// Whether `text` is answers: JSON Lines, each with an `id`.
fn holds_answers(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Line {
        #[serde(rename = "id")]
        _id: String,
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(2).peekable();
    lines.peek().is_some() && lines.all(|line| serde_json::from_str::<Line>(line).is_ok())
}

/// Bytes of a file of scores in which it shows what it is: more than its first keys take.
const HEAD_BYTES: u64 = 64 << 10;

/// Whether `path` holds scores of any version, so that writing scores over it loses nothing else. Its beginning alone is
/// read: the verdicts of a large run take a hundred megabytes.
pub fn is_scores(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let mut keys = HeadKeys::default();
    if read.is_ok() {
        // An error is the end of what was read, in most files of scores.
        drop(serde_json::Deserializer::from_slice(&head).deserialize_map(&mut keys));
    }
    keys.version && keys.overall
}

/// Which keys of scores the beginning of a file holds.
#[derive(Default)]
struct HeadKeys {
    version: bool,
    overall: bool,
}

impl<'de> Visitor<'de> for &mut HeadKeys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format_version" => {
                    map.next_value::<u32>()?;
                    self.version = true;
                }
                "overall" => {
                    map.next_value::<OverallHead>()?;
                    self.overall = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// What `overall` has held in every version.
#[derive(Deserialize)]
struct OverallHead {
    #[serde(rename = "circular")]
    _circular: f64,
}
