//! Lines of `answers.jsonl` as `ask` writes them.
//!
//! In: what became of a request. Out: a line, and the same line when it is read again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::beside::{Sound, Subtitles};
use super::reply::{Status, Usage};
use super::times::Times;

/// One answer, of a model or of a judge, with everything that was recorded of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the row that was asked; of a judge's answer, the key of the reply that was judged.
    pub id: String,
    /// The reply as it came; null where none came.
    pub response: Option<String>,
    /// What the model wrote before its reply, where the server gives it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// The model that was asked for.
    pub model: String,
    /// What became of the request.
    pub status: Status,
    /// What happened last, where no reply came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why the reply ended, in the server's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// How the video was shown; `judge` where it was not, but a reply.
    pub mode: String,
    /// How its frames were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampler: Option<String>,
    /// Frames that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indices: Option<Vec<u64>>,
    /// Lines of the subtitle track that were sent; absent where the video has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle_lines: Option<u64>,
    /// How the sound was sent where the question needs it: `input-audio`, `in-video` or `none`; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
    /// Tokens as the server counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Cost in the unit of the prices given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Milliseconds from the last attempt to its reply.
    pub latency_ms: u64,
    /// Requests that were sent for this line.
    pub attempts: u32,
    /// Address of the server; absent in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Digest of the request, media replaced by their digests; empty where the row could not be shown, so that none was made.
    pub request_sha256: String,
    /// Digest of what the row asks about what; absent in files of earlier versions, and where a reply was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_sha256: Option<String>,
    /// Digest of what all requests of the run have in common.
    pub settings_sha256: String,
    /// Parameters of the request.
    pub parameters: Recorded,
}

/// Parameters as a line records them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// Temperature, if it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Most tokens of a reply, if it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Longest side of frames, if they were made smaller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<u32>,
    /// Quality of frames as JPEG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jpeg_quality: Option<u8>,
    /// Which frames came with their times; absent where none did and none was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// Where the lines of subtitle tracks stood; absent where no video has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<Subtitles>,
    /// How sound was sent beside frames; absent where no question needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<Sound>,
    /// Digest of the prompt before its places are filled; absent in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_sha256: Option<String>,
    /// Digest of the system prompt, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_sha256: Option<String>,
    /// Digest of the fields beside these, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_body_sha256: Option<String>,
}
