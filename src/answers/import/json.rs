//! JSON and JSON Lines of `VNBench`'s scripts, lmms-eval, `VLMEvalKit` and of one's own making.
//!
//! In: text. Out: foreign rows.

use std::path::Path;

use serde_json::{Map, Value};

use super::vnbench;
use super::{Columns, Error, Format, Found, Key, Reply, markers};

/// The text as one JSON value, if it is one and not lines of several.
pub(super) fn whole(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    // A single line is JSON Lines all the same, unless each of its fields is a column.
    let is_column = |value: &Value| value.is_object() || value.is_array();
    let is_row = match &value {
        Value::Object(row) if text.trim().lines().count() == 1 => {
            !row.contains_key("samples") && !row.values().all(is_column)
        }
        _ => false,
    };
    (!is_row).then_some(value)
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
    found(path, rows, stated, columns)
}

/// An array of records, or an object that holds columns.
pub(super) fn records(
    path: &Path,
    whole: Value,
    stated: Option<Format>,
    columns: &Columns,
) -> Result<Found, Error> {
    let rows = match whole {
        Value::Array(items) => items,
        Value::Object(table) => rows_of_columns(table),
        _ => Vec::new(),
    };
    let mut records = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let Value::Object(row) = row else {
            return Err(Error::malformed(path, format!(", record {}", at + 1), "expected an object"));
        };
        records.push((at + 1, row));
    }
    found(path, records, stated, columns)
}

/// Pandas writes a table as column by column, each an object by row number or a list.
fn rows_of_columns(table: Map<String, Value>) -> Vec<Value> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for (name, column) in table {
        let cells: Vec<Value> = match column {
            Value::Array(cells) => cells,
            Value::Object(cells) => {
                let mut cells: Vec<(u64, Value)> =
                    cells.into_iter().map(|(row, cell)| (row.parse().unwrap_or(u64::MAX), cell)).collect();
                cells.sort_by_key(|(row, _)| *row);
                cells.into_iter().map(|(_, cell)| cell).collect()
            }
            _ => return Vec::new(),
        };
        if rows.len() < cells.len() {
            rows.resize(cells.len(), Map::new());
        }
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.insert(name.clone(), cell);
        }
    }
    rows.into_iter().map(Value::Object).collect()
}

fn detected(row: &Map<String, Value>, columns: &Columns) -> Option<Format> {
    let has = |name: &str| row.contains_key(name);
    let any = |names: &[String]| names.iter().any(|name| has(name));
    if has("doc_id") && (has("filtered_resps") || has("resps")) {
        Some(Format::LmmsEval)
    } else if has("pred") && has("question_id") && has("gt") {
        Some(Format::VnbenchA)
    } else if has("pred") && has("video_path") && has("try") {
        Some(Format::VnbenchB)
    } else if has("prediction") && has("id") && (has("index") || has("A")) {
        Some(Format::VlmEvalKit)
    } else if any(&columns.id) && any(&columns.response) {
        Some(Format::Jsonl)
    } else {
        None
    }
}

fn found(
    path: &Path,
    rows: Vec<(usize, Map<String, Value>)>,
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
    let mut replies = Vec::new();
    for (line, row) in rows {
        let reply = match format {
            Format::VnbenchA => vnbench::form_a(&row),
            Format::VnbenchB => vnbench::form_b(&row),
            Format::LmmsEval => lmms_eval(&row),
            Format::VlmEvalKit | Format::Jsonl | Format::Csv | Format::Inspect => plain(&row, columns),
        };
        let reply = reply.map_err(|problem| Error::malformed(path, format!(":{line}"), problem))?;
        replies.push(Reply { line, ..reply });
    }
    Ok(Found { format, replies })
}

/// Text of a cell; numbers as they are written, nothing for null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn plain(row: &Map<String, Value>, columns: &Columns) -> Result<Reply, String> {
    let first = |names: &[String]| names.iter().find_map(|name| row.get(name));
    let id = first(&columns.id)
        .and_then(text)
        .ok_or_else(|| format!("expected one of the keys {}", columns.id.join(", ")))?;
    let response = first(&columns.response)
        .ok_or_else(|| format!("expected one of the keys {}", columns.response.join(", ")))?;
    let word = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Reply {
        key: Key { id: Some(id), ..Key::default() },
        response: text(response).and_then(markers::reply),
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
        ..Reply::default()
    })
}
