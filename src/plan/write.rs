//! `plan.jsonl`: the plan as a file.
//!
//! In: a planner, and what each of its videos will cost. Out: JSON Lines: a header, then one video a line with its questions, written as
//! they are planned; and what the plan amounts to, since they are planned once.

use std::io::Write as _;
use std::path::Path;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::files;
use crate::version::Stated;

use super::summary::{chunk, chunks};
use super::{PlannedVideo, Planner, Summary, VideoCost};

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

/// Writes the plan to `path`, and adds the videos up as [`summary`](super::summary) does. They are planned on all threads while those
/// before them are written.
pub fn write<E: Send + From<files::Error>>(
    path: &Path,
    planner: &Planner,
    cost: impl Fn(&PlannedVideo) -> Result<VideoCost, E> + Sync,
) -> Result<Summary, E> {
    let chunks = chunks(planner);
    let at_once = 2 * rayon::current_num_threads() as u64;
    let planned = |first: u64| -> Vec<Result<Chunk, E>> {
        let chunks = (first..chunks.min(first + at_once)).into_par_iter();
        let written = |at| {
            let mut lines = Vec::new();
            let summary = chunk(planner, at, &cost, |video| add_line(&mut lines, video))?;
            Ok(Chunk { lines, summary })
        };
        chunks.map(written).collect()
    };
    let mut total = Summary::without_videos(planner);
    files::write_atomic(path, |writer| {
        let mut write = |lines: &[u8]| writer.write_all(lines).map_err(files::Error::io("write", path));
        let mut header = Vec::new();
        add_line(&mut header, &Header::new(planner));
        write(&header)?;
        let (mut first, mut next) = (0, planned(0));
        while !next.is_empty() {
            first += at_once;
            let write_all = || {
                next.into_iter().try_for_each(|chunk| {
                    let chunk = chunk?;
                    total.add(chunk.summary);
                    Ok::<_, E>(write(&chunk.lines)?)
                })
            };
            let (written, following) = rayon::join(write_all, || planned(first));
            written?;
            next = following;
        }
        Ok::<_, E>(())
    })?;
    Ok(total)
}

/// Some videos of a plan, one after the other.
struct Chunk {
    lines: Vec<u8>,
    summary: Summary,
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

fn add_line<T: Serialize>(lines: &mut Vec<u8>, row: &T) {
    serde_json::to_writer(&mut *lines, row).expect("values of this crate serialise");
    lines.push(b'\n');
}
