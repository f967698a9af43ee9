//! `vniah report`: one page that shows a dataset and its scores.
//!
//! In: a dataset directory and any number of scores files. Out: one HTML file without outside references but the videos; with
//! `--plots` its heatmaps and curves as files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print::say;
use super::share::share;
use super::terminal::Terminal;
use crate::files;
use crate::partial_dir::{self, Found};
use crate::project::{Dataset, Page, Session, Show};
use crate::report;
use crate::sampler::Sampler;
use crate::score;
use crate::wording;

/// Arguments of `vniah report`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
    /// Scores to show side by side, written by `vniah score -o`. Without any, the page shows only the samples
    scores: Vec<PathBuf>,
    /// File for the page. An existing file is replaced only if it is such a page
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Title of the page
    #[arg(long, default_value = "vniah report")]
    title: String,
    /// Sampler of the models. Adds its ceiling, and the accuracy on questions whose needles it sees
    #[arg(long, value_name = "ID")]
    sampler: Option<Sampler>,
    /// A length counts as effective if its accuracy is at least this share of the shortest length's
    #[arg(long, value_name = "SHARE", default_value_t = score::THRESHOLD, value_parser = share)]
    threshold: f64,
    /// Directory for the overview and every heatmap and curve as SVG and PNG, and for V-NIAH's JSON
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
}

/// Refuses to write a page over a file that is none.
pub(super) fn may_write(output: &Path) -> Result<(), Failure> {
    if output.exists() && !files::read_text(output).is_ok_and(|text| text.contains(report::MARK)) {
        let message = format!("`{}` exists and is not a report: it is not overwritten", output.display());
        return Err(Failure::message(Exit::Usage, message));
    }
    Ok(())
}

/// What a directory of plots is being filled with: those of an earlier run may be replaced, whatever they show.
const PLOTS: &str = "vniah report --plots\n";

/// Refuses to write plots into a directory that holds anything else. Gives the files of an earlier report there.
fn may_fill(dir: &Path) -> Result<BTreeSet<String>, Failure> {
    let index = files::read_text(&dir.join(report::INDEX)).unwrap_or_default();
    let index: serde_json::Value = serde_json::from_str(&index).unwrap_or_default();
    let is_ours = index["generator"] == report::GENERATOR;
    if !is_ours && matches!(partial_dir::look(dir, PLOTS)?, Found::Full | Found::Other) {
        let message = format!("`{}` is not empty and holds no plots", dir.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another directory with --plots"));
    }
    let files = index["files"].as_array().filter(|_| is_ours).into_iter().flatten();
    let names = files.filter_map(|name| name.as_str()).filter(|name| {
        !name.contains('/') && [".svg", ".png", ".json"].iter().any(|ending| name.ends_with(ending))
    });
    Ok(names.map(str::to_owned).collect())
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let output = &args.output;
    may_write(output)?;
    let earlier = args.plots.as_deref().map_or(Ok(BTreeSet::new()), may_fill)?;
    let session = Session { job: terminal.job(), ..Session::default() };
    let dataset = Dataset::open(&args.out, &session);
    dataset.rows()?;
    let runs = args.scores.iter().map(|path| score::read(path)).collect::<Result<Vec<_>, _>>()?;
    let show = Show {
        title: args.title.clone(),
        sampler: args.sampler.clone(),
        threshold: args.threshold,
        plots: args.plots.is_some(),
    };
    // All is drawn before anything is written, so that a failure leaves nothing.
    let Page { html, plots } = dataset.report(&runs, output, &show)?;
    files::write_bytes(output, html.as_bytes())?;
    say(&format!("wrote {} ({} kB)", output.display(), html.len().div_ceil(1000)));
    if let Some(dir) = &args.plots {
        let unfinished = partial_dir::begin(dir, PLOTS)?;
        for (name, bytes) in &plots {
            files::write_bytes(&dir.join(name), bytes)?;
        }
        // Beside these, plots of other scores would seem to be of the same report.
        for name in earlier.iter().filter(|name| !plots.contains_key(*name)) {
            files::remove(&dir.join(name))?;
        }
        unfinished.finish()?;
        say(&format!("wrote {} to {}", wording::count(plots.len(), "file"), dir.display()));
    }
    Ok(())
}
