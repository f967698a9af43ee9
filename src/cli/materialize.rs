//! `vniah materialize`: files of the videos that a dataset keeps as recipes.
//!
//! In: a dataset of recipes. Out: MP4 files in its `videos`, byte for byte those that `generate --store file` writes, each
//! compared with the digest that its recipe names. Run again, it makes what is missing.

use std::path::PathBuf;

use super::exit::Failure;
use super::machine::Machine;
use super::origin::Origin;
use super::terminal::Terminal;

/// Turn the recipes of a dataset into MP4 files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory.
    dataset: PathBuf,
    /// Make only this sample's video; repeatable.
    #[arg(long = "sample", value_name = "ID")]
    samples: Vec<String>,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah materialize`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    args.origin.dataset(&args.dataset, &args.machine, terminal).materialize(&args.samples)?;
    Ok(())
}
