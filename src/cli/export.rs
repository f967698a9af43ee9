//! `vniah export`: a dataset in the forms that other tools read.
//!
//! In: a dataset, formats, a directory. Out: the formats' files, and on stderr how each is used.

use std::path::{Path, PathBuf};

use clap::{ValueEnum, builder::PossibleValue};

use super::exit::{Exit, Failure};
use super::origin::Origin;
use super::print::say;
use super::source::{Machine, no_videos, videos};
use crate::dataset::{self, Row, Shard, Store};
use crate::export::{self, Options};
use crate::id;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::spec::{CheckedSpec, ExportFormat};

/// Write a dataset in the forms that other tools read.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    out: PathBuf,
    /// The format; several are separated by commas
    #[arg(
        long = "to",
        visible_alias = "as",
        value_name = "FORMAT",
        value_enum,
        value_delimiter = ',',
        required = true
    )]
    to: Vec<ExportFormat>,
    /// Directory to write to, in which videos are linked or copied [default: the dataset's own]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Name of the task or data set within the tool
    #[arg(long, default_value = "vniah", value_parser = name)]
    name: String,
    /// Sampler of the pictures in `VLMEvalKit`'s table of frames; without it there is no such table
    #[arg(long, value_name = "ID")]
    sampler: Option<Sampler>,
    /// Megabytes after which a WebDataset shard is closed
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
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.sampler.is_some() && !args.to.contains(&ExportFormat::VlmEvalKit) {
        let message = "only `vlmevalkit` has pictures that --sampler could choose";
        return Err(Failure::message(Exit::Usage, message));
    }
    let options = Options {
        name: args.name.clone(),
        sampler: args.sampler.clone(),
        shard_bytes: args.shard_size * 1_000_000,
    };
    let rows = dataset::read_rows(&args.out)?;
    args.machine.run(|| {
        let videos = videos(&args.out, &rows, &args.origin, &args.machine)?;
        let out = args.output.as_deref().unwrap_or(&args.out);
        write(&args.out, &rows, &videos, &args.to, out, &options)
    })
}

/// Refuses formats that name videos as files beside a dataset that keeps recipes.
pub(super) fn check_store(spec: &CheckedSpec, store: Store) -> Result<(), Failure> {
    let formats = &spec.exports().formats;
    let names_files = |format: &&ExportFormat| **format != ExportFormat::WebDataset;
    match formats.iter().find(names_files) {
        Some(format) if store == Store::Recipe => {
            let message = format!(
                "`export.formats` has `{}`, which names videos as files, and `--store recipe` keeps none",
                format.name()
            );
            Err(Failure::message(Exit::Input, message)
                .hint("leave `export.formats` out; `vniah export OUT --to FORMAT -o DIR` writes the files"))
        }
        _ => Ok(()),
    }
}

/// Writes what `[export]` of a spec asks for beside the dataset in `out`; a part of a dataset is exported once merged.
pub(super) fn as_spec_says(
    spec: &CheckedSpec,
    out: &Path,
    shard: Option<Shard>,
    videos: &Videos,
) -> Result<(), Failure> {
    let exports = spec.exports();
    if exports.formats.is_empty() || shard.is_some() {
        return Ok(());
    }
    let options = Options { sampler: exports.sampler.clone(), ..Options::default() };
    let rows = dataset::read_rows(out)?;
    write(out, &rows, videos, &exports.formats, out, &options)
}

fn write(
    dataset: &Path,
    rows: &[Row],
    videos: &Videos,
    formats: &[ExportFormat],
    out: &Path,
    options: &Options,
) -> Result<(), Failure> {
    if rows.iter().any(|row| row.file_name.is_empty()) {
        return Err(no_videos(dataset));
    }
    for format in formats {
        let outcome = export::write(dataset, rows, videos, out, *format, options)?;
        let (name, dir) = (format.name(), out.display());
        let kept =
            if outcome.kept > 0 { format!(", {} were there already", outcome.kept) } else { String::new() };
        say(&format!("exported `{name}` to `{dir}`: {} files{kept}", outcome.written));
        if outcome.left_out > 0 {
            let (left_out, all) = (outcome.left_out, rows.len());
            say(&format!("  left out {left_out} of {all} rows: `{name}` has no open questions"));
        }
        for line in usage(*format, rows, options) {
            say(&format!("  {line}"));
        }
    }
    Ok(())
}

/// How the tool is run on what was written, in that directory.
fn usage(format: ExportFormat, rows: &[Row], options: &Options) -> Vec<String> {
    let name = &options.name;
    match format {
        ExportFormat::LmmsEval => vec![format!(
            "python -m lmms_eval eval --model MODEL --tasks {name} --include_path lmms_eval_task --log_samples --output_path results"
        )],
        ExportFormat::VlmEvalKit => {
            let mut lines =
                vec![format!("cd vlmevalkit && python register.py --data {name}_16frame --model MODEL")];
            if options.sampler.is_some() {
                let is = |open: bool| rows.iter().any(|row| row.has_options() != open);
                let tables =
                    [(false, "frames"), (true, "frames_open")].into_iter().filter(|(open, _)| is(*open));
                lines.extend(tables.map(|(_, table)| {
                    format!("cd vlmevalkit && LMUData=. python RUN.PY --data {name}_{table} --model MODEL")
                }));
            }
            lines
        }
        ExportFormat::Vnbench | ExportFormat::Llava | ExportFormat::Swift | ExportFormat::WebDataset => {
            Vec::new()
        }
    }
}

impl From<export::Error> for Failure {
    fn from(error: export::Error) -> Self {
        match error {
            export::Error::File(error) => error.into(),
            export::Error::Frames(error) => error.into(),
            export::Error::Video(error) => error.into(),
            export::Error::Media(error) => error.into(),
            export::Error::Dataset(error) => error.into(),
            export::Error::Early { .. } => Self::new(Exit::Input, error)
                .hint("`vniah ask` and `vniah frames` take frames before that alone; `webdataset` keeps the rows as they are"),
            export::Error::NoFiles { .. } => Self::new(Exit::Input, error).hint(
                "`vniah materialize OUT` makes files of recipes; with -o DIR, the export writes them there itself",
            ),
            export::Error::Own => Self::new(Exit::Usage, error).hint("name another directory with -o"),
            export::Error::Different(_) => Self::new(Exit::Input, error),
        }
    }
}
