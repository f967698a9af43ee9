//! Packets of a track that follow each other.
//!
//! In: numbers of packets. Out: whether spans of them touch, and what holds both.

/// Packets from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Span {
    /// Whether no copied packet fits between two spans.
    pub(super) fn touches(self, other: Self) -> bool {
        self.first <= other.last + 1 && other.first <= self.last + 1
    }

    /// Both spans and what lies between them.
    pub(super) fn with(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}
