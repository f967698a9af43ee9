//! What a reply reads as, where no dataset is at hand.
//!
//! In: a reply and what was asked. Out: the reading, as JSON.

use pyo3::prelude::*;
use vniah::project::{self, Ask};

use crate::options;

/// Reads a reply.
#[pyfunction]
#[pyo3(signature = (reply, *, kind, options, vocabulary, num_frames, fps, rule))]
pub(crate) fn extract(
    reply: &str,
    kind: &str,
    options: Vec<String>,
    vocabulary: Vec<Vec<String>>,
    num_frames: u64,
    fps: &str,
    rule: &str,
) -> PyResult<String> {
    let kind = options::named("kind", kind)?;
    let ask = Ask { kind, options, vocabulary, num_frames, fps: options::fps(fps)? };
    Ok(options::json(&project::extract(&ask, reply, options::named("rule", rule)?)))
}
