//! One video of a dataset made again, and compared with the one that the dataset keeps.
//!
//! In: a planned video, prepared haystacks, the video that is kept. Out: the digest of what was made, and where the kept one differs:
//! its first byte that is another, and how far its frames are from those that were made. Nothing is written unless a path is given.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::checksum;
use crate::files;
use crate::job::Job;
use crate::media;
use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::yuv::psnr;
use crate::needle::Library;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::ready::Ready;
use crate::render::steady::steadily;
use crate::render::video;
use crate::wording;

/// Bytes that are compared at once.
const BLOCK: u64 = 1 << 20;

/// A video that was made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Again {
    /// Its number of bytes.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
    /// Where the kept video differs; nothing where it is the same to the byte.
    pub difference: Option<VideoDifference>,
}

/// Where a kept video is not the one that is made again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VideoDifference {
    /// Bytes of the kept video; nothing where it cannot be read.
    pub kept_bytes: Option<u64>,
    /// The first byte that differs.
    pub first_byte: Option<u64>,
    /// What its frames have in common with those that are made again; nothing where it cannot be decoded.
    pub frames: Option<FramesDifference>,
    /// Why it cannot be read or decoded.
    pub reason: Option<String>,
}

/// Frames of two videos, compared one by one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FramesDifference {
    /// Frames that both have.
    pub compared: u64,
    /// Of those, the ones that differ in any pixel.
    pub different: u64,
    /// The first of these.
    pub first: Option<u64>,
    /// Frames that one of the two has beyond the last of the other.
    pub beyond: u64,
    /// Lowest PSNR of the brightness of two frames, in decibels; 100 where none differs.
    pub worst_psnr: f64,
}

impl VideoDifference {
    fn unreadable(reason: String) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }

    /// What a reader is told.
    pub fn told(&self) -> String {
        let mut told = Vec::new();
        if let (Some(at), Some(kept)) = (self.first_byte, self.kept_bytes) {
            told.push(format!("of {kept} bytes, byte {at} is the first that differs"));
        }
        match &self.frames {
            Some(FramesDifference { compared, different: 0, beyond: 0, .. }) => {
                told.push(format!("its {compared} frames are equal"));
            }
            Some(frames) => {
                let from = frames.first.map_or_else(String::new, |at| format!(" from frame {at} on"));
                let beyond = if frames.beyond > 0 {
                    format!(", {} too many or too few", frames.beyond)
                } else {
                    String::new()
                };
                told.push(format!(
                    "{} of {} frames differ{from}{beyond} (worst {:.1} dB)",
                    frames.different, frames.compared, frames.worst_psnr
                ));
            }
            None => {}
        }
        told.extend(self.reason.clone());
        told.join("; ")
    }
}

/// Makes a video again and compares it with the `kept` one; writes it to `out`, if that is given.
///
/// # Errors
/// It cannot be made, a haystack changes meanwhile, or the machine cannot read. A kept video that is missing or damaged differs.
pub fn again(
    planned: &PlannedVideo,
    (ready, library): (&BTreeMap<String, Ready>, &Library),
    kept: &Result<Input, Error>,
    out: Option<&Path>,
    job: &Job,
) -> Result<Again, Error> {
    let haystacks = || planned.parts.iter().map(|part| &part.haystack);
    let name = Path::new(&planned.name);
    let make = || {
        let spliced = video::spliced(planned, ready, library, name)?;
        let remade = Input::Spliced(Arc::clone(&spliced));
        let difference = match kept {
            Ok(kept) => difference(&remade, kept, job)?,
            Err(error) => Some(VideoDifference::unreadable(wording::chain(error))),
        };
        let made = Again { bytes: spliced.size(), sha256: spliced.sha256()?, difference };
        if let Some(out) = out {
            spliced.write(out)?;
            if checksum::of_file(out)? != made.sha256 {
                let differences = vec!["its bytes on disk are not those that were written".to_owned()];
                return Err(Error::Wrong { video: planned.name.clone(), differences });
            }
        }
        Ok(made)
    };
    steadily(ready, haystacks, make, || match out {
        Some(out) => Ok(files::remove(out)?),
        None => Ok(()),
    })
}

/// Where a kept video differs; nothing where it has the same bytes.
fn difference(remade: &Input, kept: &Input, job: &Job) -> Result<Option<VideoDifference>, Error> {
    let first_byte = match first_byte(remade, kept, job) {
        Ok(None) => return Ok(None),
        Ok(at) => at,
        Err(error) => return unreadable(error).map(Some),
    };
    let kept_bytes = Some(kept.size()?);
    let found = VideoDifference { kept_bytes, first_byte, ..VideoDifference::default() };
    match frames(remade, kept, job) {
        Ok(frames) => Ok(Some(VideoDifference { frames: Some(frames), ..found })),
        Err(error) => Ok(Some(VideoDifference { reason: unreadable(error)?.reason, ..found })),
    }
}

/// That a kept video cannot be read; an error where that is not its own fault.
fn unreadable(error: Error) -> Result<VideoDifference, Error> {
    let is_of_video = match &error {
        Error::Media(media::Error::Ffmpeg { .. } | media::Error::Source { .. }) => true,
        Error::File(_) | Error::Media(media::Error::File(_)) | Error::NoVideo { .. } => {
            !error.is_of_machine()
        }
        _ => false,
    };
    if is_of_video { Ok(VideoDifference::unreadable(wording::chain(&error))) } else { Err(error) }
}

/// The first byte in which two videos differ, or after which one of them ends.
fn first_byte(one: &Input, two: &Input, job: &Job) -> Result<Option<u64>, Error> {
    let mut readers = [(one.name(), one.reader()?), (two.name(), two.reader()?)];
    let mut blocks = [Vec::new(), Vec::new()];
    let mut at = 0;
    loop {
        job.go_on()?;
        for (block, (name, reader)) in blocks.iter_mut().zip(&mut readers) {
            block.clear();
            reader.take(BLOCK).read_to_end(block).map_err(files::Error::io("read", name))?;
        }
        let [first, second] = &blocks;
        if first != second {
            let same = first.iter().zip(second).take_while(|(first, second)| first == second).count();
            return Ok(Some(at + same as u64));
        }
        if first.is_empty() {
            return Ok(None);
        }
        at += first.len() as u64;
    }
}

/// Compares the frames of two videos.
fn frames(one: &Input, two: &Input, job: &Job) -> Result<FramesDifference, Error> {
    let mut readers = [FileReader::open(one)?, FileReader::open(two)?];
    let mut found = FramesDifference { compared: 0, different: 0, first: None, beyond: 0, worst_psnr: 100.0 };
    loop {
        job.go_on()?;
        let [first, second] = &mut readers;
        match (first.next_frame()?, second.next_frame()?) {
            (Some((first, _)), Some((second, _))) => {
                let at = found.compared;
                found.compared += 1;
                if first == second {
                    continue;
                }
                if (first.width, first.height) != (second.width, second.height) {
                    let size = format!("has frames of {}x{}", second.width, second.height);
                    return Err(media::Error::source_file(two.name(), size).into());
                }
                let (sum, count) = first.luma_difference(&second, [0, 0, first.width, first.height]);
                found.different += 1;
                found.first = found.first.or(Some(at));
                found.worst_psnr = found.worst_psnr.min(psnr(sum, count));
            }
            (None, None) => return Ok(found),
            _ => found.beyond += 1,
        }
    }
}
