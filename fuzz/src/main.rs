//! The readers of foreign input under libFuzzer: `VNIAH_FUZZ` names the one that runs.
//!
//! In: bytes, from the fuzzer. Out: a crash, where a reader panics, overflows its stack, or takes time or memory without bound.
//! `fuzz/run.sh` builds and runs it.

#![no_main]

#[path = "../../tests/fuzz/targets.rs"]
mod targets;

use std::path::PathBuf;
use std::sync::LazyLock;

/// The reader that runs.
static READER: LazyLock<fn(&[u8], &std::path::Path)> = LazyLock::new(|| {
    let name = std::env::var("VNIAH_FUZZ").unwrap_or_default();
    targets::target(&name).unwrap_or_else(|| {
        let known: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
        panic!("VNIAH_FUZZ names none of {}", known.join(", "))
    })
});

/// A directory for files, which lies in memory where there is such a place.
static DIR: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let dir = base.join(format!("vniah-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("there is room for files");
    dir
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| READER(data, &DIR));
