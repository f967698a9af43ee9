//! `vniah baseline`: answers of a solver that looks at pixels alone, and of one that does not look.
//!
//! In: a dataset. Out: `answers.jsonl`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use rayon::prelude::*;

use super::exit::{Exit, Failure};
use super::progress::Stage;
use super::source::{Machine, spec_of, videos};
use crate::answers::Answer;
use crate::baseline;
use crate::dataset::{self, Row};
use crate::files;
use crate::seed::Seed;

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
        /// The spec that made the dataset, if it has moved: it says what can be hidden and how it is drawn.
        #[arg(long, value_name = "SPEC")]
        spec: Option<PathBuf>,
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

#[derive(Debug, clap::Args)]
struct Files {
    /// Directory of the dataset.
    dataset: PathBuf,
    /// Where the answers go; a file of answers that is there is replaced.
    #[arg(short, long, value_name = "answers.jsonl")]
    output: PathBuf,
}

/// Runs `vniah baseline`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Blind { files, seed } => {
            let rows = dataset::read_rows(&files.dataset)?;
            write(files, &baseline::blind(&rows, Seed::new(*seed)))
        }
        Action::Oracle { files, spec, machine } => {
            let answers = machine.run(|| oracle(files, spec.as_deref(), machine))?;
            write(files, &answers)
        }
    }
}

fn oracle(files: &Files, spec: Option<&std::path::Path>, machine: &Machine) -> Result<Vec<Answer>, Failure> {
    let rows = dataset::read_rows(&files.dataset)?;
    let videos = videos(&files.dataset, &rows, spec, machine)?;
    let spec = crate::spec::read(&spec_of(&files.dataset, spec, machine)?)?;
    let mut samples: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        samples.entry(&row.sample_id).or_default().push(row);
    }
    let samples: Vec<Vec<&Row>> = samples.into_values().collect();
    let stage = Stage::start("solving", samples.len() as u64, "samples");
    let answers = samples
        .par_iter()
        .map(|tries| {
            let video = videos.open(&tries[0].video_path)?;
            let answers = baseline::oracle(tries, &spec, &video)?;
            stage.tick(&tries[0].sample_id);
            Ok(answers)
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    stage.end(&format!("solved {} samples", samples.len()));
    Ok(answers.into_iter().flatten().collect())
}

fn write(files: &Files, answers: &[Answer]) -> Result<(), Failure> {
    refuse_foreign(&files.output)?;
    Ok(files::write_json_lines(&files.output, answers)?)
}

/// Answers are written over answers, and over nothing else.
pub(super) fn refuse_foreign(path: &std::path::Path) -> Result<(), Failure> {
    let is_answers = |line: &str| serde_json::from_str::<Answer>(line).is_ok();
    if path.exists() && !files::read_text(path)?.lines().next().is_none_or(is_answers) {
        let message = format!("`{}` exists and holds no answers", path.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another file with -o"));
    }
    Ok(())
}

impl From<baseline::Error> for Failure {
    fn from(error: baseline::Error) -> Self {
        match error {
            baseline::Error::Media(error) => error.into(),
            other => Self::new(Exit::Input, other),
        }
    }
}
