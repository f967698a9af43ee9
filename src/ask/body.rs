//! The body of a request, and its digest.
//!
//! In: a text, media as shown, and the parameters of the run. Out: the JSON that is sent, and the SHA-256 of the same JSON
//! with a digest in place of each medium: equal requests have equal digests on every machine.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::media::Shown;
use crate::dataset::Row;
use crate::digest;
use crate::language::Language;
use crate::question::{instruction, listed};

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Id of the line that records it.
    pub id: String,
    /// What is sent.
    pub body: Value,
    /// Digest of the body, media replaced by their digests.
    pub sha256: String,
    /// Frames that it shows, as far as that is known.
    pub indices: Option<Vec<u64>>,
}

/// The prompt of `VNBench`, in one language.
pub fn prompt(language: Language) -> String {
    format!("{{question}}\n{{options}}\n{}", instruction(language))
}

/// What every request of a run has in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameters {
    /// Address of the server, without `/chat/completions`.
    pub base_url: String,
    /// The model.
    pub model: String,
    /// Mode.
    pub mode: &'static str,
    /// Sampler, if any.
    pub sampler: Option<String>,
    /// Longest side of frames in pixels, if they are made smaller.
    pub image_size: Option<u32>,
    /// Quality of frames as JPEG; none for whole videos.
    pub jpeg_quality: Option<u8>,
    /// Prompt with the places `{question}` and `{options}`.
    pub prompt: String,
    /// System prompt, if any.
    pub system: Option<String>,
    /// Temperature, if it is sent.
    pub temperature: Option<f64>,
    /// Most tokens of a reply, if it is sent.
    pub max_tokens: Option<u32>,
    /// Fields beside these.
    pub extra_body: Map<String, Value>,
}

impl Parameters {
    /// Digest of all of them: rows with another one are of another run.
    pub fn sha256(&self) -> String {
        digest::of_value(self)
    }

    /// The text that the model reads beside the video.
    pub fn text(&self, row: &Row) -> String {
        filled(&self.prompt, &[("{question}", &row.question), ("{options}", &listed(&row.options))])
    }

    fn with(&self, content: &Value, fields: &[(String, Value)]) -> Value {
        let mut messages = Vec::new();
        if let Some(system) = &self.system {
            messages.push(json!({"role": "system", "content": system}));
        }
        messages.push(json!({"role": "user", "content": content}));
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(self.model));
        body.insert("messages".to_owned(), Value::Array(messages));
        if let Some(temperature) = self.temperature {
            body.insert("temperature".to_owned(), json!(temperature));
        }
        if let Some(most) = self.max_tokens {
            body.insert("max_tokens".to_owned(), json!(most));
        }
        for (name, value) in fields.iter().map(|(name, value)| (name, value)).chain(&self.extra_body) {
            merge(body.entry(name.clone()).or_insert(Value::Null), value);
        }
        Value::Object(body)
    }

    /// The request for `row`, whose video is `shown`.
    pub fn request(&self, row: &Row, shown: &Shown) -> Request {
        let text = json!({"type": "text", "text": self.text(row)});
        let with =
            |parts: &[Value]| self.with(&[parts, std::slice::from_ref(&text)].concat().into(), &shown.fields);
        Request {
            id: row.id.clone(),
            body: with(&shown.parts),
            sha256: digest::of_value(&with(&shown.digested)),
            indices: shown.indices.clone(),
        }
    }

    /// A request of this text alone, as a string: servers of models that take no media may know no parts.
    pub fn request_of_text(&self, id: String, text: &str) -> Request {
        let body = self.with(&text.into(), &[]);
        Request { id, sha256: digest::of_value(&body), body, indices: None }
    }
}

/// `prompt` with its places filled, in one pass, so that what is filled in is never searched for places.
pub fn filled(prompt: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = prompt;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((place, filled)) = places.iter().find(|(place, _)| rest.starts_with(place)) {
            text.push_str(filled);
            rest = &rest[place.len()..];
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

/// The user's fields go over ours, objects field by field.
fn merge(own: &mut Value, more: &Value) {
    match (own, more) {
        (Value::Object(own), Value::Object(more)) => {
            for (name, value) in more {
                merge(own.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (own, more) => *own = more.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_fields_go_over_ours() {
        let mut own = json!({"video": {"fps": 2, "num_frames": -1}});
        merge(&mut own, &json!({"video": {"fps": 1}, "x": [1]}));
        assert_eq!(own, json!({"video": {"fps": 1, "num_frames": -1}, "x": [1]}));
    }
}
