//! The command line: the only module that prints, shows progress and knows clap.
//!
//! In: arguments. Out: data on stdout, messages and progress on stderr, and a documented exit code. One file a command.

mod ask;
mod ask_beside;
mod audit;
mod axes;
mod baseline;
mod cluster;
mod compare;
mod controls;
mod coverage;
mod demo;
mod diff;
mod draft;
mod endpoint;
mod exit;
mod export;
mod families;
mod frames;
mod generate;
mod grade;
mod haystacks;
mod import;
mod init;
mod inputs;
mod interrupt;
mod interview;
mod judge;
mod kinds;
mod machine;
mod materialize;
mod merge;
mod needles;
mod origin;
mod pack;
mod plan;
mod print;
mod quiz;
mod report;
mod reproduce;
mod sampler;
mod schema;
mod score;
mod serve;
mod share;
mod sheet;
mod terminal;
mod verify;

pub use exit::Exit;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::project;
use endpoint::Endpoint;
use exit::Failure;
use terminal::Terminal;

/// Hide needles in videos, ask a model what was hidden, and score the answers.
#[derive(Debug, Parser)]
#[command(name = "vniah", version, disable_help_subcommand = true, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 bug in vniah, 2 wrong usage, 3 invalid input, 4 media could not be read or written, \
    5 a check failed, 6 stopped before the end (run again to finish)"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Plan(plan::Args),
    Generate(generate::Args),
    Merge(merge::Args),
    Materialize(materialize::Args),
    Serve(serve::Args),
    Cluster(cluster::Args),
    Verify(verify::Args),
    Reproduce(reproduce::Args),
    Diff(diff::Args),
    Baseline(baseline::Args),
    Audit(audit::Args),
    Ask(Box<ask::Args>),
    Quiz(quiz::Args),
    Import(import::Args),
    Export(export::Args),
    Grade(grade::Args),
    /// Score answers: circular and per-try accuracy, with intervals and chance levels.
    Score(Box<score::Args>),
    Compare(compare::Args),
    /// Write a self-contained HTML report: tables, heatmaps, curves, and a sample viewer.
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
    /// Shell.
    shell: clap_complete::Shell,
}

/// Runs the program on the arguments of this process.
pub fn main() -> ExitCode {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if let (Some(first), Ok(program)) = (args.first_mut(), std::env::current_exe()) {
        *first = program.into_os_string();
    }
    ExitCode::from(run(args))
}

/// Runs the program on these arguments, of which the first is its path, and gives its exit code: 0, or that of an [`Exit`].
///
/// It takes over the process: it listens to interrupts, which end the process where the work does not end by itself. So it is called
/// once, by a program that does nothing else.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let program = args.first().map(PathBuf::from).unwrap_or_default();
    let cli = match parsed(args) {
        Ok(cli) => cli,
        Err(told) => {
            // Nobody reads it where it cannot be written.
            drop(told.print());
            return u8::try_from(told.exit_code()).unwrap_or(Exit::Usage as u8);
        }
    };
    let terminal = Terminal::of(program);
    match start(&terminal).and_then(|()| execute(cli.command, &terminal)) {
        Ok(()) => 0,
        Err(failure) => terminal.report(&failure),
    }
}

/// Listens to interrupts, and sees to it that there are threads.
fn start(terminal: &Terminal) -> Result<(), Failure> {
    interrupt::listen(terminal)?;
    Ok(project::fit(&terminal.job())?)
}

/// A command that another one runs.
fn step(words: Vec<OsString>) -> Result<Command, Failure> {
    Ok(parsed(words).map_err(|error| Failure::new(Exit::Bug, error))?.command)
}

/// What a command line says.
fn parsed(args: Vec<OsString>) -> Result<Cli, clap::Error> {
    // How a server is asked is said of a judge alone, which has to be named.
    let command = Cli::command().mut_subcommand("score", |score| {
        score.mut_group(Endpoint::GROUP, |endpoint| endpoint.requires("judge"))
    });
    Cli::from_arg_matches(&command.try_get_matches_from(args)?)
}

fn execute(command: Command, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => {
            let execute = |words: Vec<OsString>| execute(step(words)?, terminal);
            demo::run(&args, &execute)
        }
        Command::Init(args) => init::run(&args, terminal),
        Command::Plan(args) => plan::run(&args, terminal),
        Command::Generate(args) => generate::run(&args, terminal),
        Command::Merge(args) => merge::run(&args, terminal),
        Command::Materialize(args) => materialize::run(&args, terminal),
        Command::Serve(args) => serve::run(&args, terminal),
        Command::Cluster(args) => cluster::run(&args, terminal.program()),
        Command::Verify(args) => verify::run(&args, terminal),
        Command::Reproduce(args) => reproduce::run(&args, terminal),
        Command::Diff(args) => diff::run(&args),
        Command::Baseline(args) => baseline::run(&args, terminal),
        Command::Audit(args) => audit::run(&args, terminal),
        Command::Ask(args) => ask::run(&args, terminal),
        Command::Quiz(args) => quiz::run(&args, terminal),
        Command::Import(args) => import::run(&args, terminal),
        Command::Export(args) => export::run(&args, terminal),
        Command::Grade(args) => grade::run(&args, terminal),
        Command::Score(args) => score::run(&args, terminal),
        Command::Compare(args) => compare::run(&args),
        Command::Report(args) => report::run(&args, terminal),
        Command::Coverage(args) => coverage::run(&args, terminal),
        Command::Frames(args) => frames::run(&args, terminal),
        Command::Sampler(args) => sampler::run(&args),
        Command::Families(args) => families::run(&args),
        Command::Haystacks(args) => haystacks::run(&args, terminal),
        Command::Needles(args) => needles::run(args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "vniah", &mut script);
            print::put(&String::from_utf8_lossy(&script))
        }
    }
}
