//! `vniah baseline`: answers of a solver that looks at pixels alone, of one that looks at single frames, and of one that does not
//! look.
//!
//! In: a dataset. Out: `answers.jsonl`; of single frames, a table of what they solve, too.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::exit::{Failure, unwritten};
use super::machine::Machine;
use super::origin::Origin;
use super::print::{percent, put, say, table};
use super::terminal::Terminal;
use crate::answers::{Answer, output};
use crate::baseline::{Reader, Speech, Unordered};
use crate::project::{Dataset, Sees, Session, SolvedType};
use crate::sampler::Sampler;
use crate::seed::Seed;

/// Answer the questions without a model.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Answer from decoded pixels. If the oracle cannot answer a question, the dataset is at fault.
    Oracle(Looking),
    /// Answer from single frames, without their order or time. Print which types can be solved that way.
    FramesOnly {
        #[command(flatten)]
        looking: Looking,
        /// Seed of the guesses.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Answer with random letters, without looking at the videos.
    Blind {
        #[command(flatten)]
        files: Files,
        /// Seed of the letters.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
}

/// What is looked at, and how.
#[derive(Debug, clap::Args)]
struct Looking {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    text: Text,
    /// How to tell spoken words apart [default: `template`].
    #[arg(long, value_enum, value_name = "HOW", conflicts_with = "sampler")]
    speech: Option<SpeechName>,
    /// Look only at the frames that this sampler takes.
    #[arg(long, value_name = "ID", conflicts_with = "reader")]
    sampler: Option<Sampler>,
    #[command(flatten)]
    machine: Machine,
}

impl Looking {
    /// Answers the dataset, in the order of its frames or without any, and writes the answers.
    fn answer(
        &self,
        unordered: Option<Unordered>,
        terminal: &Terminal,
    ) -> Result<(Dataset, Vec<Answer>), Failure> {
        let Self { files, origin, text, speech, sampler, machine } = self;
        check_output(&files.output, files.force)?;
        let reader = text.reader_or(Reader::Template);
        let speech = match speech {
            Some(SpeechName::Asr) => Speech::Asr,
            Some(SpeechName::Template) | None => Speech::Template,
        };
        let sees = Sees { reader, speech, sampler: sampler.as_ref(), unordered };
        let dataset = origin.dataset(&files.dataset, machine, terminal);
        let answers = dataset.oracle(sees)?;
        write_output(&files.output, &answers, files.force)?;
        Ok((dataset, answers))
    }
}

/// How subtitles are read.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Text {
    /// How to read subtitles [default: `template` for answers, `ocr` for `verify --solve`].
    #[arg(long = "text", value_enum, value_name = "HOW")]
    reader: Option<ReaderName>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ReaderName {
    /// Optical character recognition with Tesseract.
    Ocr,
    /// Compare frames with every possible subtitle. This is faster and needs no other program.
    Template,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum SpeechName {
    /// Automatic speech recognition with PocketSphinx, where one of the recordings is heard. English alone.
    Asr,
    /// Compare the sound with every possible recording. This is faster and needs no other program.
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
    /// Dataset directory.
    dataset: PathBuf,
    /// File for the answers. An existing file is replaced, unless `ask` or `quiz` wrote answers to it.
    #[arg(short, long, value_name = "answers.jsonl")]
    output: PathBuf,
    /// Replace the file even if `ask` or `quiz` wrote answers to it.
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
        Action::Oracle(looking) => looking.answer(None, terminal).map(drop),
        Action::FramesOnly { looking, seed } => {
            let unordered = Unordered { seed: Seed::new(*seed) };
            let (dataset, answers) = looking.answer(Some(unordered), terminal)?;
            put(&solved(&dataset.solved_types(&answers)?))
        }
    }
}

/// What was solved, as a table.
fn solved(types: &[SolvedType]) -> String {
    let head = ["type", "form", "needs order", "questions", "solved", "share", "chance"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for of in types {
        rows.push(vec![
            of.kind.clone(),
            of.form.name().to_owned(),
            if of.needs_order { "yes" } else { "no" }.to_owned(),
            of.samples.to_string(),
            of.solved.to_string(),
            percent(of.solved as f64 / of.samples.max(1) as f64),
            of.chance.map(percent).unwrap_or_default(),
        ]);
    }
    table(&rows)
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
