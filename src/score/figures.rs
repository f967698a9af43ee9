//! Figures of a type, a task, or all: the main figure, accuracy, credit, chance.
//!
//! In: nothing. Out: fields of `scores.json`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::question::{AnswerKind, Form};

/// The figure that stands for a type, a task, or all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Main {
    /// What is measured: `circular` of choices, `mIoU` of spans, `exact` of other answers; `mean` over types of several
    /// measures.
    pub measure: String,
    /// The share: 0 to 1; for tasks and overall the mean of the parts' main figures.
    pub value: f64,
    /// What is reached without looking: of choices by a letter drawn for each try, else by the best constant answer.
    pub chance: f64,
    /// 95% interval of `value`.
    pub interval: [f64; 2],
}

/// The measure of means over several measures.
pub const MIXED: &str = "mean";

/// Accuracy of a type, a task, or all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// The main figure.
    pub main: Main,
    /// How the type is answered; absent for tasks and overall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// What its answers are; absent for tasks and overall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_kind: Option<AnswerKind>,
    /// Mean credit of a try: how much of the answer is right, 0 to 1; averaged as `circular` is.
    pub credit: f64,
    /// The field's measures of a type that is asked openly, by name; absent elsewhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measures: BTreeMap<String, f64>,
    /// Share of samples that are right in every try; for tasks and overall the mean of the parts' shares.
    pub circular: f64,
    /// Share of tries that are right; averaged in the same way.
    pub per_try: f64,
    /// 95% interval of `circular`: low and high.
    pub interval: [f64; 2],
    /// 95% interval of `per_try`.
    pub per_try_interval: [f64; 2],
    /// Both shares with chance taken out.
    pub corrected: Corrected,
    /// Number of samples.
    pub samples: u64,
    /// Samples that are right in every try.
    pub correct: u64,
    /// Partial credit: samples with 0, 1, 2, ... right tries.
    pub by_tries: Vec<u64>,
    /// Number of tries.
    pub tries: u64,
    /// Tries that are right.
    pub correct_tries: u64,
    /// Tries whose reply names no option, or several.
    pub unreadable: u64,
    /// Tries without a reply.
    pub missing: u64,
    /// Completeness: share of tries with a reply.
    pub complete: f64,
    /// What guessing reaches.
    pub chance: Chance,
}

/// Shares from which chance is taken out: `(share - chance) / (1 - chance)`, 0 at chance, 1 where all is right.
///
/// Each share is corrected by what one who draws a letter for each try reaches in that share. One who draws an option's content
/// and stays with it has a `per_try` of 0 here, too, but a `circular` above 0: the two are read together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Corrected {
    /// Of `circular`, by `circular_letters`.
    pub circular: f64,
    /// Of `per_try`.
    pub per_try: f64,
}

impl Corrected {
    /// Takes `chance` out of both shares.
    pub fn of(circular: f64, per_try: f64, chance: Chance) -> Self {
        let without =
            |share: f64, chance: f64| if chance < 1.0 { (share - chance) / (1.0 - chance) } else { 0.0 };
        Self {
            circular: without(circular, chance.circular_letters),
            per_try: without(per_try, chance.per_try),
        }
    }
}

/// What is reached without looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chance {
    /// `per_try` of any guess. Of open answers, all three are the main figure of the best constant answer.
    pub per_try: f64,
    /// `circular` of one who draws a letter for each try.
    pub circular_letters: f64,
    /// `circular` of one who draws an option's content and stays with it over the tries.
    pub circular_content: f64,
}

/// Accuracy under one letter rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleScores {
    /// Mean of the tasks.
    pub overall: Group,
    /// Each task.
    pub tasks: BTreeMap<String, Group>,
    /// Each type.
    pub types: BTreeMap<String, Group>,
}

/// Whether the main figure of such answers is their mean credit, not the share that is right.
pub(super) fn is_by_credit(kind: AnswerKind) -> bool {
    kind == AnswerKind::Spans
}

/// Decimals kept of a share: more than any interval is wide, and equal on every machine.
pub(super) fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

impl Group {
    /// What is reached by who stays with one answer: with one option's content over all tries, or with the best constant answer.
    pub fn chance_of_content(&self) -> f64 {
        if self.main.measure == "circular" { self.chance.circular_content } else { self.main.chance }
    }

    pub(super) fn round(&mut self) {
        self.main = Main {
            measure: std::mem::take(&mut self.main.measure),
            value: rounded(self.main.value),
            chance: rounded(self.main.chance),
            interval: self.main.interval.map(rounded),
        };
        self.credit = rounded(self.credit);
        self.measures.values_mut().for_each(|value| *value = rounded(*value));
        self.circular = rounded(self.circular);
        self.per_try = rounded(self.per_try);
        self.interval = self.interval.map(rounded);
        self.per_try_interval = self.per_try_interval.map(rounded);
        self.complete = rounded(self.complete);
        self.corrected = Corrected {
            circular: rounded(self.corrected.circular),
            per_try: rounded(self.corrected.per_try),
        };
        self.chance = Chance {
            per_try: rounded(self.chance.per_try),
            circular_letters: rounded(self.chance.circular_letters),
            circular_content: rounded(self.chance.circular_content),
        };
    }
}
