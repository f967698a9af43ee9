//! What work may use of the machine: where prepared haystacks are kept, how much of them, and how many threads work.
//!
//! In: settings and a job. Out: a session, which is all that work needs to know of who began it.

use std::path::PathBuf;

use super::error::Error;
use super::threads;
use crate::job::Job;

/// What work may use of the machine. The same bytes come of any settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Directory of prepared haystacks; absent, `vniah` in the user's cache directory.
    pub cache: Option<PathBuf>,
    /// Bytes that the cache may take: beyond them, haystacks that were not used for longest are removed.
    pub cache_limit: Option<u64>,
    /// Threads that work at once; absent, one a core.
    pub threads: Option<u16>,
    /// The program `vniah`, where each source video is first to be decoded in a process of its own, so that a crash of a codec is a fault of
    /// that source alone.
    pub isolate: Option<PathBuf>,
}

impl Settings {
    /// The cache directory: the one given, or the user's.
    pub fn cache_dir(&self) -> Result<PathBuf, Error> {
        if let Some(dir) = &self.cache {
            return Ok(dir.clone());
        }
        let set = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
        // Where the environment names no home, as in many containers and jobs, the system's list of users does.
        let home = || std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        let base = set.or_else(|| home().map(|home| home.join(".cache")));
        base.map(|base| base.join("vniah")).ok_or(Error::NoHome)
    }
}

/// Settings, and the job that work belongs to. Its clones share the job.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// What may be used of the machine.
    pub settings: Settings,
    /// When to stop, and who listens.
    pub job: Job,
}

impl Session {
    /// Runs `work` on as many threads as asked for, or on as many as the system starts: the bytes are the same. What is run within other
    /// work shares its threads.
    pub fn run<T: Send, E: From<Error> + Send>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send,
    ) -> Result<T, E> {
        if rayon::current_thread_index().is_some() {
            return work();
        }
        threads::pool(self.settings.threads, &self.job)?.install(work)
    }
}
