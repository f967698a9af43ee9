//! A motion as rows state it.
//!
//! In: movers, and which of their frames are shown. Out: one text of JSON, empty where nothing moves: readers of tables want one type a
//! column, whatever the rows before had.

use serde::{Deserialize, Serialize};

use super::mover::{Mover, Replay};

/// What moves in a needle, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Motion {
    /// What moves; empty where nothing does.
    pub movers: Vec<Mover>,
    /// Which frames of the motion are shown, where they are not all of them in order.
    pub replay: Option<Replay>,
    /// Whether a short video is played backward; nothing where the needle is none.
    pub is_reversed: Option<bool>,
}

/// The fields as the text has them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    movers: Vec<Mover>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replay: Option<Replay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_reversed: Option<bool>,
}

impl From<Motion> for String {
    fn from(Motion { movers, replay, is_reversed }: Motion) -> Self {
        if movers.is_empty() && is_reversed.is_none() {
            return Self::new();
        }
        serde_json::to_string(&Fields { movers, replay, is_reversed })
            .expect("a motion is made of numbers and texts")
    }
}

impl TryFrom<String> for Motion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let fields: Fields = serde_json::from_str(&text).map_err(|error| format!("motion: {error}"))?;
        Ok(Self { movers: fields.movers, replay: fields.replay, is_reversed: fields.is_reversed })
    }
}
