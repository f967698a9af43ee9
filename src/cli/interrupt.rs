//! Interrupts: every command hears them within a second, and ends with one message and exit code 6.
//!
//! In: signals. Out: the terminal's job is stopped. Work that can end by itself does so, and removes what it has begun; what takes
//! longer than a second to come to such a point, such as a lock that is waited for, is ended where it is. Nothing is lost by
//! that: what has its own name is whole, and what is being written is removed.

use std::sync::Arc;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;

use super::exit::{Exit, Failure};
use super::print::say;
use super::terminal::Terminal;
use crate::cancel::Stopped;
use crate::files;
use crate::project;

/// How long work may take to end by itself.
const GRACE: Duration = Duration::from_millis(800);

/// Starts to listen. A file that grows beyond what a limit lets it becomes an error of the write, as on a full disk.
pub(super) fn listen(terminal: &Terminal) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(Exit::Stopped, error);
    signal_hook::flag::register(SIGXFSZ, Arc::default()).map_err(failed)?;
    let mut signals = Signals::new(asked()).map_err(failed)?;
    let terminal = terminal.clone();
    let listen = move || signals.forever().for_each(|_signal| interrupted(&terminal));
    let started = std::thread::Builder::new().name("interrupts".to_owned()).spawn(listen);
    started.map(drop).map_err(|error| project::Error::Threads { reason: error.to_string() }.into())
}

/// The signals that ask to stop. A process that is started so that it outlives its terminal, as by `nohup`, ignores the end of
/// that terminal, and is not to listen to it.
fn asked() -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let is_ignored = ignored >> (SIGHUP - 1) & 1 == 1;
    if is_ignored { vec![SIGINT, SIGTERM] } else { vec![SIGINT, SIGTERM, SIGHUP] }
}

/// Asks the work to stop; asked again, ends it at once, which loses no more than what it is at.
#[expect(clippy::exit, reason = "work that does not end by itself is ended")]
fn interrupted(terminal: &Terminal) {
    let again = terminal.stop();
    if !again && terminal.under_way().any() {
        say(
            "stopping: requests under way are waited for, since they are paid; interrupt again to end at once",
        );
        return;
    }
    if !again {
        std::thread::sleep(GRACE);
    }
    let _word = terminal.last_word();
    Terminal::clear_line();
    say(&format!("error: {Stopped}"));
    files::abandon();
    std::process::exit(Exit::Stopped as i32);
}
