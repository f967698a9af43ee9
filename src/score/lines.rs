//! How `scores.json` is laid out: indented, but for one line a sample.
//!
//! In: the events of a JSON serialiser. Out: text. The samples are known by their key at the top level, wherever it stands
//! among the others.

use std::io::{self, Write};

use serde_json::ser::{Formatter, PrettyFormatter};

/// The key whose entries stand on one line each.
const SAMPLES: &str = "verdicts";

/// The layout, and where in the text it is.
#[derive(Default)]
pub(super) struct OneLineEach {
    pretty: PrettyFormatter<'static>,
    /// Arrays and objects that are open.
    depth: usize,
    /// The key at the top level that is being written, or whose value is.
    key: String,
    in_key: bool,
}

impl OneLineEach {
    /// Whether what begins or ends here lies within an entry of the samples.
    fn is_within(&self) -> bool {
        self.depth > 2 && self.key == SAMPLES
    }
}

/// A comma between entries of one line.
fn comma<W: ?Sized + Write>(writer: &mut W, first: bool) -> io::Result<()> {
    if first { Ok(()) } else { writer.write_all(b",") }
}

impl Formatter for OneLineEach {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        if self.in_key {
            self.key.push_str(text);
        }
        writer.write_all(text.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_within() { writer.write_all(b"[") } else { self.pretty.begin_array(writer) }
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_within = self.is_within();
        self.depth -= 1;
        if is_within { writer.write_all(b"]") } else { self.pretty.end_array(writer) }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.is_within() { comma(writer, first) } else { self.pretty.begin_array_value(writer, first) }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.is_within() { Ok(()) } else { self.pretty.end_array_value(writer) }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_within() { writer.write_all(b"{") } else { self.pretty.begin_object(writer) }
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_within = self.is_within();
        self.depth -= 1;
        if is_within { writer.write_all(b"}") } else { self.pretty.end_object(writer) }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.depth == 1 {
            self.key.clear();
            self.in_key = true;
        }
        if self.is_within() { comma(writer, first) } else { self.pretty.begin_object_key(writer, first) }
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.is_within() { writer.write_all(b":") } else { self.pretty.begin_object_value(writer) }
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.is_within() { Ok(()) } else { self.pretty.end_object_value(writer) }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;

    use super::*;

    #[test]
    fn samples_have_a_line_each_wherever_their_key_stands() {
        let value: serde_json::Value = serde_json::from_str(
            r#"{"a": [1], "verdicts": [{"x": ["{", null], "verdicts": {"y": 2}}, {"x": []}], "z": {"verdicts": [3]}}"#,
        )
        .unwrap();
        let mut text = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut text, OneLineEach::default());
        value.serialize(&mut writer).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("\n  \"verdicts\": [\n    {"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("    {")).count(), 2, "{text}");
        assert!(text.contains("\n  \"z\": {\n    \"verdicts\": [\n      3\n    ]\n  }\n}"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
