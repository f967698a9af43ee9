//! Import: result files of other tools, as answers.
//!
//! In: one file of a known layout, detected by its name and content or stated, and the keys of a dataset's rows. Out: one
//! answer a row, and an account of everything that was not taken as it stood: rows that join nothing, duplicates, rows of
//! the dataset that are absent. A tool's own marker of a failed request is a missing answer, never a wrong one.

mod columns;
mod inspect;
mod join;
mod json;
mod loose;
mod markers;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
pub mod vnbench;

pub use columns::{Columns, Taken};
pub use join::{Account, Duplicates, Known, join};

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::files;

/// A layout of result files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `VNBench`'s JSON Lines with `question_id` and `pred`.
    VnbenchA,
    /// `VNBench`'s JSON Lines with `video_path`, `try` and `pred`.
    VnbenchB,
    /// Samples log of lmms-eval.
    LmmsEval,
    /// Predictions of `VLMEvalKit`: xlsx, tsv, csv or json.
    VlmEvalKit,
    /// Log of `inspect_ai`: eval or json.
    Inspect,
    /// JSON Lines, or an array, with an id and a response.
    Jsonl,
    /// Comma- or tab-separated, with an id and a response.
    Csv,
}

impl Format {
    /// All layouts.
    pub const ALL: [Self; 7] = [
        Self::VnbenchA,
        Self::VnbenchB,
        Self::LmmsEval,
        Self::VlmEvalKit,
        Self::Inspect,
        Self::Jsonl,
        Self::Csv,
    ];

    /// The layout's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::VnbenchA => "vnbench-a",
            Self::VnbenchB => "vnbench-b",
            Self::LmmsEval => "lmms-eval",
            Self::VlmEvalKit => "vlmevalkit",
            Self::Inspect => "inspect",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// A file that cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// It is of no known layout.
    #[error("`{path}` is of no known layout: {found}; expected one of {}", Format::ALL.map(Format::name).join(", "))]
    Unknown {
        /// The file.
        path: String,
        /// What it holds instead.
        found: String,
    },
    /// It is not what its layout says.
    #[error("`{path}`{place}: {problem}")]
    Malformed {
        /// The file.
        path: String,
        /// Line or row, if one is at fault.
        place: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
}

impl Error {
    fn malformed(path: &Path, place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Malformed { path: path.display().to_string(), place: place.into(), problem: problem.into() }
    }
}

/// How a foreign row names the row of the dataset that it answers; what it knows is tried in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Our id.
    pub id: Option<String>,
    /// File name of the video without its ending, and the try.
    pub video_try: Option<(String, u32)>,
    /// Position in metadata.jsonl.
    pub position: Option<usize>,
    /// Type, where a video has questions of several.
    pub kind: Option<String>,
}

/// One foreign row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The row that it answers.
    pub key: Key,
    /// The reply; none where the tool says that it failed to get one.
    pub response: Option<String>,
    /// What became of the request, in the words of `ask`, as far as the tool says.
    pub status: Option<String>,
    /// Who replied.
    pub model: Option<String>,
    /// Line or row of the file, from 1.
    pub line: usize,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its layout.
    pub format: Format,
    /// Its rows, in order.
    pub replies: Vec<Reply>,
    /// The columns that ids and replies were taken from, where the layout does not fix them.
    pub taken: Option<Taken>,
}

/// Reads `path`, in its own layout or in the one that is stated.
pub fn read(path: &Path, stated: Option<Format>, columns: &Columns) -> Result<Found, Error> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match ending.as_str() {
        "xlsx" | "xls" | "xlsm" | "xlsb" | "ods" => {
            let format = stated.unwrap_or(Format::VlmEvalKit);
            let (replies, taken) = table::spreadsheet(path, columns)?;
            return Ok(Found { format, replies, taken: Some(taken) });
        }
        "csv" | "tsv" => {
            let (replies, taken, is_vlmevalkit) = table::separated(path, &ending, columns)?;
            let format = stated.unwrap_or(if is_vlmevalkit { Format::VlmEvalKit } else { Format::Csv });
            return Ok(Found { format, replies, taken: Some(taken) });
        }
        "eval" => {
            return Ok(Found { format: Format::Inspect, replies: inspect::archive(path)?, taken: None });
        }
        _ => {}
    }
    let text = text_of(path)?;
    let text = loose::json(text.trim_start_matches('\u{feff}'));
    if let Some(whole) = json::whole(&text, columns) {
        return match whole {
            Value::Object(log) if log.contains_key("samples") && log.contains_key("eval") => {
                Ok(Found { format: Format::Inspect, replies: inspect::log(path, &log)?, taken: None })
            }
            other => json::records(path, other, stated, columns),
        };
    }
    json::lines(path, &text, stated, columns)
}

/// Bytes that are read of a file, or of a document in an archive: results of a million rows take a tenth of it.
const MOST_BYTES: u64 = 2 << 30;

/// The text of a file of a size that results may have.
fn text_of(path: &Path) -> Result<String, Error> {
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    let text = text_within(file, MOST_BYTES).map_err(files::Error::io("read", path))?;
    text.ok_or_else(|| Error::malformed(path, "", format!("holds more than {MOST_BYTES} bytes: split it")))
}

/// All of a text of at most `most` bytes; nothing if it is longer.
fn text_within(content: impl Read, most: u64) -> std::io::Result<Option<String>> {
    let mut text = String::new();
    content.take(most + 1).read_to_string(&mut text)?;
    Ok((text.len() as u64 <= most).then_some(text))
}
