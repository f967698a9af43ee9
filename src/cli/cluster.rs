//! `vniah cluster`: scripts that make a dataset on many machines.
//!
//! In: a spec, a directory for the dataset, a number of parts. Out: a script on stdout. Nothing is run.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::exit::{Exit, Failure};
use super::print::put;
use super::source::Machine;
use crate::files;
use crate::spec;

const SLURM: &str = include_str!("../../templates/slurm.sh");

/// Write scripts that make a dataset on many machines.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    scheduler: Scheduler,
}

#[derive(Debug, Subcommand)]
enum Scheduler {
    /// A job script for Slurm: an array with one part a task, and a merge that depends on it.
    Slurm {
        /// The spec.
        spec: PathBuf,
        /// Directory of the dataset, on a file system that all machines share; parts go to OUT.parts.
        #[arg(short, long, value_name = "OUT")]
        output: PathBuf,
        /// Number of parts.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        shards: u64,
        /// Processors of each task.
        #[arg(long, value_name = "N", default_value_t = 4)]
        cpus: u32,
        #[command(flatten)]
        machine: Machine,
    },
}

/// Runs `vniah cluster`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let Scheduler::Slurm { spec, output, shards, cpus, machine } = &args.scheduler;
    // A spec with a mistake is told here, not by a thousand tasks.
    spec::read(spec)?;
    let vniah = std::env::current_exe().map_err(files::Error::io("find", Path::new("vniah")))?;
    let values = [
        ("{last}", (shards - 1).to_string()),
        ("{shards}", shards.to_string()),
        ("{cpus}", cpus.to_string()),
        ("{vniah}", quoted(&vniah)?),
        ("{spec}", quoted(spec)?),
        ("{out}", quoted(output)?),
        ("{cache}", quoted(&machine.cache()?)?),
    ];
    put(&values.iter().fold(SLURM.to_owned(), |script, (name, value)| script.replace(name, value)))
}

/// A path as one word of a shell, from the root, since tasks start anywhere.
fn quoted(path: &Path) -> Result<String, Failure> {
    let path = std::path::absolute(path).map_err(files::Error::io("find", path))?;
    let text = path.to_str().and_then(|path| shlex::try_quote(path).ok());
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        Failure::message(Exit::Input, format!("`{}` cannot be written in a script", path.display()))
    })
}
