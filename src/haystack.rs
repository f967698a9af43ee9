//! Haystacks as probed: what a source video is once it is prepared. Pure data, no input or output.
//!
//! In: what probing finds out about a source. Out: the sizes, rates and counts on which planning rests. A
//! plan depends on nothing else of a haystack, so it can be made, and repeated, without decoding a frame.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::FrameRate;

/// An entry of a spec's haystacks: a file, or a procedural scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The catalogue's id; absent for a bare path, whose id is made from the file's stem.
    pub id: Option<String>,
    /// Where the frames come from.
    pub source: Source,
    /// Licence of the source.
    pub licence: Option<String>,
    /// Whom to credit for the source.
    pub credit: Option<String>,
    /// What the haystack shows by itself, in the words of needle packs: sorted, each once.
    pub shows: Vec<String>,
}

impl Entry {
    /// The file that it is of; nothing where it is drawn.
    pub fn file(&self) -> Option<&Path> {
        match &self.source {
            Source::File(path) => Some(path),
            Source::Scene(_) => None,
        }
    }
}

/// Where a haystack's frames come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Source {
    /// A video file.
    File(PathBuf),
    /// Frames drawn by a procedural scene.
    Scene(SceneRecipe),
}

/// Everything that a procedural scene depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SceneRecipe {
    /// Name of the scene.
    pub name: String,
    /// Seed of its details.
    pub seed: u64,
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Number of frames.
    pub frames: u64,
}

/// What a spec wants its haystacks to be; what it leaves open follows the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Width in pixels, even.
    pub width: Option<u32>,
    /// Height in pixels, even.
    pub height: Option<u32>,
    /// Constant frame rate.
    pub fps: Option<FrameRate>,
    /// Constant rate factor of x264: lower is better, 20 by default.
    pub crf: u8,
    /// Whether sound is kept.
    pub audio: bool,
}

/// A source video in the form in which it is spliced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Haystack {
    /// Unique name: the catalogue's, or made from the file's stem.
    pub id: String,
    /// SHA-256 of the source file, or of the recipe of a procedural scene.
    pub sha256: String,
    /// What it is once prepared.
    pub form: Form,
    /// Licence of the source, as its catalogue states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Whom to credit for the source, as its catalogue states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// What it shows by itself, in the words of needle packs: no needle of a video that uses it shows one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shows: Vec<String>,
    /// What was normalised, and everything else a user should know: one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The prepared form of a haystack: constant frame rate, square pixels, upright.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Form {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Number of frames, exact.
    pub frames: u64,
    /// Frames from one keyframe to the next, at most.
    pub gop: u64,
    /// Sound, where there is any and it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioForm>,
}

/// The sound of a prepared haystack: AAC-LC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AudioForm {
    /// Samples per second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u16,
}
