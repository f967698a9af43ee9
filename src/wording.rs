//! Wording of messages: numbers with their nouns.
//!
//! In: a number and a noun in the singular. Out: both, the noun as the number asks for it.

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

#[cfg(test)]
mod tests {
    use super::*;

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
