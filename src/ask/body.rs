//! The body of a request, and its digest.
//!
//! In: a text, media as shown, and the parameters of the run. Out: the JSON that is sent, and the SHA-256 of the same JSON
//! with a digest in place of each medium: equal requests have equal digests on every machine.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::beside::{Sound, Subtitles, between, has_subtitles, in_block};
use super::media::{SentSound, Shown};
use super::part::Part;
use super::times::{Times, timed};
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
    /// Digest of what the row asks about what; nothing where a reply is judged.
    pub row_sha256: Option<String>,
    /// Frames that it shows, as far as that is known.
    pub indices: Option<Vec<u64>>,
    /// Lines of the subtitle track that it holds; nothing where the video has none.
    pub subtitle_lines: Option<u64>,
    /// How it holds the sound, where the question needs it.
    pub sound: Option<&'static str>,
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

/// What a line records of sound that is part of the video that was sent.
const IN_VIDEO: &str = "in-video";

/// The place of a row's whole prompt: question, options or none, and what the answer is to look like.
pub const WHOLE: &str = "{prompt}";

/// The prompt of a run where the user gives none: `VNBench`'s where all `rows` ask for a letter and none about times, else that of
/// each row.
pub fn prompt_for(rows: &[Row], language: Language) -> String {
    let is_own = |row: &Row| !row.has_options() || row.needs_times();
    if rows.iter().any(is_own) { WHOLE.to_owned() } else { prompt(language) }
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
    /// Which frames come with their times; none where that is as it always was: of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// Where the lines of subtitle tracks stand; none where no video has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<Subtitles>,
    /// How sound is sent beside frames; none where no question needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<Sound>,
    /// Prompt with the places `{question}`, `{options}`, `{instruction}` and `{duration}`, or `{prompt}`.
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
        let prompt =
            if self.times == Some(Times::Withheld) { row.prompt_without_times() } else { row.prompt() };
        filled(
            &self.prompt,
            &[
                ("{question}", &row.question),
                ("{options}", &listed(&row.options)),
                ("{instruction}", &prompt.instruction()),
                ("{duration}", &row.duration()),
                (WHOLE, &prompt.text()),
            ],
        )
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
        let is_timed = self.times.is_some_and(|times| times.are_sent(row));
        let text = match self.subtitles {
            Some(Subtitles::Block) if has_subtitles(row) => {
                in_block(&shown.lines, is_timed, row.language, &self.text(row))
            }
            _ => self.text(row),
        };
        let body = |parts: &[Part], sound: Option<&Part>| {
            let mut parts = self.with_lines(row, shown, parts, is_timed);
            parts.extend(sound.cloned());
            parts.push(Part::Text(text.clone()));
            self.body(Content::Parts(parts), &shown.fields)
        };
        let (part, digested, sound) = match &shown.sound {
            SentSound::Beside { part, digested } => (Some(part), Some(digested), Sound::InputAudio.name()),
            SentSound::InVideo => (None, None, IN_VIDEO),
            SentSound::None => (None, None, Sound::None.name()),
        };
        Request {
            id: row.id.clone(),
            body: body(&shown.parts, part),
            sha256: digest::of_value(&body(&shown.digested, digested)),
            row_sha256: Some(row.asked_sha256()),
            indices: shown.indices.clone(),
            subtitle_lines: has_subtitles(row).then_some(shown.lines.len() as u64),
            sound: row.audio_needed.then_some(sound),
        }
    }

    /// What is shown of a video: its frames with their times, and the lines of its subtitle track between them, where these are sent so.
    fn with_lines(&self, row: &Row, shown: &Shown, parts: &[Part], is_timed: bool) -> Vec<Part> {
        let Some(indices) = shown.indices.as_deref().filter(|_| shown.is_frames) else {
            return parts.to_vec();
        };
        let frames = parts.iter().zip(indices).map(|(part, &index)| {
            let part = std::slice::from_ref(part);
            if is_timed { timed(part, &[index], row.fps()) } else { part.to_vec() }
        });
        if self.subtitles != Some(Subtitles::Interleaved) {
            return frames.flatten().collect();
        }
        between(frames.collect(), indices, &shown.lines, row.fps())
    }

    /// A request of this text alone, as a string: servers of models that take no media may know no parts.
    pub fn request_of_text(&self, id: String, text: &str) -> Request {
        let body = self.body(Content::Text(text.to_owned()), &[]);
        let sha256 = digest::of_value(&body);
        Request { id, sha256, row_sha256: None, body, indices: None, subtitle_lines: None, sound: None }
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
            times: None,
            subtitles: None,
            sound: None,
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
    fn times_stand_before_their_frames_and_are_a_setting() {
        use crate::question::{AnswerKind, Form, QuestionKind};
        let when = Row {
            question: "When?".to_owned(),
            question_kind: QuestionKind::When,
            form: Form::Open,
            answer_kind: AnswerKind::Spans,
            num_frames: 500,
            ask_frame: 250,
            fps_num: 25,
            ..Row::unstated()
        };
        let media = Part::Media { kind: "image_url", url: Arc::from("data:x") };
        let shown = Shown {
            parts: vec![media.clone()],
            digested: vec![media.clone()],
            fields: Vec::new(),
            indices: Some(vec![100]),
            is_frames: true,
            lines: Vec::new(),
            sound: SentSound::None,
        };
        let of = |times| Parameters { times, prompt: WHOLE.to_owned(), ..parameters(&json!({})) };
        let content = |own: &Parameters, shown: &Shown| {
            serde_json::to_value(own.request(&when, shown).body).unwrap()["messages"][1]["content"].clone()
        };
        let needed = of(Some(Times::Needed));
        let sent = content(&needed, &shown);
        assert_eq!(sent[0]["text"], "[4.00 s]");
        assert_eq!(sent[1]["type"], "image_url");
        let asked = "When?\nThe video lasts 10.00 seconds. Answer with the start and the end in seconds, as in `12.40 - 15.00`.";
        assert_eq!(sent[2]["text"], asked);
        let bare = content(&of(Some(Times::None)), &shown);
        assert_eq!((bare.as_array().unwrap().len(), &bare[1]["text"]), (2, &json!(asked)));
        let withheld = content(&of(Some(Times::Withheld)), &shown);
        assert_eq!(withheld[1]["text"], asked.replace("The video lasts 10.00 seconds. ", ""));
        // A whole video has no frames that a time could stand before.
        assert_eq!(content(&needed, &Shown { is_frames: false, ..shown }).as_array().unwrap().len(), 2);
        assert_ne!(of(None).sha256(), needed.sha256());
        let own = Parameters { prompt: "{question} {duration} {instruction} {x}".to_owned(), ..of(None) };
        assert!(
            own.text(&when).starts_with("When? 10.00 The video lasts 10.00 seconds. Answer"),
            "{}",
            own.text(&when)
        );
        // Without times the digest is that of earlier versions.
        assert!(!serde_json::to_string(&of(None)).unwrap().contains("times"));
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
