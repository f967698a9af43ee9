//! Tables: spreadsheets of `VLMEvalKit`, and comma- or tab-separated text.
//!
//! In: a file. Out: foreign rows. A spreadsheet cannot tell an empty reply from none, so an empty cell is a missing answer.

use std::path::Path;

use calamine::{Data, Reader as _};

use super::{Columns, Error, Key, Reply, markers};
use crate::files;

/// Positions of the id and of the response among the heads of a table.
fn places(path: &Path, heads: &[String], columns: &Columns) -> Result<(usize, usize), Error> {
    let find = |names: &[String]| {
        let place = names.iter().find_map(|name| heads.iter().position(|head| head.trim() == name));
        place.ok_or_else(|| {
            let expected = names.join(", ");
            let found = heads.join(", ");
            Error::malformed(path, ":1", format!("expected one of the columns {expected}; found {found}"))
        })
    };
    Ok((find(&columns.id)?, find(&columns.response)?))
}

fn row(id: String, response: String, line: usize) -> Reply {
    let response = if response.is_empty() { None } else { markers::reply(response) };
    Reply { key: Key { id: Some(id), ..Key::default() }, response, line, ..Reply::default() }
}

/// The first sheet of a spreadsheet.
pub(super) fn spreadsheet(path: &Path, columns: &Columns) -> Result<Vec<Reply>, Error> {
    // A missing file is told as any other, not as a bad spreadsheet.
    std::fs::metadata(path).map_err(files::Error::io("read", path))?;
    let wrong = |error: calamine::Error| Error::malformed(path, "", format!("is no spreadsheet: {error}"));
    let mut book = calamine::open_workbook_auto(path).map_err(wrong)?;
    let sheet = match book.worksheet_range_at(0) {
        Some(sheet) => sheet.map_err(wrong)?,
        None => return Err(Error::malformed(path, "", "holds no sheet")),
    };
    let mut rows = sheet.rows();
    let heads: Vec<String> = rows.next().unwrap_or_default().iter().map(cell).collect();
    let (id, response) = places(path, &heads, columns)?;
    let text = |row: &[Data], at: usize| row.get(at).map(cell).unwrap_or_default();
    Ok(rows.zip(2..).map(|(cells, line)| row(text(cells, id), text(cells, response), line)).collect())
}

/// A cell as text; a whole number without the point that spreadsheets give it.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}

/// Comma- or tab-separated text, and whether it has the columns of `VLMEvalKit`.
pub(super) fn separated(path: &Path, ending: &str, columns: &Columns) -> Result<(Vec<Reply>, bool), Error> {
    let content = files::read_text(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if ending == "tsv" { b'\t' } else { b',' })
        .flexible(true)
        .from_reader(content.trim_start_matches('\u{feff}').as_bytes());
    let wrong = |error: csv::Error| Error::malformed(path, "", format!("is no table: {error}"));
    let heads: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    let (id, response) = places(path, &heads, columns)?;
    let is_vlmevalkit = heads.iter().any(|head| head == "prediction")
        && heads.iter().any(|head| head == "index" || head == "A");
    let mut replies = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        replies.push(row(text(id), text(response), line));
    }
    Ok((replies, is_vlmevalkit))
}
