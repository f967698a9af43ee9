//! `manifest.json`: everything that made a dataset, and nothing of the machine that did.
//!
//! In: spec, versions, digests, warnings. Out: one JSON file from which the dataset can be made again. No absolute
//! path, clock, host, user or number of jobs is in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::haystack::Haystack;
use crate::question::Control;

/// Version of the dataset format, raised whenever a field is added, removed or changes its meaning.
pub const FORMAT_VERSION: u32 = 10;

/// Directory within a dataset that holds its controls, each a dataset of its own, by name.
pub const CONTROLS: &str = "controls";

/// Directory of the videos within a dataset.
pub const VIDEOS: &str = "videos";

/// Directory of the spec that a dataset carries, within it.
pub const SPEC: &str = "spec";

/// Directory of the pictures within a dataset.
pub const PICTURES: &str = "pictures";

/// What made a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Version of vniah.
    pub tool_version: String,
    /// The spec's seed.
    pub seed: u64,
    /// The spec's text, as it was given.
    pub spec: String,
    /// Digest of the plan.
    pub plan_sha256: String,
    /// Versions of the FFmpeg libraries that decoded and encoded.
    pub ffmpeg: FfmpegVersions,
    /// Settings of the video encoder, in FFmpeg's words.
    pub encoder: String,
    /// How the videos are kept.
    #[serde(default)]
    pub store: Store,
    /// What is left of the videos, where the dataset is the control of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// Haystacks used, by id.
    pub haystacks: Vec<Haystack>,
    /// Needle packs and fonts used, by name.
    pub needles: Vec<NeedleDigest>,
    /// Question families used, by type, with the digest of each.
    pub templates: Vec<NeedleDigest>,
    /// Every file written, by name, but the manifest itself.
    pub outputs: Vec<OutputDigest>,
    /// Everything a user should know of how the dataset came to be: one sentence each.
    pub warnings: Vec<String>,
}

/// How the videos of a dataset are kept. Rows are the same either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Store {
    /// As MP4 files, in `videos`.
    #[default]
    File,
    /// As what is not in their haystacks, in `recipes`.
    Recipe,
}

impl Store {
    /// As it is called in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Recipe => "recipe",
        }
    }

    /// Directory within the dataset.
    pub fn dir(self) -> &'static str {
        match self {
            Self::File => VIDEOS,
            Self::Recipe => "recipes",
        }
    }

    /// Path within the dataset of what is kept of the video that rows call `file_name`.
    pub fn of(self, file_name: &str) -> String {
        match self {
            Self::File => file_name.to_owned(),
            Self::Recipe => {
                let name = file_name.trim_start_matches(VIDEOS).trim_start_matches('/');
                format!("{}/{}.recipe", self.dir(), name.trim_end_matches(".mp4"))
            }
        }
    }
}

/// Versions of FFmpeg's libraries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FfmpegVersions {
    /// FFmpeg's release, such as `5.1.9`.
    pub release: String,
    /// libavcodec's version.
    pub avcodec: String,
    /// libavformat's version.
    pub avformat: String,
    /// libswscale's version.
    pub swscale: String,
}

/// Digest of data that needles or questions came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NeedleDigest {
    /// Name of the pack, font or family.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Digest of a file of the dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutputDigest {
    /// Path relative to the dataset directory.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Which part of a dataset a directory holds: every sample whose number, counted from 0, leaves `index` when divided by
/// `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// From 0.
    pub index: u64,
    /// How many there are.
    pub count: u64,
}

impl Shard {
    /// Numbers of its samples among `samples`.
    pub fn samples(self, samples: u64) -> impl Iterator<Item = u64> {
        (self.index..samples).step_by(usize::try_from(self.count).unwrap_or(usize::MAX))
    }

    /// Whether the sample with this number is its.
    pub fn has(self, number: u64) -> bool {
        number % self.count == self.index
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers =
            text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match numbers {
            Some((index, count)) if index < count => Ok(Self { index, count }),
            _ => Err("expected I/N, such as 0/8, with I from 0 to N-1".to_owned()),
        }
    }
}

/// `shard.json`: a part of a dataset, and what all parts need to become one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShardFile {
    /// Which part.
    pub shard: Shard,
    /// Samples of the whole dataset.
    pub samples: u64,
    /// The manifest of the whole, but with this part's outputs.
    pub manifest: Manifest,
    /// The dataset card of the whole; empty in all parts but the first.
    pub readme: String,
    /// The Croissant description of the whole, without the digest of its rows.
    pub croissant: serde_json::Value,
}
