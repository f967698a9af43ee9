//! Lines of a file of answers as a quiz writes them.
//!
//! In: an answer. Out: a line, and the same line when it is read again.

use serde::{Deserialize, Serialize};

use super::settings::Watch;

/// What a line's `mode` says.
pub(super) const MODE: &str = "quiz";
/// What a line's `status` says.
pub(super) const STATUS: &str = "ok";

/// A person's answer to one try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the row that it answers.
    pub id: String,
    /// The letter that the chosen option has in this row, or the text that was typed.
    pub response: String,
    /// `human`, or `human: NAME`.
    pub model: String,
    /// `ok`.
    pub status: String,
    /// `quiz`.
    pub mode: String,
    /// Id of the row that the person saw: the other tries of the sample are answered by the same choice.
    pub asked: String,
    /// Digest of what the row asks about what; absent in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_sha256: Option<String>,
    /// Text of the chosen option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// How the video could be watched.
    pub watch: Watch,
    /// Seed of the order of questions and options.
    pub seed: u64,
    /// Milliseconds from the question to the answer, while the page was to be seen.
    pub time_ms: u64,
    /// How often the video was started, after a pause too.
    pub plays: u32,
}
