//! Tags in replies, such as `<time>` or `<point>`.
//!
//! In: a reply, and what a tag says. Out: the reply with text in place of tags. A `<` that begins no tag stays as it stands.

use std::borrow::Cow;

/// What stands for a tag.
pub(super) struct Tag<'a> {
    /// Its text.
    pub(super) text: Cow<'a, str>,
    /// Bytes of the reply behind the `<` that it stands for.
    pub(super) length: usize,
}

/// `reply` with text in place of tags; `read` is given what comes behind each `<`.
pub(super) fn replaced<'a>(reply: &'a str, read: impl Fn(&'a str) -> Option<Tag<'a>>) -> Cow<'a, str> {
    if !reply.contains('<') {
        return Cow::Borrowed(reply);
    }
    let mut out = String::with_capacity(reply.len());
    let mut rest = reply;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        if let Some(tag) = read(tail) {
            out.push_str(&tag.text);
            rest = &tail[tag.length..];
        } else {
            out.push('<');
            rest = tail;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
