//! VNBench's layout: the annotation and the directory of videos that its scripts expect beside them.
//!
//! In: rows. Out: `VNBench-main-4try.json`, `VNBench/*.mp4`. Open questions have no place there and are left out.

use std::collections::BTreeMap;
use std::path::Path;

use super::place::Placed;
use super::{Error, Export};
use crate::dataset::Row;
use crate::files;
use crate::render::annotation;

/// Directory of the videos.
const VIDEOS: &str = "VNBench";

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    if export.is_own {
        return Err(Error::Own);
    }
    let mut videos: BTreeMap<String, &str> = BTreeMap::new();
    for row in choices(export) {
        let other = videos.entry(name(row)).or_insert(&row.video_path);
        if *other != row.video_path {
            return Err(Error::SameName {
                name: name(row),
                videos: [(*other).to_owned(), row.video_path.clone()],
            });
        }
    }
    placed.put(&export.out.join(annotation::VNBENCH), |fresh| {
        let there = |row: &Row| Row { video_path: format!("{VIDEOS}/{}", name(row)), ..row.clone() };
        let rows = choices(export).map(|row| Ok(annotation::vnbench(&there(row))));
        files::write_json_array::<_, files::Error>(fresh, rows)
    })?;
    placed.leave_out((export.rows.len() - choices(export).count()) as u64);
    export.place_videos_as(choices(export).map(|row| (row, Path::new(VIDEOS).join(name(row)))), placed)
}

/// The rows that have options.
fn choices<'a>(export: &Export<'a>) -> impl Iterator<Item = &'a Row> + use<'a> {
    export.rows.iter().filter(|row| row.has_options())
}

/// File name of a row's video.
fn name(row: &Row) -> String {
    Path::new(&row.video_path).file_name().unwrap_or_default().to_string_lossy().into_owned()
}
