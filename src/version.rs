//! Format versions: what a file says of itself, looked at before anything else of it is believed.
//!
//! In: the text of a file, and the version that this program reads. Out: nothing, or a [`Mismatch`] that says which of the
//! two is newer and what to do. A file of another version is never read as if it were of this one.

use std::fmt;

use serde::Deserialize;

/// What every versioned file says at its top level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Stated {
    /// Version of the file's format.
    #[serde(default)]
    pub format_version: Option<u64>,
    /// Version of the vniah that wrote it.
    #[serde(default)]
    pub tool_version: Option<String>,
}

/// A file whose format has another version than the one that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    stated: Stated,
    read: u32,
}

impl Stated {
    /// What `json`, an object, says of itself.
    pub fn of(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Compares with the version that this program reads.
    pub fn check(self, read: u32) -> Result<(), Mismatch> {
        if self.format_version == Some(u64::from(read)) {
            Ok(())
        } else {
            Err(Mismatch { stated: self, read })
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stated, read } = self;
        let Some(found) = stated.format_version else {
            return write!(f, "states no format version; this program reads version {read}");
        };
        let newer = found > u64::from(*read);
        let age = if newer { "a newer" } else { "an older" };
        write!(f, "has format version {found}, and this program reads version {read}: {age} vniah wrote it")?;
        match &stated.tool_version {
            Some(tool) if *tool != env!("CARGO_PKG_VERSION") => write!(f, "; use vniah {tool}")?,
            _ => write!(f, "; use the vniah that wrote it")?,
        }
        if newer { Ok(()) } else { write!(f, ", or make the file again") }
    }
}

impl std::error::Error for Mismatch {}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> String {
        Stated::of(json).unwrap().check(5).map_or_else(|mismatch| mismatch.to_string(), |()| "ok".to_owned())
    }

    #[test]
    fn only_the_version_that_is_read_passes() {
        assert_eq!(message("{\"format_version\": 5, \"more\": [1]}"), "ok");
        assert_eq!(message("{}"), "states no format version; this program reads version 5");
        assert_eq!(
            message("{\"format_version\": 99, \"tool_version\": \"9.0.0\"}"),
            "has format version 99, and this program reads version 5: a newer vniah wrote it; use vniah 9.0.0"
        );
        assert_eq!(
            message("{\"format_version\": 4}"),
            "has format version 4, and this program reads version 5: an older vniah wrote it; \
             use the vniah that wrote it, or make the file again"
        );
    }
}
