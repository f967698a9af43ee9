//! `vniah quiz`: the questions of a dataset, put to people in a browser.
//!
//! In: a dataset. Out: a page on this machine's own address, and `answers.jsonl` for each annotator. Run again, it resumes.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use super::exit::{Exit, Failure, unwritten};
use super::machine::Machine;
use super::origin::Origin;
use super::print::{put, say};
use super::terminal::Terminal;
use crate::quiz::{Error, Opened, Quiz, Settings, Tally, Watch};
use crate::wording;

/// Ask people in a browser to get a human baseline, or resume asking.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory.
    dataset: PathBuf,
    /// File for the answers. If it exists and its settings match, the quiz resumes. With several annotators, each has a file:
    /// `answers.jsonl` becomes `answers-NAME.jsonl`.
    #[arg(short, long, value_name = "answers.jsonl")]
    output: PathBuf,
    /// How videos may be watched.
    #[arg(long, value_enum, default_value_t)]
    watch: WatchName,
    /// Name of an annotator; repeatable. With several, the page asks who is answering.
    #[arg(long = "annotator", value_name = "NAME")]
    annotators: Vec<String>,
    /// Ask only this question type; repeatable.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Ask each annotator at most this many questions this time.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Seed of the order of questions and options.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8018)]
    port: u16,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum WatchName {
    /// With pauses and seeking, as often as a person likes. Answers are accepted at any time.
    #[default]
    Free,
    /// Once from start to end, without pauses or seeking. Answers are accepted when the video has ended.
    Once,
}

impl From<WatchName> for Watch {
    fn from(name: WatchName) -> Self {
        match name {
            WatchName::Free => Self::Free,
            WatchName::Once => Self::Once,
        }
    }
}

/// Runs `vniah quiz`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let dataset = args.origin.dataset(&args.dataset, &args.machine, terminal);
    let rows = dataset.rows()?;
    dataset.check_has_videos()?;
    let settings = Settings {
        watch: args.watch.into(),
        seed: args.seed,
        types: args.types.clone(),
        limit: args.limit,
        annotators: args.annotators.clone(),
    };
    let Opened { quiz, warnings } = Quiz::open(&rows, &settings, &args.output).map_err(failed)?;
    for warning in &warnings {
        say(warning);
    }
    let quiz = Arc::new(quiz);
    if !quiz.is_done() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        let server = quiz.listen(dataset.videos()?, address, |tally| say(&so_far(tally))).map_err(failed)?;
        put(&format!("http://{}\n", server.address()))?;
        for tally in &quiz.tallies() {
            say(&so_far(tally));
        }
        say(
            "open the address above in a browser on this machine; Ctrl-C ends the quiz, and answers are kept",
        );
        let cancel = terminal.job().cancel;
        server.run_until(say, || cancel.is_stopped() || quiz.is_over())?;
    }
    ended(args, &quiz)
}

fn failed(error: Error) -> Failure {
    match error {
        Error::Output(error) => unwritten("-o", error),
        other @ (Error::OtherSettings { .. } | Error::OtherDataset { .. } | Error::NotOurs { .. }) => {
            Failure::from(other).hint("name another file with -o")
        }
        other => other.into(),
    }
}

/// How far an annotator is, as a sentence.
fn so_far(Tally { annotator, answered, total, .. }: &Tally) -> String {
    let who = if annotator.is_empty() { String::new() } else { format!("{annotator}: ") };
    format!("{who}{answered} of {} answered", wording::count(*total, "sample"))
}

/// Says what is left and what to do next.
fn ended(args: &Args, quiz: &Quiz) -> Result<(), Failure> {
    let tallies = quiz.tallies();
    for tally in tallies.iter().filter(|tally| tally.answered > 0) {
        let next = format!(
            "vniah score {} {}",
            wording::shell_word(&args.dataset),
            wording::shell_word(&tally.file)
        );
        say(&format!("{}; next: {next}", so_far(tally)));
    }
    let left: usize = tallies.iter().map(|tally| tally.rest).sum();
    if left == 0 {
        return Ok(());
    }
    let message = format!(
        "stopped with {} unanswered, which {} as missing",
        wording::count(left, "sample"),
        wording::verb(left, "scores", "score")
    );
    Err(Failure::message(Exit::Stopped, message).hint("run the same command again to resume"))
}
