//! `plan.jsonl`: the plan as a file.
//!
//! In: a planner. Out: JSON Lines: a header, then one video a line with its questions, written as they are planned.

use std::io::Write as _;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::files;
use crate::version::Stated;

use super::Planner;

/// Version of the plan's format, raised whenever a field is added, removed or changes its meaning.
pub const FORMAT_VERSION: u32 = 5;

/// First line of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Version of vniah.
    pub tool_version: String,
    /// Name of the dataset.
    pub name: String,
    /// The spec's seed.
    pub seed: u64,
    /// SHA-256 of the spec's text.
    pub spec_sha256: String,
    /// Number of videos that follow, one a line.
    pub videos: u64,
    /// Number of questions about them.
    pub samples: u64,
    /// Everything a user should know of the plan: one sentence each.
    pub warnings: Vec<String>,
}

impl Header {
    /// The header of a plan.
    pub fn new(planner: &Planner) -> Self {
        let spec = planner.spec();
        Self {
            format_version: FORMAT_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: spec.name().to_owned(),
            seed: spec.seed_number(),
            spec_sha256: digest::of_bytes(spec.text().as_bytes()),
            videos: planner.len(),
            samples: planner.questions(),
            warnings: planner.warnings().to_vec(),
        }
    }
}

/// Writes the plan to `path`.
pub fn write(path: &Path, planner: &Planner) -> Result<(), files::Error> {
    files::write_atomic(path, |writer| {
        let mut line = |row: Vec<u8>| {
            writer
                .write_all(&row)
                .and_then(|()| writer.write_all(b"\n"))
                .map_err(files::Error::io("write", path))
        };
        line(to_json(&Header::new(planner)))?;
        planner.videos().try_for_each(|video| line(to_json(&video)))
    })
}

/// What every header of a plan has, whatever its version.
#[derive(Deserialize)]
struct AnyHeader {
    format_version: u64,
    #[serde(default)]
    tool_version: Option<String>,
    #[serde(rename = "spec_sha256")]
    _spec_sha256: String,
}

/// What the first line of a plan, of any version, says of it; nothing if the file is no plan.
pub fn stated(path: &Path) -> Option<Stated> {
    let first: AnyHeader = files::read_json_lines(path).ok()?.next()?.ok()?;
    Some(Stated { format_version: Some(first.format_version), tool_version: first.tool_version })
}

/// Whether a file is a plan, of any version.
pub fn is_plan(path: &Path) -> bool {
    stated(path).is_some()
}

fn to_json<T: Serialize>(row: &T) -> Vec<u8> {
    serde_json::to_vec(row).expect("values of this crate serialise")
}
