//! `vniah merge`: the parts that `generate --shard` made, into one dataset.
//!
//! In: directories of parts. Out: the dataset, or everything that is missing or does not belong.

use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::print::say;
use super::progress::Stage;
use super::source::caller;
use crate::dataset::{CONTROLS, SHARD};
use crate::question::Control;
use crate::render::merge::Merge;

/// Join the parts of a dataset into the very bytes that one machine would have made.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the dataset; made if it does not exist.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Directories that `vniah generate --shard` filled; they stay as they are.
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,
}

/// Runs `vniah merge`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    merge(&args.parts, &args.output)?;
    for control in Control::ALL {
        let dir = Path::new(CONTROLS).join(control.name());
        let parts: Vec<PathBuf> = args.parts.iter().map(|part| part.join(&dir)).collect();
        // A part that lacks what another has is not whole, and the merge says so.
        if parts.iter().any(|part| part.join(SHARD).exists()) {
            merge(&parts, &args.output.join(&dir))?;
        }
    }
    Ok(())
}

fn merge(parts: &[PathBuf], out: &Path) -> Result<(), Failure> {
    let merge = Merge::open(parts, &caller())?;
    let stage = Stage::start("merging", merge.videos(), "videos");
    let merged = merge.write(out, |name| stage.tick(name))?;
    let Some(merged) = merged else {
        say(&format!("`{}` already holds this dataset, whole", out.display()));
        return Ok(());
    };
    stage.end(&format!(
        "merged {} parts: {} videos, {} of them there before: `{}`",
        parts.len(),
        merged.videos,
        merged.kept,
        out.display()
    ));
    Ok(())
}
