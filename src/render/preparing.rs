//! Preparing one haystack in the cache: its pictures and its sound, each held and known to be as it was made.
//!
//! In: what a survey found of a haystack. Out: tracks of prepared files. A source that changes while it is prepared gives no
//! file, since that would lie under the name of what it was.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::haystack::{Haystack, SceneRecipe};
use crate::job::Item;
use crate::media;
use crate::media::decode::SpanReader;
use crate::media::index::{AudioTrack, VideoTrack};
use crate::media::prepare::{self, Target};
use crate::media::prepare_sound;
use crate::media::probe::{self, Source};
use crate::render::Error;
use crate::render::cache::{Held, Wanted};
use crate::render::fingerprint::Fingerprint;
use crate::render::haystacks::Preparation;
use crate::render::probed;
use crate::render::watch::{Stamp, Watched};
use crate::scene::Scene;
use crate::time::FrameSpan;

/// Seconds of a prepared haystack that one thread decodes to check it.
const CHECKED_SECS: u64 = 10;

impl Preparation {
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
            media::Error::Source { .. } | media::Error::Ffmpeg { .. } => Ok(Some(super::chain(&error))),
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
        let step = prepare::gop(track.fps) * CHECKED_SECS;
        let starts: Vec<u64> = (0..frames).step_by(step as usize).collect();
        let decoded = starts.into_par_iter().try_for_each(|start| {
            let count = step.min(frames - start);
            let Some(span) = FrameSpan::new(start, count) else { return Ok(()) };
            let mut reader = SpanReader::open(&track, span)?;
            while reader.next_frame()?.is_some() {
                self.job.go_on()?;
            }
            Ok(())
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
