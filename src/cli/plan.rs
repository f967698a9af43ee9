//! `vniah plan`: checks a spec and says what would be made.
//!
//! In: a spec, or videos. Out: questions, cells, minutes, bytes, time and the share that is encoded; with `-o`, the plan itself. Haystacks
//! are probed; of those that are not prepared yet, a few seconds are encoded to tell the size of videos.

use std::path::{Path, PathBuf};

use super::draft;
use super::exit::Failure;
use super::inputs::{Given, Inputs, of_videos};
use super::machine::Machine;
use super::print::{json, put};
use super::terminal::Terminal;
use crate::project::Project;

/// Check a spec and print what it would make.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Write the plan to this file, one video per line. An existing plan is replaced.
    #[arg(short, long, value_name = "plan.jsonl")]
    output: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah plan`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let session = args.machine.session(terminal);
    let plan = match args.inputs.given()? {
        Given::Spec(path) => Project::read(&path, &session)?.plan()?,
        Given::Videos(starter) => {
            let here = Path::new("");
            let text = draft::text(&starter, here)?;
            Project::of_text(&text, here, &session)?.plan().map_err(of_videos)?
        }
    };
    let summary = match &args.output {
        Some(path) => plan.write(path)?,
        None => plan.summary()?,
    };
    put(&if args.json { json(&summary) } else { summary.to_string() })
}
