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
const SHOWN: usize = 40;

/// Characters before the first that differs that are shown of two long values.
const BEFORE: usize = 12;

/// Two values of JSON that differ, as words in a line: `-` where there is none, and of long ones the part where they differ.
pub(super) fn values(first: &Value, second: &Value) -> [String; 2] {
    let texts = [first, second].map(|value| if value.is_null() { "-".to_owned() } else { value.to_string() });
    let chars = texts.each_ref().map(|text| text.chars().collect::<Vec<char>>());
    if chars.iter().all(|chars| chars.len() <= SHOWN) {
        return texts;
    }
    let same = chars[0].iter().zip(&chars[1]).take_while(|(first, second)| first == second).count();
    let from = if same > SHOWN / 2 { same - BEFORE } else { 0 };
    chars.map(|chars| {
        let (head, rest) = (if from > 0 { "..." } else { "" }, chars.get(from..).unwrap_or_default());
        let (shown, tail) = if rest.len() > SHOWN { (&rest[..SHOWN], "...") } else { (rest, "") };
        format!("{head}{}{tail}", String::from_iter(shown))
    })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_long_values_the_part_is_shown_that_differs() {
        let long = |end: &str| json!("a setting=1 ".repeat(5) + end);
        assert_eq!(values(&json!(3), &Value::Null), ["3", "-"]);
        assert_eq!(
            values(&long("crf=20"), &long("crf=24 more")),
            ["...ting=1 crf=20\"", "...ting=1 crf=24 more\""]
        );
        let [first, second] = values(&json!("x".repeat(80)), &json!("y"));
        assert_eq!((first, &*second), ("\"".to_owned() + &"x".repeat(39) + "...", "\"y\""));
    }
}
