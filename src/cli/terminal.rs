//! The terminal: whoever started this process, who interrupts it and reads what it says.
//!
//! In: events of the work, warnings, failures. Out: messages on stderr, each once; progress as bars with rate and time left where a
//! person watches, one line a stage elsewhere. All of it hangs on one value, which `main` makes.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit::Failure;
use super::print::say;
use crate::ask::run::UnderWay;
use crate::job::{Event, Job, Progress, Stage};

/// Who started this process. Its clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Terminal(Arc<State>);

#[derive(Default)]
struct State {
    /// The program as it was called.
    program: PathBuf,
    job: Job,
    /// Requests that are paid for, and are waited for however long they take.
    under_way: UnderWay,
    /// Held by who says the last word, so that it is said once.
    last_word: Mutex<()>,
    /// Warnings that were said.
    said: Mutex<BTreeSet<String>>,
    /// Stages under way.
    bars: Mutex<Vec<(Stage, ProgressBar)>>,
}

impl Terminal {
    /// Who started `program`.
    pub(super) fn of(program: PathBuf) -> Self {
        Self(Arc::new(State { program, ..State::default() }))
    }

    /// The program as it was called.
    pub(super) fn program(&self) -> &Path {
        &self.0.program
    }

    /// The job of this process: interrupts stop it, and the terminal hears it.
    pub(super) fn job(&self) -> Job {
        let terminal = self.clone();
        Job { cancel: self.0.job.cancel.clone(), progress: Progress::new(move |event| terminal.hear(event)) }
    }

    /// Asks the work to stop; says whether that was asked before.
    pub(super) fn stop(&self) -> bool {
        self.0.job.cancel.stop()
    }

    /// The requests that an interrupt waits for, but not a second one.
    pub(super) fn under_way(&self) -> &UnderWay {
        &self.0.under_way
    }

    /// The right to say the last word of this process: whoever asks later waits for its end.
    pub(super) fn last_word(&self) -> MutexGuard<'_, ()> {
        self.0.last_word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints a failure, as the last word of this process, and gives its exit code.
    pub(super) fn report(&self, failure: &Failure) -> u8 {
        // Held until the process ends, since an interrupt would say the same.
        std::mem::forget(self.last_word());
        failure.lines().iter().for_each(|line| say(line));
        failure.code()
    }

    /// Takes what is left of a progress bar from the screen.
    pub(super) fn clear_line() {
        if std::io::stderr().is_terminal() {
            // Nobody reads it where it cannot be written.
            drop(std::io::stderr().write_all(b"\r\x1b[2K"));
        }
    }

    fn hear(&self, event: Event<'_>) {
        match event {
            Event::Started { stage, total } => self.bars().push((stage, bar(stage, total))),
            Event::Advanced { stage, by, item } => {
                if let Some(bar) = self.bar(stage) {
                    bar.set_message(item.to_owned());
                    bar.inc(by);
                }
            }
            Event::Finished { stage, summary } => {
                self.end(stage);
                self.say(summary);
            }
            Event::Failed { stage } => self.end(stage),
            Event::Warning(warning) => self.warn(warning),
            Event::Note(note) => self.say(note),
        }
    }

    /// Writes a warning, once, however often it comes.
    fn warn(&self, warning: &str) {
        if self.0.said.lock().unwrap_or_else(PoisonError::into_inner).insert(warning.to_owned()) {
            self.say(&format!("warning: {warning}"));
        }
    }

    /// Writes a message above the bar of the stage under way.
    fn say(&self, message: &str) {
        let last = self.bars().last().map(|(_, bar)| bar.clone());
        match last {
            Some(bar) => bar.suspend(|| say(message)),
            None => say(message),
        }
    }

    fn bars(&self) -> MutexGuard<'_, Vec<(Stage, ProgressBar)>> {
        self.0.bars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bar(&self, stage: Stage) -> Option<ProgressBar> {
        self.bars().iter().find(|(under_way, _)| *under_way == stage).map(|(_, bar)| bar.clone())
    }

    fn end(&self, stage: Stage) {
        let mut bars = self.bars();
        if let Some(at) = bars.iter().position(|(under_way, _)| *under_way == stage) {
            bars.remove(at).1.finish_and_clear();
        }
    }
}

/// A bar on stderr that removes itself; where nobody watches, none.
fn bar(stage: Stage, total: u64) -> ProgressBar {
    let watched = std::io::stderr().is_terminal();
    let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let unit = stage.unit();
    let template =
        format!("{{prefix:>10}} [{{bar:30}}] {{pos}}/{{len}} {unit}, {{per_sec}}, {{eta}} left {{wide_msg}}");
    let style =
        ProgressStyle::with_template(&template).unwrap_or_else(|_fallback| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(Some(total), target).with_style(style.progress_chars("=> "));
    bar.set_prefix(stage.name());
    if watched {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}
