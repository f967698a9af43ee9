//! Threads: as many as asked for, or as many as the system starts.
//!
//! In: a number. Out: a pool. What is written does not depend on how many threads it has, so that fewer are no failure.

use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::exit::{Exit, Failure};
use super::print::warn;

/// Time that threads of a pool that was not built take to end.
const PAUSE: Duration = Duration::from_millis(50);

/// A pool of `wanted` threads, or of fewer where the system does not start so many.
pub(super) fn pool(wanted: Option<u16>) -> Result<ThreadPool, Failure> {
    fitting(wanted.map_or_else(cores, usize::from), |threads| {
        ThreadPoolBuilder::new().num_threads(threads).build()
    })
}

/// Sees to it that work outside of a pool has threads: without a limit of processes it takes as many as there are cores.
pub(super) fn fit() -> Result<(), Failure> {
    let threads = pool(None)?.current_num_threads();
    if threads == cores() {
        return Ok(());
    }
    fitting(threads, |threads| ThreadPoolBuilder::new().num_threads(threads).build_global())
}

fn fitting<T>(wanted: usize, build: impl Fn(usize) -> Result<T, ThreadPoolBuildError>) -> Result<T, Failure> {
    let mut threads = wanted;
    loop {
        match build(threads) {
            Ok(pool) => {
                if threads < wanted {
                    warn(&format!("the system does not start {wanted} threads: going on with {threads}"));
                }
                return Ok(pool);
            }
            Err(error) if threads <= 1 => return Err(none(&error)),
            Err(_fewer) => threads /= 2,
        }
        // Those that were started count until they have ended.
        std::thread::sleep(PAUSE);
    }
}

/// That the system starts no more threads, which is no fault of ours.
pub(super) fn none(error: &dyn std::error::Error) -> Failure {
    Failure::message(Exit::Stopped, format!("cannot start a thread: {error}"))
        .hint("let this user have more processes (`ulimit -u`) and run again")
}

/// Threads that work at once where the user says nothing.
fn cores() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.filter(|&number| number > 0).unwrap_or_else(cores)
}
