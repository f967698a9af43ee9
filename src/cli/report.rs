//! `vniah report`: one page that shows a dataset and its scores.
//!
//! In: a dataset directory and any number of scores files. Out: one HTML file without outside references but the videos.

use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::score::failure;
use crate::dataset;
use crate::files;
use crate::report;
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
}

#[expect(clippy::print_stderr, reason = "messages go to stderr")]
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let output = &args.output;
    if output.exists() && !files::read_text(output).is_ok_and(|text| text.contains(report::MARK)) {
        let message = format!("`{}` exists and is no report: it is not overwritten", output.display());
        return Err(Failure::message(Exit::Usage, message));
    }
    let rows = dataset::read_rows(&args.out)?;
    let runs =
        args.scores.iter().map(|path| score::read(path)).collect::<Result<Vec<_>, _>>().map_err(failure)?;
    let videos = report::videos_from(output, &args.out)?;
    let page =
        report::page(&rows, &runs, &videos, &args.title).map_err(|error| Failure::new(Exit::Input, error))?;
    files::write_bytes(output, page.as_bytes())?;
    eprintln!("wrote {} ({} kB)", output.display(), page.len().div_ceil(1000));
    Ok(())
}
