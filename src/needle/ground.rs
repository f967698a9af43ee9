//! Grounds: what is around a full-frame picture.
//!
//! In: nothing. Out: names that files hold, and the plain ground's colour.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Colour of the plain ground around a picture: a lilac that no picture of the embedded packs has at its edge.
///
/// Grey grounds swallow the pale greys of vehicles, light ones the white of flags, and green ones fruit.
pub const PLAIN_GROUND: [u8; 3] = [225, 165, 240];

/// What fills the frame around a full-frame picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ground {
    /// One colour.
    Plain,
    /// The haystack frame before the needle, blurred.
    Blur,
}
