//! `vniah cluster`: scripts that make a dataset on many machines.
//!
//! In: a spec, a directory for the dataset, a number of parts. Out: a script or a manifest on stdout. Nothing is run.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::exit::{Exit, Failure};
use super::machine::Machine;
use super::print::put;
use crate::dataset::Store;
use crate::files;
use crate::spec;
use crate::template;

const SLURM: &str = include_str!("../../templates/slurm.sh");
const KUBERNETES: &str = include_str!("../../templates/kubernetes.yaml");

/// Memory of a pod: what the program takes, and what each job adds (`docs/benchmarks.md`), with as much again to spare.
const BASE_MEGABYTES: u32 = 400;
const JOB_MEGABYTES: u32 = 200;

/// Write scripts that make a dataset on many machines.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    scheduler: Scheduler,
}

#[derive(Debug, Subcommand)]
enum Scheduler {
    /// Write a Slurm job script: an array with one part per task, then a merge.
    Slurm {
        #[command(flatten)]
        work: Work,
    },
    /// Write a Kubernetes manifest: an indexed job with one part per pod, then a merge.
    Kubernetes {
        #[command(flatten)]
        work: Work,
        /// Container image that contains vniah.
        #[arg(long, value_name = "IMAGE")]
        image: String,
        /// Volume claim that all pods can write to, and its mount path. The spec, its haystacks, OUT and the cache must lie below
        /// that path, also on this machine.
        #[arg(long, value_name = "CLAIM:PATH", value_parser = volume)]
        volume: (String, PathBuf),
    },
}

#[derive(Debug, clap::Args)]
struct Work {
    /// Spec file (TOML).
    spec: PathBuf,
    /// Dataset directory, on a file system that all machines share. Parts go to OUT.parts.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Number of parts.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    shards: u64,
    /// How to keep videos. Keep the cache as long as you use recipes.
    #[arg(long, value_enum, default_value_t)]
    store: Store,
    /// Processors per part.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1024))]
    cpus: u32,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah cluster`.
pub(super) fn run(args: &Args, program: &Path) -> Result<(), Failure> {
    let (Scheduler::Slurm { work } | Scheduler::Kubernetes { work, .. }) = &args.scheduler;
    // A spec with a mistake is told here, not by a thousand tasks.
    spec::read(&work.spec)?;
    let paths = [("spec", work.spec.clone()), ("out", work.output.clone()), ("cache", work.machine.cache()?)];
    let mut values = vec![
        ("shards", work.shards.to_string()),
        ("store", work.store.name().to_owned()),
        ("cpus", work.cpus.to_string()),
    ];
    match &args.scheduler {
        Scheduler::Slurm { .. } => {
            values.extend([("last", (work.shards - 1).to_string()), ("vniah", word(&absolute(program)?)?)]);
            for (name, path) in &paths {
                values.push((name, word(&absolute(path)?)?));
            }
            put(&filled(SLURM, &values))
        }
        Scheduler::Kubernetes { image, volume: (claim, mount), .. } => {
            for (name, path) in &paths {
                let path = absolute(path)?;
                if !path.starts_with(mount) {
                    let message = format!(
                        "`{}` is not below `{}`, where the volume is",
                        path.display(),
                        mount.display()
                    );
                    return Err(Failure::message(Exit::Usage, message).hint(
                        "mount the volume here at the same path, or name paths below it, --cache too",
                    ));
                }
                values.push((name, scalar(utf8(&path)?)));
            }
            let memory = BASE_MEGABYTES + JOB_MEGABYTES * work.cpus;
            values.extend([
                ("memory", memory.to_string()),
                ("image", scalar(image)),
                ("claim", scalar(claim)),
                ("mount", scalar(utf8(mount)?)),
            ]);
            put(&filled(KUBERNETES, &values))
        }
    }
}

fn filled(template: &str, values: &[(&str, String)]) -> String {
    let places: Vec<String> = values.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    let pairs = places.iter().zip(values).map(|(place, (_, value))| (place.as_str(), value.as_str()));
    template::filled(template, &pairs.collect::<Vec<_>>())
}

fn volume(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once(':') {
        Some((claim, path)) if !claim.is_empty() && Path::new(path).is_absolute() => {
            Ok((claim.to_owned(), PathBuf::from(path)))
        }
        _ => Err("expected CLAIM:PATH with a path from the root, such as shared:/data".to_owned()),
    }
}

/// A path from the root, since tasks start anywhere.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    Ok(std::path::absolute(path).map_err(files::Error::io("find", path))?)
}

/// A path as one word of a shell.
fn word(path: &Path) -> Result<String, Failure> {
    let quoted = shlex::try_quote(utf8(path)?).map(std::borrow::Cow::into_owned);
    quoted.map_err(|_nul| unwritable(path))
}

/// A path that a script or manifest can hold.
fn utf8(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| unwritable(path))
}

fn unwritable(path: &Path) -> Failure {
    Failure::message(Exit::Input, format!("`{}` cannot be written in a script", path.display()))
}

/// Text as a scalar of YAML, of which strings of JSON are a part.
fn scalar(text: &str) -> String {
    serde_json::to_string(text).expect("text serialises")
}
