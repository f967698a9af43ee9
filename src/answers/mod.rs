//! Answers: a model's raw replies, and the option that each reply names.
//!
//! In: `answers.jsonl`, one reply a line (`id`, `response`, and whatever else the asking tool records). Out: one reply an
//! id, and by [`extract()`] the option read from it. Nothing is dropped silently: a line that is no answer and an id that
//! is answered in two ways are errors that name their lines.

mod answer;
pub mod appended;
mod extract;
pub mod import;
pub mod judged;
pub mod kind;
mod lines;
pub mod output;
#[cfg(test)]
mod processor_time;
mod recorded;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use extract::{Clue, Extracted, Rule, Why, extract};

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::files;
use crate::interned::once;
use crate::wording;
use lines::Stretch;
pub use recorded::{Counted, SoundSent};

/// Answers that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// Lines that are no answers, or that contradict each other.
    #[error("{} in the answers:\n  {}", wording::count(*total, "problem"), problems.join("\n  "))]
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
    response: Option<Box<str>>,
    /// A few words serve all answers.
    status: Option<Arc<str>>,
    /// One list serves all tries of a video, and all videos of a length.
    indices: Option<Arc<[u64]>>,
    row_sha256: Option<Box<str>>,
    sound: Option<SoundSent>,
    prompt_tokens: Option<u64>,
    file: u32,
    line: usize,
}

/// Keys of an [`Answer`].
const KNOWN_KEYS: [&str; 9] =
    ["id", "response", "model", "status", "sampler", "indices", "row_sha256", "sound", "usage"];

/// What the names of keys that hold replies have in common.
const REPLY_KEYS: [&str; 7] = ["pred", "resp", "answer", "output", "reply", "generated", "completion"];

/// That no line of a file of answers holds a reply under the name that replies have.
fn no_response(path: &Path, lines: usize, keys: &BTreeSet<String>) -> String {
    let (path, word) = (path.display(), wording::shell_word(path));
    let listed: Vec<String> =
        keys.iter().take(wording::MOST_PROBLEMS).map(|key| format!("`{key}`")).collect();
    let is_likely = |key: &&String| REPLY_KEYS.iter().any(|word| key.contains(word));
    let other = keys.iter().find(is_likely).map_or("KEY", String::as_str);
    format!(
        "{path}: none of its {lines} lines has `response`; the keys are {}. If `{other}` holds the replies, \
         `vniah import OUT {word} --response-column {} -o imported.jsonl` reads them",
        listed.join(", "),
        wording::shell_word(other)
    )
}

/// Whether the first line of a file of answers says what was asked about what; a file that cannot be read says nothing.
pub fn begins_with_asked(path: &Path) -> bool {
    let first = files::read_json_lines::<Answer>(path).ok().and_then(|mut lines| lines.next());
    first.is_some_and(|answer| answer.is_ok_and(|answer| answer.row_sha256.is_some()))
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
    /// Digest of what was asked about what.
    pub row_sha256: Option<&'a str>,
    /// How the sound was sent.
    pub sound: Option<SoundSent>,
    /// Tokens of the request, as the server counted them.
    pub prompt_tokens: Option<u64>,
}

/// Adds a name, which most lines repeat.
fn add_name(names: &mut BTreeSet<String>, name: Option<String>) {
    if let Some(name) = name.filter(|name| !names.contains(name)) {
        names.insert(name);
    }
}

/// The answers of one run: one reply an id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    by_id: IndexMap<Box<str>, Given>,
    models: BTreeSet<String>,
    samplers: BTreeSet<String>,
    statuses: BTreeSet<Arc<str>>,
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
        problems.truncate(wording::MOST_PROBLEMS);
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
        // Keys of the lines, as long as none of them has been `response`.
        let mut other_keys = Some(BTreeSet::new());
        let mut lines = 0;
        files::read_lines_in_parallel(path, Stretch::read, |first, stretch: Stretch| {
            for (at, read) in stretch.lines {
                let line = first + at;
                let answer = match read {
                    Ok(answer) => answer,
                    Err(problem) => {
                        problems.push(format!("{}:{line}: {problem}", path.display()));
                        continue;
                    }
                };
                lines += 1;
                if let Err((id, other_file, other_line)) = self.add(answer, file, line) {
                    problems.push(format!(
                        "{}:{line}: id `{id}` has another response in {}:{other_line}",
                        path.display(),
                        paths[other_file].display(),
                    ));
                }
            }
            other_keys = other_keys.take().zip(stretch.other_keys).map(|(mut all, more)| {
                all.extend(more);
                all
            });
            Ok::<(), files::Error>(())
        })?;
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
        let Answer { id, response, model, status, sampler, indices, row_sha256, sound, usage } = answer;
        add_name(&mut self.models, model);
        add_name(&mut self.samplers, sampler);
        let given = Given {
            response: response.map(String::into_boxed_str),
            status: status.map(|status| once(&mut self.statuses, status.as_str())),
            indices: indices.map(|indices| once(&mut self.indices, indices.as_slice())),
            row_sha256: row_sha256.map(String::into_boxed_str),
            sound,
            prompt_tokens: usage.map(|usage| usage.prompt_tokens),
            file: file as u32,
            line,
        };
        match self.by_id.entry(id.into_boxed_str()) {
            Entry::Vacant(place) => {
                place.insert(given);
            }
            Entry::Occupied(_) if given.response.is_none() => {}
            Entry::Occupied(mut earlier) if earlier.get().response.is_none() => {
                earlier.insert(given);
            }
            Entry::Occupied(earlier) if earlier.get().response == given.response => {}
            Entry::Occupied(earlier) => {
                let &Given { file, line, .. } = earlier.get();
                return Err((earlier.key().to_string(), file as usize, line));
            }
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
            row_sha256: given.row_sha256.as_deref(),
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

    /// Whether any answer says what was asked about what.
    pub fn state_rows(&self) -> bool {
        self.by_id.values().any(|given| given.row_sha256.is_some())
    }

    /// Ids that are answered, in order; those without a response too.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.by_id.keys().map(|id| &**id).collect();
        ids.sort_unstable();
        ids
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
