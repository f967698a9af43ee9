//! Files of a pack, found by the names that its list has for them.
//!
//! In: a pack's source and a name. Out: where the file is and its bytes, or the problem that says why it cannot be used.

use std::borrow::Cow;

use super::fault::Fault;
use super::parse::Report;
use super::source::{Origin, Source, is_inside};
use crate::wording::nearest;

/// A file that was found and read.
pub(super) struct PackFile {
    pub(super) origin: Origin,
    pub(super) bytes: Cow<'static, [u8]>,
}

/// Finds and reads the file `name`, which stands at `key`.
pub(super) fn read(source: Source<'_>, name: &str, key: &str, report: &mut Report) -> Option<PackFile> {
    if !is_inside(name) {
        report.add(key, Fault::Outside(name.to_owned()));
        return None;
    }
    if source.is_linked_out(name) {
        report.add(key, Fault::Linked(name.to_owned()));
        return None;
    }
    let Some(origin) = source.file(name) else {
        let nearest = nearest_file(source, name);
        report.add(key, Fault::MissingAsset { asset: name.to_owned(), nearest });
        return None;
    };
    match origin.read() {
        Ok(bytes) => Some(PackFile { origin, bytes }),
        Err(error) => {
            report.add(key, Fault::Unreadable(reason(&error)));
            None
        }
    }
}

/// The reason below an error that names the path, which the problem's own line names already.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// The name in the directory of `name` that is most like it.
pub(super) fn nearest_file(source: Source<'_>, name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let names = source.list(folder)?.ok()?;
    let found = nearest(file, names.iter().map(String::as_str))?;
    Some(if folder.is_empty() { found.to_owned() } else { format!("{folder}/{found}") })
}
