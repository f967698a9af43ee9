//! Samplers by name.
//!
//! In: a name. Out: the frames that it takes.

use pyo3::prelude::*;
use vniah::project::Error;
use vniah::sampler::{self, CATALOGUE};

use crate::{fault, options};

/// Which frames a pipeline takes of a video.
#[pyclass(frozen, module = "vniah._vniah")]
pub(crate) struct Sampler {
    sampler: sampler::Sampler,
}

#[pymethods]
impl Sampler {
    #[new]
    fn new(name: &str) -> PyResult<Self> {
        Ok(Self { sampler: options::sampler(name)? })
    }

    #[getter]
    fn name(&self) -> &str {
        self.sampler.name()
    }

    fn indices(&self, num_frames: u64, fps: &str) -> PyResult<Vec<u64>> {
        let refused =
            |refused| fault::raised(&Error::Unsampled { sample: self.sampler.name().to_owned(), refused });
        self.sampler.indices(num_frames, options::fps(fps)?).map_err(refused)
    }
}

/// All samplers, as JSON.
#[pyfunction]
pub(crate) fn samplers() -> String {
    options::json(&CATALOGUE)
}
