//! Questions at times of a video by the age of their evidence: what a sampler still sees of it when it is asked.
//!
//! In: rows. Out: a line of a table, which [`sums`](super::sums) fills.

use serde::Serialize;

use super::ceiling::Ceiling;

/// What is seen of evidence of one age.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgeCoverage {
    /// Question family.
    #[serde(rename = "type")]
    pub kind: String,
    /// The octave of its age.
    pub age: &'static str,
    /// Questions.
    pub samples: u64,
    /// Questions all of whose evidence is seen.
    pub seen: u64,
    /// Mean ceiling of its samples.
    pub ceiling: Ceiling,
}
