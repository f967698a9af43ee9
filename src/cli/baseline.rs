//! `vniah baseline`: answers of a solver that looks at pixels alone, and of one that does not look.
//!
//! In: a dataset. Out: `answers.jsonl`.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::exit::{Failure, unwritten};
use super::machine::Machine;
use super::origin::Origin;
use super::print::say;
use super::terminal::Terminal;
use crate::answers::{Answer, output};
use crate::baseline::Reader;
use crate::project::{Dataset, Sees, Session};
use crate::sampler::Sampler;
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
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    match &args.action {
        Action::Blind { files, seed } => {
            check_output(&files.output, files.force)?;
            let session = Session { job: terminal.job(), ..Session::default() };
            let dataset = Dataset::open(&files.dataset, &session);
            write_output(&files.output, &dataset.blind(Seed::new(*seed))?, files.force)
        }
        Action::Oracle { files, origin, text, sampler, machine } => {
            check_output(&files.output, files.force)?;
            let sees = Sees { reader: text.reader_or(Reader::Template), sampler: sampler.as_ref() };
            let answers = origin.dataset(&files.dataset, machine, terminal).oracle(sees)?;
            write_output(&files.output, &answers, files.force)
        }
    }
}

/// Refuses a file that may not be replaced, before any work is done.
pub(super) fn check_output(path: &Path, force: bool) -> Result<(), Failure> {
    output::check(path, force).map_err(|error| unwritten("-o", error))
}

/// Replaces a file by answers.
pub(super) fn write_output(path: &Path, answers: &[Answer], force: bool) -> Result<(), Failure> {
    let warning = output::replace(path, answers, force).map_err(|error| unwritten("-o", error))?;
    if let Some(warning) = warning {
        say(&warning);
    }
    Ok(())
}
