//! A project: a spec and everything from it to a dataset.
//!
//! In: a spec (a file, a text or a value), a session. Out: surveyed and prepared haystacks, a plan, a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytesize::ByteSize;
use serde::Serialize;

use super::error::Error;
use super::exports;
use super::opened::Dataset;
use super::origin::{Found, Origin, remembered};
use super::settings::Session;
use crate::card;
use crate::dataset::{CONTROLS, Shard, Store};
use crate::files;
use crate::haystack::Haystack;
use crate::needle::LookKind;
use crate::plan::Planner;
use crate::render::dataset::{self, Outcome, Work, plan_digest};
use crate::render::estimate::Costs;
use crate::render::faint;
use crate::render::haystacks::{Preparation, Surveyed};
use crate::render::prune;
use crate::render::ready::Ready;
use crate::render::unlike::Unlike;
use crate::render::videos::Videos;
use crate::spec::portable::{self, CarriedFile, SPEC_FILE};
use crate::spec::{self, CheckedSpec};

/// A spec, and the session in which it is worked on. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Project {
    spec: Arc<CheckedSpec>,
    /// Where the spec lies, or would lie.
    place: PathBuf,
    /// Whether it does.
    is_file: bool,
    session: Session,
}

/// How a dataset is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Make {
    /// Which part is made; all, if none.
    pub shard: Option<Shard>,
    /// How videos are kept.
    pub store: Store,
}

/// A dataset that was made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Made {
    /// The dataset.
    pub dataset: Dataset,
    /// What was rendered; nothing if the directory held the whole dataset before.
    pub outcome: Option<Outcome>,
}

impl Project {
    /// Reads and checks the spec at `path`.
    pub fn read(path: &Path, session: &Session) -> Result<Self, Error> {
        Ok(Self::of(spec::read(path)?, path, true, session))
    }

    /// Checks a spec that is this TOML text. Paths in it start at `base`.
    pub fn of_text(text: &str, base: &Path, session: &Session) -> Result<Self, Error> {
        let place = base.join(SPEC_FILE);
        let spec = spec::of_text(text.to_owned(), &place, &BTreeMap::new())?;
        Ok(Self::of(spec, &place, false, session))
    }

    /// Checks a spec that is this value, such as a [`toml::Table`]. Paths in it start at `base`.
    pub fn of_value(value: &impl Serialize, base: &Path, session: &Session) -> Result<Self, Error> {
        Self::of_text(&toml::to_string(value)?, base, session)
    }

    fn of(spec: CheckedSpec, place: &Path, is_file: bool, session: &Session) -> Self {
        Self::of_found(Found { spec: Arc::new(spec), path: place.to_owned() }, is_file, session)
    }

    pub(super) fn of_found(found: Found, is_file: bool, session: &Session) -> Self {
        Self { spec: found.spec, place: found.path, is_file, session: session.clone() }
    }

    /// The checked spec.
    pub fn spec(&self) -> &CheckedSpec {
        &self.spec
    }

    /// The session in which it is worked on.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Probes the haystacks; nothing is decoded but what `needles.unlike_haystack` has looked at.
    pub fn survey(&self) -> Result<Vec<Surveyed>, Error> {
        self.session.run(|| self.surveyed())
    }

    /// Surveys the haystacks and makes them ready for splicing, so that generating has only to splice.
    pub fn prepare(&self) -> Result<BTreeMap<String, Ready>, Error> {
        self.session.run(|| self.ready(self.surveyed()?))
    }

    /// Makes the dataset, or a part of it, in `out`, with its controls and exports. Run again, it goes on where it stopped.
    pub fn generate(&self, out: &Path, make: &Make) -> Result<Made, Error> {
        self.session.run(|| self.generated(out, make))
    }

    fn generated(&self, out: &Path, make: &Make) -> Result<Made, Error> {
        exports::check_store(&self.spec, make.store)?;
        let surveyed = self.surveyed()?;
        // Planned before anything is transcoded: a spec that cannot be planned fails at once.
        let planner = self.planner(&haystacks(&surveyed))?;
        self.check(&planner)?;
        self.remember(&planner)?;
        let ids: Vec<String> = surveyed.iter().map(|surveyed| surveyed.haystack.id.clone()).collect();
        let carried = portable::carried(&self.spec, &ids)?;
        let ready = Arc::new(self.ready(surveyed)?);
        self.warn_of(ready.values().map(|ready| &ready.haystack));
        planner.warnings().iter().for_each(|warning| self.session.job.warn(warning));
        let outcome = self.make(make, &planner, &ready, (out, &carried))?;
        let videos = match make.store {
            Store::File => Videos::files(out),
            Store::Recipe => Videos::recipes(out, Arc::clone(&ready)),
        };
        if make.shard.is_none() {
            exports::as_spec_says(&self.spec, out, &videos, &self.session.job)?;
        }
        for control in self.spec.controls() {
            let planner = planner.under(Some(*control));
            self.remember(&planner)?;
            // It is read with the spec of the dataset that it lies in.
            self.make(make, &planner, &ready, (&out.join(CONTROLS).join(control.name()), &[]))?;
        }
        let known = Some(Found { path: self.place.clone(), spec: Arc::clone(&self.spec) });
        let origin = Origin { known, ..Origin::default() };
        Ok(Made { dataset: Dataset::open(out, &self.session).made_by(origin), outcome })
    }

    /// Makes a dataset, or a control of one, in `out`.
    fn make(
        &self,
        make: &Make,
        planner: &Planner<'_>,
        ready: &BTreeMap<String, Ready>,
        (out, carried): (&Path, &[CarriedFile]),
    ) -> Result<Option<Outcome>, Error> {
        let job = &self.session.job;
        let manifest = dataset::manifest(planner, ready, make.store);
        let readme = card::readme(planner, &manifest);
        let Some(work) = Work::start(planner, ready, (out, make.shard), (manifest, readme), job)? else {
            job.note(&format!("`{}` already holds this dataset, whole", out.display()));
            return Ok(None);
        };
        Ok(Some(work.carrying(carried).run()?))
    }
}

impl Project {
    fn preparation(&self) -> Result<Preparation, Error> {
        Ok(Preparation {
            cache: self.session.settings.cache_dir()?,
            wanted: *self.spec.wanted(),
            joined: self.spec.grid().is_some_and(|grid| grid.lengths.is_some()),
            job: self.session.job.clone(),
        })
    }

    pub(super) fn surveyed(&self) -> Result<Vec<Surveyed>, Error> {
        let preparation = self.preparation()?;
        let mut surveyed = preparation.survey(self.spec.entries())?;
        if let Some(threshold) = self.spec.unlike_haystack() {
            preparation.leave_out(&mut surveyed, &self.unlike(threshold)?)?;
        }
        Ok(surveyed)
    }

    /// The pictures that tasks hide, which are looked for in the haystacks.
    fn unlike(&self, threshold: u32) -> Result<Unlike, Error> {
        let drawn = self.spec.tasks().iter().filter(|task| task.family.look() != LookKind::Text);
        let items: BTreeSet<(String, String, String)> = drawn
            .flat_map(|task| {
                let candidates = task.pool.candidates().iter();
                candidates.map(|item| (task.pack.clone(), item.item.clone(), item.label.clone()))
            })
            .collect();
        Ok(Unlike::new(self.spec.library(), items.into_iter().collect(), threshold)?)
    }

    /// Plans videos of these haystacks.
    pub(super) fn planner(&self, haystacks: &[Haystack]) -> Result<Planner<'_>, Error> {
        Ok(Planner::new(&self.spec, haystacks)?)
    }

    /// Refuses needles that no video can show.
    pub(super) fn check(&self, planner: &Planner<'_>) -> Result<(), Error> {
        for warning in faint::check(planner)?? {
            self.session.job.warn(&warning);
        }
        Ok(())
    }

    /// Finds out what videos of surveyed haystacks will cost.
    pub(super) fn costs<'a>(&self, surveyed: &'a [Surveyed]) -> Result<Costs<'a>, Error> {
        Ok(Costs::new(&self.preparation()?, surveyed)?)
    }

    /// Makes surveyed haystacks ready for splicing.
    pub(super) fn ready(&self, surveyed: Vec<Surveyed>) -> Result<BTreeMap<String, Ready>, Error> {
        let preparation = self.preparation()?;
        let ready = preparation.prepare(surveyed)?;
        if let Some(limit) = self.session.settings.cache_limit {
            let pruned = prune::prune(&preparation.cache, limit, false)?;
            if pruned.kept_bytes > limit {
                let (kept, limit) = (ByteSize(pruned.kept_bytes), ByteSize(limit));
                let warning = format!("this run alone needs {kept} of cache, more than the limit of {limit}");
                self.session.job.warn(&warning);
            }
        }
        Ok(ready)
    }

    /// Remembers where the spec of a plan lies, so that a dataset's origin is found again.
    fn remember(&self, planner: &Planner<'_>) -> Result<(), Error> {
        if !self.is_file {
            return Ok(());
        }
        let cache = self.session.settings.cache_dir()?;
        let dir = cache.join(prune::SPECS);
        let path = std::path::absolute(&self.place).map_err(files::Error::io("find", &self.place))?;
        let place = dir.join(remembered(&plan_digest(planner), self.spec.text()));
        let bytes = path.as_os_str().as_encoded_bytes();
        if std::fs::read(&place).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        match files::make_dir(&dir).and_then(|()| files::write_shared(&place, bytes)) {
            Err(error) if error.is_refused() => self.session.job.warn(&format!(
                "the cache `{}` cannot be written: other commands do not find the spec by themselves; name it to them with \
                 --spec SPEC",
                cache.display()
            )),
            written => written?,
        }
        Ok(())
    }

    /// Says what users should know of haystacks.
    pub(super) fn warn_of<'a>(&self, haystacks: impl IntoIterator<Item = &'a Haystack>) {
        for haystack in haystacks {
            for warning in &haystack.warnings {
                self.session.job.warn(&format!("`{}`: {warning}", haystack.id));
            }
        }
    }
}

/// The haystacks of a survey.
pub(super) fn haystacks(surveyed: &[Surveyed]) -> Vec<Haystack> {
    surveyed.iter().map(|haystack| haystack.haystack.clone()).collect()
}
