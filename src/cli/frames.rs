//! `vniah frames`: exactly the frames that a sampler takes, as pictures.
//!
//! In: a dataset directory, a sampler. Out: a directory of pictures, or of tar shards, with an index.

use std::path::PathBuf;

use clap::ValueEnum;

use super::exit::Failure;
use super::machine::Machine;
use super::origin::Origin;
use super::terminal::Terminal;
use crate::frames::{Format, Options};
use crate::sampler::Sampler;

/// Write exactly the frames that a sampler takes from each video.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
    /// Sampler, such as `linspace(64)`
    #[arg(long, value_name = "ID")]
    sampler: Sampler,
    /// Directory to write to. It must be new, empty, or left unfinished by the same command
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Format of the pictures
    #[arg(long, value_enum, default_value_t = FormatName::Jpeg)]
    format: FormatName,
    /// JPEG quality
    #[arg(long, value_name = "1..100", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,
    /// Write WebDataset shards of this many megabytes instead of files
    #[arg(long, value_name = "MB", num_args = 0..=1, default_missing_value = "500",
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    tar: Option<u64>,
    /// Write only the frames of this sample; repeatable
    #[arg(long, value_name = "ID")]
    sample: Vec<String>,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Jpeg,
    Png,
}

/// Runs `vniah frames`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let dataset = args.origin.dataset(&args.out, &args.machine, terminal);
    let format = match args.format {
        FormatName::Jpeg => Format::Jpeg(args.quality),
        FormatName::Png => Format::Png,
    };
    let options = Options { format, shard_bytes: args.tar.map(|megabytes| megabytes * 1_000_000) };
    dataset.write_frames(&args.sample, &args.sampler, &args.output, options)?;
    Ok(())
}
