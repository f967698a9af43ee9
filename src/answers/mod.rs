//! Answers: a model's raw replies, and the option that each reply names.
//!
//! In: `answers.jsonl`, one reply a line (`id`, `response`, and whatever else the asking tool records). Out: one reply an
//! id, and by [`extract()`] the option read from it. Nothing is dropped silently: a line that is no answer and an id that
//! is answered in two ways are errors that name their lines.

pub mod appended;
mod extract;
pub mod import;
pub mod judged;
pub mod kind;
pub mod output;
#[cfg(test)]
mod processor_time;
mod recorded;
#[cfg(test)]
mod tests;

pub use extract::{Clue, Extracted, Rule, Why, extract};

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::files;
use recorded::if_known;
pub use recorded::{Counted, SoundSent};

/// One line of `answers.jsonl`. Other fields are allowed, since whoever asks records more than scoring needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// Id of the row that was asked.
    pub id: String,
    /// The reply as it came; absent or null where none came, which scores as missing.
    #[serde(default)]
    pub response: Option<String>,
    /// Who replied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What became of the request: `ok`, `refused`, `empty`, `truncated`, `error`, or another tool's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How the frames were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampler: Option<String>,
    /// Frames that were sent, 0-based indices into the video; absent where the server chose them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indices: Option<Vec<u64>>,
    /// How the sound was sent where the question needs it: `input-audio`, `in-video` or `none`. Anything else is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub sound: Option<SoundSent>,
    /// Tokens as the server counted them; what has no `prompt_tokens` is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub usage: Option<Counted>,
}

impl Answer {
    /// A reply of which nothing else is known.
    pub fn new(id: impl Into<String>, response: Option<String>) -> Self {
        Self {
            id: id.into(),
            response,
            model: None,
            status: None,
            sampler: None,
            indices: None,
            sound: None,
            usage: None,
        }
    }
}

impl Answer {
    /// The field that is too long to be the name or word that it should be.
    fn long(&self) -> Option<&'static str> {
        let Self { id, model, status, sampler, .. } = self;
        let is_long = |text: &str| text.chars().nth(LONGEST_NAME).is_some();
        let fields = [
            ("id", Some(id)),
            ("model", model.as_ref()),
            ("status", status.as_ref()),
            ("sampler", sampler.as_ref()),
        ];
        fields.into_iter().find(|(_, text)| text.is_some_and(|text| is_long(text))).map(|(key, _)| key)
    }
}

/// Characters of an id, and of the name of a model or a sampler.
const LONGEST_NAME: usize = 1000;

/// Problems shown at most; the rest is counted.
const MOST_PROBLEMS: usize = 20;

/// Answers that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// Lines that are no answers, or that contradict each other.
    #[error("{} in the answers:\n  {}", crate::wording::count(*total, "problem"), problems.join("\n  "))]
    Problems {
        /// The first of them, one sentence each.
        problems: Vec<String>,
        /// How many there are.
        total: usize,
    },
}

/// One reply, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    response: Option<String>,
    status: Option<String>,
    /// One list serves all tries of a video, and all videos of a length.
    indices: Option<Arc<[u64]>>,
    sound: Option<SoundSent>,
    prompt_tokens: Option<u64>,
    file: usize,
    line: usize,
}

/// `keys` and those of the object `text`; nothing if `response` is one of them, be it null.
fn with(mut keys: BTreeSet<String>, text: &[u8]) -> Option<BTreeSet<String>> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text).ok()?;
    keys.extend(object.into_iter().map(|(key, _)| key));
    (!keys.contains("response")).then_some(keys)
}

/// Keys of an [`Answer`].
const KNOWN_KEYS: [&str; 8] = ["id", "response", "model", "status", "sampler", "indices", "sound", "usage"];

/// What the names of keys that hold replies have in common.
const REPLY_KEYS: [&str; 7] = ["pred", "resp", "answer", "output", "reply", "generated", "completion"];

/// That no line of a file of answers holds a reply under the name that replies have.
fn no_response(path: &Path, lines: usize, keys: &BTreeSet<String>) -> String {
    let path = path.display();
    let listed: Vec<String> = keys.iter().take(MOST_PROBLEMS).map(|key| format!("`{key}`")).collect();
    let is_likely = |key: &&String| REPLY_KEYS.iter().any(|word| key.contains(word));
    let other = keys.iter().find(is_likely).map_or("KEY", String::as_str);
    format!(
        "{path}: none of its {lines} lines has `response`; the keys are {}. If `{other}` holds the replies, \
         `vniah import OUT {path} --response-column {other} -o answers.jsonl` reads them",
        listed.join(", ")
    )
}

/// What is known of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// The reply, if one came.
    pub response: Option<&'a str>,
    /// What became of the request.
    pub status: Option<&'a str>,
    /// Frames that were sent.
    pub indices: Option<&'a [u64]>,
    /// How the sound was sent.
    pub sound: Option<SoundSent>,
    /// Tokens of the request, as the server counted them.
    pub prompt_tokens: Option<u64>,
}

/// The answers of one run: one reply an id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    by_id: BTreeMap<String, Given>,
    models: BTreeSet<String>,
    samplers: BTreeSet<String>,
    indices: BTreeSet<Arc<[u64]>>,
}

impl Answers {
    /// Reads files as parts of one run. An id may stand on several lines if they say the same, or if all but one hold no
    /// response (a failed request that was repeated).
    pub fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut answers = Self::default();
        let mut problems = Vec::new();
        for (file, path) in paths.iter().enumerate() {
            answers.read_file(paths, file, path, &mut problems)?;
        }
        answers.unless(problems)
    }

    /// These answers, unless there are problems with them.
    fn unless(self, mut problems: Vec<String>) -> Result<Self, Error> {
        if problems.is_empty() {
            return Ok(self);
        }
        let total = problems.len();
        problems.truncate(MOST_PROBLEMS);
        if total > problems.len() {
            problems.push(format!("and {} more", total - problems.len()));
        }
        Err(Error::Problems { problems, total })
    }

    /// Takes answers as those of one run. An id may be answered several times under the same conditions as in files.
    pub fn of(all: impl IntoIterator<Item = Answer>) -> Result<Self, Error> {
        let mut answers = Self::default();
        let mut problems = Vec::new();
        for (number, answer) in (1..).zip(all) {
            if let Err((id, _, earlier)) = answers.add(answer, 0, number) {
                problems.push(format!("answer {number}: id `{id}` has another response in answer {earlier}"));
            }
        }
        answers.unless(problems)
    }

    fn read_file(
        &mut self,
        paths: &[PathBuf],
        file: usize,
        path: &Path,
        problems: &mut Vec<String>,
    ) -> Result<(), Error> {
        let mut reader =
            BufReader::with_capacity(1 << 18, File::open(path).map_err(files::Error::io("read", path))?);
        let mut bytes = Vec::new();
        // Keys of the lines, as long as none of them has been `response`.
        let mut other_keys = Some(BTreeSet::new());
        let mut lines = 0;
        for line in 1.. {
            if files::read_line(&mut reader, &mut bytes, path, line)? == 0 {
                break;
            }
            // Some editors put a byte order mark before the first line.
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii();
            if text.is_empty() {
                continue;
            }
            match serde_json::from_slice::<Answer>(text) {
                Ok(answer) => {
                    if let Some(key) = answer.long() {
                        let path = path.display();
                        problems
                            .push(format!("{path}:{line}: `{key}` is longer than {LONGEST_NAME} characters"));
                        continue;
                    }
                    lines += 1;
                    other_keys =
                        other_keys.filter(|_| answer.response.is_none()).and_then(|keys| with(keys, text));
                    if let Err(earlier) = self.add(answer, file, line) {
                        problems.push(format!(
                            "{}:{line}: id `{}` has another response in {}:{}",
                            path.display(),
                            earlier.0,
                            paths[earlier.1].display(),
                            earlier.2
                        ));
                    }
                }
                Err(error) => problems.push(format!(
                    "{}:{line}: expected an object with the strings `id` and `response`: {error}",
                    path.display()
                )),
            }
        }
        // Lines of ids alone are answers that never came; another key may hold replies that would be passed over.
        if let Some(keys) =
            other_keys.filter(|keys| keys.iter().any(|key| !KNOWN_KEYS.contains(&key.as_str())))
        {
            problems.push(no_response(path, lines, &keys));
        }
        Ok(())
    }

    /// Adds one answer; a contradiction gives the id, file and line of the earlier one.
    fn add(&mut self, answer: Answer, file: usize, line: usize) -> Result<(), (String, usize, usize)> {
        if let Some(model) = answer.model {
            self.models.insert(model);
        }
        if let Some(sampler) = answer.sampler {
            self.samplers.insert(sampler);
        }
        let indices = answer.indices.map(|indices| {
            self.indices.get(indices.as_slice()).cloned().unwrap_or_else(|| {
                let indices: Arc<[u64]> = indices.into();
                self.indices.insert(Arc::clone(&indices));
                indices
            })
        });
        let given = Given {
            response: answer.response,
            status: answer.status,
            indices,
            sound: answer.sound,
            prompt_tokens: answer.usage.map(|usage| usage.prompt_tokens),
            file,
            line,
        };
        match self.by_id.get_mut(&answer.id) {
            None => {
                self.by_id.insert(answer.id, given);
            }
            Some(_) if given.response.is_none() => {}
            Some(earlier) if earlier.response.is_none() => *earlier = given,
            Some(earlier) if earlier.response == given.response => {}
            Some(earlier) => return Err((answer.id, earlier.file, earlier.line)),
        }
        Ok(())
    }

    /// Everything that is known of the answer to the row `id`; nothing if there is none.
    pub fn get(&self, id: &str) -> Option<Known<'_>> {
        let given = self.by_id.get(id)?;
        Some(Known {
            response: given.response.as_deref(),
            status: given.status.as_deref(),
            indices: given.indices.as_deref(),
            sound: given.sound,
            prompt_tokens: given.prompt_tokens,
        })
    }

    /// The reply to the row `id`, if there is one.
    pub fn response(&self, id: &str) -> Option<&str> {
        self.by_id.get(id)?.response.as_deref()
    }

    /// Whether there is an answer to the row `id`, with a response or without.
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Ids that are answered, in order; those without a response too.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// Number of ids.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is no answer at all.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Names of the samplers that chose frames, as far as the lines say.
    pub fn samplers(&self) -> &BTreeSet<String> {
        &self.samplers
    }

    /// Names of the models that replied, as far as the lines say.
    pub fn models(&self) -> &BTreeSet<String> {
        &self.models
    }
}

impl FromIterator<Answer> for Answers {
    /// Answers made in memory; the first response to an id holds.
    fn from_iter<T: IntoIterator<Item = Answer>>(all: T) -> Self {
        let mut answers = Self::default();
        for (line, answer) in all.into_iter().enumerate() {
            drop(answers.add(answer, 0, line));
        }
        answers
    }
}
