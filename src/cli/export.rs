//! `vniah export`: a dataset in the forms that other tools read.
//!
//! In: a dataset, formats, a directory. Out: the formats' files, and on stderr how each is used.

use std::path::PathBuf;

use clap::{ValueEnum, builder::PossibleValue};

use super::exit::{Exit, Failure};
use super::machine::Machine;
use super::origin::Origin;
use super::terminal::Terminal;
use crate::export::Options;
use crate::id;
use crate::sampler::Sampler;
use crate::spec::ExportFormat;

/// Write a dataset in the formats of other tools.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
    /// Format, or several separated by commas
    #[arg(
        long = "to",
        visible_alias = "as",
        value_name = "FORMAT",
        value_enum,
        value_delimiter = ',',
        required = true
    )]
    to: Vec<ExportFormat>,
    /// Directory to write to. Videos are hard-linked or copied [default: the dataset directory]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Name of the task or dataset in the tool
    #[arg(long, default_value = "vniah", value_parser = name)]
    name: String,
    /// Sampler for VLMEvalKit's table of frames. Without it, that table is not written
    #[arg(long, value_name = "ID")]
    sampler: Option<Sampler>,
    /// Size of a WebDataset shard in megabytes
    #[arg(long, value_name = "MB", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    shard_size: u64,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

fn name(text: &str) -> Result<String, String> {
    let what = "expected letters, digits, `_` and `-`";
    id::is_valid(text).then(|| text.to_owned()).ok_or_else(|| what.to_owned())
}

/// Runs `vniah export`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    if args.sampler.is_some() && !args.to.contains(&ExportFormat::VlmEvalKit) {
        let message = "only `vlmevalkit` has pictures that --sampler could choose";
        return Err(Failure::message(Exit::Usage, message));
    }
    let options = Options {
        name: args.name.clone(),
        sampler: args.sampler.clone(),
        shard_bytes: args.shard_size * 1_000_000,
    };
    let dataset = args.origin.dataset(&args.out, &args.machine, terminal);
    dataset.export(&args.to, args.output.as_deref(), &options)?;
    Ok(())
}
