//! `vniah generate`: a dataset from a spec, or from videos.
//!
//! In: a spec or videos, and a directory. Out: the dataset; of videos, the spec beside it, too. Run again, it goes on where it
//! stopped.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::draft;
use super::exit::{Exit, Failure};
use super::inputs::{Given, Inputs, of_videos};
use super::machine::Machine;
use super::print::say;
use super::terminal::Terminal;
use crate::dataset::{Shard, Store};
use crate::files;
use crate::project::{Blame, Make, Project};
use crate::spec::starter::Starter;
use crate::wording;

/// Make a dataset, or resume making it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Dataset directory. It is created if it does not exist. With videos, the spec is written to OUT.toml.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Make only this part of the dataset, such as 0/8. Parts can be made on any machine and in any order.
    /// `vniah merge` joins them.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// How to keep videos: as files, or as recipes, which hold only what is not in the haystacks.
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
                "Recipes. `vniah materialize` turns them into files, and `vniah serve` serves them over HTTP"
            }
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// Runs `vniah generate`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let make = Make { shard: args.shard, store: args.store };
    match args.inputs.given()? {
        Given::Spec(path) => {
            Project::read(&path, &args.machine.session(terminal))?.generate(&args.output, &make)?;
            Ok(())
        }
        Given::Videos(starter) => of_starter(&starter, args, &make, terminal),
    }
}

/// Makes a dataset of videos, and writes the spec once it is known that it can be planned.
fn of_starter(starter: &Starter, args: &Args, make: &Make, terminal: &Terminal) -> Result<(), Failure> {
    if make.shard.is_some() {
        let hint = "`vniah init --videos VIDEO` writes a spec; make the parts from that";
        return Err(
            Failure::message(Exit::Usage, "--shard needs a spec, which all machines share").hint(hint)
        );
    }
    let place = beside(&args.output)?;
    let text = draft::text(starter, place.parent().unwrap_or(Path::new("")))?;
    // What is there has to be what would be written.
    let check = || {
        if place.symlink_metadata().is_err() || files::read_text(&place).is_ok_and(|found| found == text) {
            return Ok(());
        }
        // A directory that is there may hold the dataset that the spec described before it was edited.
        let out = if args.output.exists() { Path::new("OUT") } else { args.output.as_path() };
        let command =
            format!("vniah generate {} -o {}", wording::shell_word(&place), wording::shell_word(out));
        let place = place.display();
        Err(Failure::message(
            Exit::Input,
            format!("`{place}` already exists and differs from what these videos and options give: it is not overwritten"),
        )
        .hint(format!("to make the dataset that it describes, run `{command}`; to make another, name another OUT with -o")))
    };
    check()?;
    let project = Project::of_draft(&text, &place, &args.machine.session(terminal))?;
    let plan = project.plan().map_err(of_videos)?;
    if let Some(dir) = place.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        files::make_dir(dir)?;
    }
    // Planning takes its time, and somebody may have put a file there meanwhile.
    let is_ours = files::write_new(&place, text.as_bytes())?;
    check()?;
    let made = plan.generate(&args.output, make);
    // Where something else lies in OUT, this spec would seem to be of that. Another process that makes this dataset needs it.
    if let Err(error) = &made
        && is_ours
        && !error.is_of_other_process()
        && matches!(error.blame(), Blame::Input | Blame::Usage)
    {
        files::remove(&place)?;
    }
    made?;
    let (place, verb) = (place.display(), if is_ours { "was written to" } else { "is in" });
    say(&format!("the spec {verb} `{place}`: edit it to make another dataset"));
    Ok(())
}

/// Where the spec of a dataset in `out` is written: beside it, since a dataset holds nothing but what verifies.
fn beside(out: &Path) -> Result<PathBuf, Failure> {
    let full = if out.file_name().is_none() { std::path::absolute(out).ok() } else { None };
    let named = full.as_deref().unwrap_or(out);
    let Some(name) = named.file_name() else {
        let message = format!("`{}` has no name for the spec to take", out.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another directory with -o"));
    };
    let mut name = name.to_owned();
    name.push(".toml");
    Ok(named.with_file_name(name))
}
