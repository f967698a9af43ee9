//! Wordings of questions: their placeholders, and braces that are none.
//!
//! In: a wording as a family states it. Out: its placeholders, or what is wrong with its braces; the wording filled.

use crate::template;

/// The name of what is asked for, where there are several.
pub(super) const PLURAL: &str = "plural";
/// The name of what is asked for.
pub(super) const NOUN: &str = "noun";

/// The names in braces of a wording, in order. Doubled braces stand for braces. An error is a sentence on a brace without its
/// other half.
pub(super) fn placeholders(wording: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = wording;
    while let Some(at) = rest.find(['{', '}']) {
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            rest = after;
            continue;
        }
        let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((name, after)) = name.filter(|(name, _)| !name.contains('{')) else {
            return Err("a brace stands alone; write `{{` or `}}` for a brace in the question".to_owned());
        };
        names.push(name);
        rest = after;
    }
    Ok(names)
}

/// Whether a placeholder is in a wording.
pub(super) fn holds(wording: &str, name: &str) -> bool {
    placeholders(wording).is_ok_and(|names| names.contains(&name))
}

/// The wording with its placeholders filled and its doubled braces single.
pub(super) fn filled(wording: &str, plural: &str, noun: &str) -> String {
    template::filled(wording, &[("{{", "{"), ("}}", "}"), ("{plural}", plural), ("{noun}", noun)])
}
