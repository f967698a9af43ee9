//! A dataset on disk and the project that made it, made ready again.
//!
//! In: a dataset and its origin. Out: its plan and its prepared haystacks, which are those that made it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::making::{Project, haystacks};
use super::origin::{Origin, spec_of};
use super::settings::Session;
use crate::dataset::{self, Manifest, Store};
use crate::plan::{Planner, VideoPlan};
use crate::render::ready::Ready;
use crate::render::stated::{changed, is_of};
use crate::render::videos::Videos;

/// A dataset whose plan and haystacks are at hand.
pub(super) struct Remade {
    pub(super) manifest: Manifest,
    pub(super) project: Project,
    pub(super) ready: Arc<BTreeMap<String, Ready>>,
    planner: Planner,
}

impl Remade {
    /// Finds the spec of the dataset in `out`, makes its haystacks ready, and checks that it plans the same dataset.
    pub(super) fn open(out: &Path, origin: &Origin, session: &Session) -> Result<Self, Error> {
        Self::open_for(out, origin, session, |_| true)
    }

    /// The same for those videos alone that `is_asked` is true of: other haystacks need not be prepared.
    pub(super) fn open_for(
        out: &Path,
        origin: &Origin,
        session: &Session,
        is_asked: impl Fn(&VideoPlan) -> bool,
    ) -> Result<Self, Error> {
        let manifest = dataset::read_manifest(out)?;
        let found = spec_of(out, origin, session)?;
        let path = found.path.clone();
        let project = Project::of_found(found, true, session);
        let surveyed = project.surveyed()?;
        let haystacks = haystacks(&surveyed);
        let same: BTreeSet<_> =
            manifest.haystacks.iter().map(|haystack| (&haystack.id, &haystack.sha256)).collect();
        let ours: BTreeSet<_> = haystacks.iter().map(|haystack| (&haystack.id, &haystack.sha256)).collect();
        let planner = project.planner(&haystacks)?.under(manifest.control);
        if same != ours || !is_of(&manifest, &planner) {
            return Err(other(&manifest, &project, path, out));
        }
        let asked = planner.videos().filter(is_asked).flat_map(|planned| planned.video.parts);
        let asked: BTreeSet<String> = asked.map(|part| part.haystack).collect();
        // The header of a recipe may be that of any haystack.
        let is_needed = |id: &String| manifest.store == Store::Recipe || asked.contains(id);
        let surveyed = surveyed.into_iter().filter(|surveyed| is_needed(&surveyed.haystack.id));
        let ready = Arc::new(project.ready(surveyed.collect())?);
        Ok(Self { manifest, project, ready, planner })
    }

    /// Plans its videos again.
    pub(super) fn planner(&self) -> &Planner {
        &self.planner
    }

    /// Its videos, in `out`.
    pub(super) fn videos(&self, out: &Path) -> Videos {
        match self.manifest.store {
            Store::File => Videos::files(out),
            Store::Recipe => Videos::recipes(out, Arc::clone(&self.ready)),
        }
    }
}

/// Why the spec at `path` does not plan the dataset in `out`: families and packs that have changed, or something else.
fn other(manifest: &Manifest, project: &Project, path: PathBuf, out: &Path) -> Error {
    let (spec, dataset) = (path, out.to_owned());
    let makers = project.spec();
    let is_named = |name: &str| makers.tasks().iter().any(|task| task.family.kind() == name);
    let changed = changed(manifest, makers);
    // A spec of other types is another spec, whatever its families state.
    if changed.is_empty() || !manifest.templates.iter().all(|digest| is_named(&digest.name)) {
        return Error::OtherPlan { spec, dataset };
    }
    Error::OtherMakers { spec, dataset, version: manifest.tool_version.clone(), changed }
}
