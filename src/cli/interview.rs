//! The questions of `vniah init` on a terminal: which videos, which types, how long; then the plan, before anything is written.
//!
//! In: lines of standard input. Out: what the spec is started from, or nothing where the user wants none. Questions and plan go to
//! standard error. What cannot be understood is asked again, with the reason. Questions are plain lines: the terminal itself edits
//! them, a screen reader reads them, and an interrupt ends the process as everywhere.

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use super::draft;
use super::exit::{Exit, Failure};
use super::inputs::is_spec;
use super::print::say;
use crate::language::Language;
use crate::markup;
use crate::project::Session;
use crate::question;
use crate::spec::SUITES;
use crate::spec::starter::{self, Starter};
use crate::wording;

/// Asks until there is a plan that the user wants, or none.
pub(super) fn ask(dir: &Path, session: &Session) -> Result<Option<Starter>, Failure> {
    say(
        "This writes a spec, which says what to hide in which videos. Enter takes what stands in brackets; Ctrl-C ends it.",
    );
    loop {
        let starter = Starter { videos: videos()?, types: types()?, lengths: lengths()? };
        if !show_plan(&starter, dir, session)? {
            say("\nThis cannot be made as it is. Answer again:");
            continue;
        }
        let question =
            format!("\nWrite `{}`? yes, no, or change the answers [yes]: ", dir.join("spec.toml").display());
        let choice = until(&question, |answer| match answer.to_lowercase().as_str() {
            "" | "y" | "yes" => Ok(Some(true)),
            "n" | "no" => Ok(Some(false)),
            "c" | "change" => Ok(None),
            other => Err(format!("`{other}` is not yes, no or change")),
        })?;
        match choice {
            Some(true) => return Ok(Some(starter)),
            Some(false) => return Ok(None),
            None => {}
        }
    }
}

/// Shows the plan; where there is none, says why, and gives false.
fn show_plan(starter: &Starter, dir: &Path, session: &Session) -> Result<bool, Failure> {
    let planned = || {
        let project = draft::project(starter, &draft::text(starter, dir)?, dir, session)?;
        Ok::<_, Failure>(project.plan()?.summary()?)
    };
    match planned() {
        Ok(summary) => {
            say("");
            summary.to_string().lines().for_each(say);
            Ok(true)
        }
        Err(failure) => {
            // Whoever asked to stop is not asked anything more.
            session.job.go_on()?;
            failure.lines().iter().for_each(|line| say(line));
            Ok(false)
        }
    }
}

/// Which videos; none means drawn scenes.
fn videos() -> Result<Vec<PathBuf>, Failure> {
    let question = "\nVideos: files, directories or globs, with spaces between them [eight drawn scenes]: ";
    let (videos, number) = until(question, |answer| {
        let names = shlex::split(answer).ok_or("a quotation mark is open: close it, or write `\\'`")?;
        let mut number = 0;
        let mut videos = Vec::new();
        for name in names {
            let path = at_home(&name);
            if path.exists() && is_spec(&path) {
                return Err(format!("`{name}` is a spec, and videos are asked for"));
            }
            let found = starter::videos(Path::new(""), &path.to_string_lossy())?;
            number += found.len();
            videos.push(path);
        }
        Ok((videos, number))
    })?;
    if !videos.is_empty() {
        say(&wording::count(number as u64, "video"));
    }
    Ok(videos)
}

/// A path whose `~/` is the user's home, as shells read it.
fn at_home(name: &str) -> PathBuf {
    let below = name.strip_prefix("~/").and_then(|rest| Some(std::env::home_dir()?.join(rest)));
    below.unwrap_or_else(|| PathBuf::from(name))
}

/// Which types.
fn types() -> Result<Vec<String>, Failure> {
    say("\nQuestion types. A suite stands for several:");
    for suite in &SUITES {
        say(&format!("  {:<10} {}", suite.name, suite.meaning));
    }
    let families = question::embedded(Language::En);
    let question =
        "A suite, or types such as ret_edit1, cnt_insert1 (`vniah families list` shows all) [core]: ";
    until(question, |answer| {
        let names = words(answer);
        let suites = || SUITES.iter().map(|suite| suite.name);
        if names.len() == 1 && suites().any(|suite| suite == names[0]) {
            return Ok(names);
        }
        let unknown = names.iter().find(|name| !families.contains_key(name.as_str()));
        let Some(name) = unknown else { return Ok(names) };
        if suites().any(|suite| suite == name) {
            return Err(format!("`{name}` is a suite: name it alone, or types alone"));
        }
        let known = suites().chain(families.keys().map(String::as_str));
        let nearest = wording::nearest(name, known)
            .map_or_else(String::new, |known| format!("; the nearest is `{known}`"));
        Err(format!("no suite or type `{name}`{nearest}"))
    })
}

/// How long the videos are to be.
fn lengths() -> Result<Vec<String>, Failure> {
    let question = "\nLengths of the finished videos, such as 1m, 10m [each keeps its own]: ";
    until(question, |answer| {
        // `90 s` is one length.
        let names: Vec<String> =
            answer.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        for name in &names {
            starter::length(name)?;
        }
        Ok(names)
    })
}

/// Words with commas or spaces between them.
fn words(answer: &str) -> Vec<String> {
    let words = answer.split(|letter: char| letter == ',' || letter.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Asks until `read` understands the answer.
fn until<T>(question: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Failure> {
    loop {
        // Nobody reads it where it cannot be written.
        drop(io::stderr().write_all(markup::terminal(question).as_bytes()));
        let mut line = Vec::new();
        let read_bytes = io::stdin()
            .lock()
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::new(Exit::Stopped, error))?;
        if read_bytes == 0 {
            say("");
            let message = "the input ended before the last answer; nothing was written";
            return Err(Failure::message(Exit::Stopped, message)
                .hint("answer all questions, or write a spec without any: `vniah init --yes`"));
        }
        let understood = match std::str::from_utf8(&line) {
            Ok(answer) => read(answer.trim()),
            Err(_not_text) => Err("the answer is not UTF-8".to_owned()),
        };
        match understood {
            Ok(understood) => return Ok(understood),
            Err(reason) => say(&format!("Please answer again: {reason}")),
        }
    }
}
