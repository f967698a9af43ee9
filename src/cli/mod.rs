//! The command line: the only module that prints, shows progress and knows clap.
//!
//! In: arguments. Out: data on stdout, messages and progress on stderr, and a documented exit code. One file a command.

mod ask;
mod audit;
mod axes;
mod baseline;
mod cluster;
mod compare;
mod controls;
mod coverage;
mod endpoint;
mod exit;
mod export;
mod families;
mod frames;
mod generate;
mod haystacks;
mod import;
mod init;
mod interrupt;
mod judge;
mod machine;
mod materialize;
mod merge;
mod needles;
mod origin;
mod pack;
mod plan;
mod print;
mod progress;
mod report;
mod sampler;
mod schema;
mod score;
mod serve;
mod solve;
mod source;
mod threads;
mod verify;

pub use exit::Exit;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

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
    Init(init::Args),
    Plan(plan::Args),
    Generate(generate::Args),
    Merge(merge::Args),
    Materialize(materialize::Args),
    Serve(serve::Args),
    Cluster(cluster::Args),
    Verify(verify::Args),
    Baseline(baseline::Args),
    Audit(audit::Args),
    Ask(Box<ask::Args>),
    Import(import::Args),
    Export(export::Args),
    /// Score answers: circular and per-try accuracy, with intervals and chance levels.
    Score(Box<score::Args>),
    Compare(compare::Args),
    /// Write one self-contained page: tables, heatmaps, curves, and a viewer of the samples.
    Report(report::Args),
    Coverage(coverage::Args),
    Frames(frames::Args),
    Sampler(sampler::Args),
    Families(families::Args),
    Haystacks(haystacks::Args),
    Needles(needles::Args),
    Schema(schema::Args),
    Completions(Completions),
}

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
struct Completions {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Runs the program on its arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match interrupt::listen().and_then(|()| threads::fit()).and_then(|()| run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), exit::Failure> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Materialize(args) => materialize::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Cluster(args) => cluster::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Ask(args) => ask::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Frames(args) => frames::run(&args),
        Command::Sampler(args) => sampler::run(&args),
        Command::Families(args) => families::run(&args),
        Command::Haystacks(args) => haystacks::run(&args),
        Command::Needles(args) => needles::run(args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "vniah", &mut script);
            print::put(&String::from_utf8_lossy(&script))
        }
    }
}
