//! The command line: the only module that prints, shows progress and knows clap.
//!
//! In: arguments. Out: data on stdout, messages and progress on stderr, and a documented exit code. One file a command.

mod exit;
mod report;
mod score;

pub use exit::Exit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Hide needles in video haystacks, ask what was hidden, and score the answers.
#[derive(Debug, Parser)]
#[command(name = "vniah", version, disable_help_subcommand = true, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 our bug, 2 usage, 3 invalid input, 4 media could not be read or written, \
    5 a check failed, 6 stopped before the end (run again to resume)"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Score answers: circular and per-try accuracy, with intervals and chance levels.
    Score(score::Args),
    /// Write one self-contained page: tables, heatmaps, curves, and a viewer of the samples.
    Report(report::Args),
}

/// Runs the program on its arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), exit::Failure> {
    match command {
        Command::Score(args) => score::run(&args),
        Command::Report(args) => report::run(&args),
    }
}
