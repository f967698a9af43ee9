//! Time that a test takes of a processor, to tell how work grows with its input.
//!
//! In: work. Out: seconds of this thread alone: what else runs on the machine does not count.

use rustix::time::{ClockId, clock_gettime};

/// Seconds that `work` takes, the least of so many times.
pub(super) fn least<T>(times: usize, work: impl Fn() -> T) -> f64 {
    let timed = |_| {
        let start = seconds();
        std::hint::black_box(work());
        seconds() - start
    };
    (0..times).map(timed).fold(f64::INFINITY, f64::min)
}

/// Seconds that this thread has had a processor.
fn seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
