//! Progress: bars with rate and time left where a person watches, one line a stage elsewhere.
//!
//! In: a stage's name and length. Out: a bar on stderr that removes itself, then one line that says what was done.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::print::say;

/// Progress of one stage.
pub(super) struct Stage {
    bar: ProgressBar,
}

impl Stage {
    /// Starts a stage of `length` units called `unit`.
    pub(super) fn start(name: &'static str, length: u64, unit: &str) -> Self {
        let watched = std::io::stderr().is_terminal();
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = format!(
            "{{prefix:>10}} [{{bar:30}}] {{pos}}/{{len}} {unit}, {{per_sec}}, {{eta}} left {{wide_msg}}"
        );
        let style =
            ProgressStyle::with_template(&template).unwrap_or_else(|_fallback| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(length), target).with_style(style.progress_chars("=> "));
        bar.set_prefix(name);
        if watched {
            bar.enable_steady_tick(std::time::Duration::from_millis(200));
        }
        Self { bar }
    }

    /// One more unit is done.
    pub(super) fn tick(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.bar.inc(1);
    }

    /// Writes a message above the bar.
    pub(super) fn note(&self, message: &str) {
        self.bar.suspend(|| say(message));
    }

    /// `done` more units are done.
    pub(super) fn add(&self, done: u64) {
        self.bar.inc(done);
    }

    /// Ends the stage with a line that says what was done.
    pub(super) fn end(self, summary: &str) {
        self.bar.finish_and_clear();
        say(summary);
    }
}
