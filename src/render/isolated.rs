//! Sources tried in a process of their own.
//!
//! In: a source file, and this program. Out: whether another process of the program could read all of it. A codec that crashes, runs on or
//! takes all memory ends that process, and is a fault of this one source. What was tried once is kept in the cache.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};

use crate::files;
use crate::job::Job;
use crate::media;
use crate::media::whole;
use crate::render::Error;
use crate::render::probed;

/// The arguments of this program that make it try a source, before the path.
const WORDS: [&str; 2] = ["haystacks", "try"];
/// Bytes of address space that a try may take.
const MOST_BYTES: u64 = 8 << 30;
/// Seconds of processor time that a try of any source may take, and bytes of a source for which it may take another one.
const LEAST_SECS: u64 = 600;
const BYTES_A_SEC: u64 = 50_000;
/// How often it is looked whether a try has ended.
const POLL: Duration = Duration::from_millis(20);

/// Tries a source in this process: everything of it is read and decoded, within limits of memory and processor time.
///
/// # Errors
/// It cannot be read; whoever reads it next finds the same.
pub fn try_here(cache: &Path, job: &Job, path: &Path) -> Result<(), Error> {
    let bytes = fs::metadata(path).map_err(files::Error::io("read", path))?.len();
    for (resource, most) in [(Resource::As, MOST_BYTES), (Resource::Cpu, most_secs(bytes))] {
        limit(resource, most).map_err(files::Error::io("limit what may be taken for", path))?;
    }
    let source = probed::source(cache, job, path)?;
    probed::sha256(cache, job, path)?;
    Ok(whole::decode(&source, job)?)
}

/// Has another process of `program` try a source, where that was not done before. A source that cannot be used for other reasons passes:
/// they are found when it is probed.
pub(super) fn try_apart(program: &Path, cache: &Path, job: &Job, path: &Path) -> Result<(), Error> {
    probed::tried(cache, job, path, || {
        let mut child = Command::new(program)
            .args(WORDS)
            .args([OsStr::new("--cache"), cache.as_os_str(), OsStr::new("--"), path.as_os_str()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(files::Error::io("run", program))?;
        let status = waited(&mut child, job, program)?;
        let bytes = fs::metadata(path).map_err(files::Error::io("read", path))?.len();
        let fault = fault(status, bytes).map(|fault| media::Error::source_file(path, fault));
        fault.map_or_else(|| Ok(status.success()), |fault| Err(fault.into()))
    })
}

fn most_secs(bytes: u64) -> u64 {
    LEAST_SECS + bytes / BYTES_A_SEC
}

/// Lowers a limit of this process.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let Rlimit { current, maximum } = getrlimit(resource);
    let most = Some(current.map_or(most, |current| current.min(most)));
    Ok(setrlimit(resource, Rlimit { current: most, maximum })?)
}

/// How a process ended; it is killed where the work is to stop.
fn waited(child: &mut Child, job: &Job, program: &Path) -> Result<ExitStatus, Error> {
    loop {
        if let Some(status) = child.try_wait().map_err(files::Error::io("run", program))? {
            return Ok(status);
        }
        if let Err(stopped) = job.go_on() {
            // It may have ended by itself meanwhile.
            drop(child.kill());
            child.wait().map_err(files::Error::io("run", program))?;
            return Err(stopped.into());
        }
        std::thread::sleep(POLL);
    }
}

/// What the end of a process says against the source that it tried.
fn fault(status: ExitStatus, bytes: u64) -> Option<String> {
    let signal = status.signal()?;
    let why = match Signal::from_named_raw(signal) {
        Some(Signal::XCPU) => {
            format!("FFmpeg took more than {} s of processor time to decode it", most_secs(bytes))
        }
        Some(Signal::KILL) => {
            "the process that decoded it was killed, as the system does for lack of memory".to_owned()
        }
        Some(Signal::ABORT) => {
            format!(
                "the process that decoded it was aborted, as it is for want of more than {} GiB of memory",
                MOST_BYTES >> 30
            )
        }
        Some(Signal::SEGV) => "FFmpeg crashed while it was decoded (SIGSEGV)".to_owned(),
        _ => format!("FFmpeg crashed while it was decoded (signal {signal})"),
    };
    Some(format!("{why}; leave it out, or transcode it with a program that reads it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_process_says_what_is_wrong() {
        let said = |wait_status| fault(ExitStatus::from_raw(wait_status), 10_000_000);
        // An exit code stands in the second byte, a signal in the first.
        assert_eq!((said(0), said(4 << 8)), (None, None));
        let because = |signal| said(signal).unwrap_or_default();
        assert!(because(libc::SIGSEGV).contains("crashed while it was decoded (SIGSEGV)"));
        assert!(because(libc::SIGFPE).contains("crashed while it was decoded (signal 8)"));
        assert!(because(libc::SIGXCPU).contains("more than 800 s of processor time"));
        assert!(because(libc::SIGKILL).contains("lack of memory"));
        assert!(because(libc::SIGABRT).contains("more than 8 GiB of memory"));
    }
}
