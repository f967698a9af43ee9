//! Where a dataset comes from, as the command line says it.
//!
//! In: options. Out: the dataset, opened so that its spec and its source videos are found.

use std::path::{Path, PathBuf};

use clap::Args;

use super::machine::Machine;
use super::terminal::Terminal;
use crate::project::{self, Dataset};

/// Where a dataset comes from.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Origin {
    /// Spec that made the dataset [default: its original path, else the copy in the dataset]
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    /// Directory that holds the source videos, or whose subdirectories do. Needed only if they have moved since the dataset was
    /// made
    #[arg(long = "haystacks", value_name = "DIR", conflicts_with = "spec")]
    haystacks_dir: Option<PathBuf>,
}

impl Origin {
    /// The dataset in `dir`, which comes from here.
    pub(super) fn dataset(&self, dir: &Path, machine: &Machine, terminal: &Terminal) -> Dataset {
        let mut origin = project::Origin::default();
        origin.spec.clone_from(&self.spec);
        origin.haystacks.clone_from(&self.haystacks_dir);
        Dataset::open(dir, &machine.session(terminal)).made_by(origin)
    }
}
