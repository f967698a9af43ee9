//! Pictures for the dataset card: a frame of each type, as it is in the finished video.
//!
//! In: a planner and the finished videos of a dataset, or of a part of one. Out: `pictures/TYPE.jpg`. The picture of a type is
//! the middle frame of the first needle that its first sample asks for, so that whoever makes that sample makes the same
//! picture, whatever else it makes.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use crate::dataset::{OutputDigest, PICTURES};
use crate::files;
use crate::media::input::Input;
use crate::media::seek::FramePicker;
use crate::picture;
use crate::plan::{PlannedNeedle, PlannedSample, Planner};
use crate::question::Control;
use crate::render::Error;
use crate::render::claim::Done;

/// The longer side of a picture has at most so many pixels.
const LONGEST: u32 = 480;
/// Quality of the JPEG files, 1 to 100.
const QUALITY: u8 = 88;

/// Path of a type's picture within its dataset.
pub fn name(kind: &str) -> String {
    format!("{PICTURES}/{kind}.jpg")
}

/// Number of the first sample of each type, in order; of none where there are no videos.
pub fn firsts(planner: &Planner<'_>) -> Vec<u64> {
    let mut kinds = BTreeSet::new();
    if planner.control() == Some(Control::TextOnly) {
        return Vec::new();
    }
    (0..planner.len()).filter(|&index| kinds.insert(planner.kind(index))).collect()
}

/// The needle that a sample's picture shows; none where the video holds none.
pub fn shown(sample: &PlannedSample) -> Option<&PlannedNeedle> {
    let needles = &sample.video.needles;
    needles.iter().find(|needle| !needle.is_distractor).or(needles.first())
}

/// Writes the pictures of `samples` into the dataset directory `out`; `video` opens a finished video, or fails where no more are wanted.
pub(super) fn write(
    samples: &[PlannedSample],
    out: &Path,
    video: impl Fn(&PlannedSample) -> Result<Input, Error> + Sync,
) -> Result<Vec<OutputDigest>, Error> {
    if samples.is_empty() {
        return Ok(Vec::new());
    }
    files::make_dir(&out.join(PICTURES))?;
    let one = |sample: &PlannedSample| {
        let name = name(&sample.kind);
        let path = out.join(&name);
        files::write_bytes(&path, &jpeg(sample, &video(sample)?)?)?;
        Ok(Done::of(&path)?.named(name))
    };
    samples.par_iter().map(one).collect()
}

fn jpeg(sample: &PlannedSample, video: &Input) -> Result<Vec<u8>, Error> {
    let middle = shown(sample).map(|needle| needle.span.start() + needle.span.count() / 2);
    let mut picker = FramePicker::open(video, sample.video.fps)?;
    let frame = picker.frame(middle.unwrap_or(sample.video.num_frames / 2))?;
    picture::jpeg_within(&frame, picker.matrix(), QUALITY, Some(LONGEST))
        .map_err(|source| Error::Picture { video: sample.video.name.clone(), source })
}
