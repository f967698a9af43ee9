//! `vniah frames`: exactly the frames that a sampler takes, as pictures.
//!
//! In: a dataset directory, a sampler. Out: a directory of pictures, or of tar shards, with an index.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::origin::Origin;
use super::progress::Stage;
use super::source::{Machine, videos};
use crate::checksum;
use crate::dataset;
use crate::digest;
use crate::frames::{self, Format, Options};
use crate::partial_dir::{self, Found};
use crate::sampler::Sampler;

/// Write exactly the frames that a sampler takes of each video.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    out: PathBuf,
    /// The sampler, such as `linspace(64)`
    #[arg(long, value_name = "ID")]
    sampler: Sampler,
    /// Directory to write to: empty, absent, or left unfinished by the same command
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
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let out = &args.output;
    let content = content(args)?;
    may_fill(out, &content)?;
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
        let videos = videos(&args.out, &rows, &args.origin, &args.machine)?;
        let stage = Stage::start("reading", samples as u64, "videos");
        let unfinished = partial_dir::begin(out, &content)?;
        let tick = |name: &str| stage.tick(name);
        let outcome = frames::write(&videos, &rows, &args.sampler, out, options, tick)?;
        unfinished.finish()?;
        Ok((outcome, stage))
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

/// A word for all that decides what is written: the rows, the sampler, and how pictures are kept.
fn content(args: &Args) -> Result<String, Failure> {
    let rows = args.out.join(dataset::METADATA);
    let sha256 = checksum::of_file(&rows)?;
    let Args { format, quality, tar, sample, .. } = args;
    let settings = (sha256, args.sampler.name(), format!("{format:?}"), quality, tar, sample);
    Ok(format!("vniah frames {}\n", digest::of_value(&settings)))
}

/// Refuses a directory that holds anything but the beginnings of the same frames.
fn may_fill(out: &Path, content: &str) -> Result<(), Failure> {
    let reason = match partial_dir::look(out, content)? {
        Found::Empty | Found::Begun => return Ok(()),
        Found::Other => "holds the unfinished frames of another dataset or other settings",
        Found::Full => "is not empty: nothing is overwritten",
    };
    let message = format!("`{}` {reason}", out.display());
    Err(Failure::message(Exit::Usage, message).hint("name another directory with -o"))
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
