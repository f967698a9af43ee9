//! What a question names or fixes beside its kind: what its answer depends on, besides the scene.
//!
//! In: what was drawn for a question. Out: a record that plans and rows state, so that whoever knows a scene can answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The arguments of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Query {
    /// The things that it names, in the order in which it names them: labels, or the keys that values are asked of.
    #[serde(default)]
    pub things: Vec<String>,
    /// Links of a chain to follow, or places in the order of time to go on; negative is back.
    #[serde(default)]
    pub steps: i64,
    /// Cells on each side of the picture, where it is divided.
    #[serde(default)]
    pub cells: u32,
    /// In which direction places are compared.
    #[serde(default)]
    pub direction: Direction,
}

impl Query {
    /// The query that names one thing.
    pub fn about(thing: &str) -> Self {
        Self { things: vec![thing.to_owned()], ..Self::default() }
    }

    /// Whether it says nothing: the kind says it all.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A direction in which two places are compared.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// None are compared.
    #[default]
    #[serde(rename = "")]
    None,
    /// Left and right.
    Horizontal,
    /// Above and below.
    Vertical,
}
