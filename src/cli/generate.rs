//! `vniah generate`: a dataset from a spec.
//!
//! In: a spec and a directory. Out: the dataset. Run again, it goes on where it stopped.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::exit::Failure;
use super::machine::Machine;
use super::terminal::Terminal;
use crate::dataset::{Shard, Store};
use crate::project::{Make, Project};

/// Make a dataset, or resume making it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Spec file (TOML).
    spec: PathBuf,
    /// Dataset directory. It is created if it does not exist.
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
                "Recipes. `vniah materialize` turns them into files, `vniah serve` serves them over HTTP"
            }
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// Runs `vniah generate`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let make = Make { shard: args.shard, store: args.store };
    let project = Project::read(&args.spec, &args.machine.session(terminal))?;
    project.generate(&args.output, &make)?;
    Ok(())
}
