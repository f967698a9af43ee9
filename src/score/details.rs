//! What `scores.json` says beside accuracy: the fields of its details.
//!
//! In: nothing. Out: types; the modules beside this one fill them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Samples that have something in common: a length, a depth, an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slice {
    /// What they have in common, as text.
    pub value: String,
    /// Number of samples.
    pub samples: u64,
    /// Samples that are right in every try.
    pub correct: u64,
    /// Number of tries.
    pub tries: u64,
    /// Tries that are right.
    pub correct_tries: u64,
    /// Share of samples that are right in every try.
    pub circular: f64,
    /// Share of tries that are right.
    pub per_try: f64,
    /// 95% interval of `circular`.
    pub interval: [f64; 2],
    /// How it was made: `wilson`, or `bootstrap` over haystacks where one holds several samples.
    pub interval_by: String,
    /// Number of clusters of haystacks.
    pub clusters: u64,
}

/// Samples by what they have in common; the slices of each list stand in their natural order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slices {
    /// By the grid's length; empty outside a grid.
    pub length: Vec<Slice>,
    /// By the band that the video's length falls into.
    pub length_band: Vec<Slice>,
    /// By the depth of the grid, or its tenth.
    pub depth: Vec<Slice>,
    /// By the number of needles that are asked for.
    pub needles: Vec<Slice>,
    /// By the smallest distance between two of them, from the end of one to the start of the next.
    pub distance: Vec<Slice>,
    /// By the right answer, for each type with at most 40 of them.
    pub answer: BTreeMap<String, Vec<Slice>>,
    /// By each key of difficulty that the dataset varies. The age of evidence is one where it is drawn, too: by octaves.
    #[serde(default)]
    pub difficulty: BTreeMap<String, Axis>,
}

/// Samples by one key of difficulty, from its least value to its greatest, names in the order of the dataset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Axis {
    /// Of all types that vary it.
    pub all: Vec<Slice>,
    /// Of each of them.
    pub types: BTreeMap<String, Vec<Slice>>,
    /// What each value comes to in the videos, where that is not what is asked for: in frames, pixels, levels or per cent, least
    /// first.
    #[serde(default)]
    pub effective: BTreeMap<String, Vec<String>>,
}

impl Axis {
    /// A value with what it comes to.
    pub fn label(&self, value: &str) -> String {
        match self.effective.get(value).map(Vec::as_slice) {
            Some([only]) => format!("{value} = {only}"),
            Some([least, .., most]) => format!("{value} = {least} to {most}"),
            _ => value.to_owned(),
        }
    }
}

/// How a model counts: over the tries of one type whose options are all numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Counting {
    /// Tries with a number read.
    pub read: u64,
    /// Of these, right.
    pub exact: u64,
    /// Of these, one too many or one too few; those that are right are not among them.
    pub off_by_one: u64,
    /// Mean of read minus right.
    pub bias: f64,
    /// 95% interval of `bias`, by bootstrap over haystacks; null with fewer than 10, or where all are alike.
    pub bias_interval: Option<[f64; 2]>,
    /// Mean distance of read from right.
    pub absolute_error: f64,
    /// How often each number was read where each was right.
    pub confusion: Vec<Confusion>,
}

/// One field of the confusion of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confusion {
    /// The right number.
    pub answer: i64,
    /// The number read.
    pub read: i64,
    /// Number of tries.
    pub tries: u64,
}

/// Credit for orders that are partly right, over the tries of one type whose options are orders of the same items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ordering {
    /// Number of tries.
    pub tries: u64,
    /// Mean of Kendall's tau of the order read and the right one, -1 to 1; 0 where none is read.
    pub tau: f64,
    /// 95% interval of `tau`, by bootstrap over haystacks; null with fewer than 10, or where all are alike.
    pub tau_interval: Option<[f64; 2]>,
    /// Mean tau of one who draws an option: above 0, since the right order is among them.
    pub chance_tau: f64,
    /// `(tau - chance_tau) / (1 - chance_tau)`.
    pub tau_corrected: f64,
}

/// Which letters a model favours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Letters {
    /// Each letter.
    pub letters: Vec<LetterUse>,
    /// Standard deviation of the letters' `recall` (`RStd`, Zheng et al., ICLR 2024, arXiv 2309.03882): 0 without bias.
    pub recall_deviation: f64,
    /// Half the sum of differences between how often letters are chosen and how often they are right, as shares: 0 to 1.
    pub total_variation: f64,
}

/// One letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LetterUse {
    /// The letter.
    pub letter: String,
    /// Tries in which it is right.
    pub target: u64,
    /// Tries in which it is read.
    pub chosen: u64,
    /// Tries in which both hold.
    pub correct: u64,
    /// Share of the letters read.
    pub share: f64,
    /// 95% interval of `share`, by bootstrap over haystacks; null with fewer than 10, or where all are alike.
    pub share_interval: Option<[f64; 2]>,
    /// `correct` of `target`.
    pub recall: f64,
}

/// How far a model holds up as videos grow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectiveLength {
    /// The shortest length.
    pub base_length: String,
    /// `circular` there, the mean of the types that it has.
    pub base: f64,
    /// Share of `base` that a length has to reach.
    pub threshold: f64,
    /// `circular` of one who stays with one option's content: what a length has to exceed, too.
    pub chance: f64,
    /// The longest length that reaches both; null if there is none.
    pub length: Option<String>,
    /// That length's seconds.
    pub length_secs: Option<f64>,
    /// `circular` at that length.
    pub accuracy: Option<f64>,
    /// Whether no longer length was asked, so that the model may hold up further.
    pub is_longest: bool,
}

/// Accuracy by whether the frames that were sent show the needles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Visible {
    /// Samplers that the answers name.
    pub samplers: Vec<String>,
    /// Samples of which it is known.
    pub known: u64,
    /// Of these, samples of which it is known by the sampler that was named when they were scored: the answers do not say.
    pub by_sampler: u64,
    /// Samples of which it is not, since neither says which frames were sent.
    pub unknown: u64,
    /// What a model reaches that answers right wherever all needles are seen, and nowhere else: the mean of the tasks.
    pub ceiling: f64,
    /// Samples of which every needle that is asked for is in the frames sent; null if there are none.
    pub seen: Option<Slice>,
    /// Samples of which one or more are not; null if there are none.
    pub unseen: Option<Slice>,
    /// The same by type: seen, then unseen, as far as there are any.
    pub types: BTreeMap<String, Vec<Slice>>,
}

/// What was done with the requests, as far as the answers say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Replies {
    /// Tries by the status that `ask` or `import` recorded.
    pub statuses: BTreeMap<String, u64>,
    /// Tries by what was read: the clue that named an option, or why none could be read.
    pub readings: BTreeMap<String, u64>,
}
