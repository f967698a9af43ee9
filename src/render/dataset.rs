//! Making a dataset: every video, then the files that describe them; resumable at any moment.
//!
//! In: a planner and prepared haystacks. Out: a dataset directory. A run that was killed goes on where it stopped, and
//! one whose videos are all there writes only what describes them. Which thread renders what, and in which order, changes
//! no byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::dataset::{Manifest, OutputDigest, Shard, Store};
use crate::files;
use crate::job::{Job, Stage};
use crate::media::input::Input;
use crate::plan::{PlannedVideo, Planner, VideoPlan};
use crate::render::Error;
use crate::render::annotation;
use crate::render::batch::{self, Batch};
use crate::render::carry;
use crate::render::claim::{self, Claim, Done, Wanted};
use crate::render::describe::{self, Parts};
use crate::render::pictures;
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;
use crate::render::rests::Rests;
use crate::render::rows;
use crate::render::steady::{stamps, steadily};
use crate::render::subtitles;
use crate::render::video::{self, Asked, Rendered};
use crate::render::videos;
use crate::spec::portable::CarriedFile;
use crate::wording;

/// How a dataset came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Videos rendered in this run.
    pub rendered: u64,
    /// Videos that an earlier run had finished.
    pub kept: u64,
    /// Frames encoded in this run.
    pub encoded_frames: u64,
    /// Frames of the videos rendered in this run.
    pub frames: u64,
}

impl Outcome {
    /// What was done in `out`.
    fn told(&self, out: &Path) -> String {
        let Self { rendered, kept, encoded_frames, frames } = self;
        let share = (encoded_frames * 1000).checked_div(*frames).unwrap_or(0);
        format!(
            "rendered {} ({}, {}.{}% of them encoded), kept {kept}: `{}`",
            wording::count(*rendered, "video"),
            wording::count(*frames, "frame"),
            share / 10,
            share % 10,
            out.display()
        )
    }
}

/// A dataset being made.
pub struct Work<'a> {
    planner: &'a Planner,
    ready: &'a BTreeMap<String, Ready>,
    out: &'a Path,
    /// Which part is made; all, if none.
    shard: Option<Shard>,
    /// As it will be, but for the outputs.
    manifest: Manifest,
    readme: String,
    carried: &'a [CarriedFile],
    claim: Claim,
}

impl<'a> Work<'a> {
    /// Claims `out` for this plan, whose dataset has this [`manifest`](super::stated::manifest) and this card. A directory that holds anything else
    /// is left alone. `job` may stop it, and hears of it.
    ///
    /// Returns `None` if it already holds the whole dataset.
    pub fn start(
        planner: &'a Planner,
        ready: &'a BTreeMap<String, Ready>,
        (out, shard): (&'a Path, Option<Shard>),
        (manifest, readme): (Manifest, String),
        job: &Job,
    ) -> Result<Option<Self>, Error> {
        let claim = claim::claim(out, Wanted { manifest: &manifest, readme: &readme, shard }, job)?;
        Ok(claim.map(|claim| Self { planner, ready, out, shard, manifest, readme, carried: &[], claim }))
    }

    /// The dataset carries these files: its spec and what that needs.
    #[must_use]
    pub fn carrying(self, carried: &'a [CarriedFile]) -> Self {
        Self { carried, ..self }
    }

    /// Number of videos.
    pub fn videos(&self) -> u64 {
        numbers(self.planner, self.shard).count() as u64
    }

    /// Renders what is missing and writes the dataset's files.
    pub fn run(self) -> Result<Outcome, Error> {
        let stage = self.claim.job().start(Stage::Render, self.videos());
        let carried = carry::write(self.out, self.carried, self.claim.job())?;
        let is_full = AtomicBool::new(false);
        let made = |batch: Batch| {
            // Where the disk is full, no other video can be written either.
            let stopped = |number: &u64| (*number, Err(Error::Stopped));
            if is_full.load(Ordering::Relaxed) {
                return batch.numbers.iter().map(stopped).collect();
            }
            let made = self.batch(&batch);
            if made.iter().any(|(_, made)| made.as_ref().is_err_and(Error::is_disk_full)) {
                is_full.store(true, Ordering::Relaxed);
            }
            for (number, _) in &made {
                stage.advance(&self.planner.video(*number).video.name);
            }
            made
        };
        let batches = batch::batches(self.planner, numbers(self.planner, self.shard).collect());
        let made: Vec<Vec<(u64, Made)>> = batches.into_par_iter().map(made).collect();
        let results: BTreeMap<u64, Made> = made.into_iter().flatten().collect();
        let mut outcome = Outcome::default();
        let mut done = Vec::new();
        let mut faults = Vec::new();
        for result in results.into_values() {
            match result {
                Ok((video, part)) => {
                    outcome.rendered += part.rendered;
                    outcome.kept += part.kept;
                    outcome.encoded_frames += part.encoded_frames;
                    outcome.frames += part.frames;
                    done.push(video);
                }
                Err(error) => faults.push(error),
            }
        }
        // Videos that failed fail alone: the others are kept, and the next run makes these again.
        if let Some(error) = told(faults, done.len()) {
            return Err(error);
        }
        let pictures = self.pictures()?;
        let with_lines = |index: &u64| self.planner.task(*index).family.has_subtitles();
        let with_lines = numbers(self.planner, self.shard).filter(with_lines);
        let subtitles = subtitles::write(with_lines.map(|index| self.planner.video(index).video), self.out)?;
        let Self { planner, out, manifest, readme, claim, shard, .. } = self;
        let croissant = annotation::croissant(planner, &manifest.haystacks);
        let digests: Vec<&str> = done.iter().map(|video| video.sha256.as_str()).collect();
        let store = manifest.store;
        let planned = || numbers(planner, shard).map(|at| planner.video(at));
        let control = planner.control();
        let row = |(planned, sha256): (VideoPlan, &&str)| rows::rows_under(&planned, sha256, control);
        let rows = || planned().zip(&digests).flat_map(row);
        let videos = planned().zip(&done).filter_map(|(planned, video)| {
            Some(video.kept.clone()?.named(store.of(&rows::file_name(&planned.video))))
        });
        let media = videos.chain(pictures).chain(subtitles).chain(carried).collect();
        let parts = Parts { manifest, readme, croissant };
        match shard {
            None => describe::whole(out, parts, || Ok(rows().map(Ok)), media)?,
            Some(shard) => describe::part(out, parts, (shard, planner.len()), rows(), media)?,
        }
        claim.finish()?;
        stage.finish(&outcome.told(out));
        Ok(outcome)
    }

    /// The pictures of the types whose first sample is of this part, from its finished videos.
    fn pictures(&self) -> Result<Vec<OutputDigest>, Error> {
        let all = Shard { index: 0, count: 1 };
        let is_ours = |index: &u64| self.shard.unwrap_or(all).has(*index);
        let ours = pictures::firsts(self.planner).into_iter().filter(is_ours);
        let videos: Vec<VideoPlan> = ours.map(|index| self.planner.video(index)).collect();
        let before = stamps(self.ready, self.ready.keys())?;
        let pictures = pictures::write(&videos, self.out, |planned| {
            self.claim.go_on()?;
            let name = rows::file_name(&planned.video);
            match self.manifest.store {
                Store::File => Ok(Input::file(self.out.join(name))),
                Store::Recipe => {
                    videos::recipe(self.out, &name, self.ready).map(|(_, video)| Input::Spliced(video))
                }
            }
        });
        // Pictures of recipes show what lies in the sources.
        if stamps(self.ready, self.ready.keys())? == before { pictures } else { Err(Error::Unsteady) }
    }

    /// Renders videos that are made together, while their haystacks do not change.
    fn render(&self, asked: &[Asked<'_>], rests: &Rests) -> Result<Vec<Rendered>, Error> {
        let haystacks: BTreeSet<&String> =
            asked.iter().flat_map(|asked| &asked.video.parts).map(|part| &part.haystack).collect();
        let library = self.planner.spec().library();
        let make = || video::together(asked, self.ready, library, (self.manifest.store, rests));
        let undo = || Ok(asked.iter().try_for_each(|asked| files::remove(asked.path))?);
        steadily(self.ready, || haystacks.iter().copied(), make, undo)
    }

    /// Makes those of a batch that are not there yet.
    fn batch(&self, batch: &Batch) -> Vec<(u64, Made)> {
        let mut made = Vec::new();
        let mut missing = Vec::new();
        for &number in &batch.numbers {
            let planned = self.planner.video(number).video;
            match self.kept(&planned) {
                Ok(Some(kept)) => made.push((number, Ok(kept))),
                Ok(None) => {
                    let name = self.manifest.store.of(&rows::file_name(&planned));
                    missing.push((number, planned, self.out.join(name)));
                }
                Err(error) => made.push((number, Err(error))),
            }
        }
        let asked: Vec<Asked<'_>> = missing.iter().map(|(_, video, path)| Asked { video, path }).collect();
        match self.render(&asked, &batch.rests) {
            Ok(rendered) => {
                let numbers = missing.iter().map(|(number, ..)| *number);
                let kept = numbers
                    .zip(&asked)
                    .zip(rendered)
                    .map(|((number, asked), rendered)| (number, self.keep(asked, rendered)));
                made.extend(kept);
            }
            // What stops one stops all; anything else is told of the video that it belongs to.
            Err(error) if asked.len() == 1 => made.push((missing[0].0, Err(error))),
            Err(Error::Stopped) => {
                made.extend(missing.iter().map(|(number, ..)| (*number, Err(Error::Stopped))));
            }
            Err(_) => {
                for ((number, ..), asked) in missing.iter().zip(&asked) {
                    let rendered = self.render(std::slice::from_ref(asked), &batch.rests);
                    let one = |mut rendered: Vec<Rendered>| rendered.pop().expect("one video gives one");
                    made.push((*number, rendered.map(one).and_then(|rendered| self.keep(asked, rendered))));
                }
            }
        }
        made
    }

    /// A video that needs no rendering: one that a control leaves out, or that is there.
    fn kept(&self, planned: &PlannedVideo) -> Result<Option<(Video, Outcome)>, Error> {
        self.claim.go_on()?;
        if planned.is_none() {
            return Ok(Some((Video { kept: None, sha256: String::new() }, Outcome::default())));
        }
        let store = self.manifest.store;
        let path = self.out.join(store.of(&rows::file_name(planned)));
        let Some(kept) = self.claim.done(&planned.name, &path) else { return Ok(None) };
        let sha256 = match store {
            Store::File => kept.sha256.clone(),
            Store::Recipe => Recipe::read(&path)?.head.sha256,
        };
        let video = Video { kept: Some(kept), sha256 };
        Ok(Some((video, Outcome { kept: 1, ..Outcome::default() })))
    }

    /// Notes that a video is done, unless it is wrong.
    fn keep(&self, asked: &Asked<'_>, rendered: Rendered) -> Made {
        let Rendered { done: kept, sha256, timeline, differences } = rendered;
        let Asked { video, path } = asked;
        if !differences.is_empty() {
            fs::remove_file(path).map_err(files::Error::io("remove", path))?;
            return Err(Error::Wrong { video: video.name.clone(), differences });
        }
        self.claim.keep(&video.name, &kept)?;
        let encoded_frames = timeline.encoded_frames();
        let outcome = Outcome { rendered: 1, kept: 0, encoded_frames, frames: video.num_frames };
        Ok((Video { kept: Some(kept), sha256 }, outcome))
    }
}

/// A video and what it took, or why there is none.
type Made = Result<(Video, Outcome), Error>;

/// A finished video: what is kept of it, and its own digest; nothing of one that a control leaves out.
struct Video {
    kept: Option<Done>,
    sha256: String,
}

/// Numbers of the videos of a part, or of all.
fn numbers(planner: &Planner, shard: Option<Shard>) -> impl Iterator<Item = u64> {
    shard.unwrap_or(Shard { index: 0, count: 1 }).samples(planner.len())
}

/// What is told of videos that failed beside so many that did not: a full disk and a wish to stop explain all others; else each.
pub(super) fn told(mut faults: Vec<Error>, done: usize) -> Option<Error> {
    let is_full = faults.iter().position(Error::is_disk_full);
    let is_stopped = faults.iter().position(|error| matches!(error, Error::Stopped));
    // What was made of a haystack while it changed may be wrong in any way.
    let is_changed = faults.iter().position(|error| matches!(error, Error::Changed { .. } | Error::Unsteady));
    if let Some(at) = is_full.or(is_stopped).or(is_changed) {
        return Some(faults.swap_remove(at));
    }
    let of = faults.len() + done;
    if faults.len() > 1 { Some(Error::Videos { failed: faults, of }) } else { faults.pop() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(video: &str) -> Error {
        Error::Wrong { video: video.to_owned(), differences: vec!["frame 3 is missing".to_owned()] }
    }

    #[test]
    fn every_video_that_failed_is_told_with_their_number() {
        assert!(told(Vec::new(), 4).is_none());
        let one = told(vec![wrong("a")], 4).unwrap().to_string();
        assert_eq!(one, "video `a` is not what its plan says: frame 3 is missing");
        let three = told(vec![wrong("a"), wrong("b"), wrong("c")], 4).unwrap().to_string();
        insta::assert_snapshot!(three, @r"
        3 of 7 videos could not be made
          video `a` is not what its plan says: frame 3 is missing
          video `b` is not what its plan says: frame 3 is missing
          video `c` is not what its plan says: frame 3 is missing
        ");
        let many: Vec<Error> = (0..102).map(|at| wrong(&at.to_string())).collect();
        let many = told(many, 0).unwrap().to_string();
        assert!(many.starts_with("102 of 102 videos") && many.ends_with("\n  and 2 more"), "{many}");
        assert!(matches!(told(vec![wrong("a"), Error::Stopped], 0), Some(Error::Stopped)));
    }
}
