//! What a reply says apart from its reasoning, and the places that hold nothing but the answer.
//!
//! In: a raw reply. Out: the spoken part, without thinking and without the tokens of chat templates; and the contents of
//! boxes, answer tags and JSON fields.

use std::borrow::Cow;

use serde_json::Value;

use super::clue::Why;

/// Beginnings and ends of reasoning, as models write them.
const THINKING: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<analysis>", "</analysis>"),
    ("<reflection>", "</reflection>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<summary>", "</summary>"),
    ("<caption>", "</caption>"),
];
/// Where a reply with several channels begins to speak to the user.
const MESSAGE: &str = "<|message|>";
/// The same where the tokens of the channels have lost their marks.
const CHANNELS: (&str, &str) = ("analysis", "assistantfinal");
/// Tokens of chat templates, and tags of HTML, that end up in replies; tokens between `<|` and `|>` are known by their form.
const TEMPLATE: &[&str] = &[
    "</s>",
    "<s>",
    "<eos>",
    "<bos>",
    "<end_of_turn>",
    "<start_of_turn>",
    "<unk>",
    "<pad>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<em>",
    "</em>",
    "<strong>",
    "</strong>",
    "<p>",
    "</p>",
    "<br>",
    "<br/>",
];
/// The longest text between `<|` and `|>` that is taken for a token.
const LONGEST_TOKEN: usize = 40;
/// Names of the field that holds the answer, best first.
const FIELDS: &[&str] = &[
    "final_answer",
    "finalanswer",
    "final answer",
    "answer",
    "correct_answer",
    "correct_option",
    "correct answer",
    "option",
    "choice",
    "letter",
    "selected_option",
    "selected",
    "selection",
    "prediction",
    "pred",
    "result",
    "response",
    "final",
    "answer_letter",
    "predicted_answer",
    "chosen_option",
    "best_option",
    "ans",
    "答案",
    "最终答案",
    "选项",
];
/// Tags that hold nothing but the answer, best first.
const TAGS: &[&str] =
    &["answer", "final_answer", "final", "conclusion", "solution", "ans", "choice", "option", "output"];
/// Beginnings of lines with which a model goes on to another question.
const QUESTIONS: &[&str] = &[
    "question",
    "q:",
    "human:",
    "user:",
    "### question",
    "### instruction",
    "### human",
    "### user",
    "**question",
    "问题",
    "用户:",
];
/// Braces at most at which a JSON object is looked for.
const MOST_OBJECTS: usize = 16;

/// A place that holds nothing but the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Container {
    /// Where it begins and ends in the reply, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

/// The last position at or before `at` where a character begins.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The reply without its reasoning.
pub(super) fn spoken(reply: &str) -> Result<Cow<'_, str>, Why> {
    let mut text = reply;
    if let Some(at) = text.rfind(MESSAGE) {
        text = &text[at + MESSAGE.len()..];
    }
    if text.starts_with(CHANNELS.0)
        && let Some(at) = text.rfind(CHANNELS.1)
    {
        text = &text[at + CHANNELS.1.len()..];
    }
    // ASCII case folding keeps byte positions.
    let lower = text.to_ascii_lowercase();
    let end = THINKING.iter().filter_map(|(_, close)| lower.rfind(close).map(|at| at + close.len())).max();
    let start = end.unwrap_or(0);
    text = &text[start..];
    if let Some(open) = THINKING.iter().filter_map(|(open, _)| lower[start..].find(open)).min() {
        if text[..open].trim().is_empty() {
            // Reasoning that was not closed is closed by an answer.
            let answers =
                lower[start..].rfind("<answer>").filter(|at| lower[start + at..].contains("</answer>"));
            let Some(at) = answers else { return Err(Why::Unfinished) };
            return Ok(without_template(&text[at..]));
        }
        text = &text[..open];
    }
    Ok(without_template(text))
}

fn without_template(text: &str) -> Cow<'_, str> {
    if !text.contains("<|") && !TEMPLATE.iter().any(|token| text.contains(token)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<|") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let near = &tail[..boundary(tail, LONGEST_TOKEN + 2)];
        if let Some(length) = near.find("|>") {
            out.push(' ');
            rest = &tail[length + 2..];
        } else {
            out.push_str("<|");
            rest = tail;
        }
    }
    out.push_str(rest);
    for token in TEMPLATE {
        out = out.replace(token, " ");
    }
    Cow::Owned(out)
}

/// Where a model goes on with another question after its answer; nothing if it begins with one.
pub(super) fn next_question(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let head: String =
            line.trim_start().chars().take(16).collect::<String>().to_lowercase().replace('：', ":");
        let asks = QUESTIONS.iter().any(|question| head.starts_with(question))
            && (head.contains(':') || head.contains('#') || head.contains("**"));
        if asks {
            return (!text[..at].trim().is_empty()).then_some(at);
        }
        at += line.len();
    }
    None
}

/// `text`, with "A:" after a line "Q:" as "Answer:".
pub(super) fn with_answers_named(text: &str) -> Cow<'_, str> {
    let asks = |line: &str| line.trim_start().starts_with("Q:");
    if !text.lines().any(asks) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("A:") {
            out.push_str("Answer:");
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
    }
    Cow::Owned(out)
}

/// What the answer field of a JSON object may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fields {
    /// A text, a number or a list of texts.
    Words,
    /// Lists of numbers, lists of lists and objects, too.
    Any,
}

/// Contents of the strongest kind of container in `text`; empty if there is none.
pub(super) fn contents(text: &str, fields: Fields) -> Vec<Container> {
    let boxed = boxed(text);
    if !boxed.is_empty() {
        return boxed;
    }
    let lower = text.to_ascii_lowercase();
    let tagged = TAGS.iter().map(|tag| tagged(text, &lower, tag)).find(|found| !found.is_empty());
    tagged.unwrap_or_else(|| json(text, fields))
}

/// What stands in `\boxed{...}`; a box that the end of the reply cuts off counts up to there.
fn boxed(text: &str) -> Vec<Container> {
    const OPEN: &str = "boxed{";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(OPEN) {
        let start = from + at + OPEN.len();
        let mut depth = 1_u32;
        let close = text[start..].bytes().position(|byte| {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = close.map_or(text.len(), |length| start + length);
        found.push(Container { start: from + at, end, text: without_latex(&text[start..end]) });
        from = end;
    }
    found
}

/// `\text{B}` as `{B}`: names of LaTeX commands are not words of the answer.
fn without_latex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            while chars.next_if(char::is_ascii_alphabetic).is_some() {}
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// What stands between `<tag>` and `</tag>`.
fn tagged(text: &str, lower: &str, tag: &str) -> Vec<Container> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find(&open) {
        let start = from + at + open.len();
        let end = lower[start..].find(&close).map_or(text.len(), |length| start + length);
        found.push(Container { start: from + at, end, text: text[start..end].to_owned() });
        from = end;
    }
    found
}

/// The answer fields of JSON objects in `text`, fenced or not.
fn json(text: &str, held: Fields) -> Vec<Container> {
    let mut found = Vec::new();
    let mut from = 0;
    for _ in 0..MOST_OBJECTS {
        let Some(at) = text[from..].find('{') else { break };
        let start = from + at;
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        if let Some(Ok(Value::Object(fields))) = values.next() {
            from = start + values.byte_offset();
            found.extend(answer(&fields, held).map(|text| Container { start, end: from, text }));
        } else {
            from = start + 1;
        }
    }
    found
}

/// What the answer field of an object holds, or the only letter that an object of letters calls true.
fn answer(fields: &serde_json::Map<String, Value>, held: Fields) -> Option<String> {
    let marked =
        held == Fields::Words && fields.iter().all(|(key, value)| key.len() == 1 && value.is_boolean());
    if marked {
        let mut right = fields.iter().filter(|(_, value)| value.as_bool() == Some(true));
        return right.next().filter(|_| right.next().is_none()).map(|(key, _)| key.clone());
    }
    FIELDS.iter().find_map(|name| {
        let (_, value) = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(_) | Value::Object(_) if held == Fields::Any => Some(plain(value)),
            Value::Array(items) => {
                let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                (words.len() == items.len()).then(|| words.join(", "))
            }
            _ => None,
        }
    })
}

/// `value` as text, with what ends behind what starts, in whatever order the fields stand.
fn plain(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.to_lowercase().contains("end"));
            let fields: Vec<String> =
                fields.into_iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
