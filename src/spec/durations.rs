//! Durations that are drawn for each needle, where the time of a thing is asked for.
//!
//! In: `durations` of `[[tasks]]`, or a family. Out: the shortest and the longest.

use std::fmt;

use toml::Value;

use super::quantity::{self, Length};
use super::reader::unexpected;
use crate::question::Family;

/// A range of durations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durations {
    /// The shortest.
    pub least: Length,
    /// The longest.
    pub most: Length,
}

impl Durations {
    /// Those of a family whose questions ask for times; nothing for others.
    pub(super) fn of(family: &Family) -> Option<Self> {
        let (least, most) = family.durations_millis();
        let length = Length::from_millis;
        family.question_kind().draws_times().then(|| Self { least: length(least), most: length(most) })
    }
}

impl fmt::Display for Durations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.least, self.most)
    }
}

/// The durations that a task names: the shortest and the longest.
pub(super) fn read(value: &Value) -> Result<Durations, String> {
    let expected = "a list of the shortest and the longest, such as `[\"1s\", \"20s\"]`";
    match value.as_array().map(Vec::as_slice) {
        Some([least, most]) => {
            Ok(Durations { least: quantity::length(least)?, most: quantity::length(most)? })
        }
        _ => Err(unexpected(value, expected)),
    }
}
