//! One reader of foreign input under libFuzzer.
//!
//! In: inputs that libFuzzer makes; `VNIAH_FUZZ_READER` names the reader. Out: nothing; a panic, too much time or too much memory ends the
//! process, and libFuzzer keeps the input.

#![no_main]

mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// The reader that this process calls.
static READER: LazyLock<fn(&[u8], &std::path::Path)> = LazyLock::new(|| {
    let name = std::env::var("VNIAH_FUZZ_READER").expect("VNIAH_FUZZ_READER names a reader");
    targets::target(&name).unwrap_or_else(|| panic!("there is no reader `{name}`"))
});

/// Where readers that take a file find it.
static DIR: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a directory for files"));

fuzz_target!(|data: &[u8]| READER(data, DIR.path()));
