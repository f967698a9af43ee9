//! `vniah haystacks`: what the source videos are, preparing them ahead of time, and how much of that is kept.
//!
//! In: a spec. Out: for each haystack its form, and whether it is used as it is or transcoded, and why.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::Subcommand;
use serde::Serialize;

use super::exit::Failure;
use super::machine::{Cache, Machine};
use super::print::{json, put, table};
use super::terminal::Terminal;
use crate::haystack::Haystack;
use crate::project::{self, Project};
use crate::render::haystacks::Surveyed;
use crate::render::isolated;
use crate::render::prune::{self, Pruned};
use crate::wording;

/// List and prepare source videos (haystacks).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print what each haystack of a spec is, and whether vniah uses it as it is or encodes it once.
    List {
        /// Spec file (TOML).
        spec: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        machine: Machine,
    },
    /// Remove unusable files and the least recently used haystacks from the cache. Haystacks in use stay.
    Prune {
        /// Size limit of the cache, such as `20GB`, `500MiB` or `0`.
        #[arg(long, value_name = "SIZE")]
        limit: ByteSize,
        /// Print what would be removed, and remove nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        cache: Cache,
    },
    /// Decode all of a source video, as `--isolate` has it done in a process of its own.
    #[command(hide = true)]
    Try {
        /// Source video.
        source: PathBuf,
        #[command(flatten)]
        cache: Cache,
    },
    /// Prepare the haystacks of a spec ahead of `vniah generate`.
    Prepare {
        /// Spec file (TOML).
        spec: PathBuf,
        #[command(flatten)]
        machine: Machine,
    },
}

#[derive(Debug, Serialize)]
struct Row {
    #[serde(rename = "haystack")]
    known: Haystack,
    as_is: bool,
    reasons: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sound_reason: Option<String>,
}

/// Runs `vniah haystacks`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    match &args.action {
        Action::List { spec, json: as_json, machine } => {
            let rows = list(&Project::read(spec, &machine.session(terminal))?)?;
            put(&if *as_json { json(&rows) } else { text(&rows) })
        }
        Action::Try { source, cache } => {
            Ok(isolated::try_here(&cache.dir()?, &terminal.job(), source).map_err(project::Error::from)?)
        }
        Action::Prune { limit, dry_run, json: as_json, cache } => {
            let pruned = prune::prune(&cache.dir()?, limit.as_u64(), *dry_run)?;
            put(&if *as_json { json(&pruned) } else { told(&pruned, *dry_run) })
        }
        Action::Prepare { spec, machine } => {
            Project::read(spec, &machine.session(terminal))?.prepare()?;
            Ok(())
        }
    }
}

fn told(pruned: &Pruned, dry_run: bool) -> String {
    let size = |bytes: u64| ByteSize(bytes).display().si();
    let verb = if dry_run { "would remove" } else { "removed" };
    let (gone, stay) = (size(pruned.removed_bytes), size(pruned.kept_bytes));
    let Pruned { removed_files, kept_files, in_use, .. } = pruned;
    format!(
        "{verb} {} ({gone}); {kept_files} stay ({stay}), {in_use} of them in use\n",
        wording::count(*removed_files, "file")
    )
}

fn list(project: &Project) -> Result<Vec<Row>, Failure> {
    let row = |haystack: Surveyed| Row {
        as_is: haystack.reasons.is_empty(),
        known: haystack.haystack,
        reasons: haystack.reasons,
        sound_reason: haystack.sound_reason,
    };
    Ok(project.survey()?.into_iter().map(row).collect())
}

fn text(rows: &[Row]) -> String {
    let head = ["id", "size", "fps", "frames", "keyframes", "sound", "used"].map(str::to_owned).to_vec();
    let lines = rows.iter().map(|row| {
        let form = &row.known.form;
        let sound = match (form.audio, &row.sound_reason) {
            (None, _) => "none".to_owned(),
            (Some(audio), reason) => {
                let how = reason.as_ref().map_or_else(String::new, |reason| format!(" (encoded: {reason})"));
                format!("{} Hz x{}{how}", audio.sample_rate, audio.channels)
            }
        };
        let used =
            if row.as_is { "as it is".to_owned() } else { format!("transcoded: {}", row.reasons.join(", ")) };
        let size = format!("{}x{}", form.width, form.height);
        let (fps, frames) = (form.fps.to_string(), form.frames.to_string());
        vec![row.known.id.clone(), size, fps, frames, format!("every {}", form.gop), sound, used]
    });
    table(&std::iter::once(head).chain(lines).collect::<Vec<_>>())
}
