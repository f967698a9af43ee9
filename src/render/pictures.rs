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
use crate::plan::{PlannedNeedle, Planner, VideoPlan};
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

/// Number of the first video of each type, in order; of none where there are no videos.
pub fn firsts(planner: &Planner) -> Vec<u64> {
    let mut kinds = BTreeSet::new();
    if planner.control().is_some_and(|control| !control.has_videos()) {
        return Vec::new();
    }
    (0..planner.len()).filter(|&index| kinds.insert(planner.kind(index))).collect()
}

/// The needle that a video's picture shows; none where the video holds none.
pub fn shown(planned: &VideoPlan) -> Option<&PlannedNeedle> {
    let needles = &planned.video.needles;
    needles.iter().find(|needle| !needle.is_distractor).or(needles.first())
}

/// Writes the pictures of `videos` into the dataset directory `out`; `video` opens a finished video, or fails where no more are wanted.
pub(super) fn write(
    videos: &[VideoPlan],
    out: &Path,
    video: impl Fn(&VideoPlan) -> Result<Input, Error> + Sync,
) -> Result<Vec<OutputDigest>, Error> {
    if videos.is_empty() {
        return Ok(Vec::new());
    }
    files::make_dir(&out.join(PICTURES))?;
    let one = |planned: &VideoPlan| {
        let name = name(&planned.questions[0].kind);
        let path = out.join(&name);
        files::write_bytes(&path, &jpeg(planned, &video(planned)?)?)?;
        Ok(Done::of(&path)?.named(name))
    };
    videos.par_iter().map(one).collect()
}

fn jpeg(planned: &VideoPlan, video: &Input) -> Result<Vec<u8>, Error> {
    let middle = shown(planned).map(|needle| needle.span.start() + needle.span.count() / 2);
    let mut picker = FramePicker::open(video, planned.video.fps)?;
    let frame = picker.frame(middle.unwrap_or(planned.video.num_frames / 2))?;
    picture::jpeg_within(&frame, picker.matrix(), QUALITY, Some(LONGEST))
        .map_err(|source| Error::Picture { video: planned.video.name.clone(), source })
}
