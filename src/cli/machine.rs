//! What commands that prepare or read haystacks may use of the machine.
//!
//! In: options of the command line. Out: the cache directory, and the session that work is done in.

use std::ffi::OsString;
use std::path::PathBuf;

use bytesize::ByteSize;
use clap::Args;

use super::exit::Failure;
use super::terminal::Terminal;
use crate::project::{Session, Settings};

/// Where prepared haystacks are kept.
#[derive(Clone, Debug, Args)]
pub(super) struct Cache {
    /// Directory of prepared haystacks [default: vniah in the user's cache directory].
    #[arg(long = "cache", value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Where prepared haystacks are kept, and how much runs at once.
#[derive(Clone, Debug, Args)]
pub(super) struct Machine {
    #[command(flatten)]
    cache: Cache,
    /// Size limit of the cache. Above it, the least recently used haystacks are removed [default: no limit].
    #[arg(long, value_name = "SIZE")]
    cache_limit: Option<ByteSize>,
    /// Number of threads [default: one per core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Decode each source video in a process of its own first, once: a crash of a codec is then a fault of that video alone.
    #[arg(long)]
    isolate: bool,
}

impl Cache {
    /// The cache directory: the one given, or the user's.
    pub(super) fn dir(&self) -> Result<PathBuf, Failure> {
        Ok(self.settings().cache_dir()?)
    }

    fn settings(&self) -> Settings {
        Settings { cache: self.dir.clone(), ..Settings::default() }
    }
}

impl Machine {
    /// The cache directory: the one given, or the user's.
    pub(super) fn cache(&self) -> Result<PathBuf, Failure> {
        self.cache.dir()
    }

    /// The options that say the same to another command.
    pub(super) fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        let mut put = |option: &str, value: Option<OsString>| {
            words.extend(value.into_iter().flat_map(|value| [OsString::from(option), value]));
        };
        put("--cache", self.cache.dir.as_ref().map(|dir| dir.clone().into_os_string()));
        put("--cache-limit", self.cache_limit.map(|limit| limit.as_u64().to_string().into()));
        put("--jobs", self.jobs.map(|jobs| jobs.to_string().into()));
        words.extend(self.isolate.then(|| "--isolate".into()));
        words
    }

    /// A session of the user who sits at `terminal`.
    pub(super) fn session(&self, terminal: &Terminal) -> Session {
        let cache_limit = self.cache_limit.map(|limit| limit.as_u64());
        let isolate = self.isolate.then(|| terminal.program().to_owned());
        let settings = Settings { cache_limit, threads: self.jobs, isolate, ..self.cache.settings() };
        Session { settings, job: terminal.job() }
    }
}
