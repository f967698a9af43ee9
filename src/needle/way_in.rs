//! Ways in: how a needle enters the video.
//!
//! In: nothing. Out: the one enum of ways, which families name, plans hold and rows state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a needle enters the video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WayIn {
    /// Its frames are spliced in between two haystack frames: the video grows by them.
    Insert,
    /// It is drawn onto haystack frames: the video keeps its length. VNBench says "edit".
    Overlay,
    /// It is mixed into the haystack's sound; no frame changes.
    Mix,
    /// It is a line of the subtitle track; no frame changes.
    Subtitle,
}

impl WayIn {
    /// The name that families and rows use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Overlay => "overlay",
            Self::Mix => "mix",
            Self::Subtitle => "subtitle",
        }
    }

    /// Whether every frame stays as it is.
    pub fn is_beside(self) -> bool {
        match self {
            Self::Insert | Self::Overlay => false,
            Self::Mix | Self::Subtitle => true,
        }
    }
}
