//! What a server replies.
//!
//! In: the JSON of a chat completion. Out: the text with its status and the tokens that were counted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A text came.
    Ok,
    /// The model or its filter declined.
    Refused,
    /// A reply without text came.
    Empty,
    /// The text was cut at the most tokens allowed.
    Truncated,
    /// No reply came.
    Error,
}

/// Tokens as the server counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of the request, media included.
    pub prompt_tokens: u64,
    /// Of the reply.
    pub completion_tokens: u64,
}

/// A reply that is paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What became of the request.
    pub status: Status,
    /// The text; empty if there is none.
    pub text: String,
    /// Why the reply ended, in the server's word.
    pub finish_reason: Option<String>,
    /// Tokens, if the server counts them.
    pub usage: Option<Usage>,
}

/// Reads a chat completion.
pub fn read(body: &str) -> Result<Reply, String> {
    let value: Value =
        serde_json::from_str(body).map_err(|error| format!("the reply is no JSON: {error}"))?;
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        return Err(format!("the reply holds an error: {error}"));
    }
    let choice = value.get("choices").and_then(|choices| choices.get(0));
    let choice = choice.ok_or("the reply has no `choices`")?;
    let message = choice.get("message").filter(|message| message.is_object());
    let message = message.ok_or("the reply has no `message`")?;
    let text = |name: &str| message.get(name).map(content).unwrap_or_default();
    let finish_reason = choice.get("finish_reason").and_then(Value::as_str).map(str::to_owned);
    let refusal = text("refusal");
    let answer = text("content");
    let (status, text) = match finish_reason.as_deref() {
        _ if !refusal.trim().is_empty() => (Status::Refused, refusal),
        Some("content_filter") => (Status::Refused, answer),
        Some("length") => (Status::Truncated, answer),
        _ if answer.trim().is_empty() => (Status::Empty, answer),
        _ => (Status::Ok, answer),
    };
    let usage = value.get("usage").filter(|usage| usage.is_object()).map(|usage| {
        let count = |name: &str| usage.get(name).and_then(Value::as_u64).unwrap_or(0);
        Usage { prompt_tokens: count("prompt_tokens"), completion_tokens: count("completion_tokens") }
    });
    Ok(Reply { status, text, finish_reason, usage })
}

/// A content is a text, or parts of which the texts count.
fn content(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join("")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(body: &str) -> Result<(Status, String), String> {
        read(body).map(|reply| (reply.status, reply.text))
    }

    #[test]
    fn every_status_is_told() {
        let reply = |message: &str, reason: &str| {
            format!(r#"{{"choices": [{{"message": {message}, "finish_reason": "{reason}"}}]}}"#)
        };
        for (message, reason, want) in [
            (r#"{"content": "B"}"#, "stop", (Status::Ok, "B")),
            (r#"{"content": [{"type": "text", "text": "B"}]}"#, "stop", (Status::Ok, "B")),
            (r#"{"content": null}"#, "stop", (Status::Empty, "")),
            (r#"{"content": "  "}"#, "stop", (Status::Empty, "  ")),
            (r#"{"content": "The ans"}"#, "length", (Status::Truncated, "The ans")),
            (r#"{"content": null, "refusal": "I can't help."}"#, "stop", (Status::Refused, "I can't help.")),
            (r#"{"content": ""}"#, "content_filter", (Status::Refused, "")),
        ] {
            assert_eq!(status(&reply(message, reason)), Ok((want.0, want.1.to_owned())), "{message}");
        }
        for bad in ["", "{\"choices\": [", "{}", "{\"choices\": []}", r#"{"error": {"message": "busy"}}"#] {
            assert!(status(bad).is_err(), "{bad}");
        }
        let body = r#"{"choices": [{"message": {"content": "B"}}], "usage": {"prompt_tokens": 7, "completion_tokens": 1}}"#;
        assert_eq!(read(body).unwrap().usage, Some(Usage { prompt_tokens: 7, completion_tokens: 1 }));
    }
}
