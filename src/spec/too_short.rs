//! `haystacks.too_short`: what becomes of haystacks and lengths that have no room for a type.
//!
//! In: a word. Out: [`TooShort`].

use toml::Value;

use super::reader::unexpected;

/// What becomes of haystacks, and of lengths of a grid, that are too short for a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TooShort {
    /// The spec is refused.
    #[default]
    Error,
    /// The type does without them. A type that has none left is not made.
    Skip,
}

/// Reads it.
pub(super) fn read(value: &Value) -> Result<TooShort, String> {
    match value.as_str() {
        Some("error") => Ok(TooShort::Error),
        Some("skip") => Ok(TooShort::Skip),
        _ => Err(unexpected(value, "`\"error\"` or `\"skip\"`")),
    }
}
