//! Making a dataset: haystacks prepared, videos rendered, controls and exports beside them.
//!
//! In: a project and a directory. Out: the dataset. Run again, it goes on where it stopped.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::error::Error;
use super::exports;
use super::making::Project;
use super::opened::Dataset;
use super::origin::{Origin, remembered};
use super::planned::Plan;
use crate::card;
use crate::dataset::{CONTROLS, Shard, Store};
use crate::files;
use crate::plan::Planner;
use crate::render::dataset::{Outcome, Work};
use crate::render::prune;
use crate::render::ready::Ready;
use crate::render::stated::{self, plan_digest};
use crate::render::videos::Videos;
use crate::spec::portable::{self, CarriedFile, NamedEntry};

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

impl Plan {
    /// Makes the dataset that is planned, or a part of it, in `out`, as [`Project::generate`] does.
    pub fn generate(self, out: &Path, make: &Make) -> Result<Made, Error> {
        let project = self.project.clone();
        project.session().run(|| {
            exports::check_store(project.spec(), make.store)?;
            project.generated(self, out, make)
        })
    }
}

impl Project {
    /// Makes the dataset, or a part of it, in `out`, with its controls and exports. Run again, it goes on where it stopped.
    pub fn generate(&self, out: &Path, make: &Make) -> Result<Made, Error> {
        self.session().run(|| {
            self.session().job.go_on()?;
            exports::check_store(self.spec(), make.store)?;
            // Planned before anything is transcoded: a spec that cannot be planned fails at once.
            self.generated(self.planned()?, out, make)
        })
    }

    fn generated(&self, plan: Plan, out: &Path, make: &Make) -> Result<Made, Error> {
        let Plan { surveyed, planner, .. } = plan;
        self.remember(&planner)?;
        let entries = self.spec().entries();
        let named = surveyed
            .iter()
            .map(|surveyed| NamedEntry { entry: &entries[surveyed.entry], id: &surveyed.haystack.id });
        let carried = portable::carried(self.spec(), &named.collect::<Vec<_>>())?;
        let ready = Arc::new(self.ready(surveyed)?);
        self.warn_of(ready.values().map(|ready| &ready.haystack));
        planner.warnings().iter().for_each(|warning| self.session().job.warn(warning));
        let outcome = self.make(make, &planner, &ready, (out, &carried))?;
        let videos = match make.store {
            Store::File => Videos::files(out),
            Store::Recipe => Videos::recipes(out, Arc::clone(&ready)),
        };
        if make.shard.is_none() {
            exports::as_spec_says(self.spec(), out, &videos, &self.session().job)?;
        }
        for control in self.spec().controls() {
            let planner = planner.under(Some(*control));
            self.remember(&planner)?;
            // It is read with the spec of the dataset that it lies in.
            self.make(make, &planner, &ready, (&out.join(CONTROLS).join(control.name()), &[]))?;
        }
        let known = Some(self.found());
        let origin = Origin { known, ..Origin::default() };
        Ok(Made { dataset: Dataset::open(out, self.session()).made_by(origin), outcome })
    }

    /// Makes a dataset, or a control of one, in `out`.
    fn make(
        &self,
        make: &Make,
        planner: &Planner,
        ready: &BTreeMap<String, Ready>,
        (out, carried): (&Path, &[CarriedFile]),
    ) -> Result<Option<Outcome>, Error> {
        let job = &self.session().job;
        let manifest = stated::manifest(planner, ready, make.store);
        // The card tells of the whole dataset, which takes an audit of all its rows: of several parts, the first brings it.
        let is_first = make.shard.is_none_or(|shard| shard.index == 0);
        let readme = if is_first { card::readme(planner, &manifest) } else { String::new() };
        let Some(work) = Work::start(planner, ready, (out, make.shard), (manifest, readme), job)? else {
            job.note(&format!("`{}` already holds this dataset, whole", out.display()));
            return Ok(None);
        };
        Ok(Some(work.carrying(carried).run()?))
    }

    /// Remembers where the spec of a plan lies, so that a dataset's origin is found again.
    fn remember(&self, planner: &Planner) -> Result<(), Error> {
        if !self.is_file() {
            return Ok(());
        }
        let cache = self.session().settings.cache_dir()?;
        let dir = cache.join(prune::SPECS);
        let path = std::path::absolute(self.place()).map_err(files::Error::io("find", self.place()))?;
        let place = dir.join(remembered(&plan_digest(planner), self.spec().text()));
        let bytes = path.as_os_str().as_encoded_bytes();
        if std::fs::read(&place).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        match files::make_dir(&dir).and_then(|()| files::write_shared(&place, bytes)) {
            Err(error) if error.is_refused() => self.session().job.warn(&format!(
                "the cache `{}` cannot be written, so other commands will not find the spec: pass --spec SPEC to them",
                cache.display()
            )),
            written => written?,
        }
        Ok(())
    }
}
