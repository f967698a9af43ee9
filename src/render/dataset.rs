//! Making a dataset: every video, then the files that describe them; resumable at any moment.
//!
//! In: a planner and prepared haystacks. Out: a dataset directory. While it is being made, `.vniah/` in it says what it
//! will be and which videos are done; a run that was killed goes on where it stopped, and when all is written the
//! directory is removed. Which thread renders what, and in which order, changes no byte.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dataset::{self, FORMAT_VERSION, FfmpegVersions, Manifest, NeedleDigest, OutputDigest};
use crate::digest;
use crate::files;
use crate::media;
use crate::media::encode::Settings;
use crate::plan::{PlannedSample, Planner};
use crate::render::Error;
use crate::render::card;
use crate::render::haystacks::Ready;
use crate::render::rows::{self, VIDEOS};
use crate::render::verify;
use crate::render::video;

/// Directory of a dataset that is being made.
const STATE: &str = ".vniah";

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

/// What a directory holds or will hold: the same word for the same bytes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Promise {
    fingerprint: String,
}

/// A finished video.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Done {
    bytes: u64,
    sha256: String,
}

/// A dataset being made.
pub struct Work<'a> {
    planner: &'a Planner<'a>,
    ready: &'a BTreeMap<String, Ready>,
    out: &'a Path,
    plan_sha256: String,
    /// Held until the end, so that two processes never write one directory.
    _lock: File,
}

impl<'a> Work<'a> {
    /// Claims `out` for this plan. A directory that holds anything else is left alone.
    ///
    /// Returns `None` if it already holds the whole dataset.
    pub fn start(
        planner: &'a Planner<'a>,
        ready: &'a BTreeMap<String, Ready>,
        out: &'a Path,
    ) -> Result<Option<Self>, Error> {
        let refuse =
            |reason: &str| Error::Output { path: out.display().to_string(), reason: reason.to_owned() };
        let plan_sha256 = plan_digest(planner);
        let promise = Promise { fingerprint: digest::of_value(&(&plan_sha256, versions(planner, ready))) };
        let state = out.join(STATE);
        let promise_path = state.join("dataset.json");
        if promise_path.exists() {
            if fs::read(&promise_path).ok() != serde_json::to_vec(&promise).ok() {
                return Err(refuse(
                    "holds an unfinished dataset of another spec or version: choose another directory",
                ));
            }
        } else if out.join(dataset::MANIFEST).exists() {
            let manifest =
                dataset::read_manifest(out).map_err(|error| refuse(&format!("is no dataset: {error}")))?;
            if digest::of_value(&(&manifest.plan_sha256, &manifest_versions(&manifest)))
                != promise.fingerprint
            {
                return Err(refuse("holds the dataset of another spec or version: choose another directory"));
            }
            if is_whole(out, &manifest) {
                return Ok(None);
            }
            files::make_dir(&state)?;
            recall(&state, &manifest)?;
        } else if out.exists() && !files::sorted_dir(out)?.is_empty() {
            return Err(refuse("is not empty and holds no dataset: choose another directory"));
        }
        files::make_dir(&state)?;
        let lock_path = state.join("lock");
        let lock = File::create(&lock_path).map_err(files::Error::io("write", &lock_path))?;
        if lock.try_lock().is_err() {
            return Err(refuse("is being written by another process"));
        }
        let promise_bytes = serde_json::to_vec(&promise).expect("a promise serialises");
        files::write_bytes(&promise_path, &promise_bytes)?;
        files::make_dir(&out.join(VIDEOS))?;
        for left in files::sorted_dir(&out.join(VIDEOS))? {
            if left.extension().is_some_and(|extension| extension == "partial") {
                fs::remove_file(&left).map_err(files::Error::io("remove", &left))?;
            }
        }
        Ok(Some(Self { planner, ready, out, plan_sha256, _lock: lock }))
    }

    /// Renders what is missing and writes the dataset's files. `tick` is told each video that is done.
    pub fn run(self, tick: impl Fn(&str) + Sync) -> Result<Outcome, Error> {
        let results: Vec<Result<(Done, Outcome), Error>> = (0..self.planner.len())
            .into_par_iter()
            .map(|index| {
                let sample = self.planner.sample(index);
                let done = self.one(&sample);
                tick(&sample.video.name);
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
                Err(error @ (Error::Stopped | Error::File(_) | Error::Plan { .. })) => return Err(error),
                Err(error) => faults.push(error),
            }
        }
        // Videos that failed fail alone: the others are kept, and the next run makes these again.
        if let Some(first) = faults.into_iter().next() {
            return Err(first);
        }
        self.describe(&done)?;
        Ok(outcome)
    }

    fn record(&self, sample: &PlannedSample) -> PathBuf {
        self.out.join(STATE).join(format!("{}.done", sample.video.name))
    }

    fn one(&self, sample: &PlannedSample) -> Result<(Done, Outcome), Error> {
        super::go_on()?;
        let path = self.out.join(rows::file_name(sample));
        let record = self.record(sample);
        if let Some(done) =
            fs::read(&record).ok().and_then(|bytes| serde_json::from_slice::<Done>(&bytes).ok())
            && fs::metadata(&path).is_ok_and(|file| file.len() == done.bytes)
        {
            return Ok((done, Outcome { kept: 1, ..Outcome::default() }));
        }
        let library = self.planner.spec().library();
        let timeline = video::render(&sample.video, self.ready, library, &path)?;
        let differences = verify::quick(&sample.video, &timeline, self.ready, library, &path)?;
        if !differences.is_empty() {
            fs::remove_file(&path).map_err(files::Error::io("remove", &path))?;
            return Err(Error::Wrong { video: sample.video.name.clone(), differences });
        }
        let done = done_file(&path)?;
        files::write_bytes(&record, &serde_json::to_vec(&done).expect("a record serialises"))?;
        let encoded_frames = timeline.encoded_frames();
        Ok((done, Outcome { rendered: 1, kept: 0, encoded_frames, frames: sample.video.num_frames }))
    }

    /// Writes everything but the videos; the manifest comes last, since it says that all is there.
    fn describe(&self, done: &[Done]) -> Result<(), Error> {
        let out = self.out;
        let samples = || self.planner.samples().zip(done);
        files::write_json_lines(
            &out.join(dataset::METADATA),
            samples().flat_map(|(sample, video)| rows::rows(&sample, &video.sha256)),
        )?;
        let haystacks: Vec<_> = self.ready.values().map(|ready| ready.haystack.clone()).collect();
        let metadata = digest::of_file(&out.join(dataset::METADATA))
            .map_err(files::Error::io("read", &out.join(dataset::METADATA)))?;
        let rows = samples().flat_map(|(sample, video)| rows::rows(&sample, &video.sha256));
        files::write_json(
            &out.join(card::VNBENCH),
            &rows.map(|row| card::vnbench(&row)).collect::<Vec<_>>(),
        )?;
        files::write_json(
            &out.join(card::CROISSANT),
            &card::croissant(self.planner.spec().name(), &metadata),
        )?;
        files::write_bytes(&out.join(card::README), card::readme(self.planner, &haystacks).as_bytes())?;
        let mut outputs = Vec::new();
        for name in [card::README, card::VNBENCH, card::CROISSANT, dataset::METADATA] {
            let done = done_file(&out.join(name))?;
            outputs.push(OutputDigest { name: name.to_owned(), bytes: done.bytes, sha256: done.sha256 });
        }
        for (sample, video) in samples() {
            let (bytes, sha256) = (video.bytes, video.sha256.clone());
            outputs.push(OutputDigest { name: rows::file_name(&sample), bytes, sha256 });
        }
        outputs.sort_by(|a, b| a.name.cmp(&b.name));
        let versions = versions(self.planner, self.ready);
        let warnings = haystacks.iter().flat_map(|haystack| {
            haystack.warnings.iter().map(|warning| format!("`{}`: {warning}", haystack.id))
        });
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            tool_version: versions.tool,
            seed: self.planner.spec().seed_number(),
            spec: self.planner.spec().text().to_owned(),
            plan_sha256: self.plan_sha256.clone(),
            ffmpeg: versions.ffmpeg,
            encoder: versions.encoder,
            needles: versions.needles,
            templates: versions.templates,
            warnings: warnings.chain(self.planner.warnings().iter().cloned()).collect(),
            haystacks,
            outputs,
        };
        files::write_json(&out.join(dataset::MANIFEST), &manifest)?;
        let state = out.join(STATE);
        fs::remove_dir_all(&state).map_err(files::Error::io("remove", &state))?;
        Ok(())
    }
}

/// What a dataset's bytes depend on, besides its plan.
#[derive(Serialize)]
struct MadeBy {
    tool: String,
    ffmpeg: FfmpegVersions,
    encoder: String,
    needles: Vec<NeedleDigest>,
    templates: Vec<NeedleDigest>,
    haystacks: Vec<String>,
}

fn versions(planner: &Planner<'_>, ready: &BTreeMap<String, Ready>) -> MadeBy {
    let spec = planner.spec();
    let ffmpeg = media::versions();
    let mut needles =
        vec![NeedleDigest { name: "font".to_owned(), sha256: spec.library().font_sha256().to_owned() }];
    let mut packs: Vec<&str> = spec.tasks().iter().map(|task| task.pack.as_str()).collect();
    packs.sort_unstable();
    packs.dedup();
    for pack in packs.iter().filter_map(|id| spec.library().pack(id)) {
        needles.push(NeedleDigest { name: pack.id.clone(), sha256: pack.sha256.clone() });
    }
    let family = |task: &crate::spec::Task| NeedleDigest {
        name: task.family.kind().to_owned(),
        sha256: task.family.sha256().to_owned(),
    };
    MadeBy {
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        ffmpeg: FfmpegVersions {
            release: ffmpeg.release,
            avcodec: ffmpeg.avcodec,
            avformat: ffmpeg.avformat,
            swscale: ffmpeg.swscale,
        },
        encoder: Settings::describe(spec.wanted().crf),
        needles,
        templates: spec.tasks().iter().map(family).collect(),
        haystacks: ready.values().map(|ready| ready.haystack.sha256.clone()).collect(),
    }
}

fn manifest_versions(manifest: &Manifest) -> MadeBy {
    MadeBy {
        tool: manifest.tool_version.clone(),
        ffmpeg: manifest.ffmpeg.clone(),
        encoder: manifest.encoder.clone(),
        needles: manifest.needles.clone(),
        templates: manifest.templates.clone(),
        haystacks: manifest.haystacks.iter().map(|haystack| haystack.sha256.clone()).collect(),
    }
}

/// Digest of all planned samples, in order.
pub fn plan_digest(planner: &Planner<'_>) -> String {
    digest::of_values(planner.samples())
}

fn done_file(path: &Path) -> Result<Done, files::Error> {
    let bytes = fs::metadata(path).map_err(files::Error::io("read", path))?.len();
    Ok(Done { bytes, sha256: digest::of_file(path).map_err(files::Error::io("read", path))? })
}

fn is_whole(out: &Path, manifest: &Manifest) -> bool {
    let there = |output: &OutputDigest| {
        fs::metadata(out.join(&output.name)).is_ok_and(|file| file.len() == output.bytes)
    };
    manifest.outputs.iter().all(there)
}

/// Writes the records of the videos that a finished dataset has, so that only those that were lost are made again.
fn recall(state: &Path, manifest: &Manifest) -> Result<(), Error> {
    for output in &manifest.outputs {
        let name = output.name.strip_prefix(VIDEOS).and_then(|name| name.strip_prefix('/'));
        if let Some(name) = name.and_then(|name| name.strip_suffix(".mp4")) {
            let done = Done { bytes: output.bytes, sha256: output.sha256.clone() };
            let bytes = serde_json::to_vec(&done).expect("a record serialises");
            files::write_bytes(&state.join(format!("{name}.done")), &bytes)?;
        }
    }
    Ok(())
}
