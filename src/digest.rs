//! Content digests (SHA-256) of bytes and of values, as lower-case hexadecimal.
//!
//! In: bytes, a serialisable value or what a TOML file states. Out: 64 hexadecimal digits. Digests of files: `checksum`.

use ring::digest::{self, Context, SHA256};
use serde::Serialize;
use serde_json::Value;

/// Digest of bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    hex(digest::digest(&SHA256, bytes).as_ref())
}

/// Digest of a value's JSON. Structs serialise in the order of their fields, so equal values have equal digests.
///
/// # Panics
/// If the value holds a map whose keys are not strings.
pub fn of_value<T: Serialize>(value: &T) -> String {
    of_bytes(&serde_json::to_vec(value).expect("values of this crate serialise"))
}

/// Digest of what a TOML file states: of its keys and values, whatever their order in it, its comments and its layout. The items of
/// a list keep their order, which says something.
pub fn of_toml(table: &toml::Table) -> String {
    of_value(&in_order(table))
}

/// A table as JSON, its keys in order.
fn in_order(table: &toml::Table) -> Value {
    let mut keys: Vec<&String> = table.keys().collect();
    keys.sort_unstable();
    Value::Object(keys.into_iter().map(|key| (key.clone(), as_json(&table[key]))).collect())
}

fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => in_order(table),
        toml::Value::Array(items) => Value::Array(items.iter().map(as_json).collect()),
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        // JSON has neither infinities nor times: their text stands for them.
        toml::Value::Float(number) if number.is_finite() => Value::from(*number),
        toml::Value::Float(number) => Value::String(number.to_string()),
        toml::Value::Boolean(is_so) => Value::Bool(*is_so),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
    }
}

/// Digest of values in order, one at a time: each value's JSON and a line feed.
///
/// # Panics
/// As [`of_value`].
pub fn of_values<T: Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let mut hash = Context::new(&SHA256);
    for value in values {
        hash.update(&serde_json::to_vec(&value).expect("values of this crate serialise"));
        hash.update(b"\n");
    }
    hex(hash.finish().as_ref())
}

/// A digest of bytes that come in pieces.
pub struct Digester(Context);

impl Default for Digester {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Digester {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    pub fn end(self) -> String {
        hex(self.0.finish().as_ref())
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_digest_is_the_published_one() {
        assert_eq!(of_bytes(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn comments_layout_and_order_of_keys_are_no_content() {
        let of = |text: &str| of_toml(&text.parse().unwrap());
        let plain = of("a = 1\nb = \"x\"\n[c]\nd = [1, 2]\ne = { f = true, g = 1.5 }\n");
        for text in [
            "# What it is.\nb = \"x\" # so\na = 1\n[c]\ne = { g = 1.5, f = true }\nd = [\n  1, # one\n  2,\n]\n",
            "b = 'x'\r\na = 1\r\nc.e.g = 1.5\r\nc.e.f = true\r\nc.d = [0x1, 2]\r\n",
        ] {
            assert_eq!(of(text), plain, "{text}");
        }
        for text in [
            "a = 1\nb = \"x\"\n[c]\nd = [2, 1]\ne = { f = true, g = 1.5 }\n",
            "a = \"1\"\nb = \"x\"\n[c]\nd = [1, 2]\ne = { f = true, g = 1.5 }\n",
            "a = 1.0\nb = \"x\"\n[c]\nd = [1, 2]\ne = { f = true, g = 1.5 }\n",
            "a = 1\nb = \"x\"\n[c]\nd = [1, 2]\ne = { f = true }\n",
        ] {
            assert_ne!(of(text), plain, "{text}");
        }
        // The canonical text is fixed: manifests name it.
        assert_eq!(of("b = [1]\na = \"\u{4e2d}\"\n"), of_bytes("{\"a\":\"\u{4e2d}\",\"b\":[1]}".as_bytes()));
    }
}
