//! Preparing haystacks in the cache: the pictures and the sound of each, held and known to be as they were made.
//!
//! In: what a survey found of haystacks. Out: tracks of prepared files. A source that changes while it is prepared gives no
//! file, since that would lie under the name of what it was.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::files;
use crate::haystack::{Haystack, SceneRecipe};
use crate::job::{Item, Stage};
use crate::media;
use crate::media::decode::SpanReader;
use crate::media::index::{AudioTrack, VideoTrack};
use crate::media::prepare;
use crate::media::prepare_sound;
use crate::media::probe;
use crate::media::source::Source;
use crate::media::target::{self, Target};
use crate::render::Error;
use crate::render::cache::{Held, Wanted};
use crate::render::fingerprint::Fingerprint;
use crate::render::haystacks::Preparation;
use crate::render::probed;
use crate::render::ready::Ready;
use crate::render::surveyed::{Surveyed, Surveying};
use crate::render::watch::{Stamp, Watched};
use crate::scene::Scene;
use crate::time::FrameSpan;
use crate::wording;

/// Seconds of a prepared haystack that one thread decodes to check it.
const CHECKED_SECS: u64 = 10;

impl Preparation {
    /// Prepares what has to be, and opens everything.
    pub fn prepare(&self, surveyed: Vec<Surveyed>) -> Result<BTreeMap<String, Ready>, Error> {
        // What is prepared is held open.
        files::raise_open_limit();
        let frames = surveyed.iter().map(|haystack| haystack.haystack.form.frames).sum();
        let stage = self.job.start(Stage::Prepare, frames);
        let mut made = 0;
        let mut ready = BTreeMap::new();
        let mut faults = Vec::new();
        // One after the other, each on all threads: every process then takes the locks of a shared cache in one order.
        for haystack in surveyed {
            self.job.go_on()?;
            let id = haystack.haystack.id.clone();
            match self.prepare_one(haystack, stage.item(&id)) {
                Ok((haystack, is_made)) => {
                    made += usize::from(is_made);
                    ready.insert(id, haystack);
                }
                Err(error @ Error::Media(media::Error::Source { .. } | media::Error::Ffmpeg { .. })) => {
                    faults.push(wording::chain(&error));
                }
                // A full disk, say, would meet the others, too.
                Err(error) => return Err(error),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Haystacks(faults));
        }
        let as_is = ready.values().filter(|haystack: &&Ready| haystack.as_is).count();
        let kept = ready.len() - as_is - made;
        stage.finish(&format!(
            "prepared {}; {kept} were prepared before, {as_is} are used as they are",
            wording::count(made, "haystack")
        ));
        Ok(ready)
    }

    /// Prepares one haystack if need be, and opens it; says whether its pictures were made now.
    fn prepare_one(&self, surveyed: Surveyed, item: Item<'_>) -> Result<(Ready, bool), Error> {
        let is_made = Cell::new(false);
        let Surveyed { mut haystack, reasons, sound_reason, origin, target, .. } = surveyed;
        let mut held = Vec::new();
        let watched = match &origin {
            Surveying::File(source) => Some(self.watch(&source.path, &haystack.sha256)?),
            Surveying::Scene(_) => None,
        };
        let audio = match (&origin, haystack.form.audio) {
            (Surveying::File(source), Some(form)) => match (&source.audio, sound_reason) {
                (Some((_, Ok(track))), None) => Some(track.clone()),
                (Some((stream, _)), _) => {
                    let (track, file) =
                        self.sound(&haystack, source, *stream, form.channels, watched.as_ref())?;
                    held.push(file);
                    Some(track)
                }
                (None, _) => None,
            },
            _ => None,
        };
        let as_is = reasons.is_empty();
        let video = match origin {
            Surveying::File(source) if as_is => source.as_is.map_err(|reasons| {
                media::Error::source_file(
                    &source.path,
                    format!("cannot be used as it is: {}", reasons.join(", ")),
                )
            })?,
            Surveying::File(source) => {
                let make = |path: &Path, place: &Path| {
                    is_made.set(true);
                    Ok(prepare::source(target, &source, path, place, item)?)
                };
                let (track, file) =
                    self.video(&haystack, target, source.revised.pictures, watched.as_ref(), make)?;
                haystack.warnings.extend(prepare::notes(&track.path));
                held.push(file);
                track
            }
            Surveying::Scene(recipe) => {
                let make = |path: &Path, _: &Path| {
                    is_made.set(true);
                    draw(&recipe, target, haystack.form.frames, path, item)
                };
                let (track, file) = self.video(&haystack, target, false, None, make)?;
                held.push(file);
                track
            }
        };
        if video.frames() != haystack.form.frames {
            let reason =
                format!("gives {} frames where {} were expected", video.frames(), haystack.form.frames);
            return Err(media::Error::source_file(&video.path, reason).into());
        }
        let audio = audio.map(Arc::new);
        let job = self.job.clone();
        let (crf, video) = (self.wanted.crf, Arc::new(video));
        // A source of which everything was prepared may come and go.
        let read = [Some(&video.path), audio.as_ref().map(|audio| &audio.path)];
        let watched = watched.filter(|source| read.contains(&Some(source.path()))).map(Arc::new);
        let ready = Ready { haystack, video, audio, as_is, crf, job, watched, held: held.into() };
        Ok((ready, is_made.get()))
    }

    /// Watches a source, whose bytes have to be those that were surveyed.
    pub(super) fn watch(&self, path: &Path, sha256: &str) -> Result<Watched, Error> {
        let stamp = Stamp::of(path)?;
        if probed::sha256(&self.cache, &self.job, path)? != sha256 {
            return Err(Error::Changed { path: path.display().to_string() });
        }
        Ok(Watched::new(path, sha256, stamp))
    }

    /// The pictures of a haystack in the cache, which `make` makes of the source that is watched, if of any, in the file that
    /// it is given first and that will lie where it is told then; `revised` says that earlier versions prepared it otherwise.
    pub(super) fn video(
        &self,
        haystack: &Haystack,
        target: Target,
        revised: bool,
        source: Option<&Watched>,
        make: impl FnOnce(&Path, &Path) -> Result<(), Error>,
    ) -> Result<(VideoTrack, Held), Error> {
        let fingerprint = Fingerprint::of(&haystack.sha256, target, revised);
        let wanted = self.wanted_file(haystack, fingerprint.path(&self.cache));
        let check = |path: &Path| self.fault(path, haystack.form.frames);
        let held = wanted.hold(check, |path| unchanged(source, || make(path, &wanted.path)))?;
        let path = &wanted.path;
        Ok((prepare::open(path, probed::source(&self.cache, &self.job, path)?)?, held))
    }

    /// The sound of a haystack in the cache: that of stream `stream` of its source, with this many channels.
    pub(super) fn sound(
        &self,
        haystack: &Haystack,
        source: &Source,
        stream: usize,
        channels: u16,
        watched: Option<&Watched>,
    ) -> Result<(AudioTrack, Held), Error> {
        let wanted = self.wanted_file(haystack, self.sound_path(source, channels, &haystack.sha256));
        let make = |path: &Path| Ok(prepare_sound::sound(source, stream, channels, path, &self.job)?);
        let check = |path: &Path| Ok(prepare_sound::fault(path)?);
        let held = wanted.hold(check, |path| unchanged(watched, || make(path)))?;
        Ok((prepare_sound::open(&wanted.path)?, held))
    }

    fn wanted_file<'a>(&'a self, haystack: &'a Haystack, path: PathBuf) -> Wanted<'a> {
        Wanted { cache: &self.cache, job: &self.job, name: &haystack.id, path }
    }

    /// What is wrong with a prepared file that has no digest: all of it is decoded.
    fn fault(&self, path: &Path, frames: u64) -> Result<Option<String>, Error> {
        let told = |error: media::Error| match error {
            media::Error::Source { .. } | media::Error::Ffmpeg { .. } => Ok(Some(wording::chain(&error))),
            media::Error::File(file) if file.is_malformed() => Ok(Some(file.to_string())),
            other => Err(Error::from(other)),
        };
        // Not by what is kept of it: that may be as old as the file.
        let track = match probe::probe(path).and_then(|source| prepare::open(path, source)) {
            Ok(track) => track,
            Err(error) => return told(error),
        };
        if track.frames() != frames {
            return Ok(Some(format!("it has {} frames, not {frames}", track.frames())));
        }
        let step = target::gop(track.fps) * CHECKED_SECS;
        let starts = (0..frames).step_by(step as usize);
        let stretches: Vec<FrameSpan> =
            starts.filter_map(|start| FrameSpan::new(start, frames.min(start + step))).collect();
        let decoded = stretches.into_par_iter().try_for_each(|span| {
            let mut reader = SpanReader::open(&track, span)?;
            while reader.next_frame()?.is_some() {
                self.job.go_on()?;
            }
            let damaged = reader.damaged().map(|at| format!("frame {at} cannot be decoded"));
            damaged.map_or(Ok(()), |reason| Err(media::Error::source_file(path, reason)))
        });
        decoded.map_or_else(told, |()| Ok(None))
    }
}

/// Draws a scene.
pub(super) fn draw(
    recipe: &SceneRecipe,
    target: Target,
    frames: u64,
    path: &Path,
    item: Item<'_>,
) -> Result<(), Error> {
    let scene = Scene::new(&recipe.name, recipe.seed, target.width, target.height, target.fps, frames)
        .ok_or_else(|| media::Error::source_file(path, format!("no scene is called `{}`", recipe.name)))?;
    Ok(prepare::scene(target, path, frames, item, |at| scene.frame(at))?)
}

/// Makes something of a source, and fails if that has changed meanwhile.
fn unchanged(source: Option<&Watched>, make: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    let Some(source) = source else { return make() };
    let before = source.stamp()?;
    let made = make();
    // A source that changed explains whatever else went wrong.
    if source.stamp()? == before { made } else { Err(source.changed()) }
}
