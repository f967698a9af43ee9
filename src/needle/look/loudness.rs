//! How loud a needle is.
//!
//! In: nothing. Out: its level, against what else is heard or of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How loud a needle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Loudness {
    /// As it was recorded: where it is heard alone.
    Recorded,
    /// Against the haystack's own sound where it is heard.
    Over {
        /// How much louder it is, in decibels; lower where negative.
        snr_db: i16,
    },
}
