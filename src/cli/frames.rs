//! `vniah frames`: exactly the frames that a sampler takes, as pictures.
//!
//! In: a dataset directory, a sampler. Out: a directory of pictures, or of tar shards, with an index.

use std::path::PathBuf;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::progress::Stage;
use super::source::{Machine, videos};
use crate::dataset;
use crate::files;
use crate::frames::{self, Format, Options};
use crate::sampler::Sampler;

/// Write exactly the frames that a sampler takes of each video.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    out: PathBuf,
    /// The sampler, such as `linspace(64)`
    #[arg(long, value_name = "ID")]
    sampler: Sampler,
    /// Directory to write to; it must be empty or absent
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Format of the pictures
    #[arg(long, value_enum, default_value_t = FormatName::Jpeg)]
    format: FormatName,
    /// Quality of JPEG
    #[arg(long, value_name = "1..100", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,
    /// Write WebDataset shards instead of files, a new one after this many megabytes
    #[arg(long, value_name = "MB", num_args = 0..=1, default_missing_value = "500",
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    tar: Option<u64>,
    /// Only this sample; stated several times, these
    #[arg(long, value_name = "ID")]
    sample: Vec<String>,
    /// The spec that made the dataset, if it has moved; recipes need it
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    machine: Machine,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Jpeg,
    Png,
}

/// Runs `vniah frames`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let out = &args.output;
    if out.exists() && !files::sorted_dir(out)?.is_empty() {
        let message = format!("`{}` is not empty: nothing is overwritten", out.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another directory with -o"));
    }
    let mut rows = dataset::read_rows(&args.out)?;
    if let Some(absent) = args.sample.iter().find(|id| rows.iter().all(|row| row.sample_id != **id)) {
        let message = format!("the dataset has no sample `{absent}`");
        return Err(Failure::message(Exit::Usage, message));
    }
    if !args.sample.is_empty() {
        rows.retain(|row| args.sample.contains(&row.sample_id));
    }
    let format = match args.format {
        FormatName::Jpeg => Format::Jpeg(args.quality),
        FormatName::Png => Format::Png,
    };
    let options = Options { format, shard_bytes: args.tar.map(|megabytes| megabytes * 1_000_000) };
    let samples = rows.iter().filter(|row| row.rotation == 0).count();
    let (outcome, stage) = args.machine.run(|| {
        let videos = videos(&args.out, &rows, args.spec.as_deref(), &args.machine)?;
        let stage = Stage::start("reading", samples as u64, "videos");
        files::make_dir(out)?;
        let tick = |name: &str| stage.tick(name);
        Ok((frames::write(&videos, &rows, &args.sampler, out, options, tick)?, stage))
    })?;
    stage.end(&format!(
        "wrote {} pictures of {} videos ({} MB) and {} to {}",
        outcome.pictures,
        outcome.videos,
        outcome.bytes.div_ceil(1_000_000),
        frames::INDEX,
        out.display()
    ));
    Ok(())
}

impl From<frames::Error> for Failure {
    fn from(error: frames::Error) -> Self {
        match error {
            frames::Error::Video(error) => error.into(),
            frames::Error::Media(error) => error.into(),
            frames::Error::File(error) => error.into(),
            other @ (frames::Error::Refused { .. } | frames::Error::Row(_)) => Self::new(Exit::Input, other),
            other @ frames::Error::Picture { .. } => Self::new(Exit::Media, other),
        }
    }
}
