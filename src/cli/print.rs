//! Output: data on stdout, messages on stderr.
//!
//! In: text or values. Out: what the user sees. A reader that stops reading, such as `head`, is no error.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::Value;

use super::exit::{Exit, Failure};
use crate::markup;

/// Writes data to stdout.
pub(super) fn put(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Stopped,
            anyhow::Error::new(error).context("cannot write to standard output"),
        )),
        _ => Ok(()),
    }
}

/// A value as indented JSON with a final newline.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("values of this crate serialise");
    text.push('\n');
    text
}

/// Writes a message to stderr. Where that cannot be written, as on a full disk, nobody reads it, and the work goes on.
pub(super) fn say(message: &str) {
    // One write a line, so that lines of several threads do not mix.
    drop(io::stderr().write_all(format!("{}\n", markup::terminal(message)).as_bytes()));
}

/// Characters of a value that are shown in a line.
const SHOWN: usize = 48;

/// A value of JSON as a word in a line: cut where it is long, and `-` where there is none.
pub(super) fn value(value: &Value) -> String {
    if value.is_null() {
        return "-".to_owned();
    }
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        text
    } else {
        text.chars().take(SHOWN - 3).chain("...".chars()).collect()
    }
}

/// A share in per cent with one decimal.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// Rows as a table of left-aligned columns, two spaces apart; the first row is its head.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| markup::line(cell).into_owned()).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        // A formatter takes no width over 65,535.
        let blanks = |cell: &String, width: usize| " ".repeat(width - cell.chars().count());
        let cells = row.iter().zip(&widths).map(|(cell, &width)| cell.clone() + &blanks(cell, width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).fold(String::new(), |text, line| text + &line + "\n")
}
