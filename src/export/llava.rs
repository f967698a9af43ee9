//! Training records as `LLaVA` and Qwen-VL read them: one conversation a row.
//!
//! In: rows. Out: `llava.json`, beside the videos that it names.

use std::borrow::Cow;

use serde::Serialize;

use super::place::Placed;
use super::{Error, Export, reply};
use crate::files;

/// The records.
const FILE: &str = "llava.json";

#[derive(Debug, Serialize)]
struct Record<'a> {
    id: &'a str,
    video: &'a str,
    conversations: [Turn<'a>; 2],
}

#[derive(Debug, Serialize)]
struct Turn<'a> {
    from: &'static str,
    value: Cow<'a, str>,
}

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    placed.put(&export.out.join(FILE), |fresh| {
        let records = export.rows.iter().map(|row| {
            Ok(Record {
                id: &row.id,
                video: &row.video_path,
                conversations: [
                    Turn { from: "human", value: export.asked(row).into() },
                    Turn { from: "gpt", value: reply(row) },
                ],
            })
        });
        files::write_json_array::<_, files::Error>(fresh, records)
    })?;
    export.place_videos(placed)
}
