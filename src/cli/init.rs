//! `vniah init`: a spec that generates as it stands.
//!
//! In: a directory; what the spec is to ask for, from options or, on a terminal, from answers to questions. Out: `spec.toml`, with
//! the catalogue of drawn haystacks where no videos are named, so that the first dataset needs none. A file that exists is
//! never written over.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::draft::{self, EXAMPLE, SCENES};
use super::exit::{Exit, Failure};
use super::inputs::Wishes;
use super::interview;
use super::machine::Machine;
use super::print::{put, say};
use super::terminal::Terminal;
use crate::files;
use crate::spec::portable::SPEC_FILE;
use crate::spec::starter::{DRAWN_CATALOGUE, Starter};
use crate::wording;

/// Write a spec that works as it is. On a terminal, ask what to make.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory to write to. It is created if it does not exist.
    #[arg(value_name = "DIR", default_value = ".")]
    target: PathBuf,
    /// Videos to hide needles in: a file, a directory or a glob; repeatable [default: eight drawn scenes].
    #[arg(long, value_name = "VIDEO")]
    videos: Vec<PathBuf>,
    #[command(flatten)]
    wishes: Wishes,
    /// Ask nothing. Outside a terminal, and with any of the options above, vniah never asks.
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    machine: Machine,
}

/// A file to write.
struct Draft {
    name: &'static str,
    text: String,
}

/// Runs `vniah init`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let session = args.machine.session(terminal);
    let is_given = !args.videos.is_empty() || !args.wishes.is_empty();
    let is_watched = io::stdin().is_terminal() && io::stderr().is_terminal();
    let drafts = if is_given {
        let starter = args.wishes.starter(&args.videos);
        let text = draft::text(&starter, &args.target)?;
        // Types, lengths and videos that are not there are found before anything is written.
        draft::project(&starter, &text, &args.target, &session)?;
        drafts(text, &starter)
    } else if is_watched && !args.yes {
        // Before the first question, since no answer would help.
        refuse_taken(&args.target, &[SPEC_FILE])?;
        let Some(starter) = interview::ask(&args.target, &session)? else {
            say("nothing was written");
            return Ok(());
        };
        drafts(draft::text(&starter, &args.target)?, &starter)
    } else {
        drafts(EXAMPLE.to_owned(), &Starter::default())
    };
    write(&args.target, &drafts)
}

fn drafts(text: String, starter: &Starter) -> Vec<Draft> {
    let mut drafts = vec![Draft { name: SPEC_FILE, text }];
    if starter.videos.is_empty() {
        drafts.push(Draft { name: DRAWN_CATALOGUE, text: SCENES.to_owned() });
    }
    drafts
}

/// Writes files that are not there. Where some are, and as they would be written, an interrupted run has begun.
fn write(dir: &Path, drafts: &[Draft]) -> Result<(), Failure> {
    let is_begun = !drafts.iter().all(|draft| is_there(&dir.join(draft.name)));
    let is_taken = |draft: &&Draft| {
        let path = dir.join(draft.name);
        is_there(&path) && !(is_begun && files::read_text(&path).is_ok_and(|found| found == draft.text))
    };
    let taken: Vec<&str> = drafts.iter().filter(is_taken).map(|draft| draft.name).collect();
    refuse_taken(dir, &taken)?;
    files::make_dir(dir)?;
    // The spec last: one that is there is whole, with all that it names.
    for draft in drafts.iter().rev() {
        files::write_bytes(&dir.join(draft.name), draft.text.as_bytes())?;
    }
    for draft in drafts {
        put(&format!("{}\n", dir.join(draft.name).display()))?;
    }
    say(&format!("generate with: vniah generate {} -o dataset", wording::shell_word(dir.join(SPEC_FILE))));
    Ok(())
}

/// Fails if any of these files is there.
fn refuse_taken(dir: &Path, names: &[&str]) -> Result<(), Failure> {
    let there = names.iter().map(|name| dir.join(name)).filter(|path| is_there(path));
    let taken: Vec<String> = there.map(|path| format!("`{}`", path.display())).collect();
    if taken.is_empty() {
        return Ok(());
    }
    let exist = if taken.len() == 1 { "exists" } else { "exist" };
    let message = format!("{} {exist} already; nothing was written", taken.join(" and "));
    Err(Failure::message(Exit::Input, message).hint("name another directory: `vniah init DIR`"))
}

/// Whether something has this name, be it a link to nothing.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
