//! What programs record beside replies: how the sound was sent, and the tokens that the server counted.
//!
//! In: values of an answer's keys. Out: those that are known here. Other tools record other things under the same names, which are
//! ignored.

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

/// How the sound of a video was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SoundSent {
    /// As a part of its own.
    InputAudio,
    /// In the video.
    InVideo,
    /// Not at all.
    None,
}

/// Tokens that a server counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counted {
    /// Of the request, media included.
    pub prompt_tokens: u64,
}

/// A value where it is one that is known here: other tools record other things under the same name.
pub(super) fn if_known<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Found<T> {
        Known(T),
        Other(IgnoredAny),
    }
    Ok(match Found::deserialize(deserializer)? {
        Found::Known(value) => Some(value),
        Found::Other(IgnoredAny) => None,
    })
}
