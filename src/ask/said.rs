//! What a server said instead of a reply, as one line for people.
//!
//! In: a status, a content type and a body. Out: the server's message, or the first characters of what came instead of one,
//! without the key and without anything that would move a terminal's cursor or colour its text.

use serde_json::Value;

use super::key::Key;

/// The most characters of a server's words that are kept.
const MOST_CHARS: usize = 300;

/// A response that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Status of HTTP.
    pub(super) status: u16,
    /// The header `Content-Type`, if there is one.
    pub(super) content_type: Option<String>,
    /// The body.
    pub(super) body: Vec<u8>,
}

impl Said {
    /// The body as text; what is no UTF-8 is replaced, since this is for people only.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the body is a stream of events.
    pub(super) fn is_stream(&self) -> bool {
        let is_typed = self.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/event-stream"));
        let body = self.body.trim_ascii_start();
        is_typed || body.starts_with(b"data:") || body.starts_with(b"event:")
    }

    /// The status, and the type where it is not JSON's.
    pub(super) fn head(&self, key: Option<&Key>) -> String {
        match self.content_type.as_deref().map(|kind| line(kind, key)) {
            Some(kind) if !kind.is_empty() && !kind.starts_with("application/json") => {
                format!("status {} ({kind})", self.status)
            }
            _ => format!("status {}", self.status),
        }
    }

    /// The status and the server's message.
    pub(super) fn told(&self, key: Option<&Key>) -> String {
        format!("{}: {}", self.head(key), line(&message(&self.text()), key))
    }
}

/// An error's message, or the whole text.
pub(super) fn message(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    value.as_ref().and_then(message_of).unwrap_or(text).to_owned()
}

/// The message of an error in JSON, in the forms that servers write.
pub(super) fn message_of(value: &Value) -> Option<&str> {
    let error = value.get("error").filter(|error| !error.is_null()).unwrap_or(value);
    error.get("message").or_else(|| error.get("detail")).unwrap_or(error).as_str()
}

/// One line without the key, cut to what is kept. The key goes before the cut, so that no part of it stays, and both before and
/// after the cleaning, which may join what control characters have parted.
pub(super) fn line(text: &str, key: Option<&Key>) -> String {
    let redacted = |text: &str| key.map_or_else(|| text.to_owned(), |key| key.redacted(text));
    let text = redacted(&cleaned(&redacted(text)));
    match text.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

/// `text` on one line: escape sequences of terminals are left out, and every other character that is not shown, and every run of
/// spaces, is one space.
pub fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut rest),
            '\u{9b}' => skip_control(&mut rest),
            _ if is_shown(c) => out.push(c),
            _ if out.is_empty() || out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Spaces, controls, and marks that turn the direction of text or have no width are not shown.
fn is_shown(c: char) -> bool {
    let is_mark =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !(c.is_control() || c.is_whitespace() || is_mark)
}

/// What follows an escape.
fn skip_sequence(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => skip_control(rest),
        // A string for the terminal, such as its title, ends with a bell or with an escape and a backslash.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            let mut ahead = rest.clone();
            while let Some(c) = ahead.next() {
                if c == '\u{7}' || c == '\u{9c}' {
                    *rest = ahead;
                    return;
                }
                if c == '\u{1b}' {
                    ahead.next();
                    *rest = ahead;
                    return;
                }
            }
        }
        _ => {}
    }
}

/// A control sequence: parameters, and a letter that ends it.
fn skip_control(rest: &mut std::str::Chars<'_>) {
    let mut ahead = rest.clone();
    while let Some(c) = ahead.next() {
        *rest = ahead.clone();
        if !matches!(c, ' '..='?') {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_server_says_moves_the_cursor() {
        for (text, want) in [
            ("\u{1b}[31mred\u{1b}[0m!", "red!"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            ("a\u{1b}]8;;http://x\u{1b}\\b", "ab"),
            ("a\u{1b}]never ends", "anever ends"),
            ("a\r\n\tb \u{0} c\u{9b}2Jd", "a b cd"),
            ("\u{202e}evil\u{200b}\u{2066}x", "evil x"),
            ("  答案 é  ", "答案 é"),
            ("\u{1b}", ""),
        ] {
            assert_eq!(cleaned(text), want, "{text:?}");
        }
    }

    #[test]
    fn the_key_goes_before_the_text_is_cut() {
        let key = Key::new("sk-0123456789abcdef").unwrap().unwrap();
        let text = format!("{} sk-0123456789abcdef", "x".repeat(290));
        let told = line(&text, Some(&key));
        assert!(!told.contains("sk-") && told.ends_with("x [key]"), "{told}");
        assert_eq!(line("sk-012345\u{1b}[0m6789abcdef", Some(&key)), "[key]");
        assert_eq!(line(&"é".repeat(400), None), format!("{}...", "é".repeat(300)));
    }

    #[test]
    fn a_message_is_found_or_the_text_is_told() {
        assert_eq!(message(r#"{"error": {"message": " no "}}"#), " no ");
        assert_eq!(message(r#"{"detail": "x"}"#), "x");
        assert_eq!(message(r#"{"error": null, "message": "y"}"#), "y");
        let said = |kind: Option<&str>, body: &str| Said {
            status: 413,
            content_type: kind.map(str::to_owned),
            body: body.as_bytes().to_vec(),
        };
        assert_eq!(said(Some("application/json"), "no").told(None), "status 413: no");
        assert_eq!(said(Some("text/html"), "<b>\nno").told(None), "status 413 (text/html): <b> no");
        assert!(said(None, " data: {}").is_stream() && !said(None, "{}").is_stream());
    }
}
