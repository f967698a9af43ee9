//! Logs of `inspect_ai`: one JSON document, or an archive with a document for each sample.
//!
//! In: `.json` or `.eval`. Out: foreign rows, by the sample's id. Samples of a second epoch are told apart as duplicates.

use std::fs::File;
use std::path::Path;

use serde_json::{Map, Value};

use super::loose::text;
use super::text::text_within;
use super::{Error, Key, Reply, loose, markers};
use crate::files;

/// Bytes that one document of an archive may unpack to: a sample with its pictures takes some tens of megabytes.
const MOST_UNPACKED: u64 = 256 << 20;

/// A log of one document.
pub(super) fn log(path: &Path, log: &Map<String, Value>) -> Result<Vec<Reply>, Error> {
    let model = log.get("eval").and_then(model);
    let samples = log.get("samples").and_then(Value::as_array);
    let samples = samples.ok_or_else(|| Error::malformed(path, "", "expected the list `samples`"))?;
    samples.iter().enumerate().map(|(at, value)| sample(path, value, at + 1, model.clone())).collect()
}

/// An archive: `header.json` (or `_journal/start.json` of a run that did not end) and `samples/*.json`.
pub(super) fn archive(path: &Path) -> Result<Vec<Reply>, Error> {
    let wrong =
        |error: zip::result::ZipError| Error::malformed(path, "", format!("is not an archive: {error}"));
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    let mut archive = zip::ZipArchive::new(file).map_err(wrong)?;
    let mut names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    names.sort();
    let mut document = |name: &str| -> Result<Value, Error> {
        let unpacked = archive.by_name(name).map_err(wrong)?;
        let content = text_within(unpacked, MOST_UNPACKED).map_err(files::Error::io("read", path))?;
        let content = content.ok_or_else(|| {
            let problem = format!("unpacks to more than {MOST_UNPACKED} bytes, so it is not read");
            Error::malformed(path, format!(", {name}"), problem)
        })?;
        serde_json::from_str(&loose::json(&content))
            .map_err(|error| Error::malformed(path, format!(", {name}"), format!("is not JSON: {error}")))
    };
    let mut who = None;
    for head in ["header.json", "_journal/start.json"] {
        if who.is_none() && names.iter().any(|name| name == head) {
            who = document(head)?.get("eval").and_then(model);
        }
    }
    let mut replies = Vec::new();
    for name in names.iter().filter(|name| name.starts_with("samples/")) {
        let value = document(name)?;
        replies.push(sample(path, &value, replies.len() + 1, who.clone())?);
    }
    if replies.is_empty() {
        return Err(Error::malformed(path, "", "holds no samples: was the log written without them?"));
    }
    Ok(replies)
}

fn model(eval: &Value) -> Option<String> {
    eval.get("model")?.as_str().map(str::to_owned)
}

fn sample(path: &Path, value: &Value, line: usize, model: Option<String>) -> Result<Reply, Error> {
    let id = value.get("id").and_then(text);
    let id = id.ok_or_else(|| Error::malformed(path, format!(", sample {line}"), "expected the key `id`"))?;
    let failed = value.get("error").is_some_and(|error| !error.is_null());
    let output = value.get("output");
    let choice = output.and_then(|output| output.get("choices")?.as_array()?.first());
    let response = choice.and_then(|choice| content(choice.get("message")?.get("content")?));
    let status = match choice.and_then(|choice| choice.get("stop_reason")?.as_str()) {
        _ if failed => Some("error"),
        Some("stop") => Some("ok"),
        Some("max_tokens" | "model_length") => Some("truncated"),
        Some("content_filter") => Some("refused"),
        _ => None,
    };
    let response = response.filter(|_| !failed).and_then(markers::reply);
    let key = Key { id: Some(id), ..Key::default() };
    let truth = value.get("target").and_then(Value::as_str).map(str::to_owned);
    Ok(Reply { key, response, status: status.map(str::to_owned), truth, model, line, ..Reply::default() })
}

/// A message is a text, or parts of which the texts count; parts that hold reasoning do not.
fn content(message: &Value) -> Option<String> {
    match message {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let texts = parts.iter().filter(|part| part.get("type").is_some_and(|kind| kind == "text"));
            Some(texts.filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join("\n"))
        }
        _ => None,
    }
}
