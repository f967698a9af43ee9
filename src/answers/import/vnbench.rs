//! Result files of `VNBench`'s scripts, joined to a dataset or scored on the right letters that they carry.
//!
//! In: rows of form (a), `question_id`, `pred`, `gt`, `type`, `try`, `prompt`, or of form (b), `video_path`, `pred`, `gt`,
//! `task_type`, `try`. Out: foreign rows, or [`Own`] rows that need no dataset.
//!
//! In the released files `ret_insert1` and `ret_insert2` are swapped: videos named `..._ret_insert2` are annotated as
//! `ret_insert1` and the other way round. Here `ret_insert1` is the fruit and `ret_insert2` the landmark, and [`Labels`]
//! says how a file's labels are taken.

use std::path::Path;

use serde_json::{Map, Value};

use super::loose::text;
use super::text::text_of;
use super::{Error, Key, Reply, markers};
use crate::letter;
use crate::question;

/// How the labels `ret_insert1` and `ret_insert2` of a file are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Labels {
    /// By the question where the prompt holds it: a fruit is `ret_insert1`, a landmark `ret_insert2`; else as given.
    Question,
    /// As the file gives them.
    AsGiven,
    /// The one for the other.
    Swapped,
}

/// A row that carries its own right answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The video's file name without its ending, without its type.
    pub haystack: String,
    /// The video's file name without its ending.
    pub stem: String,
    /// Type after [`Labels`].
    pub kind: String,
    /// Whether that is another label than the file's.
    pub is_relabelled: bool,
    /// Try, from 0.
    pub rotation: u32,
    /// The question as it was put, options included; empty if the file does not say.
    pub prompt: String,
    /// Texts of the options as the prompt shows them; bare letters if it does not.
    pub options: Vec<String>,
    /// Position of the right option.
    pub target: usize,
    /// The reply; none where the file holds null.
    pub response: Option<String>,
}

fn number(row: &Map<String, Value>, name: &str) -> Option<u32> {
    match row.get(name)? {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').filter(|(_, ending)| ending.len() <= 4).map_or(name, |(stem, _)| stem).to_owned()
}

fn reply(row: &Map<String, Value>, stem: String, rotation: u32, kind: &str) -> Result<Reply, String> {
    let pred = row.get("pred").ok_or("expected the key `pred`")?;
    Ok(Reply {
        key: Key {
            id: None,
            video_try: Some((stem, rotation)),
            position: None,
            kind: row.get(kind).and_then(Value::as_str).map(str::to_owned),
        },
        response: text(pred).and_then(markers::reply),
        truth: row.get("gt").and_then(letter_of),
        model: row.get("model_id").and_then(Value::as_str).map(str::to_owned),
        ..Reply::default()
    })
}

/// The letter of a position. A text is a letter or an option, and a number as a text may be either.
fn letter_of(gt: &Value) -> Option<String> {
    match gt {
        Value::Number(position) => letter::of(position.as_u64()?.try_into().ok()?).map(String::from),
        other => text(other),
    }
}

/// A row of form (a).
pub(super) fn form_a(row: &Map<String, Value>) -> Result<Reply, String> {
    let question = row.get("question_id").and_then(Value::as_str).ok_or("expected the text `question_id`")?;
    let parts = question.rsplit_once('_').and_then(|(stem, at)| Some((stem, at.parse::<u32>().ok()?)));
    let (stem, rotation) = parts
        .ok_or_else(|| format!("expected `question_id` to end in `_` and the try, found `{question}`"))?;
    reply(row, stem.to_owned(), rotation, "type")
}

/// A row of form (b).
pub(super) fn form_b(row: &Map<String, Value>) -> Result<Reply, String> {
    let path = row.get("video_path").and_then(Value::as_str).ok_or("expected the text `video_path`")?;
    let rotation = number(row, "try").ok_or("expected the number `try`")?;
    reply(row, stem(path), rotation, "task_type")
}

/// Reads a file of either form by its own right answers.
pub fn read(path: &Path, labels: Labels) -> Result<Vec<Own>, Error> {
    let content = text_of(path)?;
    let mut rows = Vec::new();
    for (at, line) in content.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let place = format!(":{}", at + 1);
        let value: Result<Map<String, Value>, _> = serde_json::from_str(line);
        let row = value.map_err(|error| {
            Error::malformed(path, &place, format!("expected one JSON object a line: {error}"))
        })?;
        rows.push(own(&row, labels).map_err(|problem| Error::malformed(path, &place, problem))?);
    }
    if rows.is_empty() {
        return Err(Error::malformed(path, "", "holds no rows"));
    }
    Ok(rows)
}

/// What the file name of a video says, without its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stem<'a> {
    /// A type that comes with the program, with which `VNBench`'s names end, and ours begin.
    pub kind: Option<&'static str>,
    /// What else it says: which haystack the video is of.
    pub haystack: &'a str,
}

impl<'a> Stem<'a> {
    /// Reads a name.
    pub fn of(stem: &'a str) -> Self {
        let rest = |kind: &'static str| {
            let after = |stem: &'a str| stem.strip_prefix(kind).filter(|rest| rest.starts_with('-'));
            stem.strip_suffix(kind).or_else(|| after(stem).map(without_repeat))
        };
        let found = question::built_in().keys().find_map(|kind| Some((kind.as_str(), rest(kind)?)));
        let (kind, rest) = found.map_or((None, stem), |(kind, rest)| (Some(kind), rest));
        Self { kind, haystack: rest.trim_matches(['_', '-']) }
    }
}

/// The rest of one of our names, `-HAYSTACK-REPEAT`, without the repeat and the mark of a pair. Of a grid's, `-LENGTH-REPEAT` or
/// `-LENGTH-dDEPTH-REPEAT`, which names no haystack, all of it: such a video is a cluster of its own.
fn without_repeat(rest: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let single = rest.strip_suffix("-a").or_else(|| rest.strip_suffix("-b")).unwrap_or(rest);
    let Some((before, _)) = single.rsplit_once('-').filter(|(_, repeat)| is_number(repeat)) else {
        return rest;
    };
    let depth = before.rsplit_once('-').and_then(|(_, depth)| depth.strip_prefix('d'));
    // A length is one of the last parts, or two of them: `-10s`, `-1-5m`, `-8k-tokens`.
    let mut parts = before.rsplitn(3, '-');
    let (last, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_of_grid = depth.is_some_and(is_number) || is_length(last) || is_length(&format!("{second}{last}"));
    if is_of_grid { rest } else { before }
}

/// Whether that is a length as our names have it: numbers, each with its unit.
fn is_length(text: &str) -> bool {
    const UNITS: [&str; 21] = [
        "ms",
        "millisecond",
        "milliseconds",
        "s",
        "sec",
        "secs",
        "second",
        "seconds",
        "m",
        "min",
        "mins",
        "minute",
        "minutes",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "frame",
        "frames",
        "tokens",
    ];
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = rest[number..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = rest[number..number + unit].to_ascii_lowercase();
        let name = name.strip_prefix(['k', 'm']).filter(|name| *name == "tokens").unwrap_or(&name);
        if number == 0 || !UNITS.contains(&name) {
            return false;
        }
        rest = &rest[number + unit..];
    }
    !text.is_empty()
}

fn own(row: &Map<String, Value>, labels: Labels) -> Result<Own, String> {
    let reply = if row.contains_key("question_id") { form_a(row)? } else { form_b(row)? };
    let (stem, rotation) = reply.key.video_try.ok_or("expected a video and a try")?;
    let prompt = row.get("prompt").and_then(text).unwrap_or_default();
    let shown = options(&prompt);
    let given = reply.key.kind.or_else(|| Stem::of(&stem).kind.map(str::to_owned));
    let given = given.ok_or("expected the text `type` or `task_type`")?;
    let kind = relabelled(&given, &prompt, labels);
    let letters = if shown.len() > 1 { shown } else { ["A", "B", "C", "D"].map(str::to_owned).to_vec() };
    let target = target(row.get("gt"), &letters)?;
    Ok(Own {
        haystack: Stem::of(&stem).haystack.to_owned(),
        is_relabelled: kind != given,
        kind,
        rotation,
        prompt,
        options: letters,
        target,
        response: reply.response,
        stem,
    })
}

fn relabelled(given: &str, prompt: &str, labels: Labels) -> String {
    let other = match given {
        "ret_insert1" => "ret_insert2",
        "ret_insert2" => "ret_insert1",
        _ => return given.to_owned(),
    };
    let question = prompt.lines().next().unwrap_or_default().to_lowercase();
    match labels {
        Labels::Swapped => other,
        Labels::Question if question.contains("fruit") => "ret_insert1",
        Labels::Question if question.contains("landmark") => "ret_insert2",
        Labels::AsGiven | Labels::Question => given,
    }
    .to_owned()
}

/// The texts behind "A. ", "B. ", ... at the beginnings of lines.
fn options(prompt: &str) -> Vec<String> {
    let mut options = Vec::new();
    for line in prompt.lines() {
        let Some(wanted) = letter::of(options.len()) else { break };
        let line = line.trim();
        let rest = line
            .strip_prefix(wanted)
            .or_else(|| line.strip_prefix('(').and_then(|line| line.strip_prefix(wanted)));
        if let Some(text) = rest.and_then(|rest| rest.strip_prefix(['.', ')', ':'])) {
            options.push(text.trim().to_owned());
        }
    }
    options
}

/// The right option: a letter, a position, or an option's text.
fn target(gt: Option<&Value>, options: &[String]) -> Result<usize, String> {
    let gt = gt.and_then(text).ok_or("expected the key `gt`")?;
    let gt = gt.trim();
    let found = match gt.as_bytes() {
        [letter @ b'A'..=b'Z'] => letter::index(char::from(*letter)),
        [digit @ b'0'..=b'9'] => Some(usize::from(digit - b'0')),
        _ => options.iter().position(|option| option == gt),
    };
    found
        .filter(|at| *at < options.len())
        .ok_or_else(|| format!("expected `gt` to be a letter, a position or an option, found `{gt}`"))
}
