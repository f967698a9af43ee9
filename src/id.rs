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

/// The longest name that is made of foreign text, in characters: what is joined of two of them and given an ending is still
/// the name of a file on every file system, which is 255 bytes.
pub const LONGEST: usize = 80;

/// `text` as it is if no longer than [`LONGEST`]; else its head and the start of `digest`, which keeps apart what the cut
/// would make equal.
pub fn shortened(text: &str, digest: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    with_digest(text, digest)
}

/// Digits of a digest that tell names apart.
const DIGITS: usize = 6;

/// The head of `name` and the start of `digest`, no longer than [`LONGEST`] together.
pub fn with_digest(name: &str, digest: &str) -> String {
    let head: String = name.chars().take(LONGEST - 1 - DIGITS).collect();
    format!("{head}-{}", digest.get(..DIGITS).unwrap_or(digest))
}

/// What ids are compared by: on many file systems, names that differ in case alone are one.
pub fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
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

    #[test]
    fn long_names_stay_apart() {
        let long = "x".repeat(240);
        let name = shortened(&long, "0123456789abcdef");
        assert_eq!(name.len(), LONGEST);
        assert!(name.ends_with("xx-012345"));
        assert_ne!(name, shortened(&long, "123456789abcdef0"));
        assert_eq!(shortened("clip", "0123456789abcdef"), "clip");
    }
}
