//! A project: a spec and its haystacks.
//!
//! In: a spec (a file, a text or a value), a session. Out: haystacks surveyed and prepared, and planners of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytesize::ByteSize;
use serde::Serialize;

use super::error::Error;
use super::origin::Found;
use super::settings::Session;
use crate::haystack::Haystack;
use crate::needle::LookKind;
use crate::plan::Planner;
use crate::render::estimate::Costs;
use crate::render::faint;
use crate::render::haystacks::{Preparation, Surveyed};
use crate::render::prune;
use crate::render::ready::Ready;
use crate::render::unlike::Unlike;
use crate::spec::portable::SPEC_FILE;
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

impl Project {
    /// Reads and checks the spec at `path`.
    pub fn read(path: &Path, session: &Session) -> Result<Self, Error> {
        Ok(Self::of(spec::read(path)?, path, true, session))
    }

    /// Checks a spec that is this TOML text. Paths in it start at `base`.
    pub fn of_text(text: &str, base: &Path, session: &Session) -> Result<Self, Error> {
        let place = base.join(SPEC_FILE);
        let spec = spec::of_text(text.to_owned(), &place, &BTreeMap::new());
        let spec = spec.map_err(spec::Error::of_no_file)?;
        Ok(Self::of(spec, &place, false, session))
    }

    /// Checks a spec that is this TOML text and is to become the file `path`, which the caller writes before datasets are made.
    pub fn of_draft(text: &str, path: &Path, session: &Session) -> Result<Self, Error> {
        let spec = spec::of_text(text.to_owned(), path, &BTreeMap::new());
        Ok(Self::of(spec.map_err(spec::Error::of_no_file)?, path, true, session))
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

    /// The spec and where it lies.
    pub(super) fn found(&self) -> Found {
        Found { path: self.place.clone(), spec: Arc::clone(&self.spec) }
    }

    /// Where the spec lies, or would lie.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Whether the spec is a file there.
    pub(super) fn is_file(&self) -> bool {
        self.is_file
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
}

impl Project {
    fn preparation(&self) -> Result<Preparation, Error> {
        Ok(Preparation {
            cache: self.session.settings.cache_dir()?,
            wanted: *self.spec.wanted(),
            joined: self.spec.grid().is_some_and(|grid| grid.lengths.is_some()),
            isolate: self.session.settings.isolate.clone(),
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
        let drawn = self.spec.tasks().iter().filter(|task| {
            !matches!(
                task.family.look(),
                LookKind::Text | LookKind::Clip | LookKind::Sound | LookKind::Caption
            )
        });
        let items: BTreeSet<(String, String, String)> = drawn
            .flat_map(|task| {
                let candidates = task.pool.candidates().iter();
                candidates.map(|item| (task.pack.clone(), item.item.clone(), item.label.clone()))
            })
            .collect();
        Ok(Unlike::new(self.spec.library(), items.into_iter().collect(), threshold)?)
    }

    /// Plans videos of these haystacks.
    pub(super) fn planner(&self, haystacks: &[Haystack]) -> Result<Planner, Error> {
        Ok(Planner::new(&self.spec, haystacks)?)
    }

    /// Refuses needles that no video can show.
    pub(super) fn check(&self, planner: &Planner) -> Result<(), Error> {
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
