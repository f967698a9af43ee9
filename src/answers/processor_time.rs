//! Time that a test takes of a processor, to tell how work grows with its input.
//!
//! In: nothing. Out: seconds of this thread alone: what else runs on the machine does not count.

use rustix::time::{ClockId, clock_gettime};

/// Seconds that this thread has had a processor.
pub(super) fn seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
