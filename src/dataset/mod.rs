//! The published format: `metadata.jsonl` and `manifest.json`, versioned, read and written here only.
//!
//! In: rows and a manifest. Out: files that are at once a Hugging Face dataset. Fields keep one type in every row,
//! because readers infer a column's type from all of them.

mod consistency;
pub mod difference;
mod difficulty;
mod manifest;
mod metadata;
mod names;
mod prompt;
mod tries;
mod type_names;

pub use consistency::{Claiming, Claims};
pub use difficulty::DifficultyRecord;
pub use manifest::{
    CONTROLS, FORMAT_VERSION, FfmpegVersions, Manifest, NeedleDigest, OutputDigest, PICTURES, SPEC, Shard,
    ShardFile, Store, VIDEOS,
};
pub use metadata::{NeedleRow, Row, letter, samples};
pub use names::{SUBTITLES, is_output_name, is_subtitles};
pub use tries::{RowRead, TryColumns};
pub use type_names::TypeNames;

use std::path::Path;

use serde::Deserialize;

use tries::RowReader;

use crate::files;
use crate::question::Control;
use crate::version::{Mismatch, Stated};
use crate::wording;

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
#[non_exhaustive]
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
    /// Names or numbers that no dataset of this program has, and that it does not act on.
    #[error("`{path}` is refused: {}{}", problems.join("; "), names::more(*total, problems))]
    Refused {
        /// The file.
        path: String,
        /// The first of them, one sentence each.
        problems: Vec<String>,
        /// How many there are.
        total: usize,
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

/// Reads all rows of the dataset in `dir` and checks them.
///
/// Names lead to nothing but the dataset's files, numbers are possible, ids are unique, the target is among the options, the tries of
/// a sample agree.
pub fn read_rows(dir: &Path) -> Result<Vec<Row>, Error> {
    read_rows_as(dir, || |read: RowRead<'_>| read.into_row())
}

/// Reads the rows of the dataset in `dir` as what is kept of each, and checks them as [`read_rows`] does. `keeper` makes what keeps the
/// rows of a stretch of the file, one after the other.
pub fn read_rows_as<T, K>(dir: &Path, keeper: impl Fn() -> K + Sync) -> Result<Vec<T>, Error>
where
    T: Claiming + Send + Sync,
    K: FnMut(RowRead<'_>) -> T,
{
    let kept = read_contradictory_rows_as(dir, keeper)?;
    let problems = consistency::problems(&kept);
    if problems.is_empty() {
        Ok(kept)
    } else {
        Err(Error::Inconsistent { path: dir.join(METADATA).display().to_string(), problems })
    }
}

/// Reads all rows of the dataset in `dir` and checks each by itself. What rows contradict is left to the caller.
pub fn read_contradictory_rows(dir: &Path) -> Result<Vec<Row>, Error> {
    read_contradictory_rows_as(dir, || |read: RowRead<'_>| read.into_row())
}

/// As [`read_contradictory_rows`], each row as what `keeper` keeps of it, as [`read_rows_as`] does.
pub fn read_contradictory_rows_as<T, K>(dir: &Path, keeper: impl Fn() -> K + Sync) -> Result<Vec<T>, Error>
where
    T: Send,
    K: FnMut(RowRead<'_>) -> T,
{
    let path = dir.join(METADATA);
    let mut kept: Vec<T> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    let mut total = 0;
    let read = |lines: &mut files::Lines<'_>| Stretch::read(lines, keeper());
    files::read_lines_in_parallel(&path, read, |first_line, stretch: Stretch<T>| {
        if let Some((line, source)) = stretch.bad {
            return Err(files::Error::Row { path: path.clone(), line: first_line + line, source });
        }
        let told = stretch
            .refused
            .into_iter()
            .map(|(at, problem)| format!("row {}: {problem}", kept.len() + at + 1));
        total += told.len();
        refused.extend(told.take(wording::MOST_PROBLEMS - refused.len()));
        kept.extend(stretch.kept);
        Ok(())
    })?;
    if total > 0 {
        return Err(Error::Refused { path: path.display().to_string(), problems: refused, total });
    }
    Ok(kept)
}

/// What became of the rows of a stretch of lines.
struct Stretch<T> {
    kept: Vec<T>,
    /// What is wrong with names and numbers, each with the place of its row.
    refused: Vec<(usize, String)>,
    /// The first line that is no row.
    bad: Option<(usize, serde_json::Error)>,
}

impl<T> Stretch<T> {
    fn read(lines: &mut files::Lines<'_>, mut keep: impl FnMut(RowRead<'_>) -> T) -> Self {
        let mut stretch = Self { kept: Vec::new(), refused: Vec::new(), bad: None };
        let mut reader = RowReader::new();
        for (at, line) in lines {
            let read = match reader.read(line) {
                Ok(read) => read,
                Err(source) => {
                    stretch.bad = Some((at, source));
                    break;
                }
            };
            let problems = match &read {
                RowRead::Whole(row) => names::row(row),
                RowRead::Try(_, own) if names::is_sound_try(own) => Vec::new(),
                RowRead::Try(row, own) => names::row(&own.clone().in_place_of_those_of(row)),
            };
            let is_sound = problems.is_empty();
            let place = stretch.kept.len();
            stretch.refused.extend(problems.into_iter().map(|problem| (place, problem)));
            stretch.kept.push(keep(read));
            if !is_sound {
                // So that its tries are checked as a whole, too.
                reader.forget();
            }
        }
        stretch
    }
}

/// What no row may say and `row` says, one sentence each: names that lead elsewhere, and numbers without bounds.
pub fn problems(row: &Row) -> Vec<String> {
    names::row(row)
}

/// Reads the rows of the dataset in `dir` one at a time and checks each by itself.
pub fn read_rows_in_turn(dir: &Path) -> Result<impl Iterator<Item = Result<Row, Error>> + use<>, Error> {
    let path = dir.join(METADATA);
    let rows = files::read_json_lines::<Row>(&path)?;
    Ok(rows.enumerate().map(move |(at, row)| {
        let row = row?.completed();
        refuse(&path, names::row(&row).into_iter().map(|problem| format!("row {}: {problem}", at + 1)))?;
        Ok(row)
    }))
}

/// Reads the manifest of the dataset in `dir`.
pub fn read_manifest(dir: &Path) -> Result<Manifest, Error> {
    let path = dir.join(MANIFEST);
    let text = files::read_text(&path)?;
    let wrong = |source| Error::Manifest { path: path.display().to_string(), source };
    check_version(&path, Stated::of(&text).map_err(wrong)?)?;
    let manifest = serde_json::from_str(&text).map_err(wrong)?;
    refuse(&path, names::manifest(&manifest))?;
    Ok(manifest)
}

/// The control that the dataset in `dir` is; none where it is no control, or has no manifest, as foreign rows may not.
///
/// # Errors
///
/// The manifest is there and is none.
pub fn read_control(dir: &Path) -> Result<Option<Control>, Error> {
    // A part of a dataset, or of a control of one, has its manifest in what describes the part.
    if !dir.join(MANIFEST).exists() {
        return if dir.join(SHARD).exists() { Ok(read_shard(dir)?.manifest.control) } else { Ok(None) };
    }
    let path = dir.join(MANIFEST);
    let wrong = |source| Error::Manifest { path: path.display().to_string(), source };
    let stated: StatedControl = serde_json::from_str(&files::read_text(&path)?).map_err(wrong)?;
    Ok(stated.control)
}

/// Reads what the part of a dataset in `dir` is.
pub fn read_shard(dir: &Path) -> Result<ShardFile, Error> {
    let path = dir.join(SHARD);
    let text = files::read_text(&path)?;
    let wrong = |source| Error::Shard { path: path.display().to_string(), source };
    check_version(&path, serde_json::from_str::<StatedByShard>(&text).map_err(wrong)?.manifest)?;
    let part: ShardFile = serde_json::from_str(&text).map_err(wrong)?;
    refuse(&path, names::manifest(&part.manifest).into_iter().chain(names::shard(&part)))?;
    Ok(part)
}

/// What a manifest of any version says of a control.
#[derive(Deserialize)]
struct StatedControl {
    #[serde(default)]
    control: Option<Control>,
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

/// An error if there are problems.
fn refuse(path: &Path, problems: impl IntoIterator<Item = String>) -> Result<(), Error> {
    let mut all = problems.into_iter();
    let problems: Vec<String> = all.by_ref().take(wording::MOST_PROBLEMS).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let total = problems.len() + all.count();
    Err(Error::Refused { path: path.display().to_string(), problems, total })
}

#[cfg(test)]
mod reading_tests;
