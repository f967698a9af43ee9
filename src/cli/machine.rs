//! What commands that prepare or read haystacks may use of the machine.
//!
//! In: options of the command line. Out: the cache directory, and threads to work on.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::Args;

use super::exit::{Exit, Failure};
use super::threads;

/// Where prepared haystacks are kept.
#[derive(Clone, Debug, Args)]
pub(super) struct Cache {
    /// Directory of prepared haystacks [default: vniah in the user's cache directory].
    #[arg(long = "cache", value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Cache {
    /// The cache directory: the one given, or the user's.
    pub(super) fn dir(&self) -> Result<PathBuf, Failure> {
        if let Some(dir) = &self.dir {
            return Ok(dir.clone());
        }
        let set = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
        // Where the environment names no home, as in many containers and jobs, the system's list of users does.
        let home = || std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        let base = set.or_else(|| home().map(|home| home.join(".cache")));
        base.map(|base| base.join("vniah")).ok_or_else(|| {
            Failure::message(Exit::Usage, "there is no home directory to keep prepared haystacks in")
                .hint("name a directory with --cache DIR")
        })
    }
}

/// Where prepared haystacks are kept, and how much runs at once.
#[derive(Clone, Debug, Args)]
pub(super) struct Machine {
    #[command(flatten)]
    cache: Cache,
    /// What the cache may take: beyond it, haystacks that were not used for longest are removed [default: no limit].
    #[arg(long, value_name = "SIZE")]
    pub(super) cache_limit: Option<ByteSize>,
    /// Threads that work at once [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl Machine {
    /// The cache directory: the one given, or the user's.
    pub(super) fn cache(&self) -> Result<PathBuf, Failure> {
        self.cache.dir()
    }

    /// Runs `work` on as many threads as asked for, or on as many as the system starts: the bytes are the same.
    pub(super) fn run<T: Send>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send,
    ) -> Result<T, Failure> {
        threads::pool(self.jobs)?.install(work)
    }
}
