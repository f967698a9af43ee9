//! The published format: `metadata.jsonl` and `manifest.json`, versioned, read and written here only.
//!
//! In: rows and a manifest. Out: files that are at once a Hugging Face dataset. Fields keep one type in every row,
//! because readers infer a column's type from all of them.

mod difficulty;
mod manifest;
mod metadata;

pub use difficulty::Difficulty;
pub use manifest::{
    CONTROLS, FORMAT_VERSION, FfmpegVersions, Manifest, NeedleDigest, OutputDigest, Shard, ShardFile, Store,
    VIDEOS,
};
pub use metadata::{NeedleRow, Row, letter, samples};

use std::path::Path;

use serde::Deserialize;

use crate::files;
use crate::version::{Mismatch, Stated};

/// Name of the rows' file in a dataset directory.
pub const METADATA: &str = "metadata.jsonl";
/// Name of the manifest's file in a dataset directory.
pub const MANIFEST: &str = "manifest.json";

/// Name of the dataset card's file in a dataset directory.
pub const README: &str = "README.md";

/// Name of the file that makes a directory a part of a dataset.
pub const SHARD: &str = "shard.json";

/// A dataset that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the dataset cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// The manifest is not one.
    #[error("`{path}` is not the manifest of a dataset")]
    Manifest {
        /// The file.
        path: String,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// The description of a part is not one.
    #[error("`{path}` does not describe a part of a dataset")]
    Shard {
        /// The file.
        path: String,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// A manifest or a part of another format version.
    #[error("`{path}` {mismatch}")]
    Version {
        /// The file.
        path: String,
        /// Which versions disagree.
        mismatch: Mismatch,
    },
    /// Rows contradict each other or themselves.
    #[error("`{path}` contradicts itself\n  {}", problems.join("\n  "))]
    Inconsistent {
        /// The file.
        path: String,
        /// One sentence a problem.
        problems: Vec<String>,
    },
}

/// Reads all rows of the dataset in `dir` and checks them: ids are unique, the target is among the options, the tries
/// of a sample agree.
pub fn read_rows(dir: &Path) -> Result<Vec<Row>, Error> {
    let path = dir.join(METADATA);
    let rows: Vec<Row> = files::read_json_lines_in_parallel(&path)?;
    let problems = metadata::problems(&rows);
    if problems.is_empty() {
        Ok(rows)
    } else {
        Err(Error::Inconsistent { path: path.display().to_string(), problems })
    }
}

/// Reads the manifest of the dataset in `dir`.
pub fn read_manifest(dir: &Path) -> Result<Manifest, Error> {
    let path = dir.join(MANIFEST);
    let text = files::read_text(&path)?;
    let wrong = |source| Error::Manifest { path: path.display().to_string(), source };
    check_version(&path, Stated::of(&text).map_err(wrong)?)?;
    serde_json::from_str(&text).map_err(wrong)
}

/// Reads what the part of a dataset in `dir` is.
pub fn read_shard(dir: &Path) -> Result<ShardFile, Error> {
    let path = dir.join(SHARD);
    let text = files::read_text(&path)?;
    let wrong = |source| Error::Shard { path: path.display().to_string(), source };
    check_version(&path, serde_json::from_str::<StatedByShard>(&text).map_err(wrong)?.manifest)?;
    serde_json::from_str(&text).map_err(wrong)
}

/// The version of a part is that of the manifest in it.
#[derive(Deserialize)]
struct StatedByShard {
    manifest: Stated,
}

fn check_version(path: &Path, stated: Stated) -> Result<(), Error> {
    let version = |mismatch| Error::Version { path: path.display().to_string(), mismatch };
    stated.check(FORMAT_VERSION).map_err(version)
}
