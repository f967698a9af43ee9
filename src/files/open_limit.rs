//! How many files the process may hold open.
//!
//! In: the limits that the system set. Out: the most that it allows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Lets the process hold as many files open as the system allows it, and gives their number. Shells start programs with a lower limit,
/// often 1024, which a thousand prepared haystacks exceed.
pub fn raise_open_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let is_raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    let allowed = if is_raised { maximum } else { current };
    allowed.unwrap_or(u64::MAX)
}
