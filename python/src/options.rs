//! What options say in Python, as `vniah::project` takes it.
//!
//! In: strings and numbers. Out: typed values, or an exception that names the option.

use std::path::PathBuf;
use std::str::FromStr;

use pyo3::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vniah::project::{Error, Settings};
use vniah::sampler;
use vniah::spec::ExportFormat;
use vniah::time::FrameRate;

use crate::fault;

/// What may be used of the machine.
pub(crate) fn settings(cache: Option<PathBuf>, cache_limit: Option<u64>, threads: Option<u16>) -> Settings {
    Settings { cache, cache_limit, threads, ..Settings::default() }
}

/// A sampler by its name.
pub(crate) fn sampler(name: &str) -> PyResult<sampler::Sampler> {
    sampler::Sampler::from_str(name).map_err(|error| fault::raised(&Error::from(error)))
}

/// A frame rate: `25`, `29.97`, `30000/1001`.
pub(crate) fn fps(text: &str) -> PyResult<FrameRate> {
    FrameRate::from_str(text).map_err(|problem| fault::usage(format!("fps: `{text}`: {problem}")))
}

/// A name that a value of the library has in files.
pub(crate) fn named<T: DeserializeOwned>(option: &str, name: &str) -> PyResult<T> {
    let value = serde_json::Value::String(name.to_owned());
    serde_json::from_value(value).map_err(|error| fault::usage(format!("{option}: {error}")))
}

/// A format of exports by its name.
pub(crate) fn format(name: &str) -> PyResult<ExportFormat> {
    let known = || ExportFormat::ALL.map(ExportFormat::name);
    let unknown = || fault::usage(format!("format: `{name}` is none of {}", known().join(", ")));
    ExportFormat::ALL.into_iter().find(|format| format.name() == name).ok_or_else(unknown)
}

/// A value that is JSON.
pub(crate) fn parsed<T: DeserializeOwned>(option: &str, json: &str) -> PyResult<T> {
    serde_json::from_str(json).map_err(|error| fault::usage(format!("{option}: {error}")))
}

/// A value of the library as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("values of the library serialise")
}
