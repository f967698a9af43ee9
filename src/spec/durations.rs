//! Durations that are drawn for each needle, where the time of a thing is asked for.
//!
//! In: `durations` of `[[tasks]]`, or a family. Out: the shortest and the longest.

use std::fmt;

use toml::Value;

use super::quantity::{self, Length};
use super::reader::unexpected;
use crate::question::Family;
use crate::time::FrameRate;
use crate::wording;

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

    /// Why nothing lasts so long at `fps`: the shortest is longer than the longest.
    pub fn problem(&self, fps: FrameRate) -> Option<String> {
        let Self { least, most } = self;
        let [shortest, longest] = [least, most].map(|length| wording::count(length.frames(fps), "frame"));
        (least.frames(fps) > most.frames(fps)).then(|| {
            format!("`{least}` is {shortest} at {fps} frames a second, and `{most}` is {longest}: expected the shortest first")
        })
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
            let (least, most) = (quantity::length(least)?, quantity::length(most)?);
            let ((unit, shortest), (other, longest)) = (least.counted(), most.counted());
            // Seconds and frames can be compared at a frame rate alone: `Durations::problem`.
            if unit == other && shortest > longest {
                return Err(format!("`{least}` is longer than `{most}`; expected the shortest first"));
            }
            Ok(Durations { least, most })
        }
        _ => Err(unexpected(value, expected)),
    }
}
