//! JSON as Python and its libraries write it: `NaN` for what is missing, floats for whole numbers.
//!
//! In: text, or a value. Out: text that JSON allows, and texts as a person would write them.

use std::borrow::Cow;

use serde_json::Value;

/// Words that Python's `json` writes and JSON does not know: numbers that are none.
const NOT_NUMBERS: [&str; 4] = ["NaN", "-Infinity", "Infinity", "-NaN"];

/// `text` with every number that is none as `null`; inside strings nothing changes.
pub(super) fn json(text: &str) -> Cow<'_, str> {
    if !NOT_NUMBERS.iter().any(|word| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_string) = (text, false);
    while let Some(first) = rest.chars().next() {
        if is_string && first == '\\' {
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        is_string ^= first == '"';
        if let Some(word) = NOT_NUMBERS.iter().find(|word| !is_string && rest.starts_with(**word)) {
            out.push_str("null");
            rest = &rest[word.len()..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Cow::Owned(out)
}

/// Text of a value; a whole number without the point that a column of floats gives it, nothing for null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(whole(&number.to_string()).to_owned()),
        other => Some(other.to_string()),
    }
}

/// `3` for `3.0`.
fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

/// Makes the numbers of a column whole, if it holds numbers alone, all of them whole: a table of text cannot tell a float from
/// a reply, but pandas writes a column of numbers with a gap as floats.
pub(super) fn whole_numbers(cells: &mut [String]) {
    let is_whole =
        |cell: &String| cell.is_empty() || (cell.parse::<f64>().is_ok() && whole(cell).len() < cell.len());
    if cells.iter().all(is_whole) {
        for cell in cells {
            cell.truncate(whole(cell).len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_null_outside_strings() {
        assert_eq!(json(r#"{"a": NaN, "b": [-Infinity, 1]}"#), r#"{"a": null, "b": [null, 1]}"#);
        let text = r#"{"a": "NaN \" NaN", "b": NaN}"#;
        assert_eq!(json(text), r#"{"a": "NaN \" NaN", "b": null}"#);
        assert!(matches!(json(r#"{"a": 1}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn floats_that_are_whole_are_written_so() {
        let text = |json: &str| text(&serde_json::from_str(json).unwrap());
        assert_eq!(text("3.0").as_deref(), Some("3"));
        assert_eq!(text("3.5").as_deref(), Some("3.5"));
        assert_eq!(text("\"3.0\"").as_deref(), Some("3.0"));
        assert_eq!(text("null"), None);
        let column = |cells: &[&str]| {
            let mut cells: Vec<String> = cells.iter().map(|&cell| cell.to_owned()).collect();
            whole_numbers(&mut cells);
            cells
        };
        assert_eq!(column(&["3.0", "", "12.0"]), ["3", "", "12"]);
        assert_eq!(column(&["3.0", "B"]), ["3.0", "B"]);
        assert_eq!(column(&["3.0", "3.5"]), ["3.0", "3.5"]);
    }
}
