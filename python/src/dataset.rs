//! A dataset.
//!
//! In: its directory. Out: rows, frames, answers, scores and reports; what is read and not worked on is JSON.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use numpy::{PyArray1, PyArray4, PyArrayMethods as _};
use pyo3::prelude::*;
use vniah::answers::{Answer, Answers};
use vniah::dataset::{self, Row};
use vniah::language::Language;
use vniah::media::input::Input;
use vniah::needle::Library;
use vniah::project::{self, Origin, Recorded, Sees, Session, Settings, Taken, Verify};
use vniah::seed::Seed;
use vniah::{baseline, coverage, export, score};

use crate::video::Video;
use crate::{fault, options, work};

/// A dataset on disk.
#[pyclass(frozen, module = "vniah._vniah")]
pub(crate) struct Dataset {
    dataset: project::Dataset,
    recorded: Mutex<Recorded>,
}

type Pixels<'py> = (Bound<'py, PyArray4<u8>>, Bound<'py, PyArray1<f64>>);

impl Dataset {
    pub(crate) fn of(dataset: project::Dataset) -> Self {
        Self { dataset, recorded: Mutex::default() }
    }

    fn settings(&self) -> &Settings {
        &self.dataset.session().settings
    }

    /// Does work with the dataset, in a session of its own.
    fn work<T: Send + 'static>(
        &self,
        py: Python<'_>,
        progress: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&project::Dataset) -> Result<T, project::Error> + Send + 'static,
    ) -> PyResult<T> {
        let dataset = self.dataset.clone();
        work::run(py, self.settings(), progress, move |session| work(&dataset.within(session)))
    }

    fn rows(&self, py: Python<'_>) -> PyResult<Arc<[Row]>> {
        // Rows that are known take no thread: a program asks for them one by one.
        self.dataset.known_rows().map_or_else(|| self.work(py, None, project::Dataset::rows), Ok)
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Dataset {
    #[new]
    #[pyo3(signature = (dir, *, spec, haystacks, cache, cache_limit, threads))]
    fn new(
        dir: PathBuf,
        spec: Option<PathBuf>,
        haystacks: Option<PathBuf>,
        cache: Option<PathBuf>,
        cache_limit: Option<u64>,
        threads: Option<u16>,
    ) -> Self {
        let settings = options::settings(cache, cache_limit, threads);
        let session = Session { settings, ..Session::default() };
        let mut origin = Origin::default();
        (origin.spec, origin.haystacks) = (spec, haystacks);
        Self::of(project::Dataset::open(dir, &session).made_by(origin))
    }

    /// What it was opened with: directory, spec, haystacks, cache, its limit, threads.
    #[getter]
    #[expect(clippy::type_complexity, reason = "a tuple of Python, which is unpacked there")]
    fn opened(
        &self,
    ) -> (PathBuf, Option<PathBuf>, Option<PathBuf>, Option<PathBuf>, Option<u64>, Option<u16>) {
        let (origin, settings) = (self.dataset.origin().clone(), self.settings().clone());
        let dir = self.dataset.dir().to_owned();
        (dir, origin.spec, origin.haystacks, settings.cache, settings.cache_limit, settings.threads)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.rows(py)?.len())
    }

    /// A row, as JSON.
    fn row(&self, py: Python<'_>, at: usize) -> PyResult<String> {
        Ok(options::json(&self.rows(py)?[at]))
    }

    /// Where the row of this id stands.
    fn position(&self, py: Python<'_>, id: &str) -> PyResult<usize> {
        self.rows(py)?;
        self.dataset.position(id).map_err(|error| fault::raised(&error))
    }

    /// Of each sample, where its rows stand.
    fn samples(&self, py: Python<'_>) -> PyResult<Vec<Vec<usize>>> {
        self.work(py, None, |dataset| {
            let rows = dataset.rows()?;
            let samples = dataset::samples(&rows);
            let place = |row: &&Row| dataset.position(&row.id);
            samples.iter().map(|tries| tries.iter().map(place).collect()).collect()
        })
    }

    /// The manifest, as JSON.
    fn manifest(&self, py: Python<'_>) -> PyResult<String> {
        self.work(py, None, |dataset| Ok(options::json(&dataset.manifest()?)))
    }

    /// The frames that a sampler takes of a row's video, or these.
    #[pyo3(signature = (at, sampler, frames))]
    fn indices(
        &self,
        py: Python<'_>,
        at: usize,
        sampler: Option<&str>,
        frames: Option<Vec<u64>>,
    ) -> PyResult<Vec<u64>> {
        let sampler = sampler.map(options::sampler).transpose()?;
        let frames = frames.unwrap_or_default();
        let taken = sampler.as_ref().map_or(Taken::Frames(&frames), Taken::Sampler);
        taken.indices(&self.rows(py)?[at]).map_err(|error| fault::raised(&error))
    }

    /// Their pixels and their times in seconds.
    #[pyo3(signature = (at, sampler, frames))]
    fn frames<'py>(
        &self,
        py: Python<'py>,
        at: usize,
        sampler: Option<&str>,
        frames: Option<Vec<u64>>,
    ) -> PyResult<Pixels<'py>> {
        let sampler = sampler.map(options::sampler).transpose()?;
        let stack = self.work(py, None, move |dataset| {
            let frames = frames.unwrap_or_default();
            let taken = sampler.as_ref().map_or(Taken::Frames(&frames), Taken::Sampler);
            dataset.stack(&dataset.rows()?[at], taken)
        })?;
        // The pixels stay where they were decoded to: the array takes them over.
        let shape = [stack.indices.len(), stack.height as usize, stack.width as usize, 3];
        let pixels = PyArray1::from_vec(py, stack.rgb).reshape(shape)?;
        Ok((pixels, PyArray1::from_vec(py, stack.secs)))
    }

    /// The video of a row: the path of a file, or a video that is none.
    fn video(&self, py: Python<'_>, at: usize) -> PyResult<(Option<PathBuf>, Option<Video>)> {
        let video = self.work(py, None, move |dataset| dataset.video(&dataset.rows()?[at]))?;
        match video {
            Input::File(path) => Ok((Some(path), None)),
            Input::Spliced(spliced) => Ok((None, Some(Video::of(spliced)))),
            _ => Err(fault::bug("a video is kept in a way that this package does not know")),
        }
    }

    /// Reads and grades a reply to a row; JSON.
    fn grade(&self, py: Python<'_>, at: usize, reply: &str, rule: &str) -> PyResult<String> {
        let rows = self.rows(py)?;
        Ok(options::json(&project::grade(&rows[at], reply, options::named("rule", rule)?)))
    }

    /// Records an answer, which is JSON.
    fn record(&self, py: Python<'_>, answer: &str) -> PyResult<()> {
        let answer: Answer = options::parsed("answer", answer)?;
        self.rows(py)?;
        self.recorded().record(&self.dataset, answer).map_err(|error| fault::raised(&error))
    }

    /// Forgets the recorded answers.
    fn clear(&self) {
        self.recorded().clear();
    }

    /// The recorded answers, as JSON.
    fn answers(&self) -> String {
        options::json(&self.recorded().iter().collect::<Vec<_>>())
    }

    /// Writes the recorded answers; gives a warning.
    fn write_answers(&self, py: Python<'_>, path: PathBuf) -> PyResult<Option<String>> {
        let recorded = self.recorded().clone();
        self.work(py, None, move |dataset| recorded.write(dataset, &path))
    }

    /// Scores answers: a JSON list, files, or those that were recorded; JSON.
    #[pyo3(signature = (*, answers, files, model, fallback_model, rule, sampler, threshold, seed))]
    #[expect(clippy::too_many_arguments, reason = "each is an option of one call, and all are named")]
    fn score(
        &self,
        py: Python<'_>,
        answers: Option<&str>,
        files: Option<Vec<PathBuf>>,
        model: Option<String>,
        fallback_model: String,
        rule: &str,
        sampler: Option<&str>,
        threshold: Option<f64>,
        seed: u64,
    ) -> PyResult<String> {
        let rule = options::named("rule", rule)?;
        let sampler = sampler.map(options::sampler).transpose()?;
        let answers: Option<Vec<Answer>> =
            answers.map(|text| options::parsed("answers", text)).transpose()?;
        let recorded = self.recorded().clone();
        self.work(py, None, move |dataset| {
            let answers = match (answers, files) {
                (Some(answers), _) => Answers::of(answers)?,
                (None, Some(files)) => Answers::read(&files)?,
                (None, None) => recorded.answers()?,
            };
            let options = score::Options {
                model,
                rule,
                sampler,
                threshold: threshold.unwrap_or(score::THRESHOLD),
                seed,
                ..score::Options::new(fallback_model)
            };
            Ok(dataset.score(&answers, &options)?.to_json())
        })
    }

    /// What samplers see; JSON.
    #[pyo3(signature = (samplers, *, resize, indices))]
    fn coverage(
        &self,
        py: Python<'_>,
        samplers: Vec<String>,
        resize: Option<&str>,
        indices: bool,
    ) -> PyResult<String> {
        let samplers: Vec<_> =
            samplers.into_iter().map(|name| options::sampler(&name)).collect::<PyResult<_>>()?;
        let resize = resize.map(str::parse).transpose();
        let resize = resize.map_err(|error| fault::raised(&project::Error::Resize(error)))?;
        let options = coverage::Options { resize, indices };
        self.work(py, None, move |dataset| Ok(options::json(&dataset.coverage(&samplers, options)?)))
    }

    /// Attacks on the questions; JSON.
    fn audit(&self, py: Python<'_>, needles: Vec<PathBuf>) -> PyResult<String> {
        self.work(py, None, move |dataset| {
            let library = Library::load(&needles, None, Language::En)?;
            Ok(options::json(&dataset.audit(&library)?))
        })
    }

    /// Compares the videos with the plan; JSON, the number of differences, and the samples that have to be solved and are not.
    #[pyo3(signature = (samples, *, solve, progress))]
    fn verify(
        &self,
        py: Python<'_>,
        samples: Vec<String>,
        solve: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(String, usize, Vec<String>)> {
        let solve = solve.then(baseline::Reader::default);
        self.work(py, progress, move |dataset| {
            let report = dataset.verify(&Verify { samples, solve })?;
            let unsolved = report.unsolved().into_iter().map(str::to_owned).collect();
            Ok((options::json(&report), report.count(), unsolved))
        })
    }

    /// Answers of a solver that looks at pixels alone; JSON.
    #[pyo3(signature = (*, sampler, progress))]
    fn oracle(
        &self,
        py: Python<'_>,
        sampler: Option<&str>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let sampler = sampler.map(options::sampler).transpose()?;
        self.work(py, progress, move |dataset| {
            let sees = Sees { sampler: sampler.as_ref(), ..Sees::default() };
            Ok(options::json(&dataset.oracle(sees)?))
        })
    }

    /// Answers of somebody who does not look; JSON.
    fn blind(&self, py: Python<'_>, seed: u64) -> PyResult<String> {
        self.work(py, None, move |dataset| Ok(options::json(&dataset.blind(Seed::new(seed))?)))
    }

    /// Writes files of the videos that are recipes.
    #[pyo3(signature = (samples, *, progress))]
    fn materialize(
        &self,
        py: Python<'_>,
        samples: Vec<String>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.work(py, progress, move |dataset| dataset.materialize(&samples))
    }

    /// Writes the dataset in formats of other tools.
    #[pyo3(signature = (formats, out, *, name, sampler, progress))]
    fn export(
        &self,
        py: Python<'_>,
        formats: Vec<String>,
        out: Option<PathBuf>,
        name: Option<String>,
        sampler: Option<&str>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let formats = formats.into_iter().map(|name| options::format(&name)).collect::<PyResult<Vec<_>>>()?;
        let sampler = sampler.map(options::sampler).transpose()?;
        let mut options = export::Options { sampler, ..export::Options::default() };
        options.name = name.unwrap_or(options.name);
        self.work(py, progress, move |dataset| dataset.export(&formats, out.as_deref(), &options))
    }
}
