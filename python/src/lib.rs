//! The extension module `vniah._vniah`: `vniah::project` and the command line, as Python calls them.
//!
//! In: values of Python. Out: values of Python; structures that are read, not worked on, as JSON, which `python/vniah` turns into
//! objects. Nothing is decided here: each function is one call of `vniah::project`.

mod asking;
mod dataset;
mod fault;
mod making;
mod options;
mod sampling;
mod video;
mod work;

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use vniah::project;
use vniah::score::Scores;

/// Runs the command line on these arguments, of which the first is the program's name, and gives its exit code. It takes over
/// interrupts, so that a process calls it once and does nothing else.
#[pyfunction]
fn main(py: Python<'_>, argv: Vec<OsString>) -> u8 {
    py.detach(|| vniah::cli::run(argv))
}

/// Writes scores, which are JSON, to a file.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "a path of Python has no form that could be lent")]
fn write_scores(path: PathBuf, scores: &str) -> PyResult<()> {
    let scores: Scores = options::parsed("scores", scores)?;
    project::write_scores(&path, &scores).map_err(|error| fault::raised(&error))
}

/// The part of `vniah` that is written in Rust.
#[pymodule]
mod _vniah {
    #[pymodule_export]
    use super::asking::extract;
    #[pymodule_export]
    use super::dataset::Dataset;
    #[pymodule_export]
    use super::main;
    #[pymodule_export]
    use super::making::generate;
    #[pymodule_export]
    use super::sampling::{Sampler, samplers};
    #[pymodule_export]
    use super::video::Video;
    #[pymodule_export]
    use super::work::abandon;
    #[pymodule_export]
    use super::write_scores;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
