//! What a family's file says, as it stands there: nothing in it is checked yet.
//!
//! In: TOML. Out: one struct a table, each key a field.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::answer::Form;
use crate::language::Language;
use crate::needle::{LookKind, WayIn};

/// What the figures of all tasks together stand under, so that no type and no task has this name.
pub const OVERALL: &str = "overall";

/// Whether the needles of one video show one thing or different ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Labels {
    /// All show the same.
    #[default]
    Same,
    /// No two are alike.
    Distinct,
}
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(rename = "kind")]
    pub(super) question_kind: Option<String>,
    pub(super) task: String,
    pub(super) forms: Option<Vec<Form>>,
    #[serde(default)]
    pub(super) language: Language,
    pub(super) question: String,
    #[serde(default)]
    pub(super) questions: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) wordings: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) ask: RawAsk,
    pub(super) needle: RawNeedle,
    pub(super) cue: Option<RawCue>,
    pub(super) distractors: Option<RawDistractors>,
    pub(super) options: RawOptions,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNeedle {
    pub(super) mode: WayIn,
    pub(super) look: LookKind,
    pub(super) text: Option<String>,
    pub(super) pack: String,
    pub(super) keys: Option<String>,
    pub(super) count: toml::Value,
    pub(super) each: Option<toml::Value>,
    pub(super) clips: Option<usize>,
    #[serde(default)]
    pub(super) labels: Labels,
    pub(super) gap_millis: Option<u64>,
    pub(super) duration_millis: Option<u64>,
    pub(super) durations_millis: Option<(u64, u64)>,
}

/// What a family's file says of its cues.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCue {
    pub(super) look: LookKind,
    pub(super) pack: String,
    pub(super) text: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAsk {
    pub(super) things: Option<toml::Value>,
    pub(super) steps: Option<Vec<i64>>,
    pub(super) cells: Option<u32>,
    pub(super) ring: Option<bool>,
    pub(super) moments: Option<bool>,
    pub(super) hints: Option<bool>,
    pub(super) swaps: Option<u32>,
    pub(super) times: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDistractors {
    pub(super) text: Option<String>,
    pub(super) pack: Option<String>,
    #[serde(default)]
    pub(super) count: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOptions {
    /// Where families named their kind before format 2; noted, and not read.
    pub(super) kind: Option<toml::Value>,
    pub(super) number: usize,
    pub(super) window: Option<usize>,
}
