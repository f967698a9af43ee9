//! The first sheet of a spreadsheet, read cell by cell, so that what a small file claims to hold costs nothing.
//!
//! In: a file. Out: its rows as texts, each with its number. A cell that holds a formula is the text that was written there:
//! a reply that begins with `=` is one to the libraries that write spreadsheets.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use calamine::{Data, Reader as _, Sheets, Xlsx};
use quick_xml::events::Event;

use super::Error;
use crate::files;

/// Columns of a sheet that are looked at: tables of results have some tens.
const MOST_COLUMNS: u32 = 1000;
/// Rows of a sheet that are looked at: what a sheet of Excel can hold.
const MOST_ROWS: u32 = 1 << 20;
/// Bytes that a spreadsheet may unpack to.
const MOST_UNPACKED: u64 = 1 << 30;

/// The rows of the first sheet that hold anything: number from 1, cells from the first column.
pub(super) fn read(path: &Path) -> Result<Vec<(usize, Vec<String>)>, Error> {
    check_archive(path)?;
    let wrong = |error: calamine::Error| Error::malformed(path, "", format!("is not a spreadsheet: {error}"));
    let mut book = calamine::open_workbook_auto(path).map_err(wrong)?;
    if let Sheets::Xlsx(book) = &mut book {
        return of_xlsx(path, book);
    }
    let sheet = match book.worksheet_range_at(0) {
        Some(sheet) => sheet.map_err(wrong)?,
        None => return Err(Error::malformed(path, "", "holds no sheet")),
    };
    Ok(sheet.rows().zip(1..).map(|(row, number)| (number, row.iter().map(cell).collect())).collect())
}

/// Refuses an archive that unpacks to more than a table of results can hold, and sheets that name cells which no sheet has: the library
/// that reads them adds such numbers up to any others. Archives say how much they unpack to, and may lie.
fn check_archive(path: &Path) -> Result<(), Error> {
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    // An older spreadsheet is not an archive; what is neither is told when it is opened.
    let Ok(mut archive) = zip::ZipArchive::new(BufReader::new(file)) else { return Ok(()) };
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else { continue };
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).unwrap_or(0);
        left = left.checked_sub(unpacked).ok_or_else(|| {
            Error::malformed(
                path,
                "",
                format!("unpacks to more than {MOST_UNPACKED} bytes, so it is not read"),
            )
        })?;
    }
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else { continue };
        let is_of_book = entry.name().is_ok_and(|name| name.to_ascii_lowercase().starts_with("xl/"));
        let strange = is_of_book.then(|| strange_cell(&mut BufReader::new(entry))).flatten();
        if let Some(name) = strange {
            let problem = format!("names a cell `{name}`, and the last of a sheet is `XFD1048576`");
            return Err(Error::malformed(path, "", problem));
        }
    }
    Ok(())
}

/// The first name in a part of a workbook, of a cell or of a range, that has more letters or digits than any cell of a sheet.
fn strange_cell(xml: &mut impl BufRead) -> Option<String> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                // Of relations, which have such names, too, these are not the cells'.
                let of_cells = ["c", "row", "dimension", "f", "mergeCell", "table", "autoFilter"];
                if of_cells.contains(&element.local_name().as_ref()) {
                    let mut all = element.attributes();
                    let named = all.with_checks(false).flatten();
                    let named = named.filter(|named| ["r", "ref"].contains(&named.key.local_name().as_ref()));
                    let mut names = named.map(|named| named.value.into_owned());
                    if let Some(name) = names.find(|name| name.split(':').any(|name| !is_cell(name))) {
                        return Some(name);
                    }
                }
            }
            // What is no XML is told by who reads it.
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

/// Whether a name has no more letters and digits than those of cells, such as `A1`, rows, such as `1`, and columns.
fn is_cell(name: &str) -> bool {
    let count = |is_one: fn(&char) -> bool| name.chars().filter(is_one).count();
    count(char::is_ascii_alphabetic) <= 3 && count(char::is_ascii_digit) <= 7
}

fn of_xlsx(path: &Path, book: &mut Xlsx<BufReader<File>>) -> Result<Vec<(usize, Vec<String>)>, Error> {
    let wrong =
        |error: calamine::XlsxError| Error::malformed(path, "", format!("is not a spreadsheet: {error}"));
    let Some(name) = book.sheet_names().first().cloned() else {
        return Err(Error::malformed(path, "", "holds no sheet"));
    };
    let mut cells = book.worksheet_cells_reader(&name).map_err(wrong)?;
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    while let Some(found) = cells.next_cell_with_formula().map_err(wrong)? {
        let (row, column) = found.pos;
        let text = match found.formula {
            Some(formula) if !formula.is_empty() => format!("={formula}"),
            _ => cell(&Data::from(found.value)),
        };
        if text.is_empty() {
            continue;
        }
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            let place = format!(", row {}, column {}", u64::from(row) + 1, u64::from(column) + 1);
            let problem =
                format!("a cell beyond row {MOST_ROWS} or column {MOST_COLUMNS}: no table of results");
            return Err(Error::malformed(path, place, problem));
        }
        let number = row as usize + 1;
        if rows.last().is_none_or(|(last, _)| *last != number) {
            rows.push((number, Vec::new()));
        }
        if let Some((_, cells)) = rows.last_mut() {
            let at = column as usize;
            cells.resize(cells.len().max(at + 1), String::new());
            cells[at] = text;
        }
    }
    Ok(rows)
}

/// A cell as text; a whole number without the point that spreadsheets give it.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}
