//! What a reply says apart from its reasoning, and the places that hold nothing but the answer.
//!
//! In: a raw reply. Out: the spoken part, without thinking and without the tokens of chat templates; and the contents of
//! boxes, answer tags and JSON fields.

use std::borrow::Cow;

use serde_json::Value;

use super::Why;

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
];
/// Where a reply with several channels begins to speak to the user.
const MESSAGE: &str = "<|message|>";
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
];

/// The reply without its reasoning.
pub(super) fn spoken(reply: &str) -> Result<Cow<'_, str>, Why> {
    let mut text = reply;
    if let Some(at) = text.rfind(MESSAGE) {
        text = &text[at + MESSAGE.len()..];
    }
    // ASCII case folding keeps byte positions.
    let lower = text.to_ascii_lowercase();
    let end = THINKING.iter().filter_map(|(_, close)| lower.rfind(close).map(|at| at + close.len())).max();
    let start = end.unwrap_or(0);
    text = &text[start..];
    if let Some(open) = THINKING.iter().filter_map(|(open, _)| lower[start..].find(open)).min() {
        text = &text[..open];
        if text.trim().is_empty() {
            return Err(Why::Unfinished);
        }
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
        if let Some(length) = tail.find("|>").filter(|&length| length <= LONGEST_TOKEN) {
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

/// Contents of the strongest kind of container in `text`; empty if there is none.
pub(super) fn contents(text: &str) -> Vec<String> {
    let boxed = boxed(text);
    if !boxed.is_empty() {
        return boxed;
    }
    let tagged = tagged(text);
    if !tagged.is_empty() {
        return tagged;
    }
    json(text).into_iter().collect()
}

/// What stands in `\boxed{...}`; a box that the end of the reply cuts off counts up to there.
fn boxed(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, open) in text.match_indices("boxed{") {
        let inner = &text[at + open.len()..];
        let mut depth = 1_u32;
        let mut end = inner.len();
        for (position, c) in inner.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => continue,
            }
            if depth == 0 {
                end = position;
                break;
            }
        }
        found.push(without_latex(&inner[..end]));
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

/// What stands between `<answer>` and `</answer>`.
fn tagged(text: &str) -> Vec<String> {
    const OPEN: &str = "<answer>";
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices(OPEN) {
        let start = at + OPEN.len();
        let end = lower[start..].find("</answer>").map_or(text.len(), |length| start + length);
        found.push(text[start..end].to_owned());
    }
    found
}

/// The answer field of a JSON object in `text`, fenced or not.
fn json(text: &str) -> Option<String> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    let Value::Object(fields) = serde_json::from_str(text.get(start..=end)?).ok()? else { return None };
    FIELDS.iter().find_map(|name| {
        let (_, value) = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(items) => {
                let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                (words.len() == items.len()).then(|| words.join(", "))
            }
            _ => None,
        }
    })
}
