//! Lines: JSON Lines with line numbers, in turn or on all threads.
//!
//! In: paths. Out: values, or an error that names the line. A line has a limit, since a device or a damaged file may have none.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::Error;

/// Bytes of a line.
const LONGEST_LINE: usize = 64 << 20;

/// That a line of `path`, counted from 1, has more than [`LONGEST_LINE`] bytes.
fn long_line(path: &Path, line: usize) -> Error {
    Error::TooLong { path: path.to_owned(), what: format!("has more than 64 MiB in line {line}") }
}

/// Reads the next line, its line feed included, into `bytes`, whose number it gives: 0 at the end. `line` is its number, from 1, as an
/// error names it.
pub fn read_line(
    reader: &mut impl BufRead,
    bytes: &mut Vec<u8>,
    path: &Path,
    line: usize,
) -> Result<usize, Error> {
    bytes.clear();
    let read =
        reader.take(LONGEST_LINE as u64 + 1).read_until(b'\n', bytes).map_err(Error::io("read", path))?;
    if read > LONGEST_LINE { Err(long_line(path, line)) } else { Ok(read) }
}

/// Reads JSON Lines one row at a time; empty lines are skipped, and an error carries its line number.
pub fn read_json_lines<T: DeserializeOwned>(
    path: &Path,
) -> Result<impl Iterator<Item = Result<T, Error>> + use<T>, Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let (path, mut line, mut bytes, mut is_broken) = (path.to_owned(), 0, Vec::new(), false);
    Ok(std::iter::from_fn(move || {
        while !is_broken {
            line += 1;
            match read_line(&mut reader, &mut bytes, &path, line) {
                Ok(0) => return None,
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let row = serde_json::from_slice(bytes.trim_ascii());
                    return Some(row.map_err(|source| Error::Row { path: path.clone(), line, source }));
                }
                // What follows a line that cannot be read is no line.
                Err(error) => {
                    is_broken = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }))
}

/// Bytes of JSON Lines that are held and parsed at once.
const BLOCK: u64 = 32 << 20;

/// Reads JSON Lines on all threads, in order; empty lines are skipped, and of several bad rows the first is told.
pub fn read_json_lines_in_parallel<T: DeserializeOwned + Send>(path: &Path) -> Result<Vec<T>, Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut rows = Vec::new();
    let mut block = Vec::new();
    let mut first_line = 1;
    loop {
        let read = (&file).take(BLOCK).read_to_end(&mut block).map_err(Error::io("read", path))?;
        let whole = match block.iter().rposition(|byte| *byte == b'\n') {
            _ if read == 0 => block.len(),
            Some(last) => last + 1,
            // A line longer than a block is read on.
            None if block.len() <= LONGEST_LINE => continue,
            None => return Err(long_line(path, first_line)),
        };
        for parsed in pieces(&block[..whole]).into_par_iter().map(parse::<T>).collect::<Vec<_>>() {
            let Parsed { rows: more, lines, bad } = parsed;
            if let Some((line, source)) = bad {
                return Err(Error::Row { path: path.to_owned(), line: first_line + line, source });
            }
            rows.extend(more);
            first_line += lines;
        }
        if read == 0 {
            return Ok(rows);
        }
        block.drain(..whole);
    }
}

/// What became of a piece of JSON Lines.
struct Parsed<T> {
    rows: Vec<T>,
    lines: usize,
    /// The first line that is not a row, counted from 0.
    bad: Option<(usize, serde_json::Error)>,
}

/// Cuts whole lines into pieces of about equal size, several a thread, so that none waits long for another.
fn pieces(mut block: &[u8]) -> Vec<&[u8]> {
    let size = block.len() / (4 * rayon::current_num_threads()) + 1;
    let mut pieces = Vec::new();
    while !block.is_empty() {
        let rest = &block[size.min(block.len())..];
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(block.len(), |at| size + at + 1);
        let (piece, after) = block.split_at(end.min(block.len()));
        pieces.push(piece);
        block = after;
    }
    pieces
}

fn parse<T: DeserializeOwned>(piece: &[u8]) -> Parsed<T> {
    let mut parsed = Parsed { rows: Vec::new(), lines: 0, bad: None };
    for line in piece.split_inclusive(|byte| *byte == b'\n') {
        if !line.trim_ascii().is_empty() {
            match serde_json::from_slice(line) {
                Ok(row) => parsed.rows.push(row),
                Err(source) => {
                    parsed.bad = Some((parsed.lines, source));
                    return parsed;
                }
            }
        }
        parsed.lines += 1;
    }
    parsed
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.jsonl");
        fs::write(&path, "1\n\n2\nx\n").unwrap();
        let rows: Vec<Result<u32, Error>> = read_json_lines(&path).unwrap().collect();
        assert_eq!(rows.len(), 3);
        assert!(rows[2].as_ref().unwrap_err().to_string().ends_with("rows.jsonl:4: not a valid row"));
    }

    #[test]
    fn rows_read_in_parallel_are_those_read_in_turn() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.jsonl");
        for rows in [0, 1, 7, 1000] {
            let text =
                (0..rows).fold(String::new(), |text, row| text + "{\"at\": " + &row.to_string() + "}\r\n\n");
            // With and without a last line feed.
            for text in [text.as_str(), text.trim_end()] {
                fs::write(&path, text).unwrap();
                let in_turn: Vec<serde_json::Value> =
                    read_json_lines(&path).unwrap().collect::<Result<_, _>>().unwrap();
                assert_eq!(in_turn.len(), rows);
                assert_eq!(read_json_lines_in_parallel::<serde_json::Value>(&path).unwrap(), in_turn);
            }
        }
        let text: String = (1..=1000).map(|line| if line % 300 == 0 { "x\n" } else { "1\n" }).collect();
        fs::write(&path, text).unwrap();
        let error = read_json_lines_in_parallel::<u32>(&path).unwrap_err();
        assert!(error.to_string().ends_with("rows.jsonl:300: not a valid row"), "{error}");
    }

    #[test]
    fn a_line_without_end_is_an_error() {
        for failed in [
            read_json_lines::<u32>(Path::new("/dev/zero")).unwrap().last().unwrap().unwrap_err(),
            read_json_lines_in_parallel::<u32>(Path::new("/dev/zero")).unwrap_err(),
        ] {
            assert_eq!(failed.to_string(), "`/dev/zero` has more than 64 MiB in line 1");
        }
    }
}
