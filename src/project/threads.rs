//! Threads: as many as asked for, or as many as the system starts.
//!
//! In: a number. Out: a pool. What is written does not depend on how many threads it has, so that fewer are no failure.

use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::error::Error;
use crate::job::Job;

/// Time that threads of a pool that was not built take to end.
const PAUSE: Duration = Duration::from_millis(50);

/// A pool of `wanted` threads, or of fewer where the system does not start so many.
pub(super) fn pool(wanted: Option<u16>, job: &Job) -> Result<ThreadPool, Error> {
    fitting(job, wanted.map_or_else(cores, usize::from), |threads| {
        ThreadPoolBuilder::new().num_threads(threads).build()
    })
}

/// Sees to it that work outside of a pool has threads: without a limit of processes it takes as many as there are cores.
pub fn fit(job: &Job) -> Result<(), Error> {
    let threads = pool(None, job)?.current_num_threads();
    if threads == cores() {
        return Ok(());
    }
    fitting(job, threads, |threads| ThreadPoolBuilder::new().num_threads(threads).build_global())
}

fn fitting<T>(
    job: &Job,
    wanted: usize,
    build: impl Fn(usize) -> Result<T, ThreadPoolBuildError>,
) -> Result<T, Error> {
    let mut threads = wanted;
    loop {
        match build(threads) {
            Ok(pool) => {
                if threads < wanted {
                    job.warn(&format!(
                        "the system does not start {wanted} threads: continuing with {threads}"
                    ));
                }
                return Ok(pool);
            }
            Err(error) if threads <= 1 => return Err(Error::Threads { reason: error.to_string() }),
            Err(_fewer) => threads /= 2,
        }
        // Those that were started count until they have ended.
        std::thread::sleep(PAUSE);
    }
}

/// Threads that work at once where the user says nothing.
fn cores() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.filter(|&number| number > 0).unwrap_or_else(cores)
}
