//! `vniah grade`: replies graded as they come, for tools that evaluate a model themselves.
//!
//! In: a dataset, and answers as JSON Lines on stdin. Out: on stdout a line for each, written before the next is read, so that a
//! program can ask and wait. The exported tasks of lmms-eval, `VLMEvalKit` and inspect read replies through it.

use std::io;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print::put;
use super::terminal::Terminal;
use crate::answers::Answer;
use crate::files;
use crate::project::{Dataset, Session};

/// Grade replies one by one: JSON Lines in, JSON Lines out.
///
/// Reads answers from standard input: one JSON object per line, with `id` and `response`. Writes one line per answer to standard
/// output: what vniah read in the reply, whether that is right, and its credit. Exported tasks call this command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset or export directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
}

/// Runs `vniah grade`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let session = Session { job: terminal.job(), ..Session::default() };
    let grader = Dataset::open(&args.out, &session).grader()?;
    let (mut stdin, mut line) = (io::stdin().lock(), Vec::new());
    for number in 1.. {
        if files::read_line(&mut stdin, &mut line, Path::new("standard input"), number)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer: Answer = serde_json::from_slice(&line).map_err(|error| {
            let expected = "expected an object with the strings `id` and `response`";
            Failure::message(Exit::Input, format!("standard input, line {number}: {expected}: {error}"))
        })?;
        let graded = grader.grade(answer)?;
        put(&(serde_json::to_string(&graded).expect("verdicts serialise") + "\n"))?;
    }
    Ok(())
}
