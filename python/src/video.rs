//! The bytes of a video that is no file.
//!
//! In: a video of a dataset. Out: its bytes from any place on, made of the haystacks as they are read.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use vniah::media::mux::{Reader, Spliced};

/// A video that is no file: what would be its bytes.
#[pyclass(frozen, module = "vniah._vniah")]
pub(crate) struct Video {
    spliced: Arc<Spliced>,
    reader: Mutex<Reader>,
}

impl Video {
    pub(crate) fn of(spliced: Arc<Spliced>) -> Self {
        Self { reader: Mutex::new(Reader::new(Arc::clone(&spliced))), spliced }
    }
}

#[pymethods]
impl Video {
    #[getter]
    fn name(&self) -> String {
        self.spliced.name().display().to_string()
    }

    #[getter]
    fn size(&self) -> u64 {
        self.spliced.size()
    }

    /// At most `length` bytes from byte `start` on; none behind the end.
    fn read<'py>(&self, py: Python<'py>, start: u64, length: u64) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = py.detach(|| {
            let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            reader.by_ref().take(length).read_to_end(&mut bytes)?;
            Ok::<_, std::io::Error>(bytes)
        })?;
        Ok(PyBytes::new(py, &bytes))
    }
}
