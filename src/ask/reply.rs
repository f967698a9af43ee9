//! What a server replies.
//!
//! In: the JSON of a chat completion. Out: the text with its status and the tokens that were counted, or what the body is
//! instead. Texts are kept as they came.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// A text came.
    Ok,
    /// The model or its filter declined.
    Refused,
    /// A reply without text came; it may hold a reasoning.
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
    /// What the model wrote before its reply, where the server gives it apart. It is no part of the reply.
    pub reasoning: Option<String>,
    /// Why the reply ended, in the server's word.
    pub finish_reason: Option<String>,
    /// Tokens, if the server counts them.
    pub usage: Option<Usage>,
}

/// A body that holds no reply.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoReply {
    /// It is not JSON.
    NotJson(serde_json::Error),
    /// It states an error.
    Error(Value),
    /// It lacks this field.
    Lacks(&'static str),
}

/// Reads a chat completion.
pub fn read(body: &str) -> Result<Reply, NoReply> {
    let value: Value = serde_json::from_str(body.trim_start_matches('\u{feff}')).map_err(NoReply::NotJson)?;
    if value.get("error").is_some_and(|error| !error.is_null()) {
        return Err(NoReply::Error(value));
    }
    let choice = value.get("choices").and_then(|choices| choices.get(0)).ok_or(NoReply::Lacks("choices"))?;
    let message = choice.get("message").filter(|message| message.is_object());
    let message = message.ok_or(NoReply::Lacks("message"))?;
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
    Ok(Reply { status, text, reasoning: reasoning(message), finish_reason, usage })
}

/// What a model wrote before its reply: a field of its own, by one of two names, or parts of the content.
fn reasoning(message: &Value) -> Option<String> {
    let field = |name: &str| message.get(name).map(content).filter(|text| !text.is_empty());
    let parts = || {
        let parts = message.get("content")?.as_array()?.iter();
        Some(parts.filter_map(|part| part.get("thinking")).map(content).collect::<String>())
    };
    let fields = field("reasoning_content").or_else(|| field("reasoning"));
    fields.or_else(parts).filter(|text| !text.is_empty())
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

    fn status(body: &str) -> Option<(Status, String)> {
        read(body).ok().map(|reply| (reply.status, reply.text))
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
            assert_eq!(status(&reply(message, reason)), Some((want.0, want.1.to_owned())), "{message}");
        }
        for bad in ["", "{\"choices\": [", "{}", "{\"choices\": []}", r#"{"error": {"message": "busy"}}"#] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let body = r#"{"choices": [{"message": {"content": "B"}}], "usage": {"prompt_tokens": 7, "completion_tokens": 1}}"#;
        assert_eq!(read(body).unwrap().usage, Some(Usage { prompt_tokens: 7, completion_tokens: 1 }));
    }

    #[test]
    fn a_reasoning_is_kept_apart_from_the_reply() {
        let read = |message: &str, reason: &str| {
            let body = format!(r#"{{"choices": [{{"message": {message}, "finish_reason": "{reason}"}}]}}"#);
            let reply = read(&body).unwrap();
            (reply.status, reply.text, reply.reasoning)
        };
        let is = |status, text: &str, reasoning: Option<&str>| {
            (status, text.to_owned(), reasoning.map(str::to_owned))
        };
        assert_eq!(
            read(r#"{"content": null, "reasoning_content": " so B\n"}"#, "stop"),
            is(Status::Empty, "", Some(" so B\n"))
        );
        assert_eq!(read(r#"{"reasoning": "hm"}"#, "length"), is(Status::Truncated, "", Some("hm")));
        let parts = r#"{"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "maybe B"}]}, {"type": "text", "text": "A"}]}"#;
        assert_eq!(read(parts, "stop"), is(Status::Ok, "A", Some("maybe B")));
        assert_eq!(read(r#"{"content": "B", "reasoning": null}"#, "stop"), is(Status::Ok, "B", None));
    }
}
