//! Rows read quickly: the tries of a question repeat all but a few columns.
//!
//! In: lines of `metadata.jsonl`, in their order. Out: rows. A line is compared with the last that was parsed as a whole: where all
//! but the columns of a try are the same bytes, those columns alone are parsed. Any other line is parsed as a whole, so that what is
//! read, and what is refused, is the same.

use std::ops::Range;

use serde::de::DeserializeOwned;

use super::metadata::Row;

/// What a try does not share with the other tries of its question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TryColumns {
    /// Unique key of the row.
    pub id: String,
    /// The options in the order in which this try shows them.
    pub options: Vec<String>,
    /// The whole text that a model reads; empty where rows do not state it.
    pub prompt_text: String,
    /// Letter of the right option.
    pub gt_option: String,
    /// 0-based rotation.
    pub rotation: u32,
}

impl TryColumns {
    /// The row that shares all else with `row`.
    pub fn in_place_of_those_of(self, row: &Row) -> Row {
        let Self { id, options, prompt_text, gt_option, rotation } = self;
        Row { id, options, prompt_text, gt_option, rotation, ..row.clone() }.completed()
    }
}

/// What a line of rows says.
#[derive(Clone, Debug, PartialEq)]
pub enum RowRead<'a> {
    /// A row by itself.
    Whole(&'a Row),
    /// A row that shares all but these columns with the last whole one.
    Try(&'a Row, TryColumns),
}

impl RowRead<'_> {
    /// [`Row::asked_sha256`] of it.
    pub fn asked_sha256(&self) -> String {
        match self {
            Self::Whole(row) => row.asked_sha256(),
            Self::Try(row, own) => row.try_sha256(&own.options, &own.prompt_text),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Whole(row) => &row.id,
            Self::Try(_, own) => &own.id,
        }
    }

    /// The row.
    pub fn into_row(self) -> Row {
        match self {
            Self::Whole(row) => row.clone(),
            Self::Try(row, own) => own.in_place_of_those_of(row),
        }
    }
}

/// Reads lines in turn.
pub(super) struct RowReader {
    /// The last whole row, completed.
    row: Row,
    line: Option<Line>,
}

impl RowReader {
    pub(super) fn new() -> Self {
        Self { row: Row::unstated(), line: None }
    }

    /// What the next line says.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<RowRead<'_>, serde_json::Error> {
        if let Some(own) = self.line.as_ref().and_then(|last| last.columns_of(line)) {
            return Ok(RowRead::Try(&self.row, own));
        }
        self.line = None;
        // To check a line as a whole is quicker than string by string.
        let row: Row = match std::str::from_utf8(line) {
            Ok(text) => serde_json::from_str(text)?,
            Err(_) => serde_json::from_slice(line)?,
        };
        self.line = Line::of(line, row.options.len());
        self.row = row.completed();
        Ok(RowRead::Whole(&self.row))
    }

    /// Takes the next line for no try of the last row.
    pub(super) fn forget(&mut self) {
        self.line = None;
    }
}

/// A column of [`TryColumns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Options,
    Prompt,
    GtOption,
    Try,
}

/// All of them; rows of earlier versions have no prompt.
const COLUMNS: usize = 5;

impl Column {
    fn of(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"id" => Self::Id,
            b"options" => Self::Options,
            b"prompt" => Self::Prompt,
            b"gt_option" => Self::GtOption,
            b"try" => Self::Try,
            _ => return None,
        })
    }
}

/// A line, and where in it the columns of a try have their values.
struct Line {
    bytes: Vec<u8>,
    values: Vec<(Column, Range<usize>)>,
    options: usize,
}

impl Line {
    /// A line that holds a row; nothing where it has not all columns of a try.
    fn of(line: &[u8], options: usize) -> Option<Self> {
        let values = values(line)?;
        let has = |column| values.iter().any(|(own, _)| *own == column);
        let has_all = [Column::Id, Column::Options, Column::GtOption, Column::Try].into_iter().all(has);
        has_all.then(|| Self { bytes: without_end(line).to_vec(), values, options })
    }

    /// The columns of `line`, if all else in it is the same.
    fn columns_of(&self, line: &[u8]) -> Option<TryColumns> {
        let mut left = without_end(line);
        let mut own = TryColumns::default();
        let mut from = 0;
        for (column, value) in &self.values {
            left = left.strip_prefix(&self.bytes[from..value.start])?;
            left = match column {
                Column::Id => take(left, &mut own.id),
                Column::Options => take(left, &mut own.options),
                Column::Prompt => take(left, &mut own.prompt_text),
                Column::GtOption => take(left, &mut own.gt_option),
                Column::Try => take(left, &mut own.rotation),
            }?;
            from = value.end;
        }
        // What completes a row depends on how many options there are.
        (left == &self.bytes[from..] && own.options.len() == self.options).then_some(own)
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// Takes the value at the beginning of `text`, and gives what is left.
fn take<'a, T: DeserializeOwned>(text: &'a [u8], value: &mut T) -> Option<&'a [u8]> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<T>();
    *value = values.next()?.ok()?;
    Some(&text[values.byte_offset()..])
}

/// Where in `line`, which holds a row, the columns of a try have their values.
fn values(line: &[u8]) -> Option<Vec<(Column, Range<usize>)>> {
    let mut values: Vec<(Column, Range<usize>)> = Vec::new();
    let (mut at, mut depth, mut key, mut open) = (0, 0, None, None);
    while at < line.len() && (values.len() < COLUMNS || open.is_some()) {
        match line[at] {
            b'"' => {
                let end = at + end_of_string(&line[at..])?;
                if depth == 1 && open.is_none() {
                    key = Column::of(&line[at + 1..end - 1]);
                }
                at = end;
                continue;
            }
            b':' if depth == 1 => open = Some(at + 1),
            b',' | b'}' if depth == 1 => {
                values.extend(key.take().zip(open.take()).map(|(key, start)| (key, start..at)));
                open = None;
            }
            _ => {}
        }
        match line[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    Some(values)
}

/// The bytes that the string at the beginning of `text` takes, both marks included.
fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', &text[at..])?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        // What follows a backslash is no mark.
        at = (at + 2).min(text.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A row as files have it.
    fn row(sample: &str, rotation: u32, question: &str) -> Row {
        let mut options = ["Ann", "Bo \"B\" \\", "C, {c}", "[d]:"].map(str::to_owned).to_vec();
        options.rotate_left(rotation as usize);
        Row {
            id: format!("{sample}_{rotation}"),
            sample_id: sample.to_owned(),
            question: question.to_owned(),
            gt: options[0].clone(),
            gt_option: "A".to_owned(),
            options,
            rotation,
            ..Row::unstated()
        }
        .completed()
    }

    fn read(lines: &[String]) -> (Vec<Result<Row, String>>, usize) {
        let mut reader = RowReader::new();
        let mut tries = 0;
        let rows = lines.iter().map(|line| {
            let read = reader.read(line.as_bytes()).map_err(|error| error.to_string())?;
            tries += usize::from(matches!(read, RowRead::Try(..)));
            let (id, asked) = (read.id().to_owned(), read.asked_sha256());
            let row = read.into_row();
            assert_eq!((&id, &asked), (&row.id, &row.asked_sha256()));
            Ok(row)
        });
        (rows.collect(), tries)
    }

    fn parsed(line: &str) -> Result<Row, String> {
        serde_json::from_str(line).map(Row::completed).map_err(|error| error.to_string())
    }

    fn line(row: &Row) -> String {
        serde_json::to_string(row).unwrap()
    }

    #[test]
    fn tries_are_read_as_rows_are() {
        let mut rows: Vec<Row> = (0..4).map(|at| row("x", at, "Who?")).collect();
        rows.extend((0..4).map(|at| row("y", at, "What: \"id\":\"z\", \\?")));
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        let (found, tries) = read(&lines);
        assert_eq!(found, rows.iter().cloned().map(Ok).collect::<Vec<_>>());
        // The target is another text in each.
        assert_eq!(tries, 0);
        for own in &mut rows {
            own.gt = "Ann".to_owned();
            own.answer = "Ann".to_owned();
            own.gt_option = ["A", "D", "C", "B"][own.rotation as usize].to_owned();
        }
        lines = rows.iter().map(line).collect();
        let (found, tries) = read(&lines);
        assert_eq!((found, tries), (rows.into_iter().map(Ok).collect(), 6));
    }

    #[test]
    fn rows_of_an_earlier_version_are_completed_one_by_one() {
        let old = |rotation: u32| {
            let mut value = serde_json::to_value(row("x", rotation, "Who?")).unwrap();
            let object = value.as_object_mut().unwrap();
            for key in ["prompt", "answer", "video_id", "evidence", "chance"] {
                object.remove(key);
            }
            object["gt"] = "Ann".into();
            value.to_string()
        };
        let lines: Vec<String> = (0..4).map(old).collect();
        let (found, tries) = read(&lines);
        assert_eq!((found, tries), (lines.iter().map(|line| parsed(line)).collect(), 3));
    }

    /// Changes of a line that make it another row, or none.
    const CHANGES: [(&str, &str); 12] = [
        ("\"try\":1", "\"try\":-1"),
        ("\"try\":1", "\"try\":1.5"),
        ("\"try\":1", "\"try\" : 1 "),
        ("\"try\":1", "\"try\":1,\"try\":1"),
        ("\"try\":1", "\"try\":\"1\""),
        ("\"try\":1,", ""),
        ("\"gt_option\":\"A\"", "\"gt_option\":null"),
        ("\"gt_option\":\"A\"", "\"gt_option\":\"\\u0041\""),
        ("\"options\":[", "\"options\":[\"one more\","),
        ("\"width\":0", "\"width\":1"),
        ("}", "}}"),
        ("\"id\":", "\"more\":{\"id\":[\"}\"]},\"id\":"),
    ];

    proptest! {
        #[test]
        fn whatever_a_line_is_it_is_read_as_by_itself(
            changes in prop::collection::vec((prop::option::of(0..CHANGES.len()), 0_usize..2000, any::<bool>()), 1..12)
        ) {
            let mut lines = Vec::new();
            for (change, cut, is_cut) in changes {
                let mut text = line(&Row { gt: "Ann".to_owned(), answer: "Ann".to_owned(), ..row("x", 1, "Who?") });
                if let Some((from, to)) = change.map(|at| CHANGES[at]) {
                    prop_assert!(text.contains(from), "{from}");
                    text = text.replacen(from, to, 1);
                }
                if is_cut {
                    text.truncate(cut);
                }
                lines.push(text);
            }
            prop_assert_eq!(read(&lines).0, lines.iter().map(|line| parsed(line)).collect::<Vec<_>>());
        }
    }
}
