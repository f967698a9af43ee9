//! How many things a reply is to name, and whether their order counts.
//!
//! In: nothing. Out: a type by which the parts of reading tell one kind of answer from another.

/// What is wanted of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::answers) enum Wanted {
    /// One of the options that are shown, by its letter or its text.
    Option,
    /// One thing, without letters.
    One,
    /// Several things, in whatever order.
    Several,
    /// Several things in their order, some of them perhaps more than once.
    Ordered,
    /// Several spans: of spans in different sentences only those that are said to be further ones are taken together.
    Spans,
}

impl Wanted {
    /// Whether several things may be the answer.
    pub(super) fn is_plural(self) -> bool {
        matches!(self, Self::Several | Self::Ordered | Self::Spans)
    }

    /// Whether no letters are shown.
    pub(super) fn is_open(self) -> bool {
        self != Self::Option
    }
}
