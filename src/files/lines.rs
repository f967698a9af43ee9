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

/// Bytes of lines that are held and parsed at once.
const BLOCK: u64 = 16 << 20;

/// Reads the lines of a file on all threads.
///
/// `read` makes of each stretch of them what it likes, and `take` is given that in the order
/// of the file, with the number of the stretch's first line, from 1. The stretches of a block are read while the next block is loaded.
pub fn read_lines_in_parallel<T: Send, E: From<Error>>(
    path: &Path,
    read: impl Fn(&mut Lines<'_>) -> T + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut blocks = Blocks { file, rest: Vec::new() };
    let mut first_line = 1;
    let mut next = blocks.next(Vec::new());
    let mut spare = Vec::new();
    loop {
        let block = match next {
            Ok(block) if block.is_empty() => return Ok(()),
            Ok(block) => block,
            Err(Broken::Long) => return Err(long_line(path, first_line).into()),
            Err(Broken::Io(source)) => return Err(Error::io("read", path)(source).into()),
        };
        let stretch = |bytes: &[u8]| {
            let mut lines = Lines { rest: bytes, passed: 0 };
            let made = read(&mut lines);
            // What stopped early is counted to the end.
            lines.by_ref().for_each(drop);
            (made, lines.passed)
        };
        let stretches = || pieces(&block).into_par_iter().map(stretch).collect::<Vec<_>>();
        let (stretches, following) = rayon::join(stretches, || blocks.next(spare));
        for (made, lines) in stretches {
            take(first_line, made)?;
            first_line += lines;
        }
        (next, spare) = (following, block);
    }
}

/// Lines of a stretch of a file, each with its place in the stretch, from 0; empty ones are left out.
#[derive(Debug)]
pub struct Lines<'a> {
    rest: &'a [u8],
    passed: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest).map_or(self.rest.len(), |at| at + 1);
            let (line, rest) = self.rest.split_at(end);
            self.rest = rest;
            self.passed += 1;
            if !line.trim_ascii().is_empty() {
                return Some((self.passed - 1, line));
            }
        }
        None
    }
}

/// A file, block by block.
struct Blocks {
    file: File,
    /// The beginning of a line that the last block has left.
    rest: Vec<u8>,
}

/// Why there is no next block.
enum Broken {
    Io(std::io::Error),
    /// Its first line is longer than [`LONGEST_LINE`].
    Long,
}

impl Blocks {
    /// The next whole lines, in the memory of `block`; empty at the end.
    fn next(&mut self, mut block: Vec<u8>) -> Result<Vec<u8>, Broken> {
        block.clear();
        block.append(&mut self.rest);
        loop {
            let read = (&self.file).take(BLOCK).read_to_end(&mut block).map_err(Broken::Io)?;
            let is_long = |block: &[u8]| {
                block.len() > LONGEST_LINE
                    && memchr::memchr(b'\n', block).unwrap_or(block.len()) >= LONGEST_LINE
            };
            if is_long(&block) {
                return Err(Broken::Long);
            }
            let whole = match memchr::memrchr(b'\n', &block) {
                _ if read == 0 => block.len(),
                Some(last) => last + 1,
                // A line longer than a block is read on.
                None => continue,
            };
            self.rest.extend_from_slice(&block[whole..]);
            block.truncate(whole);
            return Ok(block);
        }
    }
}

/// Cuts whole lines into pieces of about equal size, several a thread, so that none waits long for another.
fn pieces(mut block: &[u8]) -> Vec<&[u8]> {
    let size = block.len() / (4 * rayon::current_num_threads()) + 1;
    let mut pieces = Vec::new();
    while !block.is_empty() {
        let rest = &block[size.min(block.len())..];
        let end = memchr::memchr(b'\n', rest).map_or(block.len(), |at| size + at + 1);
        let (piece, after) = block.split_at(end.min(block.len()));
        pieces.push(piece);
        block = after;
    }
    pieces
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

    /// All values of a file, or the first line that is none.
    fn in_parallel<T: DeserializeOwned + Send>(path: &Path) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let read = |lines: &mut Lines<'_>| {
            let value = |(at, line)| serde_json::from_slice::<T>(line).map_err(|source| (at, source));
            lines.map(value).collect::<Result<Vec<T>, _>>()
        };
        read_lines_in_parallel(path, read, |first, made| {
            let row = |(at, source)| Error::Row { path: path.to_owned(), line: first + at, source };
            all.extend(made.map_err(row)?);
            Ok::<(), Error>(())
        })?;
        Ok(all)
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
                assert_eq!(in_parallel::<serde_json::Value>(&path).unwrap(), in_turn);
            }
        }
        let text: String = (1..=1000).map(|line| if line % 300 == 0 { "x\n" } else { "1\n" }).collect();
        fs::write(&path, text).unwrap();
        let error = in_parallel::<u32>(&path).unwrap_err();
        assert!(error.to_string().ends_with("rows.jsonl:300: not a valid row"), "{error}");
    }

    #[test]
    fn a_line_without_end_is_an_error() {
        for failed in [
            read_json_lines::<u32>(Path::new("/dev/zero")).unwrap().last().unwrap().unwrap_err(),
            in_parallel::<u32>(Path::new("/dev/zero")).unwrap_err(),
        ] {
            assert_eq!(failed.to_string(), "`/dev/zero` has more than 64 MiB in line 1");
        }
    }
}
