//! `vniah init`: a spec that generates as it stands.
//!
//! In: a directory. Out: a commented `spec.toml` and the catalogue of drawn haystacks that it starts with, so that the
//! first dataset needs no videos. A file that exists is never written over.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print::{put, say};
use crate::files;

/// Write a commented spec that works as it is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory to write to. It is created if it does not exist.
    #[arg(default_value = ".")]
    dir: PathBuf,
}

/// What is written.
const FILES: [(&str, &str); 2] = [
    ("spec.toml", include_str!("../../haystacks.example/spec.toml")),
    ("haystacks.toml", include_str!("../../haystacks.example/haystacks.toml")),
];

/// Runs `vniah init`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let paths: Vec<(PathBuf, &str)> = FILES.iter().map(|(name, text)| (args.dir.join(name), *text)).collect();
    // Where some are there, and as they would be written, an interrupted run has begun.
    let is_begun = !paths.iter().all(|(path, _)| is_there(path));
    let taken: Vec<String> = paths
        .iter()
        .filter(|(path, text)| is_there(path) && !(is_begun && holds(path, text)))
        .map(|(path, _)| format!("`{}`", path.display()))
        .collect();
    if !taken.is_empty() {
        let message = format!("{} exists already; nothing was written", taken.join(" and "));
        return Err(Failure::message(Exit::Input, message).hint("name another directory: `vniah init DIR`"));
    }
    files::make_dir(&args.dir)?;
    for (path, text) in &paths {
        files::write_bytes(path, text.as_bytes())?;
        put(&format!("{}\n", path.display()))?;
    }
    say(&format!("generate with: vniah generate {} -o dataset", args.dir.join("spec.toml").display()));
    Ok(())
}

/// Whether something has this name, be it a link to nothing.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn holds(path: &Path, text: &str) -> bool {
    files::read_text(path).is_ok_and(|found| found == text)
}
