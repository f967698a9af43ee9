//! JSON and JSON Lines of `VNBench`'s scripts, lmms-eval, `VLMEvalKit` and of one's own making.
//!
//! In: text. Out: foreign rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value};

use super::loose::text;
use super::vnbench;
use super::{Columns, Error, Format, Found, Key, Reply, Taken, markers};
use crate::answers::Answer;

/// The text as one JSON value, if it is one and not lines of several.
pub(super) fn whole(text: &str, columns: &Columns) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    // A single line that is a row is JSON Lines all the same; so is a single field, which is no table of replies.
    let is_row = match &value {
        Value::Object(row) => {
            let is_known = detected(row, columns).is_some() || row.len() < 2;
            text.trim().lines().count() == 1 && is_known && !is_table(row)
        }
        _ => false,
    };
    (!is_row).then_some(value)
}

/// Whether each field of an object holds many values: columns of a table, or the rows of each id.
fn is_table(object: &Map<String, Value>) -> bool {
    object.values().all(|value| value.is_object() || value.is_array())
}

/// JSON Lines, one row a line.
pub(super) fn lines(
    path: &Path,
    text: &str,
    stated: Option<Format>,
    columns: &Columns,
) -> Result<Found, Error> {
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let row: Value = serde_json::from_str(line).map_err(|error| {
            Error::malformed(
                path,
                format!(":{}", at + 1),
                format!("expected one JSON object a line: {error}"),
            )
        })?;
        let Value::Object(row) = row else {
            return Err(Error::malformed(path, format!(":{}", at + 1), "expected a JSON object"));
        };
        rows.push((at + 1, row));
    }
    found(path, &rows, stated, columns)
}

/// Keys under which tools keep their rows, beside what they say of the run.
const ROWS: [&str; 7] = ["logs", "results", "data", "samples", "predictions", "answers", "responses"];

/// An array of records, or an object that holds one, or columns, or a reply or a record by id.
pub(super) fn records(
    path: &Path,
    whole: Value,
    stated: Option<Format>,
    columns: &Columns,
) -> Result<Found, Error> {
    let rows = match whole {
        Value::Array(items) => items,
        Value::Object(object) => rows_of_object(path, object, columns)?,
        _ => Vec::new(),
    };
    let mut records = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let Value::Object(row) = row else {
            return Err(Error::malformed(path, format!(", record {}", at + 1), "expected an object"));
        };
        records.push((at + 1, row));
    }
    found(path, &records, stated, columns)
}

fn rows_of_object(
    path: &Path,
    mut object: Map<String, Value>,
    columns: &Columns,
) -> Result<Vec<Value>, Error> {
    let names: Vec<&str> = object.keys().map(String::as_str).collect();
    if is_table(&object) && (columns.find(&names).is_ok() || detected(&object, columns).is_some()) {
        return Ok(rows_of_columns(object));
    }
    let holds_rows = |name: &&str| object.get(*name).is_some_and(|rows| rows.is_array() || rows.is_object());
    if let Some(name) = ROWS.into_iter().find(holds_rows) {
        return match object.remove(name) {
            Some(Value::Array(rows)) => Ok(rows),
            Some(Value::Object(rows)) => rows_of_object(path, rows, columns),
            _ => Ok(Vec::new()),
        };
    }
    if detected(&object, columns).is_some() {
        return Ok(vec![Value::Object(object)]);
    }
    let id = columns.id.first().map_or("id", String::as_str);
    let is_record = object.values().all(Value::is_object);
    let is_reply = object.values().all(|value| !value.is_object() && !value.is_array());
    if object.is_empty() || !(is_record || is_reply) {
        let keys: Vec<&str> = object.keys().map(String::as_str).take(12).collect();
        let found = format!(
            "it is an object with the keys {}, none of which holds rows ({})",
            keys.join(", "),
            ROWS.join(", ")
        );
        return Err(Error::Unknown { path: path.display().to_string(), found });
    }
    let response = columns.response.first().map_or("response", String::as_str);
    let row = |(key, value): (String, Value)| {
        let mut row = match value {
            Value::Object(record) => record,
            reply => Map::from_iter([(response.to_owned(), reply)]),
        };
        // A record that states its id is known by it, whatever it is filed under.
        if !columns.id.iter().any(|name| row.contains_key(name)) {
            row.insert(id.to_owned(), Value::String(key));
        }
        Value::Object(row)
    };
    Ok(object.into_iter().map(row).collect())
}

/// Pandas writes a table as column by column, each an object by the row's index or a list.
fn rows_of_columns(table: Map<String, Value>) -> Vec<Value> {
    // Indices that are numbers stand in their order, all others after them in theirs.
    let mut rows: BTreeMap<(u64, String), Map<String, Value>> = BTreeMap::new();
    for (name, column) in table {
        let cells: Vec<(String, Value)> = match column {
            Value::Array(cells) => (0_u64..).map(|row| row.to_string()).zip(cells).collect(),
            Value::Object(cells) => cells.into_iter().collect(),
            _ => return Vec::new(),
        };
        for (row, cell) in cells {
            let index = (row.parse().unwrap_or(u64::MAX), row);
            rows.entry(index).or_default().insert(name.clone(), cell);
        }
    }
    rows.into_values().map(Value::Object).collect()
}

fn detected(row: &Map<String, Value>, columns: &Columns) -> Option<Format> {
    let has = |name: &str| row.contains_key(name);
    if has("doc_id") && (has("filtered_resps") || has("resps")) {
        Some(Format::LmmsEval)
    } else if has("pred") && has("question_id") && has("gt") {
        Some(Format::VnbenchA)
    } else if has("pred") && has("video_path") && has("try") {
        Some(Format::VnbenchB)
    } else if has("prediction") && has("id") && (has("index") || has("A")) {
        Some(Format::VlmEvalKit)
    } else if columns.id.iter().any(|name| has(name)) {
        // Whether it holds a response, and where, is told with the names of what there is.
        Some(Format::Jsonl)
    } else {
        None
    }
}

fn found(
    path: &Path,
    rows: &[(usize, Map<String, Value>)],
    stated: Option<Format>,
    columns: &Columns,
) -> Result<Found, Error> {
    let Some((_, first)) = rows.first() else {
        return Err(Error::Unknown {
            path: path.display().to_string(),
            found: "it holds no rows".to_owned(),
        });
    };
    let Some(format) = stated.or_else(|| detected(first, columns)) else {
        let keys: Vec<&str> = first.keys().map(String::as_str).take(12).collect();
        let found = format!("its first row has the keys {}", keys.join(", "));
        return Err(Error::Unknown { path: path.display().to_string(), found });
    };
    let is_plain = matches!(format, Format::VlmEvalKit | Format::Jsonl | Format::Csv | Format::Inspect);
    // A key that the first row lacks may stand in another.
    let names: BTreeSet<&str> = rows.iter().flat_map(|(_, row)| row.keys().map(String::as_str)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let taken = if is_plain {
        let line = rows.first().map_or(1, |(line, _)| *line);
        let taken = columns.find(&names);
        Some(taken.map_err(|problem| Error::malformed(path, format!(":{line}"), problem))?)
    } else {
        None
    };
    let mut replies = Vec::new();
    for (line, row) in rows {
        let reply = match (format, &taken) {
            (Format::VnbenchA, _) => vnbench::form_a(row),
            (Format::VnbenchB, _) => vnbench::form_b(row),
            (format, Some(taken)) => plain(row, taken, format),
            (_, None) => lmms_eval(row),
        };
        let reply = reply.map_err(|problem| Error::malformed(path, format!(":{line}"), problem))?;
        replies.push(Reply { line: *line, ..reply });
    }
    Ok(Found { format, replies, taken })
}

/// What a line of answers records beside the reply, such as the frames that were sent.
fn recorded(row: &Map<String, Value>) -> Option<Box<Answer>> {
    serde_json::from_value(Value::Object(row.clone())).ok().map(Box::new)
}

fn plain(row: &Map<String, Value>, taken: &Taken, format: Format) -> Result<Reply, String> {
    let truth = format.truth_column();
    let field =
        |name: &str| row.get(name).ok_or_else(|| format!("expected the key `{name}`, as in other rows"));
    let id = text(field(&taken.id)?).ok_or_else(|| format!("`{}` is null", taken.id))?;
    let word = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Reply {
        key: Key { id: Some(id), ..Key::default() },
        response: text(field(&taken.response)?).and_then(markers::reply),
        truth: word(truth).filter(|_| taken.response != truth),
        recorded: if format == Format::Jsonl { recorded(row) } else { None },
        model: word("model"),
        status: word("status"),
        line: 0,
    })
}

/// The first text in nested lists.
fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(first_text),
        other => text(other),
    }
}

/// A row of lmms-eval's samples log. What `process_results` of a task returns stands in the row: the exported task puts our
/// id there, bare or within its result; without one the position counts.
fn lmms_eval(row: &Map<String, Value>) -> Result<Reply, String> {
    let position = row.get("doc_id").and_then(Value::as_u64).ok_or("expected the number `doc_id`")?;
    let id = row.iter().find_map(|(name, value)| match value {
        Value::String(id) if name == "id" => Some(id.clone()),
        Value::Object(result) if name != "input" => {
            result.get("id").and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    });
    let reply = row.get("filtered_resps").or_else(|| row.get("resps"));
    let response = first_text(reply.ok_or("expected `filtered_resps` or `resps`")?);
    Ok(Reply {
        key: Key { id, position: Some(position as usize), ..Key::default() },
        response: response.and_then(markers::reply),
        truth: row.get("target").and_then(first_text),
        ..Reply::default()
    })
}
