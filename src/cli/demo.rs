//! `vniah demo`: a dataset of drawn scenes, made, verified, answered, scored, and shown in a browser.
//!
//! In: a directory. Out: a spec, its dataset, answers, scores and a report in it, by the commands that a user would run, each of
//! which is shown. It needs no video and no file but the program. Run again, it resumes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::draft::{EXAMPLE, SCENES};
use super::exit::{Exit, Failure};
use super::machine::Machine;
use super::print::{put, say};
use crate::files;
use crate::spec::portable::SPEC_FILE;
use crate::spec::starter::DRAWN_CATALOGUE;

/// Make a small benchmark of drawn scenes and open its report: a tour of all steps. Needs no videos.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory to write to. It is created if it does not exist. Run again, the demo resumes.
    #[arg(short, long, value_name = "DIR", default_value = "demo")]
    output: PathBuf,
    /// Do not open the report in a browser. Without a display, none is opened anyway.
    #[arg(long)]
    no_open: bool,
    #[command(flatten)]
    machine: Machine,
}

/// Files of the demo.
const DATASET: &str = "dataset";
const ORACLE_ANSWERS: &str = "oracle.jsonl";
const ORACLE_SCORES: &str = "oracle.json";
const BLIND_ANSWERS: &str = "blind.jsonl";
const BLIND_SCORES: &str = "blind.json";
const REPORT: &str = "report.html";
/// Files that are written from the program as they are.
const TEXTS: [(&str, &str); 2] = [(DRAWN_CATALOGUE, SCENES), (SPEC_FILE, EXAMPLE)];

/// A word of a command.
#[derive(Clone, Copy)]
enum Word {
    Plain(&'static str),
    /// A file of the demo.
    File(&'static str),
}

/// A command, and what it does.
struct Step {
    does: &'static str,
    words: Vec<Word>,
    /// Whether it takes the options of the machine.
    prepares: bool,
}

/// Runs `vniah demo`; `execute` runs another command.
pub(super) fn run(
    args: &Args,
    execute: &impl Fn(Vec<OsString>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let dir = &args.output;
    check(dir)?;
    files::make_dir(dir)?;
    for (name, text) in TEXTS {
        let path = dir.join(name);
        if !path.exists() {
            files::write_bytes(&path, text.as_bytes())?;
        }
    }
    let steps = steps();
    for (at, step) in steps.iter().enumerate() {
        let words: Vec<OsString> = step.words.iter().map(|word| word.of(dir)).collect();
        let shown: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        say(&format!("\n[{}/{}] {}: vniah {}", at + 1, steps.len(), step.does, shown.join(" ")));
        let mut command = vec![OsString::from("vniah")];
        command.extend(words);
        if step.prepares {
            command.extend(args.machine.words());
        }
        execute(command)?;
    }
    let report = dir.join(REPORT);
    say(&format!(
        "\nThe dataset is in `{}`. Edit `{}` and generate from it to make your own. The report, which shows all samples and scores:",
        dir.join(DATASET).display(),
        dir.join(SPEC_FILE).display()
    ));
    put(&format!("{}\n", report.display()))?;
    if !args.no_open {
        open(&report);
    }
    Ok(())
}

impl Word {
    fn of(&self, dir: &Path) -> OsString {
        match self {
            Self::Plain(word) => word.into(),
            Self::File(name) => {
                // A directory whose name begins as an option does would be read as one.
                let path = dir.join(name);
                let is_option = path.as_os_str().as_encoded_bytes().starts_with(b"-");
                if is_option { Path::new(".").join(path).into_os_string() } else { path.into_os_string() }
            }
        }
    }
}

/// All commands, in order.
fn steps() -> Vec<Step> {
    use Word::{File, Plain};
    let step = |does, prepares, words: &[Word]| Step { does, prepares, words: words.to_vec() };
    vec![
        step("make a dataset", true, &[Plain("generate"), File(SPEC_FILE), Plain("-o"), File(DATASET)]),
        step("compare every video with the plan", true, &[Plain("verify"), File(DATASET)]),
        step(
            "answer from the decoded pixels",
            true,
            &[Plain("baseline"), Plain("oracle"), File(DATASET), Plain("-o"), File(ORACLE_ANSWERS)],
        ),
        step(
            "guess without looking",
            false,
            &[Plain("baseline"), Plain("blind"), File(DATASET), Plain("-o"), File(BLIND_ANSWERS)],
        ),
        step(
            "score the answers from pixels",
            false,
            &[Plain("score"), File(DATASET), File(ORACLE_ANSWERS), Plain("-o"), File(ORACLE_SCORES)],
        ),
        step(
            "score the guesses",
            false,
            &[Plain("score"), File(DATASET), File(BLIND_ANSWERS), Plain("-o"), File(BLIND_SCORES)],
        ),
        step(
            "write the report",
            false,
            &[
                Plain("report"),
                File(DATASET),
                File(ORACLE_SCORES),
                File(BLIND_SCORES),
                Plain("-o"),
                File(REPORT),
            ],
        ),
    ]
}

/// Refuses a directory that holds anything but a demo; the commands refuse files of these names that are not theirs.
fn check(dir: &Path) -> Result<(), Failure> {
    let refused = |message: String| {
        Err(Failure::message(Exit::Usage, message)
            .hint("nothing was written; name another directory with -o DIR"))
    };
    if !dir.exists() {
        return Ok(());
    }
    if !dir.is_dir() {
        return refused(format!("`{}` is not a directory", dir.display()));
    }
    let names = [
        SPEC_FILE,
        DRAWN_CATALOGUE,
        DATASET,
        ORACLE_ANSWERS,
        ORACLE_SCORES,
        BLIND_ANSWERS,
        BLIND_SCORES,
        REPORT,
    ];
    let is_ours = |path: &PathBuf| {
        // What a run that was killed has begun to write.
        names.iter().any(|name| *path == dir.join(name) || *path == files::partial(&dir.join(name)))
    };
    if let Some(other) = files::sorted_dir(dir)?.into_iter().find(|path| !is_ours(path)) {
        let (dir, other) = (dir.display(), other.display());
        return refused(format!("`{dir}` holds something else than a demo: `{other}`"));
    }
    for (name, text) in TEXTS {
        let path = dir.join(name);
        if path.exists() && !files::read_text(&path).is_ok_and(|found| found == text) {
            return refused(format!(
                "`{}` is not the one that this version's demo writes; if it is yours, `vniah generate` makes a dataset of it",
                path.display()
            ));
        }
    }
    Ok(())
}

/// A word as a shell reads it.
fn quoted(word: &OsString) -> String {
    let text = word.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_nul| text.clone().into_owned(), std::borrow::Cow::into_owned)
}

/// Opens a page in the user's browser, where there is a display to show it on.
fn open(page: &Path) {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display = cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    if !has_display {
        say("There is no display here: open it in a browser.");
        return;
    }
    let full = std::path::absolute(page).unwrap_or_else(|_no_directory| page.to_owned());
    if let Err(error) = opener::open_browser(full) {
        say(&format!("warning: no browser could be started ({error}); open the page yourself"));
    }
}
