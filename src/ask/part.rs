//! Parts of a message: texts and media, as the chat completions of OpenAI write them.
//!
//! In: a text, or a medium as an address. Out: JSON. A medium is shared with all requests that show it, never copied.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A text.
    Text(String),
    /// A picture or a video.
    Media {
        /// `image_url` or `video_url`.
        kind: &'static str,
        /// The medium itself as `data:`, or where it is.
        url: Arc<str>,
    },
    /// A WAV file.
    Sound {
        /// Its bytes in base 64.
        data: Arc<str>,
    },
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        match self {
            Self::Text(text) => {
                map.serialize_entry("text", text)?;
                map.serialize_entry("type", "text")?;
            }
            Self::Sound { data } => {
                map.serialize_entry("input_audio", &BTreeMap::from([("data", &**data), ("format", "wav")]))?;
                map.serialize_entry("type", "input_audio")?;
            }
            // Keys are in order, as in all that is digested.
            Self::Media { kind, url } if *kind < "type" => {
                map.serialize_entry(kind, &BTreeMap::from([("url", &**url)]))?;
                map.serialize_entry("type", kind)?;
            }
            Self::Media { kind, url } => {
                map.serialize_entry("type", kind)?;
                map.serialize_entry(kind, &BTreeMap::from([("url", &**url)]))?;
            }
        }
        map.end()
    }
}
