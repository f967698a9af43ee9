//! `vniah plan`: checks a spec and says what would be made.
//!
//! In: a spec. Out: questions, cells, minutes, bytes, time and the share that is encoded; with `-o`, the plan itself. Haystacks
//! are probed; of those that are not prepared yet, a few seconds are encoded to tell the size of videos.

use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::print::{json, put, say};
use super::source::{Machine, Project, haystacks, warn_of};
use crate::plan::{self, Planner};
use crate::render::faint;
use crate::spec;

/// Check a spec and print what would be made.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The spec.
    spec: PathBuf,
    /// Write the plan to this file, one sample a line; a plan that is there is replaced.
    #[arg(short, long, value_name = "plan.jsonl")]
    output: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah plan`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    args.machine.run(|| {
        let project = Project::open(&args.spec, &args.machine)?;
        let surveyed = project.survey()?;
        let known = haystacks(&surveyed);
        let planner = Planner::new(&project.spec, &known)?;
        faint::check(&planner)??.iter().for_each(|warning| say(&format!("warning: {warning}")));
        if let Some(path) = &args.output {
            if path.exists() && !plan::is_plan(path) {
                let message = format!("`{}` exists and holds no plan", path.display());
                return Err(Failure::message(Exit::Usage, message).hint("name another file with -o"));
            }
            plan::write(path, &planner)?;
            say(&format!("wrote {} samples to `{}`", planner.len(), path.display()));
        }
        warn_of(&known);
        let costs = project.costs(&surveyed)?;
        let summary = plan::summary(&planner, |video| costs.of(video))?;
        put(&if args.json { json(&summary) } else { summary.to_string() })
    })
}

impl From<spec::Error> for Failure {
    fn from(error: spec::Error) -> Self {
        let hints = error.hints().join("\nhint: ");
        let failure = Self::new(Exit::Input, error);
        if hints.is_empty() { failure } else { failure.hint(hints) }
    }
}

impl From<crate::plan::Error> for Failure {
    fn from(error: crate::plan::Error) -> Self {
        let hints = error.hints.join("\nhint: ");
        let failure = Self::new(Exit::Input, error);
        if hints.is_empty() { failure } else { failure.hint(hints) }
    }
}
