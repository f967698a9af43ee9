//! A dataset on disk, and what can be done with it.
//!
//! In: its directory, its origin, a session. Out: rows, videos, frames, answers, scores. What several calls need is read once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::error::Error;
use super::exports;
use super::oracle::{Sees, oracle};
use super::origin::{Found, Origin, spec_of};
use super::remade::Remade;
use super::settings::Session;
use super::solve::{SolvedType, solved_types};
use crate::answers::{Answer, Answers};
use crate::baseline;
use crate::coverage::{self, Coverage};
use crate::dataset::{self, Manifest, Row, Store};
use crate::export;
use crate::media::input::Input;
use crate::media::pickers::Pickers;
use crate::question::Control;
use crate::render::stated::changed;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::score::{self, Scores, Sheet};
use crate::seed::Seed;
use crate::spec::ExportFormat;

/// A dataset on disk. Its clones share what they have read.
#[derive(Clone, Debug)]
pub struct Dataset {
    dir: PathBuf,
    origin: Origin,
    session: Session,
    read: Arc<Read>,
}

/// What was read of a dataset.
#[derive(Debug, Default)]
struct Read {
    rows: Mutex<Option<Arc<[Row]>>>,
    places: Mutex<Option<Arc<BTreeMap<String, usize>>>>,
    videos: Mutex<Option<Arc<Videos>>>,
    /// Of the videos that frames were taken of last.
    pickers: Mutex<Vec<Opened>>,
}

/// A video that frames were taken of, kept open for the next call.
#[derive(Debug)]
struct Opened {
    file_name: String,
    /// Length of the file, and when it was last changed.
    stamp: (u64, SystemTime),
    pickers: Arc<Pickers>,
}

/// Videos that are kept open.
const MOST_OPEN: usize = 4;

impl Dataset {
    /// The dataset in `dir`. Nothing is read before it is needed.
    pub fn open(dir: impl Into<PathBuf>, session: &Session) -> Self {
        Self { dir: dir.into(), origin: Origin::default(), session: session.clone(), read: Arc::default() }
    }

    /// The same dataset, whose spec and sources are looked for elsewhere.
    #[must_use]
    pub fn made_by(self, origin: Origin) -> Self {
        Self { origin, read: Arc::default(), ..self }
    }

    /// The same dataset, worked on in another session: what was read is shared, and whoever stops one does not stop the other.
    #[must_use]
    pub fn within(&self, session: &Session) -> Self {
        Self { session: session.clone(), ..self.clone() }
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where its spec and its sources are looked for.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The session in which it is worked on.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Its manifest.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        Ok(dataset::read_manifest(&self.dir)?)
    }

    /// All its rows, if they have been read.
    pub fn known_rows(&self) -> Option<Arc<[Row]>> {
        self.read.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All its rows, checked.
    pub fn rows(&self) -> Result<Arc<[Row]>, Error> {
        let mut kept = self.read.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = &*kept {
            return Ok(Arc::clone(rows));
        }
        let rows: Arc<[Row]> = dataset::read_rows(&self.dir)?.into();
        *kept = Some(Arc::clone(&rows));
        Ok(rows)
    }

    /// Where among its rows each id stands.
    pub(super) fn places(&self) -> Result<Arc<BTreeMap<String, usize>>, Error> {
        let rows = self.rows()?;
        let mut kept = self.read.places.lock().unwrap_or_else(PoisonError::into_inner);
        let places = kept.get_or_insert_with(|| {
            Arc::new(rows.iter().enumerate().map(|(at, row)| (row.id.clone(), at)).collect())
        });
        Ok(Arc::clone(places))
    }

    /// Its videos. Where they are recipes, and not all are files too, its haystacks are made ready.
    pub fn videos(&self) -> Result<Arc<Videos>, Error> {
        let mut kept = self.read.videos.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(videos) = &*kept {
            return Ok(Arc::clone(videos));
        }
        self.check_has_videos()?;
        let rows = self.rows()?;
        let videos = Arc::new(self.session.run(|| self.opened(&rows))?);
        *kept = Some(Arc::clone(&videos));
        Ok(videos)
    }

    /// Readers of frames of a row's video: those of an earlier call, where its file is as it was.
    pub(super) fn pickers(&self, row: &Row) -> Result<Arc<Pickers>, Error> {
        let video = self.video(row)?;
        let stamp = match &video {
            Input::File(path) => {
                std::fs::metadata(path).and_then(|file| Ok((file.len(), file.modified()?))).ok()
            }
            _ => None,
        };
        let mut kept = self.read.pickers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|opened| opened.file_name == row.file_name);
        if let Some(opened) = known.map(|at| kept.remove(at)).filter(|opened| Some(opened.stamp) == stamp) {
            let pickers = Arc::clone(&opened.pickers);
            kept.push(opened);
            return Ok(pickers);
        }
        let pickers = Arc::new(Pickers::new(video, row.fps()));
        if let Some(stamp) = stamp {
            let file_name = row.file_name.clone();
            kept.push(Opened { file_name, stamp, pickers: Arc::clone(&pickers) });
            if kept.len() > MOST_OPEN {
                kept.remove(0);
            }
        }
        Ok(pickers)
    }

    fn opened(&self, rows: &[Row]) -> Result<Videos, Error> {
        let dir = &self.dir;
        let is_file = |row: &Row| dir.join(&row.file_name).exists();
        let is_recipe = |row: &Row| dir.join(Store::Recipe.of(&row.file_name)).exists();
        if rows.iter().all(|row| is_file(row) || !is_recipe(row)) {
            return Ok(Videos::files(dir));
        }
        Ok(Remade::open(dir, &self.origin, &self.session)?.videos(dir))
    }

    /// Fails if it is a control without videos.
    pub fn check_has_videos(&self) -> Result<(), Error> {
        if self.rows()?.iter().any(|row| row.file_name.is_empty()) {
            return Err(Error::NoVideos { dataset: self.dir.clone() });
        }
        Ok(())
    }

    /// Refuses ids of which no row is.
    pub(super) fn check_samples(&self, samples: &[String], rows: &[Row]) -> Result<(), Error> {
        let mut absent: BTreeSet<&str> = samples.iter().map(String::as_str).collect();
        for row in rows.iter().filter(|_| !samples.is_empty()) {
            absent.remove(row.sample_id.as_str());
        }
        match absent.first() {
            Some(id) => Err(self.no_sample(id)),
            None => Ok(()),
        }
    }

    pub(super) fn no_sample(&self, id: &str) -> Error {
        Error::NoSample { dataset: self.dir.clone(), id: id.to_owned() }
    }
}

impl Dataset {
    /// Answers of a solver that looks at decoded pixels alone: what it cannot answer, the dataset has not shown.
    pub fn oracle(&self, sees: Sees<'_>) -> Result<Vec<Answer>, Error> {
        let Found { path, spec } = spec_of(&self.dir, &self.origin, &self.session)?;
        let manifest = self.manifest()?;
        let changed = changed(&manifest, &spec);
        // What is looked for would not be what the videos show.
        if !changed.is_empty() {
            let (dataset, version) = (self.dir.clone(), manifest.tool_version);
            return Err(Error::OtherMakers { spec: path, dataset, version, changed });
        }
        let rows = self.rows()?;
        let has_lines_alone =
            rows.iter().any(|row| row.video_path.is_empty() && !row.subtitle_path.is_empty());
        let videos = if has_lines_alone { Arc::new(Videos::files(&self.dir)) } else { self.videos()? };
        self.session.run(|| oracle(&videos, &rows, &spec, sees, &self.session.job))
    }

    /// What answers solve of each type: of a baseline's, whose replies are letters and canonical texts.
    pub fn solved_types(&self, answers: &[Answer]) -> Result<Vec<SolvedType>, Error> {
        Ok(solved_types(&self.rows()?, answers))
    }

    /// Answers of somebody who does not look.
    pub fn blind(&self, seed: Seed) -> Result<Vec<Answer>, Error> {
        Ok(baseline::blind(&self.rows()?, seed))
    }

    /// Scores the answers of one run. Those that say what they were asked have to be to these rows.
    pub fn score(&self, answers: &Answers, options: &score::Options) -> Result<Scores, Error> {
        let options = &score::Options { control: dataset::read_control(&self.dir)?, ..options.clone() };
        // Rows that nothing else needs are not kept for scoring.
        let rows = self.known_rows();
        if let Some(rows) = rows {
            return Ok(score::score(&rows, answers, options)?);
        }
        let sheet =
            if answers.state_rows() { Sheet::read_asked(&self.dir)? } else { Sheet::read(&self.dir)? };
        Ok(score::score_sheet(&sheet, answers, options)?)
    }

    /// Which questions these samplers let a model see, and what a perfect model reaches.
    pub fn coverage(&self, samplers: &[Sampler], options: coverage::Options) -> Result<Coverage, Error> {
        let rows = self.rows()?;
        if rows.is_empty() {
            return Err(score::Error::NoRows.into());
        }
        let control = dataset::read_control(&self.dir)?;
        let holds_all =
            |control: &Control| matches!(control, Control::Shuffled | Control::Still | Control::NoTimes);
        if let Some(control) = control.filter(|control| !holds_all(control)) {
            return Err(Error::Emptied { dataset: self.dir.clone(), control });
        }
        Ok(coverage::measure(&rows, samplers, options))
    }

    /// Writes it in these formats to `out`, or beside itself.
    pub fn export(
        &self,
        formats: &[ExportFormat],
        out: Option<&Path>,
        options: &export::Options,
    ) -> Result<(), Error> {
        let (rows, videos) = (self.rows()?, self.videos()?);
        let out = out.unwrap_or(&self.dir);
        let dataset = (&*self.dir, &*rows, &*videos);
        self.session.run(|| exports::write(dataset, formats, out, options, &self.session.job))
    }
}
