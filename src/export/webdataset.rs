//! WebDataset shards: tar files in which the members of one sample share their name up to the first dot.
//!
//! In: rows and videos. Out: `webdataset/shard-000000.tar` and so on; `ID.mp4` is the video of a sample, and `ID.json` holds
//! its rows as `metadata.jsonl` has them. Headers hold no time, user or machine.

use std::io::{Read, Write};
use std::path::Path;

use serde::Serialize;

use super::place::Placed;
use super::{Error, Export};
use crate::dataset::{self, Row};
use crate::files;
use crate::render::videos::Videos;

/// Directory of the shards.
const DIR: &str = "webdataset";

/// `ID.json`.
#[derive(Debug, Serialize)]
struct Member<'a> {
    sample_id: &'a str,
    rows: &'a [&'a Row],
}

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    let mut left = dataset::samples(export.rows).into_iter().peekable();
    let mut paths = (0_u64..).map(|number| export.out.join(DIR).join(format!("shard-{number:06}.tar")));
    while left.peek().is_some()
        && let Some(path) = paths.next()
    {
        placed.put(&path, |fresh| {
            files::write_atomic::<Error>(fresh, |writer| {
                let mut shard = Shard { path: fresh, tar: tar::Builder::new(writer), bytes: 0 };
                while shard.bytes < export.options.shard_bytes
                    && let Some(rows) = left.next()
                {
                    shard.sample(export.videos, &rows)?;
                }
                Ok::<(), Error>(shard.tar.finish().map_err(files::Error::io("write", fresh))?)
            })
        })?;
    }
    // A reader of all shards would take one of an earlier export for one of these.
    match paths.next().filter(|path| path.exists()) {
        Some(stale) => Err(Error::Different(stale.display().to_string())),
        None => Ok(()),
    }
}

struct Shard<'a, W: Write> {
    path: &'a Path,
    tar: tar::Builder<W>,
    bytes: u64,
}

impl<W: Write> Shard<'_, W> {
    fn sample(&mut self, videos: &Videos, rows: &[&Row]) -> Result<(), Error> {
        let sample = &rows[0].sample_id;
        if sample.contains('.') {
            return Err(Error::Dotted(sample.clone()));
        }
        let json = serde_json::to_vec(&Member { sample_id: sample, rows }).expect("rows serialise");
        self.add(&format!("{sample}.json"), json.len() as u64, json.as_slice())?;
        let video = videos.open(&rows[0].video_path)?;
        Ok(self.add(&format!("{sample}.mp4"), video.size()?, video.reader()?)?)
    }

    fn add(&mut self, name: &str, bytes: u64, content: impl Read) -> Result<(), files::Error> {
        self.bytes += files::append_to_tar(&mut self.tar, self.path, name, bytes, content)?;
        Ok(())
    }
}
