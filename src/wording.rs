//! Wording of messages: numbers with their nouns, and the name that was probably meant.
//!
//! In: a number and a noun in the singular; a name and those that are known. Out: both, the noun as the number asks for it;
//! the known name that is near enough to be meant.

use std::ffi::OsStr;

/// A number with its noun: `1 row`, `2 rows`.
pub fn count(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {}", form(number, noun))
}

/// The noun alone, as `number` asks for it.
pub fn form(number: impl TryInto<u64>, noun: &str) -> String {
    if number.try_into().unwrap_or(u64::MAX) == 1 {
        return noun.to_owned();
    }
    // The crate forms plurals of words, not of phrases: the last word is the noun.
    let (before, word) = noun.rsplit_once(' ').map_or(("", noun), |(before, word)| (before, word));
    let space = if before.is_empty() { "" } else { " " };
    format!("{before}{space}{}", pluralizer::pluralize(word, 2, false))
}

/// `singular` for one, and `plural` for any other number: for verbs.
pub fn verb<'a>(number: impl TryInto<u64>, singular: &'a str, plural: &'a str) -> &'a str {
    if number.try_into().unwrap_or(u64::MAX) == 1 { singular } else { plural }
}

/// The known name that is nearest to `name`, if it is near enough to be a slip: two letters in five may be wrong, and one
/// more than a quarter of those of a short name. Capitals make no difference.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let is_slip = |&(distance, known): &(usize, &str)| {
        let known_length = known.chars().count();
        distance <= (1 + known_length / 4).max(length.max(known_length) * 2 / 5)
    };
    let known =
        known.into_iter().map(|known| (strsim::damerau_levenshtein(&name, &known.to_lowercase()), known));
    known.filter(is_slip).min().map(|(_, known)| known)
}

/// Problems that one message lists; of the rest it says how many they are.
pub const MOST_PROBLEMS: usize = 20;

/// A word of a command that is shown, as a shell reads it.
pub fn shell_word(word: impl AsRef<OsStr>) -> String {
    let text = word.as_ref().to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_nul| text.clone().into_owned(), std::borrow::Cow::into_owned)
}

/// An error and its causes in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slips_are_suggested() {
        assert_eq!(nearest("lable", ["label", "licence"]), Some("label"));
        assert_eq!(nearest("Fruit", ["fruits", "flags"]), Some("fruits"));
        assert_eq!(nearest("RET_EDIT", ["ret_edit1", "ord_edit1"]), Some("ret_edit1"));
        assert_eq!(nearest("ordr", ["which", "order", "count", "when"]), Some("order"));
        assert_eq!(nearest("zebra", ["fruits", "flags"]), None);
        assert_eq!(nearest("anything", []), None);
        // Of equals, the first by name, in whatever order they are known.
        assert_eq!(nearest("cat", ["hat", "bat"]), Some("bat"));
    }

    #[test]
    fn nouns_follow_their_numbers() {
        assert_eq!(count(0_u64, "row"), "0 rows");
        assert_eq!(count(1_usize, "row"), "1 row");
        assert_eq!(count(2_u32, "row"), "2 rows");
        assert_eq!(count(2_u64, "reply"), "2 replies");
        assert_eq!(count(1_u64, "impossible request"), "1 impossible request");
        assert_eq!(count(3_u64, "impossible request"), "3 impossible requests");
        assert_eq!(form(2_u64, "byte"), "bytes");
        assert_eq!((verb(1_u64, "sees", "see"), verb(0_u64, "sees", "see")), ("sees", "see"));
    }
}
