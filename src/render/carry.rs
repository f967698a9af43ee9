//! Carrying: a dataset holds the spec that made it, with all that the spec names but videos, so that it can be moved.
//!
//! In: files to carry, or those of a part. Out: the files in `spec/` of a dataset, as outputs of its manifest.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::dataset::{self, OutputDigest, SPEC};
use crate::digest;
use crate::files;
use crate::job::Job;
use crate::render::Error;
use crate::render::claim::Done;
use crate::spec::portable::{CarriedFile, Content};

/// Writes what is carried into the dataset directory `out`, but for what an earlier run has written. Many small files are written side
/// by side, so that the disk is waited for once for several.
pub(super) fn write(out: &Path, carried: &[CarriedFile], job: &Job) -> Result<Vec<OutputDigest>, Error> {
    let outputs = carried.par_iter().map(|file| {
        job.go_on()?;
        let name = format!("{SPEC}/{}", file.name);
        // No manifest may name such a file: who reads the carried pack is told that it is missing.
        if dataset::is_output_name(&name) { one(out, name, &file.content).map(Some) } else { Ok(None) }
    });
    Ok(outputs.collect::<Result<Vec<_>, Error>>()?.into_iter().flatten().collect())
}

fn one(out: &Path, name: String, content: &Content) -> Result<OutputDigest, Error> {
    let bytes: Cow<'_, [u8]> = match content {
        Content::Bytes(bytes) => bytes.into(),
        Content::File(path) => files::read_bytes(path)?.into(),
    };
    let path = place(out, &name)?;
    let sha256 = digest::of_bytes(&bytes);
    if path.is_symlink() || !Done::of(&path).is_ok_and(|found| found.sha256 == sha256) {
        files::write_bytes(&path, &bytes)?;
    }
    Ok(OutputDigest { name, bytes: bytes.len() as u64, sha256 })
}

/// Whether the output `name` is carried.
pub(super) fn is_carried(name: &str) -> bool {
    name.strip_prefix(SPEC).is_some_and(|name| name.starts_with('/'))
}

/// The path of the file `name` in `out`, with its directories made; none of them leads out of `out`.
pub(super) fn place(out: &Path, name: &str) -> Result<PathBuf, Error> {
    for (at, _) in name.match_indices('/') {
        files::make_dir_within(out, &name[..at])?;
    }
    Ok(out.join(name))
}
