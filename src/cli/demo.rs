//! `vniah demo`: a dataset of drawn scenes, made, verified, answered, scored, and shown in a browser.
//!
//! In: a directory. Out: a spec, its dataset, answers, scores and a report in it, by the commands that a user would run, each of
//! which is shown. It needs no video and no file but the program. Run again, it resumes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::draft::{DEMO_SCENES, EXAMPLE};
use super::exit::{Exit, Failure};
use super::machine::Machine;
use super::print::{put, say};
use crate::files;
use crate::spec::portable::SPEC_FILE;
use crate::spec::starter::DRAWN_CATALOGUE;
use crate::wording;

/// Make a small benchmark of drawn scenes and open its report.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory to write to. It is created if it does not exist. If you run the command again, the demo resumes.
    #[arg(short, long, value_name = "DIR", default_value = "demo")]
    output: PathBuf,
    /// Do not open the report in a browser. Without a display, vniah never opens one.
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
const TEXTS: [(&str, &str); 2] = [(DRAWN_CATALOGUE, DEMO_SCENES), (SPEC_FILE, EXAMPLE)];

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
        let shown: Vec<String> = words.iter().map(wording::shell_word).collect();
        say(&format!("\n[{}/{}] {}: vniah {}", at + 1, steps.len(), step.does, shown.join(" ")));
        let mut command = vec![OsString::from("vniah")];
        command.extend(words);
        if step.prepares {
            command.extend(args.machine.words());
        }
        execute(command).map_err(|failure| {
            // Of the user's input there is none: an earlier version's files lie there.
            let is_of_input = failure.code() == Exit::Input as u8;
            let hint = format!(
                "if an earlier version wrote `{}`, remove it, or name another with -o",
                dir.display()
            );
            if is_of_input { failure.also(&hint) } else { failure }
        })?;
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
                "`{}` differs from what this version's demo writes; if you wrote it, `vniah generate` makes a dataset from it",
                path.display()
            ));
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn args(dir: &Path) -> Args {
        use clap::Parser as _;
        #[derive(clap::Parser)]
        struct Demo {
            #[command(flatten)]
            args: Args,
        }
        let dir = dir.to_str().unwrap();
        Demo::try_parse_from(["demo", "-o", dir, "--no-open", "--jobs", "2"]).unwrap().args
    }

    /// Runs a demo whose commands do nothing but fail where `fails` says so; gives what they were.
    fn commands(dir: &Path, fails: &str) -> (Vec<String>, Option<u8>) {
        let all = RefCell::new(Vec::new());
        let execute = |words: Vec<OsString>| {
            let words: Vec<String> = words.into_iter().map(|word| word.into_string().unwrap()).collect();
            all.borrow_mut().push(words.join(" ").replace(dir.to_str().unwrap(), "DIR"));
            if words[1] == fails { Err(Failure::message(Exit::Check, "no")) } else { Ok(()) }
        };
        let code = run(&args(dir), &execute).err().map(|failure| failure.code());
        (all.into_inner(), code)
    }

    #[test]
    fn the_commands_are_those_of_a_user_and_the_first_failure_ends_them() {
        let dir = tempfile::tempdir().unwrap();
        let demo = dir.path().join("demo");
        let expected = [
            "vniah generate DIR/spec.toml -o DIR/dataset --jobs 2",
            "vniah verify DIR/dataset --jobs 2",
            "vniah baseline oracle DIR/dataset -o DIR/oracle.jsonl --jobs 2",
            "vniah baseline blind DIR/dataset -o DIR/blind.jsonl",
            "vniah score DIR/dataset DIR/oracle.jsonl -o DIR/oracle.json",
            "vniah score DIR/dataset DIR/blind.jsonl -o DIR/blind.json",
            "vniah report DIR/dataset DIR/oracle.json DIR/blind.json -o DIR/report.html",
        ];
        assert_eq!(
            commands(&demo, "verify"),
            (expected[..2].iter().map(|&line| line.to_owned()).collect(), Some(5))
        );
        assert_eq!(files::read_text(&demo.join(SPEC_FILE)).unwrap(), EXAMPLE);
        // Run again, it resumes, whatever a run that was killed has left.
        std::fs::create_dir(demo.join(DATASET)).unwrap();
        std::fs::remove_file(demo.join(SPEC_FILE)).unwrap();
        std::fs::write(files::partial(&demo.join(SPEC_FILE)), "seed").unwrap();
        std::fs::write(demo.join(BLIND_ANSWERS), "").unwrap();
        assert_eq!(commands(&demo, ""), (expected.map(str::to_owned).to_vec(), None));
    }

    #[test]
    fn a_directory_that_holds_something_else_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("notes.txt", "mine"), (SPEC_FILE, "seed = 2\n"), (DRAWN_CATALOGUE, "")] {
            let demo = dir.path().join(format!("with-{name}"));
            std::fs::create_dir(&demo).unwrap();
            std::fs::write(demo.join(name), text).unwrap();
            assert_eq!(commands(&demo, ""), (Vec::new(), Some(2)), "{name}");
            assert_eq!(files::sorted_dir(&demo).unwrap(), [demo.join(name)]);
            assert_eq!(files::read_text(&demo.join(name)).unwrap(), text);
        }
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(commands(&file, ""), (Vec::new(), Some(2)));
    }

    #[test]
    fn a_directory_that_is_named_as_an_option_is_is_a_path_to_commands() {
        let words: Vec<OsString> = steps()[0].words.iter().map(|word| word.of(Path::new("-o"))).collect();
        assert_eq!(words, ["generate", "./-o/spec.toml", "-o", "./-o/dataset"]);
        assert_eq!(wording::shell_word("a b"), "'a b'");
    }
}
