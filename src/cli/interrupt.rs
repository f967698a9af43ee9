//! Interrupts: every command hears them within a second, and ends with one message and exit code 6.
//!
//! In: signals. Out: the token that work looks at. Work that can end by itself does so, and removes what it has begun; what takes
//! longer than a second to come to such a point, such as a lock that is waited for, is ended where it is. Nothing is lost by
//! that: what has its own name is whole, and what is being written is removed.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;

use super::exit::{Exit, Failure};
use super::print::say;
use super::threads;
use crate::cancel::{Cancel, Stopped};
use crate::files;

/// How long work may take to end by itself.
const GRACE: Duration = Duration::from_millis(800);

/// The token of this process.
static CANCEL: LazyLock<Cancel> = LazyLock::new(Cancel::default);
/// Raised where requests are under way that are paid for, and are waited for however long they take.
static IS_PATIENT: AtomicBool = AtomicBool::new(false);
/// Held by who says the last word, so that it is said once.
static LAST_WORD: Mutex<()> = Mutex::new(());

/// The token that interrupts raise.
pub(super) fn token() -> &'static Cancel {
    &CANCEL
}

/// From now on an interrupt waits for requests under way; a second one does not.
pub(super) fn be_patient() {
    IS_PATIENT.store(true, Ordering::Relaxed);
}

/// The right to say the last word of this process: whoever asks later waits for its end.
pub(super) fn last_word() -> MutexGuard<'static, ()> {
    LAST_WORD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to listen. A file that grows beyond what a limit lets it becomes an error of the write, as on a full disk.
pub(super) fn listen() -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(Exit::Stopped, error);
    signal_hook::flag::register(SIGXFSZ, Arc::default()).map_err(failed)?;
    let mut signals = Signals::new(asked()).map_err(failed)?;
    let listen = move || signals.forever().for_each(|_signal| interrupted());
    let started = std::thread::Builder::new().name("interrupts".to_owned()).spawn(listen);
    started.map(drop).map_err(|error| threads::none(&error))
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
fn interrupted() {
    let again = CANCEL.stop();
    if !again && IS_PATIENT.load(Ordering::Relaxed) {
        say(
            "stopping: requests under way are waited for, since they are paid; interrupt again to end at once",
        );
        return;
    }
    if !again {
        std::thread::sleep(GRACE);
    }
    let _word = last_word();
    if std::io::stderr().is_terminal() {
        // What is left of a progress bar. Nobody reads it where it cannot be written.
        drop(std::io::stderr().write_all(b"\r\x1b[2K"));
    }
    say(&format!("error: {Stopped}"));
    files::abandon();
    std::process::exit(Exit::Stopped as i32);
}
