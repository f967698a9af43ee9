//! `vniah merge`: the parts that `generate --shard` made, into one dataset.
//!
//! In: directories of parts. Out: the dataset, or everything that is missing or does not belong.

use std::path::PathBuf;

use super::exit::Failure;
use super::print::say;
use super::progress::Stage;
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
    let merge = Merge::open(&args.parts)?;
    let stage = Stage::start("merging", merge.videos(), "videos");
    let merged = merge.write(&args.output, |name| stage.tick(name))?;
    let Some(merged) = merged else {
        say(&format!("`{}` already holds this dataset, whole", args.output.display()));
        return Ok(());
    };
    stage.end(&format!(
        "merged {} parts: {} videos, {} of them there before: `{}`",
        args.parts.len(),
        merged.videos,
        merged.kept,
        args.output.display()
    ));
    Ok(())
}
