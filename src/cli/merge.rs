//! `vniah merge`: the parts that `generate --shard` made, into one dataset.
//!
//! In: directories of parts. Out: the dataset, or everything that is missing or does not belong.

use std::path::PathBuf;

use super::exit::Failure;
use super::terminal::Terminal;
use crate::project::{self, Session};

/// Join parts made on several machines.
///
/// The result is byte-identical to a single-machine run.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory. It is created if it does not exist.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Directories that `vniah generate --shard` wrote. They stay unchanged.
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,
}

/// Runs `vniah merge`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let session = Session { job: terminal.job(), ..Session::default() };
    project::merge(&args.parts, &args.output, &session)?;
    Ok(())
}
