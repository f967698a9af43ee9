//! A type that was probably never heard, and what says so.
//!
//! In: nothing; `unheard` finds such types. Out: what `scores.json` states of one, and the sentence that tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What says that a type was not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Because {
    /// The answers record that the sound was not sent.
    NotSent,
    /// The server counted as many tokens without a sound track as with it.
    NoTokens,
    /// The answers are no better than those to a control without the sound.
    NoBetter,
}

/// A type that was probably never heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unheard {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What says so.
    pub because: Because,
    /// The control that it was compared with; absent where the answers alone say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// Its main figure.
    pub with: f64,
    /// Its main figure in the control; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<f64>,
    /// Answers that were looked at: those that record how the sound was sent, or pairs of counts, or pairs of replies.
    pub answers: u64,
    /// Of these, those without the sound, or those that are the same with the sound and without it.
    pub same: u64,
}

impl Unheard {
    /// What is to be told of it.
    pub fn sentence(&self) -> String {
        let Self { kind, answers, same, .. } = self;
        let control = self.control.as_deref().unwrap_or_default();
        match self.because {
            Because::NotSent => {
                format!("{kind}: {same} of {answers} questions that need the sound were asked without it")
            }
            Because::NoTokens => format!(
                "{kind}: the server counted as many tokens for each of {answers} requests with the sound as without it (`{control}`): it \
                 probably dropped the sound, and the model was never played it"
            ),
            Because::NoBetter => format!(
                "{kind}: {}% with the sound and {}% without it (`{control}`), {same} of {answers} replies the same: the model was \
                 probably never played the sound",
                percent(self.with),
                percent(self.without.unwrap_or_default()),
            ),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}
