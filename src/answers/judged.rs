//! Judged: what a judge model says of replies that the rules cannot read.
//!
//! In: the judge's own replies, one a line, as `score --judge` records them. Out: by [`Judged::verdict`], the option that the
//! judge takes a reply to name. A line is to one reply to one question with its options: its key holds their digest, so that a
//! verdict never stands for a reply that it was not given on. What the judge wrote is kept as it came, and read as a reply is,
//! with one more option: that none is named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::{Extracted, Rule, Why, extract};
use crate::digest;
use crate::files;
use crate::letter;

/// What a judge is offered after the options of the question.
pub const NONE: &str = "The reply names none of these, or more than one";

/// Digits of the digest in a key.
const DIGITS: usize = 16;

/// The key of a reply to the row `id`: a judge's verdict is on this reply to this question, and on no other.
pub fn key(id: &str, question: &str, options: &[String], reply: &str) -> String {
    format!("{id}#{}", &digest::of_value(&(question, options, reply))[..DIGITS])
}

/// Whether a judge is asked about `reply`: it says something, and the robust rule cannot read it.
pub fn is_for_judge(reply: &str, options: &[String]) -> bool {
    needs_judge(extract(reply, options, Rule::Robust))
}

/// Whether a reply that the robust rule reads like this is one for a judge.
pub fn needs_judge(robust: Extracted) -> bool {
    matches!(robust, Extracted::Unreadable(why) if why != Why::Empty)
}

/// The options that a judge is shown.
pub fn choices(options: &[String]) -> Vec<String> {
    options.iter().cloned().chain(std::iter::once(NONE.to_owned())).collect()
}

/// What stands before [`NONE`] among these options: the letter after theirs, or 27 where they take all letters.
pub fn none_mark(options: &[String]) -> String {
    letter::mark(options.len())
}

/// What a judge says of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Verdict {
    /// The reply names this option, 0 for A.
    Option(usize),
    /// It names none, or several.
    None,
    /// The judge's own reply cannot be read.
    Unreadable,
}

/// Verdicts that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// A line is no verdict.
    #[error(
        "`{path}`:{line}: is not a verdict of a judge: expected an object with the strings `id`, which holds a `#`, and `response`"
    )]
    NotVerdict {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// Two lines give verdicts on one reply that differ.
    #[error("`{path}`:{line}: id `{id}` has another response in line {earlier}")]
    Contradiction {
        /// The file.
        path: String,
        /// The later line.
        line: usize,
        /// The key of what was judged.
        id: String,
        /// The earlier line.
        earlier: usize,
    },
}

/// One line.
#[derive(Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    response: Option<String>,
    model: String,
}

/// The judge's replies, by the key of what was judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    by_key: BTreeMap<String, String>,
    models: BTreeSet<String>,
}

impl Judged {
    /// Reads a file of verdicts. A line without a response is a request that failed: it is no verdict. An id may stand on several lines
    /// if they say the same.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(files::Error::io("read", path))?;
        let mut judged = Self::default();
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(line).trim_ascii();
            if line.is_empty() {
                continue;
            }
            let wrong = |source| Error::NotVerdict { path: path.display().to_string(), line: at + 1, source };
            let line: Line = serde_json::from_slice(line).map_err(wrong)?;
            if !line.id.contains('#') {
                let found = format!("the id is `{}`", line.id);
                return Err(wrong(serde::de::Error::custom(found)));
            }
            judged.models.insert(line.model);
            let Some(response) = line.response else { continue };
            let earlier = *lines.entry(line.id.clone()).or_insert(at + 1);
            if judged.by_key.get(&line.id).is_some_and(|said| *said != response) {
                let path = path.display().to_string();
                return Err(Error::Contradiction { path, line: at + 1, id: line.id, earlier });
            }
            judged.by_key.insert(line.id, response);
        }
        Ok(judged)
    }

    /// What the judge says of `reply` to the row `id`; nothing if it was not asked, or gave no answer.
    pub fn verdict(&self, id: &str, question: &str, options: &[String], reply: &str) -> Option<Verdict> {
        let said = self.by_key.get(&key(id, question, options, reply))?;
        // Replies are read for letters; a mark that is none is looked for here.
        let mark = none_mark(options);
        let word = said.trim().trim_matches(|mark: char| !mark.is_alphanumeric());
        if options.len() >= letter::MOST && (word == mark || word == format!("{mark}. {NONE}")) {
            return Some(Verdict::None);
        }
        Some(match extract(said, &choices(options), Rule::Robust) {
            Extracted::Option { index, .. } if index < options.len() => Verdict::Option(index),
            Extracted::Option { .. } => Verdict::None,
            Extracted::Unreadable(_) => Verdict::Unreadable,
        })
    }

    /// Names of the judges.
    pub fn models(&self) -> &BTreeSet<String> {
        &self.models
    }

    /// Number of verdicts, whatever they are on.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is no verdict at all.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Vec<String> {
        ["Alice", "Bob", "Carol", "Dave"].map(str::to_owned).to_vec()
    }

    fn judged(text: &str) -> Result<Judged, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Judged::read(file.path())
    }

    #[test]
    fn only_what_says_something_that_cannot_be_read_is_judged() {
        for (reply, want) in [
            ("B", false),
            ("", false),
            (" \n", false),
            ("<think>B</think>", false),
            ("A or B", true),
            ("no idea", true),
        ] {
            assert_eq!(is_for_judge(reply, &options()), want, "{reply}");
        }
    }

    #[test]
    fn a_verdict_is_on_one_reply_to_one_question() {
        let own = key("x_0", "Who?", &options(), "the second or so");
        let mut turned = options();
        turned.rotate_left(1);
        for other in [
            key("x_1", "Who?", &options(), "the second or so"),
            key("x_0", "What?", &options(), "the second or so"),
            key("x_0", "Who?", &turned, "the second or so"),
            key("x_0", "Who?", &options(), "the third or so"),
        ] {
            assert_ne!(own, other);
        }
        let line =
            |said: &str| format!("{{\"id\": \"{own}\", \"response\": \"{said}\", \"model\": \"j\"}}\n");
        let verdict =
            |said: &str| judged(&line(said)).unwrap().verdict("x_0", "Who?", &options(), "the second or so");
        assert_eq!(verdict("B"), Some(Verdict::Option(1)));
        assert_eq!(verdict("B. Bob"), Some(Verdict::Option(1)));
        assert_eq!(verdict("E"), Some(Verdict::None));
        assert_eq!(verdict(NONE), Some(Verdict::None));
        assert_eq!(verdict("A or B"), Some(Verdict::Unreadable));
        assert_eq!(judged(&line("B")).unwrap().verdict("x_0", "Who?", &options(), "another"), None);
        let failed = format!("{{\"id\": \"{own}\", \"response\": null, \"model\": \"j\"}}\n");
        assert!(judged(&failed).unwrap().is_empty());
        // A request that was repeated.
        assert_eq!(judged(&(failed + &line("C"))).unwrap().len(), 1);
    }

    #[test]
    fn none_of_26_options_has_a_mark_of_its_own() {
        let options: Vec<String> = (0..26).map(|at| format!("option number {at}")).collect();
        assert_eq!((none_mark(&options).as_str(), none_mark(&options[..25]).as_str()), ("27", "Z"));
        let own = key("x_0", "Which?", &options, "one of them");
        let verdict = |said: &str| {
            let line = serde_json::json!({"id": own, "response": said, "model": "j"});
            judged(&format!("{line}\n")).unwrap().verdict("x_0", "Which?", &options, "one of them")
        };
        for said in ["27", "27.", " (27)\n", NONE, &format!("27. {NONE}")] {
            assert_eq!(verdict(said), Some(Verdict::None), "{said}");
        }
        assert_eq!(verdict("Z"), Some(Verdict::Option(25)));
        assert_eq!(verdict("A"), Some(Verdict::Option(0)));
        assert_eq!(verdict("28"), Some(Verdict::Unreadable));
    }

    #[test]
    fn verdicts_on_one_reply_that_differ_are_refused() {
        let line =
            |said: &str| format!("{{\"id\": \"x_0#1\", \"response\": \"{said}\", \"model\": \"j\"}}\n");
        assert_eq!(judged(&(line("A") + "\n" + &line("A"))).unwrap().len(), 1);
        let error = judged(&(line("A") + "\n" + &line("B"))).unwrap_err();
        assert!(error.to_string().ends_with(":3: id `x_0#1` has another response in line 1"), "{error}");
    }

    #[test]
    fn answers_are_no_verdicts() {
        let error = judged("\n{\"id\": \"x_0\", \"response\": \"B\", \"model\": \"m\"}\n").unwrap_err();
        assert!(error.to_string().contains(":2: is not a verdict of a judge"), "{error}");
        assert!(judged("[]\n").is_err());
    }
}
