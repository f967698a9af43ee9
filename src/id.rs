//! Names that end up in files: made from foreign text, valid everywhere, never parsed for meaning.
//!
//! In: a file stem or a label. Out: letters, digits, `_` and `-` alone, so that a name is the same on every file
//! system, in URLs and in other tools' keys.

/// `text` with everything but ASCII letters, digits, `_` and `-` made one `-`; `x` if nothing is left.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || character == '_' || character == '-' {
            out.push(character);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let trimmed = out.trim_matches('-');
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}

/// Whether `text` is usable as an id as it is.
pub fn is_valid(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_valid() {
        for (text, want) in [("My video (1)", "My-video-1"), ("東京", "x"), ("a_b-c", "a_b-c"), ("..", "x")]
        {
            assert_eq!(slug(text), want);
            assert!(is_valid(&slug(text)));
        }
    }
}
