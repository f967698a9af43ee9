//! One answer, as a line of `answers.jsonl` has it.
//!
//! In: JSON. Out: its fields.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::recorded::{Counted, SoundSent, if_known};

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
    /// Digest of what was asked about what, as `ask` records it: scoring refuses answers to other rows of the same ids. What is no text is
    /// ignored.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub row_sha256: Option<String>,
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
            row_sha256: None,
            sound: None,
            usage: None,
        }
    }
}

impl Answer {
    /// The field that is too long to be the name or word that it should be.
    pub(super) fn long(&self) -> Option<&'static str> {
        let Self { id, model, status, sampler, row_sha256, .. } = self;
        let is_long = |text: &str| text.chars().nth(LONGEST_NAME).is_some();
        let fields = [
            ("id", Some(id)),
            ("model", model.as_ref()),
            ("status", status.as_ref()),
            ("sampler", sampler.as_ref()),
            ("row_sha256", row_sha256.as_ref()),
        ];
        fields.into_iter().find(|(_, text)| text.is_some_and(|text| is_long(text))).map(|(key, _)| key)
    }
}

/// Characters of an id, and of the name of a model or a sampler.
pub(super) const LONGEST_NAME: usize = 1000;
