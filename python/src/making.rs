//! Making a dataset.
//!
//! In: a spec. Out: the dataset.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use vniah::project::{Make, Project};

use crate::dataset::Dataset;
use crate::{options, work};

/// Makes a dataset of a spec: that in the file `path`, or `text`, or the JSON object `value`.
#[pyfunction]
#[pyo3(signature = (*, path, text, value, base, out, store, cache, cache_limit, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "each is an option of one call, and all are named")]
pub(crate) fn generate(
    py: Python<'_>,
    path: Option<PathBuf>,
    text: Option<String>,
    value: Option<&str>,
    base: PathBuf,
    out: PathBuf,
    store: &str,
    cache: Option<PathBuf>,
    cache_limit: Option<u64>,
    threads: Option<u16>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Dataset> {
    let make = Make { store: options::named("store", store)?, ..Make::default() };
    let value: Option<serde_json::Value> = value.map(|value| options::parsed("spec", value)).transpose()?;
    let settings = options::settings(cache, cache_limit, threads);
    let made = work::run(py, &settings, progress, move |session| {
        let base: &Path = &base;
        let project = match (&path, &text, &value) {
            (Some(path), ..) => Project::read(path, session),
            (None, Some(text), _) => Project::of_text(text, base, session),
            (None, None, value) => Project::of_value(value, base, session),
        };
        project?.generate(&out, &make)
    })?;
    Ok(Dataset::of(made.dataset))
}
