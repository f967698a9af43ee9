//! Claiming a directory for a dataset: what it may hold, and one writer at a time.
//!
//! In: a directory and the manifest that it will have. Out: a [`Claim`], or nothing where the dataset is there already,
//! or a refusal that leaves the directory as it was. While a dataset is being made, `.vniah/` in it says what it will be
//! and which videos are done. A finished dataset has a manifest and no such directory, whenever its writer was killed.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::checksum;
use crate::dataset::{self, Manifest, OutputDigest, Shard, Store};
use crate::digest;
use crate::files;
use crate::job::Job;
use crate::render::Error;
use crate::render::fault::OutputFault;
use crate::render::lock::{self, Tried};

/// Directory of a dataset that is being made.
const STATE: &str = ".vniah";

/// What an unfinished directory will hold: the same word for the same videos.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Promise {
    fingerprint: String,
}

/// A finished file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Done {
    /// With its name within its dataset.
    pub(super) fn named(self, name: String) -> OutputDigest {
        OutputDigest { name, bytes: self.bytes, sha256: self.sha256 }
    }

    /// Of a file on disk.
    pub(super) fn of(path: &Path) -> Result<Self, files::Error> {
        let bytes = fs::metadata(path).map_err(files::Error::io("read", path))?.len();
        Ok(Self { bytes, sha256: checksum::of_file(path)? })
    }

    /// Whether the file on disk is this one, to the byte.
    fn is_of(&self, path: &Path) -> bool {
        is_file_of(path, self.bytes, &self.sha256)
    }
}

/// A directory that this process alone writes.
pub(super) struct Claim {
    state: PathBuf,
    /// Held until the end, so that two processes never write one directory.
    _lock: File,
    job: Job,
}

/// What a directory holds.
enum Found {
    /// Nothing, or the beginnings of this very dataset.
    Free,
    /// This dataset, but for files that are lost or that describe it otherwise.
    Part(Box<Manifest>),
    /// This dataset, as far as names and sizes tell.
    Whole(Box<Manifest>),
}

/// Time that a check may take before the caller is told of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a directory is to hold.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The dataset's manifest, without outputs.
    pub(super) manifest: &'a Manifest,
    /// The dataset's card.
    pub(super) readme: &'a str,
    /// Which part of it; none for the whole.
    pub(super) shard: Option<Shard>,
}

/// Claims `out` for what is wanted; `None` if it is there.
pub(super) fn claim(out: &Path, wanted: Wanted<'_>, job: &Job) -> Result<Option<Claim>, Error> {
    // Looked at before anything is written, so that a directory that is refused stays as it is.
    if let Found::Whole(found) = look(out, wanted)?
        && !out.join(STATE).exists()
        && is_undamaged(out, &found, job)?
    {
        return Ok(None);
    }
    let claim = Claim { state: out.join(STATE), _lock: lock(out, job)?, job: job.clone() };
    // Looked at again, because another process may have gone on between the first look and the lock.
    match look(out, wanted)? {
        Found::Whole(found) if is_undamaged(out, &found, job)? => return claim.finish().map(|()| None),
        Found::Whole(found) | Found::Part(found) => {
            warn_of_changed_descriptions(out, &found, job);
            claim.recall(&found)?;
        }
        Found::Free => {}
    }
    let promise = serde_json::to_vec(&Promise { fingerprint: fingerprint(wanted.manifest, wanted.shard) });
    files::write_bytes(&promise_path(out), &promise.expect("a promise serialises"))?;
    if wanted.manifest.control.is_some_and(|control| !control.has_videos()) {
        return Ok(Some(claim));
    }
    let kept = out.join(wanted.manifest.store.dir());
    files::make_dir(&kept)?;
    for left in files::sorted_dir(&kept)? {
        if left.extension().is_some_and(|extension| extension == "partial") {
            fs::remove_file(&left).map_err(files::Error::io("remove", &left))?;
        }
    }
    Ok(Some(claim))
}

/// A finished dataset into whose directory this process alone writes.
pub struct Held(Claim);

impl Held {
    /// Gives the directory up.
    pub fn release(self) -> Result<(), Error> {
        self.0.finish()
    }
}

/// Keeps other processes from writing into the directory of the finished dataset in `out`.
pub fn hold(out: &Path, job: &Job) -> Result<Held, Error> {
    Ok(Held(Claim { state: out.join(STATE), _lock: lock(out, job)?, job: job.clone() }))
}

impl Claim {
    /// Who has the dataset made.
    pub(super) fn job(&self) -> &Job {
        &self.job
    }

    /// Fails if somebody has asked to stop.
    pub(super) fn go_on(&self) -> Result<(), Error> {
        Ok(self.job.go_on()?)
    }

    /// What is on record of a video, unless it is lost, was never finished or is no longer what was recorded; of the last the
    /// caller is warned.
    pub(super) fn done(&self, name: &str, path: &Path) -> Option<Done> {
        // A record that cannot be read is as good as none: its video is made again.
        let done: Done = serde_json::from_slice(&fs::read(self.record(name)).ok()?).ok()?;
        let is_right = done.is_of(path);
        if !is_right && path.exists() {
            warn_of_change(path, &self.job);
        }
        is_right.then_some(done)
    }

    /// Records a finished video.
    pub(super) fn keep(&self, name: &str, done: &Done) -> Result<(), Error> {
        let bytes = serde_json::to_vec(done).expect("a record serialises");
        Ok(files::write_bytes(&self.record(name), &bytes)?)
    }

    /// Gives the directory up once its manifest says that all is there.
    pub(super) fn finish(self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.state) {
            Ok(()) => Ok(()),
            // A process that waits for the lock may be in it; that one finds the dataset whole, and removes it.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => {
                Ok(())
            }
            Err(error) => Err(files::Error::io("remove", &self.state)(error).into()),
        }
    }

    fn record(&self, name: &str) -> PathBuf {
        self.state.join(format!("{name}.done"))
    }

    /// Records the videos that a finished dataset has, so that only those that were lost are made again.
    fn recall(&self, manifest: &Manifest) -> Result<(), Error> {
        for output in &manifest.outputs {
            if let Some(name) = video_name(manifest.store, &output.name) {
                self.keep(name, &Done { bytes: output.bytes, sha256: output.sha256.clone() })?;
            }
        }
        Ok(())
    }
}

/// The name of the video that is kept as the file `output` of a dataset; nothing for its other files.
pub(super) fn video_name(store: Store, output: &str) -> Option<&str> {
    if dataset::is_subtitles(output) {
        return None;
    }
    let name = output.strip_prefix(store.dir())?.strip_prefix('/')?;
    name.rsplit_once('.').map(|(name, _)| name)
}

fn promise_path(out: &Path) -> PathBuf {
    out.join(STATE).join("dataset.json")
}

/// Looks without touching; what is somebody else's is refused.
fn look(out: &Path, wanted: Wanted<'_>) -> Result<Found, Error> {
    let refuse = |reason| Error::Output { path: out.display().to_string(), reason };
    if !out.exists() {
        return Ok(Found::Free);
    }
    if !out.is_dir() {
        return Err(refuse(OutputFault::NotDir));
    }
    if let Some((mut found, shard)) =
        described(out).map_err(|error| refuse(OutputFault::NoDataset { problem: error.to_string() }))?
    {
        if fingerprint(&found, shard) != fingerprint(wanted.manifest, wanted.shard) {
            return Err(refuse(OutputFault::Other));
        }
        let outputs = std::mem::take(&mut found.outputs);
        let is_whole = found == *wanted.manifest && is_whole(out, &outputs, wanted);
        found.outputs = outputs;
        let found = Box::new(found);
        return Ok(if is_whole { Found::Whole(found) } else { Found::Part(found) });
    }
    if let Ok(bytes) = fs::read(promise_path(out)) {
        let promise = serde_json::from_slice::<Promise>(&bytes).ok();
        return if promise
            .is_some_and(|promise| promise.fingerprint == fingerprint(wanted.manifest, wanted.shard))
        {
            Ok(Found::Free)
        } else {
            Err(refuse(OutputFault::OtherUnfinished))
        };
    }
    // A process that was killed before it could make its promise leaves the directory of its state, and nothing else.
    if files::sorted_dir(out)?.iter().all(|entry| *entry == out.join(STATE)) {
        Ok(Found::Free)
    } else {
        Err(refuse(OutputFault::NotEmpty))
    }
}

fn lock(out: &Path, job: &Job) -> Result<File, Error> {
    let state = out.join(STATE);
    let path = state.join("lock");
    loop {
        files::make_dir(&state)?;
        // Whatever the file holds stays: a link there may lead to a file of somebody else's.
        let file = match File::options().create(true).append(true).open(&path) {
            Ok(file) => file,
            // The process that had the directory has just removed it.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(files::Error::io("write", &path)(error).into()),
        };
        match lock::alone(&file, &path)? {
            Tried::Unknown => {
                job.warn(&format!(
                    "the file system of `{}` has no locks: let no two processes write this directory at once",
                    out.display()
                ));
                return Ok(file);
            }
            Tried::Locked if files::is_at(&file, &path) => return Ok(file),
            // The lock of a file that its owner has removed excludes nobody.
            Tried::Locked => {}
            Tried::Taken => {
                let path = out.display().to_string();
                return Err(Error::Output { path, reason: OutputFault::Busy });
            }
        }
    }
}

/// The manifest of what lies in `out`, and which part of a dataset it is.
fn described(out: &Path) -> Result<Option<(Manifest, Option<Shard>)>, dataset::Error> {
    if out.join(dataset::MANIFEST).exists() {
        return dataset::read_manifest(out).map(|manifest| Some((manifest, None)));
    }
    if out.join(dataset::SHARD).exists() {
        return dataset::read_shard(out).map(|part| Some((part.manifest, Some(part.shard))));
    }
    Ok(None)
}

/// Digest of everything that the bytes of a dataset's videos depend on, and of which of them there are.
fn fingerprint(manifest: &Manifest, shard: Option<Shard>) -> String {
    let haystacks: Vec<&str> = manifest.haystacks.iter().map(|haystack| haystack.sha256.as_str()).collect();
    let Manifest { tool_version, plan_sha256, ffmpeg, encoder, store, needles, templates, .. } = manifest;
    digest::of_value(&(
        plan_sha256,
        tool_version,
        ffmpeg,
        encoder,
        store,
        needles,
        templates,
        haystacks,
        shard,
    ))
}

fn is_whole(out: &Path, outputs: &[OutputDigest], wanted: Wanted<'_>) -> bool {
    let there = |output: &OutputDigest| {
        fs::metadata(out.join(&output.name)).is_ok_and(|file| file.len() == output.bytes)
    };
    // The card holds the dataset's name, which may be that of the spec's file and so in no other place.
    let sha256 = digest::of_bytes(wanted.readme.as_bytes());
    let same_card = outputs.iter().any(|output| output.name == dataset::README && output.sha256 == sha256);
    (same_card || wanted.shard.is_some()) && outputs.iter().all(there)
}

/// Whether all files of a dataset are what its manifest says, to the byte. Tells the caller if that takes long.
fn is_undamaged(out: &Path, manifest: &Manifest, job: &Job) -> Result<bool, Error> {
    let start = Instant::now();
    let is_told = AtomicBool::new(false);
    let check = |output: &OutputDigest| {
        job.go_on()?;
        if start.elapsed() > PATIENCE && !is_told.swap(true, Ordering::Relaxed) {
            let files = crate::wording::count(manifest.outputs.len(), "file");
            job.warn(&format!("comparing {files} of `{}` with their digests", out.display()));
        }
        Ok(is_file_of(&out.join(&output.name), output.bytes, &output.sha256))
    };
    let checked = manifest.outputs.par_iter().map(check);
    // One that differs is enough; so is a wish to stop.
    let found: Option<Result<bool, Error>> =
        checked.find_any(|checked| !matches!(checked, Ok(is_right) if *is_right));
    found.unwrap_or(Ok(true))
}

/// Warns of files that describe a dataset and are no longer what its manifest says: they are written again.
fn warn_of_changed_descriptions(out: &Path, manifest: &Manifest, job: &Job) {
    let described =
        manifest.outputs.iter().filter(|output| video_name(manifest.store, &output.name).is_none());
    for output in described {
        let path = out.join(&output.name);
        if path.exists() && !is_file_of(&path, output.bytes, &output.sha256) {
            warn_of_change(&path, job);
        }
    }
}

fn warn_of_change(path: &Path, job: &Job) {
    job.warn(&format!("`{}` has changed since it was made: it is made again", path.display()));
}

/// Whether a file has this size and this digest. One that cannot be read has not.
fn is_file_of(path: &Path, bytes: u64, sha256: &str) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() == bytes)
        && checksum::of_file(path).is_ok_and(|found| found == sha256)
}
