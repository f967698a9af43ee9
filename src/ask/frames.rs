//! Frames of a finished video by index, as JPEG.
//!
//! In: a video, indices, a longest side and a quality. Out: one JPEG an index, in the order asked for. Only the GOPs that
//! hold the frames are decoded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Error;
use crate::media::input::Input;
use crate::media::seek::FramePicker;
use crate::picture::jpeg_within;
use crate::time::FrameRate;

/// How frames are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jpeg {
    /// Longest side in pixels, at most; absent, frames keep their size.
    pub longest: Option<u32>,
    /// Quality, 1 to 100.
    pub quality: u8,
}

/// A JPEG file.
pub type Picture = Arc<Vec<u8>>;

/// The frames `indices` of `video`, whose rate is `fps`, as JPEG.
pub fn jpegs(video: &Input, fps: FrameRate, indices: &[u64], jpeg: Jpeg) -> Result<Vec<Picture>, Error> {
    let mut picker = FramePicker::open(video, fps)?;
    let matrix = picker.matrix();
    let wanted: BTreeSet<u64> = indices.iter().copied().collect();
    let mut pictures: BTreeMap<u64, Picture> = BTreeMap::new();
    for at in wanted {
        let bytes =
            jpeg_within(&picker.frame(at)?, matrix, jpeg.quality, jpeg.longest).map_err(|source| {
                Error::Picture { file: video.name().display().to_string(), frame: at, source }
            })?;
        pictures.insert(at, Arc::new(bytes));
    }
    Ok(indices.iter().map(|at| Arc::clone(&pictures[at])).collect())
}
