//! `vniah materialize`: files of the videos that a dataset keeps as recipes.
//!
//! In: a dataset of recipes. Out: MP4 files in its `videos`, byte for byte those that `generate --store file` writes, each
//! compared with the digest that its recipe names. Run again, it makes what is missing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::exit::{Exit, Failure};
use super::origin::Origin;
use super::print::say;
use super::progress::Stage;
use super::source::{Machine, Remade, caller, no_sample, no_videos};
use crate::checksum;
use crate::dataset::{self, Store, VIDEOS};
use crate::files;
use crate::render::{claim, videos};

/// Write the videos of a dataset of recipes as MP4 files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the dataset.
    dataset: PathBuf,
    /// This sample's video alone; may be given several times.
    #[arg(long = "sample", value_name = "ID")]
    samples: Vec<String>,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah materialize`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if dataset::read_manifest(&args.dataset)?.store == Store::File {
        say(&format!("`{}` keeps its videos as files already", args.dataset.display()));
        return Ok(());
    }
    let rows = dataset::read_rows(&args.dataset)?;
    if let Some(absent) = args.samples.iter().find(|id| rows.iter().all(|row| row.sample_id != **id)) {
        return Err(no_sample(&args.dataset, absent));
    }
    if rows.iter().any(|row| row.file_name.is_empty()) {
        return Err(no_videos(&args.dataset));
    }
    let is_asked = |id: &String| args.samples.is_empty() || args.samples.contains(id);
    let names: BTreeSet<&str> =
        rows.iter().filter(|row| is_asked(&row.sample_id)).map(|row| row.file_name.as_str()).collect();
    args.machine.run(|| {
        let remade = Remade::open(&args.dataset, &args.origin, &args.machine)?;
        let held = claim::hold(&args.dataset, &caller())?;
        files::make_dir_within(&args.dataset, VIDEOS)?;
        let stage = Stage::start("writing", names.len() as u64, "videos");
        let written = names
            .par_iter()
            .map(|name| {
                let written = one(&args.dataset, name, &remade);
                stage.tick(name);
                written
            })
            .collect::<Result<Vec<bool>, Failure>>();
        held.release()?;
        let written = written?;
        let written = written.into_iter().filter(|written| *written).count();
        stage.end(&format!(
            "wrote {written} videos, {} were there: `{}`",
            names.len() - written,
            args.dataset.join(VIDEOS).display()
        ));
        Ok(())
    })
}

/// Writes one video; `false` if it is there already.
fn one(dir: &Path, name: &str, remade: &Remade) -> Result<bool, Failure> {
    let path = dir.join(name);
    let (recipe, spliced) = videos::recipe(dir, name, &remade.ready)?;
    let sha256 = || checksum::of_file(&path);
    if path.exists() {
        if sha256()? == recipe.head.sha256 {
            return Ok(false);
        }
        let message = format!("`{}` is there and is not the video of its recipe", path.display());
        return Err(Failure::message(Exit::Input, message).hint("move it away: nothing is overwritten"));
    }
    spliced.write(&path)?;
    if sha256()? == recipe.head.sha256 {
        return Ok(true);
    }
    std::fs::remove_file(&path).map_err(files::Error::io("remove", &path))?;
    let message = format!("the recipe of `{name}` gives other bytes than those that it names");
    Err(Failure::message(Exit::Check, message)
        .hint("a prepared haystack in the cache has changed: remove it, and it is prepared again"))
}
