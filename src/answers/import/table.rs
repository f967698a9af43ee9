//! Tables: spreadsheets of `VLMEvalKit`, and comma- or tab-separated text.
//!
//! In: a file. Out: foreign rows. A spreadsheet cannot tell an empty reply from none, so an empty cell is a missing answer.

use std::path::Path;

use super::text::text_of;
use super::{Columns, Error, Format, Key, Reply, Taken, loose, markers, sheet};

/// Positions of the id and of the response among the heads of a table.
struct Places {
    id: usize,
    response: usize,
    /// Of the right letter, if there is such a column.
    truth: Option<usize>,
    taken: Taken,
}

/// The layout that a table with these heads is of.
fn format_of(heads: &[String]) -> Format {
    let has = |name: &str| heads.iter().any(|head| head == name);
    if has("prediction") && (has("index") || has("A")) { Format::VlmEvalKit } else { Format::Csv }
}

fn places(path: &Path, heads: &[String], columns: &Columns, format: Format) -> Result<Places, Error> {
    let names: Vec<&str> = heads.iter().map(|head| head.trim()).collect();
    let taken = columns.find(&names).map_err(|problem| Error::malformed(path, ":1", problem))?;
    for name in [&taken.id, &taken.response] {
        let count = names.iter().filter(|head| *head == name).count();
        if count > 1 {
            let problem = format!("{count} columns are called `{name}`: expected one; rename the others");
            return Err(Error::malformed(path, ":1", problem));
        }
    }
    let place = |name: &str| names.iter().position(|head| *head == name).unwrap_or_default();
    let truth = format.truth_column();
    let truth = names.iter().position(|head| *head == truth && *head != taken.response);
    Ok(Places { id: place(&taken.id), response: place(&taken.response), truth, taken })
}

/// A line of a table.
struct Line {
    number: usize,
    id: String,
    response: String,
    truth: Option<String>,
}

/// Lines as rows, once all of a column is known.
fn replies(lines: Vec<Line>) -> Vec<Reply> {
    let mut responses: Vec<String> = lines.iter().map(|line| line.response.clone()).collect();
    loose::whole_numbers(&mut responses);
    lines.into_iter().zip(responses).map(|(line, response)| Line { response, ..line }.reply()).collect()
}

impl Line {
    fn reply(self) -> Reply {
        let Self { number: line, id, response, truth } = self;
        let response = if response.is_empty() { None } else { markers::reply(response) };
        Reply { key: Key { id: Some(id), ..Key::default() }, response, truth, line, ..Reply::default() }
    }
}

/// The first sheet of a spreadsheet.
pub(super) fn spreadsheet(
    path: &Path,
    stated: Option<Format>,
    columns: &Columns,
) -> Result<(Vec<Reply>, Taken), Error> {
    let mut rows = sheet::read(path)?.into_iter();
    let (_, heads) = rows.next().unwrap_or_default();
    let places = places(path, &heads, columns, stated.unwrap_or(format_of(&heads)))?;
    let text = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    let line = |(number, cells): (usize, Vec<String>)| Line {
        number,
        id: text(&cells, places.id),
        response: text(&cells, places.response),
        truth: places.truth.map(|at| text(&cells, at)),
    };
    Ok((replies(rows.map(line).collect()), places.taken))
}

/// Comma- or tab-separated text, and the layout that its columns are of.
pub(super) fn separated(
    path: &Path,
    ending: &str,
    stated: Option<Format>,
    columns: &Columns,
) -> Result<(Vec<Reply>, Taken, Format), Error> {
    let content = text_of(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if ending == "tsv" { b'\t' } else { b',' })
        .flexible(true)
        .from_reader(content.trim_start_matches('\u{feff}').as_bytes());
    let wrong = |error: csv::Error| Error::malformed(path, "", format!("is not a table: {error}"));
    let heads: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    let format = stated.unwrap_or(format_of(&heads));
    let places = places(path, &heads, columns, format)?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let number = record.position().map_or(0, csv::Position::line) as usize;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let truth = places.truth.map(text);
        lines.push(Line { number, id: text(places.id), response: text(places.response), truth });
    }
    Ok((replies(lines), places.taken, format))
}
