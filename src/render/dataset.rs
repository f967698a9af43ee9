//! Making a dataset: every video, then the files that describe them; resumable at any moment.
//!
//! In: a planner and prepared haystacks. Out: a dataset directory. A run that was killed goes on where it stopped, and
//! one whose videos are all there writes only what describes them. Which thread renders what, and in which order, changes
//! no byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::dataset::{FORMAT_VERSION, FfmpegVersions, Manifest, NeedleDigest, OutputDigest, Shard, Store};
use crate::digest;
use crate::files;
use crate::job::{Job, Stage};
use crate::media;
use crate::media::encode::Settings;
use crate::media::input::Input;
use crate::plan::{PlannedVideo, Planner, VideoPlan};
use crate::render::Error;
use crate::render::annotation;
use crate::render::carry;
use crate::render::claim::{self, Claim, Done, Wanted};
use crate::render::describe::{self, Parts};
use crate::render::pictures;
use crate::render::ready::Ready;
use crate::render::recipe::Recipe;
use crate::render::rows;
use crate::render::steady::{stamps, steadily};
use crate::render::subtitles;
use crate::render::video::{self, Rendered};
use crate::render::videos;
use crate::spec::portable::CarriedFile;
use crate::spec::{CheckedSpec, Task};

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
            "rendered {rendered} videos ({frames} frames, {}.{}% of them encoded), kept {kept}: `{}`",
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
    /// Claims `out` for this plan, whose dataset has this [`manifest`] and this card. A directory that holds anything else
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
        let results: Vec<Result<(Video, Outcome), Error>> = numbers(self.planner, self.shard)
            .collect::<Vec<u64>>()
            .into_par_iter()
            .map(|index| {
                // Where the disk is full, no other video can be written either.
                if is_full.load(Ordering::Relaxed) {
                    return Err(Error::Stopped);
                }
                let planned = self.planner.video(index);
                let done = self.one(&planned);
                if done.as_ref().is_err_and(Error::is_disk_full) {
                    is_full.store(true, Ordering::Relaxed);
                }
                stage.advance(&planned.video.name);
                done
            })
            .collect();
        let mut outcome = Outcome::default();
        let mut done = Vec::new();
        let mut faults = Vec::new();
        for result in results {
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

    /// Renders a video while its haystacks do not change.
    fn render(&self, planned: &PlannedVideo, path: &Path) -> Result<Rendered, Error> {
        let haystacks = || planned.parts.iter().map(|part| &part.haystack);
        let library = self.planner.spec().library();
        let make = || video::render(planned, self.ready, library, (self.manifest.store, path));
        steadily(self.ready, haystacks, make, || Ok(files::remove(path)?))
    }

    fn one(&self, planned: &VideoPlan) -> Result<(Video, Outcome), Error> {
        self.claim.go_on()?;
        if planned.video.is_none() {
            return Ok((Video { kept: None, sha256: String::new() }, Outcome::default()));
        }
        let store = self.manifest.store;
        let path = self.out.join(store.of(&rows::file_name(&planned.video)));
        let name = &planned.video.name;
        if let Some(kept) = self.claim.done(name, &path) {
            let sha256 = match store {
                Store::File => kept.sha256.clone(),
                Store::Recipe => Recipe::read(&path)?.head.sha256,
            };
            let video = Video { kept: Some(kept), sha256 };
            return Ok((video, Outcome { kept: 1, ..Outcome::default() }));
        }
        let Rendered { done: kept, sha256, timeline, differences } = self.render(&planned.video, &path)?;
        if !differences.is_empty() {
            fs::remove_file(&path).map_err(files::Error::io("remove", &path))?;
            return Err(Error::Wrong { video: name.clone(), differences });
        }
        self.claim.keep(name, &kept)?;
        let encoded_frames = timeline.encoded_frames();
        let video = Video { kept: Some(kept), sha256 };
        Ok((video, Outcome { rendered: 1, kept: 0, encoded_frames, frames: planned.video.num_frames }))
    }
}

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
fn told(mut faults: Vec<Error>, done: usize) -> Option<Error> {
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

/// The manifest of a dataset, without its outputs.
pub fn manifest(planner: &Planner, ready: &BTreeMap<String, Ready>, store: Store) -> Manifest {
    let spec = planner.spec();
    let ffmpeg = media::versions();
    let Makers { encoder, needles, templates } = makers(spec);
    let haystacks: Vec<_> = ready.values().map(|ready| ready.haystack.clone()).collect();
    let warnings = haystacks
        .iter()
        .flat_map(|haystack| haystack.warnings.iter().map(|text| format!("`{}`: {text}", haystack.id)));
    Manifest {
        format_version: FORMAT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: spec.seed_number(),
        spec: spec.text().to_owned(),
        plan_sha256: plan_digest(planner),
        ffmpeg: FfmpegVersions {
            release: ffmpeg.release,
            avcodec: ffmpeg.avcodec,
            avformat: ffmpeg.avformat,
            swscale: ffmpeg.swscale,
        },
        encoder,
        store,
        control: planner.control(),
        needles,
        templates,
        warnings: warnings.chain(planner.warnings().iter().cloned()).collect(),
        haystacks,
        outputs: Vec::new(),
    }
}

/// The name of the font among what needles come from.
const FONT: &str = "font";

/// What videos depend on, besides plan, haystacks and versions.
struct Makers {
    encoder: String,
    needles: Vec<NeedleDigest>,
    templates: Vec<NeedleDigest>,
}

fn makers(spec: &CheckedSpec) -> Makers {
    let mut needles =
        vec![NeedleDigest { name: FONT.to_owned(), sha256: spec.library().font_sha256().to_owned() }];
    for pack in spec.packs() {
        needles.push(NeedleDigest { name: pack.id.clone(), sha256: pack.sha256.clone() });
    }
    let family = |task: &Task| NeedleDigest {
        name: task.family.kind().to_owned(),
        sha256: task.family.sha256().to_owned(),
    };
    let mut templates: Vec<NeedleDigest> = spec.tasks().iter().map(family).collect();
    // A type has as many tasks as settings, which stand side by side.
    templates.dedup();
    Makers { encoder: Settings::describe(spec.wanted().crf), needles, templates }
}

/// Whether a planner, given the same haystacks, makes the videos of the dataset that has this manifest. Needles of
/// another look and settings of another quality are in no plan.
pub fn is_of(manifest: &Manifest, planner: &Planner) -> bool {
    let Makers { encoder, needles, templates } = makers(planner.spec());
    encoder == manifest.encoder
        && has_names_of(&needles, &manifest.needles)
        && has_names_of(&templates, &manifest.templates)
        && changed(manifest, planner.spec()).is_empty()
        && plan_digest(planner) == manifest.plan_sha256
}

fn has_names_of(digests: &[NeedleDigest], others: &[NeedleDigest]) -> bool {
    digests.iter().map(|digest| &digest.name).eq(others.iter().map(|digest| &digest.name))
}

/// The fonts, packs and families of `spec` that are not those that made the dataset of this manifest.
///
/// Comments and layout of their files do not count.
pub fn changed(manifest: &Manifest, spec: &CheckedSpec) -> Vec<String> {
    let is_known = |digest: &&NeedleDigest| {
        let named = digest.sha256.as_str();
        let packs = || spec.packs().into_iter().filter(|pack| pack.id == digest.name);
        (digest.name == FONT && spec.library().font_sha256() == named)
            || packs().any(|pack| pack.sha256 == named)
    };
    let packs =
        manifest.needles.iter().filter(|digest| !is_known(digest)).map(|digest| {
            if digest.name == FONT { FONT.to_owned() } else { format!("pack `{}`", digest.name) }
        });
    let families = manifest.templates.iter().filter(|digest| {
        let mut of_type = spec.tasks().iter().filter(|task| task.family.kind() == digest.name);
        !of_type.any(|task| task.family.sha256() == digest.sha256)
    });
    packs.chain(families.map(|digest| format!("family `{}`", digest.name))).collect()
}

/// Digest of all planned videos, in order.
pub fn plan_digest(planner: &Planner) -> String {
    digest::of_values(planner.videos())
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
