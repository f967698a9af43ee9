//! Preparing: a source in the canonical form, once, so that every video made of it copies packets.
//!
//! In: a probed source or a procedural scene, and what the spec wants. Out: an MP4 of H.264 High, 4:2:0, BT.709,
//! constant frame rate and closed GOPs of one second; and sound as AAC-LC. A file is written under a partial name and
//! renamed when it is whole.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::files;
use crate::job::Item;
use crate::media::Error;
use crate::media::canonical::CanonicalReader;
use crate::media::colour::{self, Matrix};
use crate::media::index::VideoTrack;
use crate::media::prepared_file;
use crate::media::source::Source;
use crate::media::target::Target;
use crate::media::yuv::Yuv;

/// Opens a prepared haystack that was probed.
pub fn open(path: &Path, probed: Source) -> Result<VideoTrack, Error> {
    probed.as_is.map_err(|reasons| {
        Error::source_file(
            path,
            format!("is not a prepared haystack: {}; remove it and run again", reasons.join(", ")),
        )
    })
}

/// Prepares a procedural scene: `frame` draws each of its frames, on any thread and in any order.
pub fn scene(
    target: Target,
    path: &Path,
    frames: u64,
    item: Item<'_>,
    frame: impl Fn(u64) -> image::RgbImage + Sync,
) -> Result<(), Error> {
    let mut at = 0;
    let draw = |at| {
        item.job().go_on()?;
        item.advance(1);
        Ok(colour::yuv_of_rgb(&frame(at), Matrix::Bt709))
    };
    prepared_file::write(target, path, item.job(), |count| {
        let batch = at..(at + count).min(frames);
        at = batch.end;
        batch.into_par_iter().map(draw).collect()
    })
}

/// Prepares a source in the file `path`, which will lie at `place`; what had to be made up for is noted beside that.
pub fn source(
    target: Target,
    source: &Source,
    path: &Path,
    place: &Path,
    item: Item<'_>,
) -> Result<(), Error> {
    let mut shown = Shown::open(source, target)?;
    prepared_file::write(target, path, item.job(), |count| {
        let next = |_| item.job().go_on().map_err(Error::from).and_then(|()| shown.next()).transpose();
        let frames = (0..count).map_while(next).collect::<Result<Vec<Yuv>, Error>>()?;
        // The last: what is told is there before the file is, so that it is told whenever the file is used.
        if (frames.len() as u64) < count {
            keep_notes(place, &shown.notes()?)?;
        }
        item.advance(frames.len() as u64);
        Ok(frames)
    })
    .map_err(|error| error.about(&source.path))
}

/// What preparing had to make up for in the source of a prepared haystack, one sentence each.
pub fn notes(path: &Path) -> Vec<String> {
    let kept = std::fs::read(notes_path(path)).ok();
    kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Where they lie: beside the file, to be pruned along with it.
fn notes_path(path: &Path) -> PathBuf {
    path.with_extension("notes")
}

fn keep_notes(path: &Path, notes: &[String]) -> Result<(), Error> {
    let place = notes_path(path);
    if notes.is_empty() {
        // Best effort: nothing lies there but what an earlier preparation of the same source has left.
        std::fs::remove_file(&place).ok();
        return Ok(());
    }
    Ok(files::write_shared(&place, &serde_json::to_vec(notes).expect("texts serialise"))?)
}

/// The frames of a source as its target shows them.
pub(super) struct Shown<'a> {
    source: &'a Source,
    target: Target,
    reader: CanonicalReader<'a>,
    /// The last frame that was read, and its number.
    held: Option<(u64, Yuv)>,
    done: u64,
    /// The frame that was wanted last.
    wanted: Option<u64>,
    /// Frames of the source that were wanted.
    needed: u64,
    /// Of these, those that could not be decoded.
    missing: u64,
}

impl<'a> Shown<'a> {
    /// Opens a source.
    pub(super) fn open(source: &'a Source, target: Target) -> Result<Self, Error> {
        let reader = CanonicalReader::open(source, target)?;
        Ok(Self { source, target, reader, held: None, done: 0, wanted: None, needed: 0, missing: 0 })
    }
}

impl Shown<'_> {
    /// The next frame; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Yuv>, Error> {
        if self.done == self.target.frames(self.source) {
            return Ok(None);
        }
        let wanted = source_frame(self.source, self.target, self.done);
        while self.held.as_ref().is_none_or(|(at, _)| *at < wanted) {
            match self.reader.next_frame()? {
                Some((at, frame)) if at <= wanted || self.held.is_none() => self.held = Some((at, frame)),
                Some((at, frame)) => {
                    // A frame that the decoder dropped is shown as the one before it.
                    self.reader.put_back(at, frame);
                    break;
                }
                None => break,
            }
        }
        let Some((at, frame)) = &self.held else {
            return Err(Error::source_file(&self.source.path, "holds no frame that can be decoded"));
        };
        if self.wanted.replace(wanted) != Some(wanted) {
            self.needed += 1;
            self.missing += u64::from(*at != wanted);
        }
        self.done += 1;
        Ok(Some(frame.clone()))
    }
}

impl Shown<'_> {
    /// What was made up for; an error where that is too much.
    pub(super) fn notes(&self) -> Result<Vec<String>, Error> {
        let (needed, missing) = (self.needed, self.missing);
        let is_much = missing * 20 > needed;
        // A packet that the decoder takes without complaint and that gives no frame shows none, as codecs allow.
        if is_much && (self.reader.failures > 0 || missing * 2 > needed) {
            let reason = format!("is damaged: {} of its {needed} frames can be decoded", needed - missing);
            return Err(Error::source_file(&self.source.path, reason));
        }
        let mut notes = Vec::new();
        if missing > 0 {
            notes.push(format!(
                "{missing} of its {needed} frames cannot be decoded: the frame before is shown instead"
            ));
        }
        if self.reader.faulty > 0 {
            notes.push(format!("{} of its frames are decoded with faults", self.reader.faulty));
        }
        Ok(notes)
    }
}

/// The source frame shown at the middle of frame `at` of the target.
fn source_frame(source: &Source, target: Target, at: u64) -> u64 {
    if source.clock.constant && source.clock.fps == target.fps {
        return at;
    }
    let num = (2 * i128::from(at) + 1) * i128::from(target.fps.den()) * i128::from(source.clock.time_base.1);
    let den = 2 * i128::from(target.fps.num()) * i128::from(source.clock.time_base.0);
    let first = source.clock.times[0];
    let shown = source.clock.times.partition_point(|&time| i128::from(time - first) * den <= num);
    shown.max(1) as u64 - 1
}

/// Where a prepared file of this fingerprint lies in a cache.
pub fn cached(cache: &Path, fingerprint: &str) -> PathBuf {
    cache.join("prepared").join(format!("{fingerprint}.mp4"))
}
