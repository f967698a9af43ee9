//! `vniah report`: one page that shows a dataset and its scores.
//!
//! In: a dataset directory and any number of scores files. Out: one HTML file without outside references but the videos; with
//! `--plots` its heatmaps and curves as files.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print::say;
use super::share::share;
use crate::coverage;
use crate::dataset;
use crate::files;
use crate::partial_dir::{self, Found};
use crate::report;
use crate::sampler::Sampler;
use crate::score;

/// Arguments of `vniah report`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    out: PathBuf,
    /// Scores to show side by side, as `vniah score -o` writes them; none shows the samples alone
    scores: Vec<PathBuf>,
    /// Where to write the page; an existing file is overwritten only if it is such a page
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Title of the page
    #[arg(long, default_value = "vniah report")]
    title: String,
    /// The sampler through which the models saw the videos: adds its ceiling, and accuracy of what was seen
    #[arg(long, value_name = "ID")]
    sampler: Option<Sampler>,
    /// A length is effective if accuracy is at least this share of the shortest length's
    #[arg(long, value_name = "SHARE", default_value_t = score::THRESHOLD, value_parser = share)]
    threshold: f64,
    /// Write every heatmap and curve as SVG and PNG, and V-NIAH's JSON, to this directory
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
}

/// Refuses to write a page over a file that is none.
pub(super) fn may_write(output: &Path) -> Result<(), Failure> {
    if output.exists() && !files::read_text(output).is_ok_and(|text| text.contains(report::MARK)) {
        let message = format!("`{}` exists and is no report: it is not overwritten", output.display());
        return Err(Failure::message(Exit::Usage, message));
    }
    Ok(())
}

/// What a directory of plots is being filled with: those of an earlier run may be replaced, whatever they show.
const PLOTS: &str = "vniah report --plots\n";

/// Refuses to write plots into a directory that holds anything else.
fn may_fill(dir: &Path) -> Result<(), Failure> {
    let is_ours = dir.join(report::INDEX).is_file();
    if !is_ours && matches!(partial_dir::look(dir, PLOTS)?, Found::Full | Found::Other) {
        let message = format!("`{}` is not empty and holds no plots", dir.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another directory with --plots"));
    }
    Ok(())
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let output = &args.output;
    may_write(output)?;
    args.plots.as_deref().map_or(Ok(()), may_fill)?;
    let rows = dataset::read_rows(&args.out)?;
    let runs = args.scores.iter().map(|path| score::read(path)).collect::<Result<Vec<_>, _>>()?;
    let videos = report::videos_from(output, &args.out)?;
    let coverage = args.sampler.as_ref().map(|sampler| {
        let measured = coverage::measure(&rows, std::slice::from_ref(sampler), coverage::Options::default());
        (sampler, measured)
    });
    let view = coverage.as_ref().and_then(|(sampler, measured)| {
        let coverage = measured.samplers.get(sampler.name())?;
        let seen = coverage::seen(&rows, sampler, sampler.resize(), false);
        Some(report::View { sampler: sampler.name(), coverage, seen })
    });
    let options = report::Options {
        title: &args.title,
        videos: &videos,
        view: view.as_ref(),
        threshold: args.threshold,
    };
    let failed = |error| Failure::new(Exit::Input, error);
    let page = report::page(&rows, &runs, &options).map_err(failed)?;
    // Drawn before the page is written, so that a failure leaves nothing.
    let plots = args
        .plots
        .as_deref()
        .map(|dir| Ok((dir, report::plots(&rows, &runs, view.as_ref(), args.threshold)?)));
    let plots = plots.transpose().map_err(failed)?;
    files::write_bytes(output, page.as_bytes())?;
    say(&format!("wrote {} ({} kB)", output.display(), page.len().div_ceil(1000)));
    if let Some((dir, plots)) = plots {
        let unfinished = partial_dir::begin(dir, PLOTS)?;
        for (name, bytes) in &plots {
            files::write_bytes(&dir.join(name), bytes)?;
        }
        unfinished.finish()?;
        say(&format!("wrote {} files to {}", plots.len(), dir.display()));
    }
    Ok(())
}
