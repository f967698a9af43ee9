//! The files that describe a dataset, or a part of one: everything but videos and pictures.
//!
//! In: rows, digests of videos and pictures, what the plan says of the whole. Out: the files of a dataset directory. The last one
//! written says that all is there.

use std::path::Path;

use crate::dataset::{self, Manifest, OutputDigest, Row, Shard, ShardFile};
use crate::files;
use crate::render::Error;
use crate::render::annotation;
use crate::render::claim::Done;

/// What a dataset and each of its parts say alike.
pub(super) struct Parts {
    /// Without outputs.
    pub(super) manifest: Manifest,
    /// The dataset card.
    pub(super) readme: String,
    /// Without the digest of the rows.
    pub(super) croissant: serde_json::Value,
}

/// Describes a whole dataset in `out`. `rows` gives all rows in order, as often as it is called.
pub(super) fn whole<I: Iterator<Item = Result<Row, Error>>>(
    out: &Path,
    parts: Parts,
    rows: impl Fn() -> Result<I, Error>,
    media: Vec<OutputDigest>,
) -> Result<(), Error> {
    let Parts { manifest, readme, croissant } = parts;
    files::write_json_rows(&out.join(dataset::METADATA), rows()?)?;
    files::write_json_array(
        &out.join(annotation::VNBENCH),
        rows()?
            .filter(|row| row.as_ref().map_or(true, Row::has_options))
            .map(|row| row.map(|row| annotation::vnbench(&row))),
    )?;
    let metadata = Done::of(&out.join(dataset::METADATA))?.sha256;
    files::write_json(&out.join(annotation::CROISSANT), &annotation::with_digest(croissant, &metadata))?;
    files::write_bytes(&out.join(dataset::README), readme.as_bytes())?;
    let mut outputs = media;
    for name in [dataset::README, annotation::VNBENCH, annotation::CROISSANT, dataset::METADATA] {
        outputs.push(Done::of(&out.join(name))?.named(name.to_owned()));
    }
    outputs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files::write_json(&out.join(dataset::MANIFEST), &Manifest { outputs, ..manifest })?)
}

/// Describes a part of a dataset in `out`: its own rows and videos, and what is to be said of the whole of `samples`.
pub(super) fn part(
    out: &Path,
    parts: Parts,
    (shard, samples): (Shard, u64),
    rows: impl Iterator<Item = Row>,
    media: Vec<OutputDigest>,
) -> Result<(), Error> {
    let Parts { manifest, readme, croissant } = parts;
    let metadata = out.join(dataset::METADATA);
    files::write_json_lines(&metadata, rows)?;
    let mut outputs = media;
    outputs.push(Done::of(&metadata)?.named(dataset::METADATA.to_owned()));
    outputs.sort_by(|a, b| a.name.cmp(&b.name));
    let manifest = Manifest { outputs, ..manifest };
    Ok(files::write_json(
        &out.join(dataset::SHARD),
        &ShardFile { shard, samples, manifest, readme, croissant },
    )?)
}
