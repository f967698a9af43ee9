//! `vniah merge`: the parts that `generate --shard` made, into one dataset.
//!
//! In: directories of parts. Out: the dataset, or everything that is missing or does not belong.

use std::path::PathBuf;

use super::exit::Failure;
use super::terminal::Terminal;
use crate::project::{self, Session};

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
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let session = Session { job: terminal.job(), ..Session::default() };
    project::merge(&args.parts, &args.output, &session)?;
    Ok(())
}
