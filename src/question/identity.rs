//! By what a family is known.
//!
//! In: its file's text and what that states. Out: digests, and whether a dataset that names one was made with the family.

use crate::digest;

/// By what a family is known.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// Digest of what its file states.
    pub(super) sha256: String,
    /// Digest of the file's text, by which earlier versions knew it.
    text_sha256: String,
}

impl Identity {
    /// Of a file.
    pub(super) fn new(text: &str, stated: &toml::Table) -> Self {
        Self { sha256: digest::of_toml(stated), text_sha256: digest::of_bytes(text.as_bytes()) }
    }

    /// Whether `sha256` is of what the file states, or, as earlier versions wrote it, of its text or of another text of an embedded
    /// family that states the same.
    pub(super) fn is_known_as(&self, sha256: &str) -> bool {
        let stated = self.sha256.as_str();
        sha256 == stated || sha256 == self.text_sha256 || digest::content_of(sha256) == Some(stated)
    }
}
