//! `vniah baseline`: answers of a solver that looks at pixels alone, and of one that does not look.
//!
//! In: a dataset. Out: `answers.jsonl`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use rayon::prelude::*;

use super::endpoint::output_failure;
use super::exit::{Exit, Failure};
use super::origin::{Origin, spec_of};
use super::print::say;
use super::progress::Stage;
use super::source::{Machine, videos};
use crate::answers::{Answer, output};
use crate::baseline::{self, Reader};
use crate::dataset::{self, Row};
use crate::detect;
use crate::needle::LookKind;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::seed::Seed;
use crate::spec::CheckedSpec;

/// Answer without a model.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Answer from decoded pixels only: what it cannot answer, the dataset has not shown.
    Oracle {
        #[command(flatten)]
        files: Files,
        #[command(flatten)]
        origin: Origin,
        #[command(flatten)]
        text: Text,
        /// Look at the frames that this sampler takes, and at no others.
        #[arg(long, value_name = "ID", conflicts_with = "reader")]
        sampler: Option<Sampler>,
        #[command(flatten)]
        machine: Machine,
    },
    /// Answer with random letters, without looking.
    Blind {
        #[command(flatten)]
        files: Files,
        /// Seed of the letters.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
}

/// How subtitles are read.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Text {
    /// How subtitles are read [default: `template` for answers, `ocr` for `verify --solve`].
    #[arg(long = "text", value_enum, value_name = "HOW")]
    reader: Option<ReaderName>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ReaderName {
    /// By optical character recognition, with Tesseract.
    Ocr,
    /// By comparing frames with every subtitle that could stand there: faster, and without another program.
    Template,
}

impl Text {
    /// The reader that is asked for, or else `default`.
    pub(super) fn reader_or(self, default: Reader) -> Reader {
        match self.reader {
            Some(ReaderName::Ocr) => Reader::Ocr,
            Some(ReaderName::Template) => Reader::Template,
            None => default,
        }
    }
}

#[derive(Debug, clap::Args)]
struct Files {
    /// Directory of the dataset.
    dataset: PathBuf,
    /// Where the answers go; a file of answers is replaced if no model was asked for them.
    #[arg(short, long, value_name = "answers.jsonl")]
    output: PathBuf,
    /// Replace answers that `ask` wrote, too.
    #[arg(long)]
    force: bool,
}

/// Runs `vniah baseline`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Blind { files, seed } => {
            check_output(&files.output, files.force)?;
            let rows = dataset::read_rows(&files.dataset)?;
            write(files, &baseline::blind(&rows, Seed::new(*seed)))
        }
        Action::Oracle { files, origin, text, sampler, machine } => {
            check_output(&files.output, files.force)?;
            let checked = spec_of(&files.dataset, origin, machine)?.spec;
            let rows = dataset::read_rows(&files.dataset)?;
            let reader = text.reader_or(Reader::Template);
            let answers = machine.run(|| {
                let videos = videos(&files.dataset, &rows, origin, machine)?;
                oracle(&videos, &rows, &checked, Sees { reader, sampler: sampler.as_ref() })
            })?;
            write(files, &answers)
        }
    }
}

/// What the oracle looks at, and how it reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sees<'a> {
    pub(super) reader: Reader,
    /// The frames that it takes; all where there is none.
    pub(super) sampler: Option<&'a Sampler>,
}

/// The oracle's answers to all `rows` of a dataset.
pub(super) fn oracle(
    videos: &Videos,
    rows: &[Row],
    spec: &CheckedSpec,
    sees: Sees<'_>,
) -> Result<Vec<Answer>, Failure> {
    let Sees { reader, sampler } = sees;
    if reader == Reader::Ocr && spec.tasks().iter().any(|task| task.family.look() == LookKind::Text) {
        detect::check_tesseract().map_err(baseline::Error::from)?;
    }
    let mut samples: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        samples.entry(&row.sample_id).or_default().push(row);
    }
    let samples: Vec<Vec<&Row>> = samples.into_values().collect();
    let stage = Stage::start("solving", samples.len() as u64, "samples");
    let answers = samples
        .par_iter()
        .map(|tries| {
            let video = videos.open(&tries[0].video_path)?;
            let answers = match sampler {
                Some(sampler) => {
                    let mut indices = tries[0].sampled(sampler).map_err(|refused| {
                        let message = format!("`{}`: {refused}", tries[0].sample_id);
                        Failure::message(Exit::Input, message)
                    })?;
                    indices.sort_unstable();
                    indices.dedup();
                    baseline::oracle_of_sampled(tries, spec, &video, &indices)?
                }
                None => baseline::oracle(tries, spec, &video, reader)?,
            };
            stage.tick(&tries[0].sample_id);
            Ok(answers)
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    stage.end(&format!("solved {} samples", samples.len()));
    Ok(answers.into_iter().flatten().collect())
}

fn write(files: &Files, answers: &[Answer]) -> Result<(), Failure> {
    write_output(&files.output, answers, files.force)
}

/// Refuses a file that may not be replaced, before any work is done.
pub(super) fn check_output(path: &Path, force: bool) -> Result<(), Failure> {
    output::check(path, force).map_err(|error| output_failure("-o", error))
}

/// Replaces a file by answers.
pub(super) fn write_output(path: &Path, answers: &[Answer], force: bool) -> Result<(), Failure> {
    let warning = output::replace(path, answers, force).map_err(|error| output_failure("-o", error))?;
    if let Some(warning) = warning {
        say(&warning);
    }
    Ok(())
}

impl From<baseline::Error> for Failure {
    fn from(error: baseline::Error) -> Self {
        match error {
            baseline::Error::Media(error) => error.into(),
            error @ baseline::Error::Detect(detect::Error::Tesseract { .. }) => Self::new(Exit::Media, error)
                .hint("`apt-get install tesseract-ocr` installs it; `--text template` does without"),
            other => Self::new(Exit::Input, other),
        }
    }
}
