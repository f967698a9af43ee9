//! Lines of a file of answers, a stretch at a time.
//!
//! In: lines. Out: of each an answer, or what is wrong with it.

use std::collections::BTreeSet;

use super::answer::{Answer, LONGEST_NAME};
use crate::files::Lines;

/// What the lines of a stretch of a file say.
pub(super) struct Stretch {
    /// Each with its place among the lines, from 0.
    pub(super) lines: Vec<(usize, Result<Answer, String>)>,
    /// The keys of all of them, if none of these is `response`.
    pub(super) other_keys: Option<BTreeSet<String>>,
}

impl Stretch {
    pub(super) fn read(lines: &mut Lines<'_>) -> Self {
        let mut stretch = Self { lines: Vec::new(), other_keys: Some(BTreeSet::new()) };
        for (at, line) in lines {
            // Some editors put a byte order mark before the first line.
            let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
            if !text.is_empty() {
                let read = stretch.answer(text);
                stretch.lines.push((at, read));
            }
        }
        stretch
    }

    fn answer(&mut self, text: &[u8]) -> Result<Answer, String> {
        let answer: Answer = serde_json::from_slice(text)
            .map_err(|error| format!("expected an object with the strings `id` and `response`: {error}"))?;
        if let Some(key) = answer.long() {
            return Err(format!("`{key}` is longer than {LONGEST_NAME} characters"));
        }
        let keys = self.other_keys.take().filter(|_| answer.response.is_none());
        self.other_keys = keys.and_then(|keys| with(keys, text));
        Ok(answer)
    }
}

/// `keys` and those of the object `text`; nothing if `response` is one of them, be it null.
fn with(mut keys: BTreeSet<String>, text: &[u8]) -> Option<BTreeSet<String>> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text).ok()?;
    keys.extend(object.into_iter().map(|(key, _)| key));
    (!keys.contains("response")).then_some(keys)
}
