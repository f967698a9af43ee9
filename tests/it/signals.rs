//! Signals to a program under test: interrupts, and a halt in the middle of its work.
//!
//! In: a running child. Out: nothing; a signal that cannot be sent fails the test.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Sends a signal by its name, such as `INT`.
pub(super) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

/// Halts a program until [`resume`]. When this returns, no thread of it runs: `kill` returns before they have all stopped.
pub(super) fn halt(child: &Child) {
    signal(child, "STOP");
    let start = Instant::now();
    while !is_halted(child) {
        assert!(start.elapsed() < Duration::from_secs(30), "it does not halt");
        sleep(Duration::from_millis(1));
    }
}

/// Lets a halted program go on.
pub(super) fn resume(child: &Child) {
    signal(child, "CONT");
}

/// Whether every thread is stopped, or has ended.
fn is_halted(child: &Child) -> bool {
    let tasks = format!("/proc/{}/task", child.id());
    let Ok(threads) = vniah::files::sorted_dir(Path::new(&tasks)) else { return true };
    threads.iter().all(|thread| {
        // `12 (name) T ...`; a thread that is gone has no file.
        let stat = fs::read_to_string(thread.join("stat")).unwrap_or_default();
        let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
        state.is_none_or(|state| "TtZX".contains(state))
    })
}
