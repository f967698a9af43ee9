//! Import: result files of other tools, as answers.
//!
//! In: one file of a known layout, detected by its name and content or stated, and the keys of a dataset's rows. Out: one
//! answer a row, and an account of everything that was not taken as it stood: rows that join nothing, duplicates, rows of
//! the dataset that are absent. A tool's own marker of a failed request is a missing answer, never a wrong one.

mod columns;
mod fault;
mod format;
mod inspect;
mod join;
mod json;
mod loose;
pub mod markers;
mod reply;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod text;
pub mod vnbench;

pub use columns::{Columns, Taken};
pub use fault::Error;
pub use format::Format;
pub use join::{Account, Duplicates, Known, join};
pub use reply::{Found, Key, Reply};

use std::path::Path;

use serde_json::Value;

use text::text_of;

/// Reads `path`, in its own layout or in the one that is stated.
pub fn read(path: &Path, stated: Option<Format>, columns: &Columns) -> Result<Found, Error> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match ending.as_str() {
        "xlsx" | "xls" | "xlsm" | "xlsb" | "ods" => {
            let format = stated.unwrap_or(Format::VlmEvalKit);
            let (replies, taken) = table::spreadsheet(path, stated, columns)?;
            return Ok(Found { format, replies, taken: Some(taken) });
        }
        "csv" | "tsv" => {
            let (replies, taken, format) = table::separated(path, &ending, stated, columns)?;
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
