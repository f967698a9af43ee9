//! From a spec to everything that rendering needs, or back from a dataset to its spec.
//!
//! In: a path and a cache directory. Out: the checked spec and its haystacks, surveyed or prepared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use bytesize::ByteSize;

use super::exit::{self, Exit, Failure};
use super::interrupt;
pub(super) use super::machine::{Cache, Machine};
use super::origin::{Found, Origin, remembered, spec_of};
use super::print::{say, warn};
use super::progress::Stage;
use crate::dataset::{self, Manifest, Row, Store};
use crate::files;
use crate::haystack::Haystack;
use crate::needle::LookKind;
use crate::plan::Planner;
use crate::render::caller::Caller;
use crate::render::dataset::{is_of, plan_digest};
use crate::render::estimate::Costs;
use crate::render::haystacks::{Kitchen, Surveyed};
use crate::render::prune;
use crate::render::ready::Ready;
use crate::render::unlike::Unlike;
use crate::render::videos::Videos;
use crate::spec::{self, CheckedSpec};

/// Who asks for haystacks and videos here: the user, who interrupts and reads warnings.
pub(super) fn caller() -> Caller {
    Caller { cancel: interrupt::token().clone(), warn }
}

/// A spec and how its haystacks are made ready.
pub(super) struct Project {
    pub(super) spec: CheckedSpec,
    kitchen: Kitchen,
    cache_limit: Option<ByteSize>,
}

impl Project {
    /// Reads and checks a spec.
    pub(super) fn open(path: &Path, machine: &Machine) -> Result<Self, Failure> {
        Self::of(spec::read(path)?, machine)
    }

    /// Of a checked spec.
    fn of(spec: CheckedSpec, machine: &Machine) -> Result<Self, Failure> {
        let joined = spec.grid().is_some_and(|grid| grid.lengths.is_some());
        let kitchen = Kitchen { cache: machine.cache()?, wanted: *spec.wanted(), joined, caller: caller() };
        Ok(Self { spec, kitchen, cache_limit: machine.cache_limit })
    }

    /// Probes the haystacks; nothing is decoded but what `needles.unlike_haystack` has looked at.
    pub(super) fn survey(&self) -> Result<Vec<Surveyed>, Failure> {
        let entries = self.spec.entries();
        let stage = Stage::start("probing", entries.len() as u64, "haystacks");
        let mut surveyed = self.kitchen.survey(entries, |name| stage.tick(name))?;
        stage.end(&format!("probed {} haystacks", surveyed.len()));
        self.leave_out(&mut surveyed)?;
        Ok(surveyed)
    }

    /// Looks in the haystacks for the pictures that tasks hide, where the spec asks for it.
    fn leave_out(&self, surveyed: &mut [Surveyed]) -> Result<(), Failure> {
        let Some(threshold) = self.spec.unlike_haystack() else { return Ok(()) };
        let drawn = self.spec.tasks().iter().filter(|task| task.family.look() != LookKind::Text);
        let items: BTreeSet<(String, String, String)> = drawn
            .flat_map(|task| {
                task.pool
                    .candidates()
                    .iter()
                    .map(|one| (task.pack.clone(), one.item.clone(), one.label.clone()))
            })
            .collect();
        let unlike = Unlike::new(self.spec.library(), items.into_iter().collect(), threshold)?;
        let stage = Stage::start("looking for needles in", surveyed.len() as u64, "haystacks");
        self.kitchen.leave_out(surveyed, &unlike, |name| stage.tick(name))?;
        stage.end(&format!("looked for needles in {} haystacks", surveyed.len()));
        Ok(())
    }

    /// Finds out what videos of surveyed haystacks will cost.
    pub(super) fn costs<'a>(&self, surveyed: &'a [Surveyed]) -> Result<Costs<'a>, Failure> {
        let stage = Stage::start("estimating", surveyed.len() as u64, "haystacks");
        let costs = Costs::new(&self.kitchen, surveyed, |name| stage.tick(name))?;
        stage.end(&format!("estimated what videos of {} haystacks take", surveyed.len()));
        Ok(costs)
    }

    /// Makes surveyed haystacks ready for splicing.
    pub(super) fn prepare(&self, surveyed: Vec<Surveyed>) -> Result<BTreeMap<String, Ready>, Failure> {
        let frames = surveyed.iter().map(|haystack| haystack.haystack.form.frames).sum();
        let stage = Stage::start("preparing", frames, "frames");
        let made: Mutex<BTreeSet<String>> = Mutex::default();
        let ready = self.kitchen.prepare(surveyed, |id, more| {
            made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(id.to_owned());
            stage.add(more);
        })?;
        let as_is = ready.values().filter(|haystack| haystack.as_is).count();
        let made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).len();
        let kept = ready.len() - as_is - made;
        stage.end(&format!(
            "prepared {made} haystacks; {kept} were prepared before, {as_is} are used as they are"
        ));
        if let Some(limit) = self.cache_limit {
            let pruned = prune::prune(&self.kitchen.cache, limit.as_u64(), false)?;
            if pruned.kept_bytes > limit.as_u64() {
                say(&format!(
                    "warning: this run alone needs {} of cache, more than the limit of {limit}",
                    ByteSize(pruned.kept_bytes)
                ));
            }
        }
        Ok(ready)
    }

    /// Remembers where the spec of a plan lies, so that `verify` finds it again.
    pub(super) fn remember(&self, path: &Path, planner: &Planner<'_>) -> Result<(), Failure> {
        let dir = self.kitchen.cache.join(prune::SPECS);
        let path = std::path::absolute(path).map_err(files::Error::io("find", path))?;
        let place = dir.join(remembered(&plan_digest(planner), self.spec.text()));
        let bytes = path.as_os_str().as_encoded_bytes();
        if std::fs::read(&place).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        match files::make_dir(&dir).and_then(|()| files::write_shared(&place, bytes)) {
            Err(error) if error.is_refused() => warn(&format!(
                "the cache `{}` cannot be written: other commands do not find the spec by themselves; name it to them with \
                 --spec SPEC",
                self.kitchen.cache.display()
            )),
            written => written?,
        }
        Ok(())
    }
}

/// Says what users should know of haystacks.
pub(super) fn warn_of<'a>(haystacks: impl IntoIterator<Item = &'a Haystack>) {
    for haystack in haystacks {
        let Haystack { id, warnings, .. } = haystack;
        for warning in warnings {
            say(&format!("warning: `{id}`: {warning}"));
        }
    }
}

/// The haystacks of a survey.
pub(super) fn haystacks(surveyed: &[Surveyed]) -> Vec<Haystack> {
    surveyed.iter().map(|haystack| haystack.haystack.clone()).collect()
}

/// A dataset on disk and the project that made it, made ready again.
pub(super) struct Remade {
    pub(super) manifest: Manifest,
    pub(super) project: Project,
    pub(super) haystacks: Vec<Haystack>,
    pub(super) ready: BTreeMap<String, Ready>,
}

impl Remade {
    /// Finds the spec of the dataset in `out`, makes its haystacks ready, and checks that it plans the same dataset.
    pub(super) fn open(out: &Path, origin: &Origin, machine: &Machine) -> Result<Self, Failure> {
        let manifest = dataset::read_manifest(out)?;
        let Found { path, spec } = spec_of(out, origin, machine)?;
        let project = Project::of(spec, machine)?;
        let surveyed = project.survey()?;
        let haystacks = haystacks(&surveyed);
        let same: BTreeSet<_> =
            manifest.haystacks.iter().map(|haystack| (&haystack.id, &haystack.sha256)).collect();
        let ours: BTreeSet<_> = haystacks.iter().map(|haystack| (&haystack.id, &haystack.sha256)).collect();
        let planner = Planner::new(&project.spec, &haystacks)?.under(manifest.control);
        if same != ours || !is_of(&manifest, &planner) {
            let message = format!(
                "`{}` and its haystacks plan another dataset than the one in `{}`",
                path.display(),
                out.display()
            );
            return Err(
                Failure::message(Exit::Input, message).hint("name the spec that made it with --spec SPEC")
            );
        }
        let ready = project.prepare(surveyed)?;
        Ok(Self { manifest, project, haystacks, ready })
    }
}

impl Remade {
    /// Plans it again.
    pub(super) fn planner(&self) -> Result<Planner<'_>, Failure> {
        Ok(Planner::new(&self.project.spec, &self.haystacks)?.under(self.manifest.control))
    }

    /// Its videos, in `out`.
    pub(super) fn videos(&self, out: &Path) -> Videos {
        match self.manifest.store {
            Store::File => Videos::files(out),
            Store::Recipe => Videos::recipes(out, self.ready.clone()),
        }
    }
}

/// That the dataset in `out` has no sample `id`.
pub(super) fn no_sample(out: &Path, id: &str) -> Failure {
    Failure::message(Exit::Input, format!("`{}` has no sample `{id}`", out.display()))
        .hint("name one of the `sample_id` in metadata.jsonl")
}

/// That the dataset in `out` has no videos.
pub(super) fn no_videos(out: &Path) -> Failure {
    let message = format!("`{}` is the control `text-only`, which has no videos", out.display());
    Failure::message(Exit::Input, message).hint("`vniah ask --mode text` puts its questions to a model")
}

/// The videos of the dataset in `out`, which has some. Where they are recipes, and not all of those that `rows` need are files too, its
/// haystacks are made ready.
pub(super) fn videos(
    out: &Path,
    rows: &[Row],
    origin: &Origin,
    machine: &Machine,
) -> Result<Videos, Failure> {
    if rows.iter().any(|row| row.file_name.is_empty()) {
        return Err(no_videos(out));
    }
    let is_file = |row: &Row| out.join(&row.file_name).exists();
    let is_recipe = |row: &Row| out.join(Store::Recipe.of(&row.file_name)).exists();
    if rows.iter().all(|row| is_file(row) || !is_recipe(row)) {
        return Ok(Videos::files(out));
    }
    Ok(Remade::open(out, origin, machine)?.videos(out))
}

impl From<crate::render::Error> for Failure {
    fn from(error: crate::render::Error) -> Self {
        let is_cache = matches!(error, crate::render::Error::Cache { .. });
        let failure = Self::new(exit_of(&error), error);
        if is_cache { failure.hint("name another directory with --cache DIR") } else { failure }
    }
}

/// The exit code of a failed rendering; of several videos that failed, that of our own bug first, then of media.
fn exit_of(error: &crate::render::Error) -> Exit {
    use crate::render::Error;
    match error {
        Error::Stopped => Exit::Stopped,
        Error::File(error) | Error::Cache { source: error, .. } => exit::of_file(error),
        Error::Media(_)
        | Error::Haystacks(_)
        | Error::Picture { .. }
        | Error::Changed { .. }
        | Error::Unsteady => Exit::Media,
        Error::Needle(_)
        | Error::Output { .. }
        | Error::Parts(_)
        | Error::Recipe { .. }
        | Error::NoVideo { .. } => Exit::Input,
        Error::Plan { .. } => Exit::Bug,
        Error::Wrong { .. } => Exit::Check,
        Error::Videos { failed, .. } => {
            let exits: Vec<Exit> = failed.iter().map(exit_of).collect();
            let first = [Exit::Bug, Exit::Media, Exit::Input].into_iter().find(|exit| exits.contains(exit));
            first.unwrap_or(Exit::Check)
        }
    }
}

impl From<crate::media::Error> for Failure {
    fn from(error: crate::media::Error) -> Self {
        crate::render::Error::from(error).into()
    }
}
