//! `vniah generate`: a dataset from a spec.
//!
//! In: a spec and a directory. Out: the dataset. Run again, it goes on where it stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::exit::Failure;
use super::export;
use super::print::say;
use super::progress::Stage;
use super::source::{Machine, Project, caller, haystacks, warn_of};
use crate::card;
use crate::dataset::{CONTROLS, Shard, Store};
use crate::plan::Planner;
use crate::render::dataset::{self, Work};
use crate::render::faint;
use crate::render::ready::Ready;
use crate::render::videos::Videos;
use crate::spec::portable::{self, CarriedFile};

/// Make a dataset; run again, it resumes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The spec.
    spec: PathBuf,
    /// Directory of the dataset; made if it does not exist.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Make this part of the dataset alone, such as 0/8: parts are made on any machine, in any order, and joined by
    /// `vniah merge`.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// How videos are kept: as files, or as recipes, which hold what is not in the haystacks and grow with needles alone.
    #[arg(long, value_enum, default_value_t)]
    store: Store,
    #[command(flatten)]
    machine: Machine,
}

impl ValueEnum for Store {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::File, Self::Recipe]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::File => "MP4 files",
            Self::Recipe => {
                "Recipes: `vniah materialize` makes files of them, `vniah serve` gives them over HTTP"
            }
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// Runs `vniah generate`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    args.machine.run(|| {
        let project = Project::open(&args.spec, &args.machine)?;
        export::check_store(&project.spec, args.store)?;
        let surveyed = project.survey()?;
        // Planned before anything is transcoded: a spec that cannot be planned fails at once.
        let known = haystacks(&surveyed);
        let planner = Planner::new(&project.spec, &known)?;
        faint::check(&planner)??.iter().for_each(|warning| say(&format!("warning: {warning}")));
        project.remember(&args.spec, &planner)?;
        let ids: Vec<String> = known.iter().map(|haystack| haystack.id.clone()).collect();
        let carried = portable::carried(&project.spec, &ids)?;
        let ready = project.prepare(surveyed)?;
        warn_of(ready.values().map(|ready| &ready.haystack));
        planner.warnings().iter().for_each(|warning| say(&format!("warning: {warning}")));
        make(args, &planner, &ready, (&args.output, &carried))?;
        let videos = match args.store {
            Store::File => Videos::files(&args.output),
            Store::Recipe => Videos::recipes(&args.output, ready.clone()),
        };
        export::as_spec_says(&project.spec, &args.output, args.shard, &videos)?;
        for control in project.spec.controls() {
            let planner = planner.under(Some(*control));
            project.remember(&args.spec, &planner)?;
            // It is read with the spec of the dataset that it lies in.
            make(args, &planner, &ready, (&args.output.join(CONTROLS).join(control.name()), &[]))?;
        }
        Ok(())
    })
}

/// Makes a dataset, or a control of one, in `out`.
fn make(
    args: &Args,
    planner: &Planner<'_>,
    ready: &BTreeMap<String, Ready>,
    (out, carried): (&Path, &[CarriedFile]),
) -> Result<(), Failure> {
    let manifest = dataset::manifest(planner, ready, args.store);
    let readme = card::readme(planner, &manifest);
    let Some(work) = Work::start(planner, ready, (out, args.shard), (manifest, readme), &caller())? else {
        say(&format!("`{}` already holds this dataset, whole", out.display()));
        return Ok(());
    };
    let stage = Stage::start("rendering", work.videos(), "videos");
    let done = work.carrying(carried).run(|name| stage.tick(name))?;
    let share = (done.encoded_frames * 1000).checked_div(done.frames).unwrap_or(0);
    stage.end(&format!(
        "rendered {} videos ({} frames, {}.{}% of them encoded), kept {}: `{}`",
        done.rendered,
        done.frames,
        share / 10,
        share % 10,
        done.kept,
        out.display()
    ));
    Ok(())
}
