//! The body of a request, and its digest.
//!
//! In: a text, media as shown, and the parameters of the run. Out: the JSON that is sent, and the SHA-256 of the same JSON
//! with a digest in place of each medium: equal requests have equal digests on every machine.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::media::Shown;
use super::part::Part;
use crate::dataset::Row;
use crate::digest;
use crate::language::Language;
use crate::question::{instruction, listed};
use crate::template::filled;

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Id of the line that records it.
    pub id: String,
    /// What is sent.
    pub body: Body,
    /// Digest of the body, media replaced by their digests.
    pub sha256: String,
    /// Frames that it shows, as far as that is known.
    pub indices: Option<Vec<u64>>,
}

/// What is sent, as JSON whose keys are in order. Media are shared with all requests that show them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Body(BTreeMap<String, Field>);

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Field {
    Messages(Vec<Message>),
    Json(Value),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Message {
    content: Content,
    role: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// The prompt of `VNBench`, in one language.
pub fn prompt(language: Language) -> String {
    format!("{{question}}\n{{options}}\n{}", instruction(language))
}

/// What every request of a run has in common.
///
/// The server's address is not among these: the same model answers the same wherever its server runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameters {
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

    /// The digest that an earlier version recorded, which took the server's address for a setting.
    pub fn earlier_sha256(&self, base_url: &str) -> String {
        #[derive(Serialize)]
        struct Earlier<'a> {
            base_url: &'a str,
            #[serde(flatten)]
            parameters: &'a Parameters,
        }
        digest::of_value(&Earlier { base_url: base_url.trim_end_matches('/'), parameters: self })
    }

    fn body(&self, content: Content, fields: &[(String, Value)]) -> Body {
        let system = self.system.iter();
        let mut messages: Vec<Message> =
            system.map(|system| Message { role: "system", content: Content::Text(system.clone()) }).collect();
        messages.push(Message { role: "user", content });
        let mut body = BTreeMap::from([
            ("model".to_owned(), Field::Json(json!(self.model))),
            ("messages".to_owned(), Field::Messages(messages)),
        ]);
        if let Some(temperature) = self.temperature {
            body.insert("temperature".to_owned(), Field::Json(json!(temperature)));
        }
        if let Some(most) = self.max_tokens {
            body.insert("max_tokens".to_owned(), Field::Json(json!(most)));
        }
        for (name, value) in fields.iter().map(|(name, value)| (name, value)).chain(&self.extra_body) {
            match body.get_mut(name) {
                Some(Field::Json(ours)) => merge(ours, value),
                _ => drop(body.insert(name.clone(), Field::Json(value.clone()))),
            }
        }
        Body(body)
    }

    /// The request for `row`, whose video is `shown`.
    pub fn request(&self, row: &Row, shown: &Shown) -> Request {
        let text = self.text(row);
        let body = |parts: &[Part]| {
            let parts = parts.iter().cloned().chain(std::iter::once(Part::Text(text.clone())));
            self.body(Content::Parts(parts.collect()), &shown.fields)
        };
        Request {
            id: row.id.clone(),
            body: body(&shown.parts),
            sha256: digest::of_value(&body(&shown.digested)),
            indices: shown.indices.clone(),
        }
    }

    /// A request of this text alone, as a string: servers of models that take no media may know no parts.
    pub fn request_of_text(&self, id: String, text: &str) -> Request {
        let body = self.body(Content::Text(text.to_owned()), &[]);
        Request { id, sha256: digest::of_value(&body), body, indices: None }
    }
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
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_users_fields_go_over_ours() {
        let mut own = json!({"video": {"fps": 2, "num_frames": -1}});
        merge(&mut own, &json!({"video": {"fps": 1}, "x": [1]}));
        assert_eq!(own, json!({"video": {"fps": 1, "num_frames": -1}, "x": [1]}));
    }

    fn parameters(extra: &Value) -> Parameters {
        Parameters {
            model: "m".to_owned(),
            mode: "frames",
            sampler: None,
            image_size: None,
            jpeg_quality: None,
            prompt: "{question}{options}".to_owned(),
            system: Some("Be brief.".to_owned()),
            temperature: Some(0.5),
            max_tokens: Some(8),
            extra_body: extra.as_object().cloned().unwrap_or_default(),
        }
    }

    /// Digests of requests are those of a value whose keys are in order, as they have always been.
    #[test]
    fn a_body_is_json_with_its_keys_in_order() {
        let media = |kind| Part::Media { kind, url: Arc::from("data:x") };
        let parts = vec![media("image_url"), media("video_url"), Part::Text("Why?".to_owned())];
        let parameters = parameters(&json!({"top_k": 3, "stop": ["x"]}));
        let body = parameters.body(Content::Parts(parts), &[("a".to_owned(), json!({"z": 1, "b": 2}))]);
        let value = json!({
            "model": "m",
            "temperature": 0.5,
            "max_tokens": 8,
            "top_k": 3,
            "stop": ["x"],
            "a": {"z": 1, "b": 2},
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [
                    {"type": "image_url", "image_url": {"url": "data:x"}},
                    {"type": "video_url", "video_url": {"url": "data:x"}},
                    {"type": "text", "text": "Why?"},
                ]},
            ],
        });
        assert_eq!(serde_json::to_string(&body).unwrap(), value.to_string());
    }

    #[test]
    fn media_are_held_once() {
        let url: Arc<str> = Arc::from("data:x");
        let part = Part::Media { kind: "image_url", url: Arc::clone(&url) };
        let body = parameters(&json!({})).body(Content::Parts(vec![part]), &[]);
        assert_eq!(Arc::strong_count(&url), 2);
        drop(body);
        let own = parameters(&json!({"messages": []})).body(Content::Text("x".to_owned()), &[]);
        assert!(serde_json::to_string(&own).unwrap().contains("\"messages\":[]"));
    }

    #[test]
    fn settings_are_those_of_the_answers_and_not_of_the_place() {
        let own = parameters(&json!({}));
        assert_ne!(own.sha256(), own.earlier_sha256("http://a/v1"));
        assert_ne!(own.earlier_sha256("http://b/v1"), own.earlier_sha256("http://a/v1"));
        // As the struct of the earlier version was written.
        let text = serde_json::to_string(&own).unwrap().replacen('{', "{\"base_url\":\"http://a/v1\",", 1);
        assert_eq!(own.earlier_sha256("http://a/v1"), digest::of_bytes(text.as_bytes()));
    }
}
