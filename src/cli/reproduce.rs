//! `vniah reproduce`: is a sample what its dataset says that it is made from?
//!
//! In: a dataset and its haystacks. Out: by sample, whether its video, subtitles and rows come out the same again, or where they
//! differ, and then exit code 5.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::machine::Machine;
use super::origin::Origin;
use super::print::{json, put, values};
use super::terminal::Terminal;
use crate::project::{Reproduce, Reproduced};
use crate::wording;

/// Make samples again from the dataset's spec and its haystacks, and compare the bytes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 equal, 3 the spec or the haystacks are not those that made the dataset, 5 not equal"
)]
pub(super) struct Args {
    /// Dataset directory.
    dataset: PathBuf,
    /// Make only this sample again; repeatable [default: all].
    #[arg(long = "sample", value_name = "ID")]
    samples: Vec<String>,
    /// Keep what is made in this directory: videos, subtitles and rows.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    origin: Origin,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    machine: Machine,
}

/// Fields of rows that are listed by video; JSON lists all.
const LISTED: usize = 8;

/// Runs `vniah reproduce`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let what = Reproduce { samples: args.samples.clone(), out: args.out.clone() };
    let videos = args.origin.dataset(&args.dataset, &args.machine, terminal).reproduce(&what)?;
    if args.json {
        put(&json(&videos))?;
    } else {
        put(&videos.iter().map(told).collect::<String>())?;
    }
    let different = videos.iter().filter(|video| !video.is_equal).count();
    if different == 0 {
        return Ok(());
    }
    let message =
        format!("{different} of {} not equal to what is made again", wording::count(videos.len(), "video"));
    Err(Failure::message(Exit::Check, message))
}

fn told(video: &Reproduced) -> String {
    let names = video.samples.join(", ");
    let rows = wording::count(video.row_count, "row");
    if video.is_equal {
        return match &video.video {
            Some(made) => format!("{names}: equal ({rows}, {} bytes, sha256 {})\n", made.bytes, made.sha256),
            None => format!("{names}: equal ({rows}, no video)\n"),
        };
    }
    let mut text = format!("{names}: not equal\n");
    if let Some(difference) = video.video.as_ref().and_then(|made| made.difference.as_ref()) {
        writeln!(text, "  {}: {}", video.file_name, difference.told()).expect("writing to a string succeeds");
    }
    if let Some(difference) = &video.subtitles {
        writeln!(text, "  subtitles: {difference}").expect("writing to a string succeeds");
    }
    let fields = || video.rows.iter().flat_map(|row| row.fields.iter().map(move |field| (row, field)));
    for (row, field) in fields().take(LISTED) {
        let [kept, made] = values(&field.first, &field.second);
        writeln!(text, "  row `{}`: {} is {kept}, and {made} when made again", row.name, field.field)
            .expect("writing to a string succeeds");
    }
    let more = fields().count().saturating_sub(LISTED);
    if more > 0 {
        writeln!(text, "  and {more} more fields of rows").expect("writing to a string succeeds");
    }
    text
}
