//! The server's key: what may be sent as one, and texts without it.
//!
//! In: what the environment holds. Out: a [`Key`], or why it is none; error texts in which `[key]` stands for it. A reply is
//! never rewritten: a key such as `EMPTY` or `A`, which local servers ask for, is also a word.

use std::fmt;

/// What stands for a key in a text.
const MARK: &str = "[key]";

/// The fewest characters of a key that is taken for a secret wherever it stands. A shorter one may be a dummy, which is a
/// secret only as a word of its own.
const SECRET_CHARS: usize = 16;

/// A key, which is sent and never written.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// A key holds a character that no header may hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {at} of {length} is {what}, which no HTTP header may hold")]
pub struct Illegal {
    at: usize,
    length: usize,
    what: &'static str,
}

impl Key {
    /// The key `text`; none if it is empty.
    pub fn new(text: &str) -> Result<Option<Self>, Illegal> {
        let what = |c: char| match c {
            '\n' => Some("a line feed"),
            '\r' => Some("a carriage return"),
            ' '..='~' => None,
            _ if c.is_ascii() => Some("a control character"),
            _ => Some("no ASCII character"),
        };
        let length = text.chars().count();
        match text.chars().enumerate().find_map(|(at, c)| Some((at, what(c)?))) {
            Some((at, what)) => Err(Illegal { at: at + 1, length, what }),
            None => Ok((!text.trim().is_empty()).then(|| Self(text.to_owned()))),
        }
    }

    /// The value of the header `Authorization`.
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    fn is_secret(&self) -> bool {
        self.0.trim().chars().count() >= SECRET_CHARS
    }

    /// Whether `text` holds the key, and not just a word that a dummy key is too.
    pub fn is_in(&self, text: &str) -> bool {
        self.is_secret() && self.forms().iter().any(|form| text.contains(form.as_str()))
    }

    /// An error text without the key.
    pub fn redacted(&self, text: &str) -> String {
        self.forms().iter().fold(text.to_owned(), |text, form| self.without(&text, form))
    }

    /// The key as it is, and as a string of JSON holds it.
    fn forms(&self) -> Vec<String> {
        let key = self.0.trim();
        let quoted = serde_json::to_string(key).expect("a string serialises");
        let escaped = quoted[1..quoted.len() - 1].to_owned();
        let slashes = escaped.replace('/', "\\/");
        let mut forms = vec![key.to_owned(), escaped, slashes];
        forms.dedup();
        forms
    }

    fn without(&self, text: &str, form: &str) -> String {
        if self.is_secret() {
            return text.replace(form, MARK);
        }
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (mut out, mut rest, mut before) = (String::new(), text, None);
        while let Some(at) = rest.find(form) {
            let (head, tail) = (&rest[..at], &rest[at + form.len()..]);
            let stands_alone = !is_word(head.chars().next_back().or(before)) && !is_word(tail.chars().next());
            out.push_str(head);
            out.push_str(if stands_alone { MARK } else { form });
            before = form.chars().next_back();
            rest = tail;
        }
        out + rest
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MARK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text).unwrap().unwrap()
    }

    #[test]
    fn what_no_header_may_hold_is_no_key() {
        assert_eq!(Key::new(""), Ok(None));
        assert_eq!(
            Key::new("sk-1\n").unwrap_err().to_string(),
            "character 5 of 5 is a line feed, which no HTTP header may hold"
        );
        for bad in ["a\rb", "\u{1b}", "tab\t", "schlüssel", "\u{7f}"] {
            assert!(Key::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(format!("{:?}", key("sk-secret")), "[key]");
    }

    #[test]
    fn a_secret_is_in_no_error() {
        let secret = key("sk-0123456789/abcdef");
        assert_eq!(secret.redacted("no sk-0123456789/abcdefx"), "no [key]x");
        assert_eq!(secret.redacted("{\"k\":\"sk-0123456789\\/abcdef\"}"), "{\"k\":\"[key]\"}");
        assert!(secret.is_in("it is sk-0123456789/abcdef.") && !secret.is_in("sk-0123456789"));
        assert_eq!(key("p\"w-is-long-enough").redacted("\"p\\\"w-is-long-enough\""), "\"[key]\"");
    }

    #[test]
    fn a_dummy_is_a_word_of_its_own_or_none() {
        let dummy = key("A");
        assert_eq!(dummy.redacted("An error: key A. AA A"), "An error: key [key]. AA [key]");
        assert_eq!(key("EMPTY").redacted("EMPTY EMPTYx (EMPTY)"), "[key] EMPTYx ([key])");
        assert!(!dummy.is_in("A") && !key("EMPTY").is_in("EMPTY"));
    }
}
