//! Training records as ms-swift reads them: one conversation a line.
//!
//! In: rows. Out: `swift.jsonl`, beside the videos that it names.

use std::borrow::Cow;

use serde::Serialize;

use super::place::Placed;
use super::{Error, Export, reply};
use crate::files;

/// The records.
const FILE: &str = "swift.jsonl";

#[derive(Debug, Serialize)]
struct Record<'a> {
    messages: [Message<'a>; 2],
    videos: [&'a str; 1],
}

#[derive(Debug, Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Cow<'a, str>,
}

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    placed.put(&export.out.join(FILE), |fresh| {
        let records = export.rows.iter().map(|row| {
            let messages = [
                Message { role: "user", content: export.asked(row).into() },
                Message { role: "assistant", content: reply(row) },
            ];
            Record { messages, videos: [&row.video_path] }
        });
        files::write_json_lines(fresh, records)
    })?;
    export.place_videos(placed)
}
