//! Content digests (SHA-256) of bytes and of values, as lower-case hexadecimal.
//!
//! In: bytes or a serialisable value. Out: 64 hexadecimal digits. Digests of files: `checksum`.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Digest of bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Digest of a value's JSON. Structs serialise in the order of their fields, so equal values have equal digests.
///
/// # Panics
/// If the value holds a map whose keys are not strings.
pub fn of_value<T: Serialize>(value: &T) -> String {
    of_bytes(&serde_json::to_vec(value).expect("values of this crate serialise"))
}

/// Digest of values in order, one at a time: each value's JSON and a line feed.
///
/// # Panics
/// As [`of_value`].
pub fn of_values<T: Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let mut hash = Sha256::new();
    for value in values {
        hash.update(serde_json::to_vec(&value).expect("values of this crate serialise"));
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

/// A digest of bytes that come in pieces.
#[derive(Default)]
pub struct Digester(Sha256);

impl Digester {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    pub fn end(self) -> String {
        hex(&self.0.finalize())
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
}
