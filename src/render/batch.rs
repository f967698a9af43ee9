//! Which videos are made together: those of one haystack, so that it is decoded once for them.
//!
//! In: a planner and the numbers of videos. Out: batches that cover them. What is made does not depend on batches, only how much work it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::plan::{PlannedVideo, Planner};
use crate::render::rests::Rests;

/// Bytes of memory that the encoders and readers of one batch take together, about.
const BYTES: u64 = 96 << 20;
/// Frames that an encoder holds: ten to look ahead, some to refer to, and what x264 keeps beside each.
const FRAMES: u64 = 32;
/// Videos of a batch, at most.
const MOST: u64 = 16;

/// Videos that are made together.
pub(super) struct Batch {
    /// Their numbers, ascending.
    pub(super) numbers: Vec<u64>,
    /// What has been encoded of their haystack, by them and by other batches of it.
    pub(super) rests: Arc<Rests>,
}

/// Batches of the videos with these numbers: those of one haystack follow each other.
pub(super) fn batches(planner: &Planner, numbers: Vec<u64>) -> Vec<Batch> {
    let places: Vec<(u64, Option<Place>)> =
        numbers.into_par_iter().map(|number| (number, place(&planner.video(number).video))).collect();
    let mut by_haystack: BTreeMap<Place, Vec<u64>> = BTreeMap::new();
    let mut batches = Vec::new();
    for (number, place) in places {
        match place {
            Some(place) => by_haystack.entry(place).or_default().push(number),
            None => batches.push(Batch { numbers: vec![number], rests: Arc::default() }),
        }
    }
    for (place, numbers) in by_haystack {
        let rests = Arc::default();
        let batch = |numbers: &[u64]| Batch { numbers: numbers.to_vec(), rests: Arc::clone(&rests) };
        batches.extend(numbers.chunks(place.most as usize).map(batch));
    }
    batches
}

/// The haystack of a video, and how many videos of it are made together.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    haystack: String,
    most: u64,
}

/// Nothing for a video that is made by itself.
fn place(video: &PlannedVideo) -> Option<Place> {
    let [part] = video.parts.as_slice() else { return None };
    let frame = u64::from(video.width) * u64::from(video.height) * 3 / 2;
    let most = (BYTES / (FRAMES * frame).max(1)).clamp(2, MOST);
    (!video.is_black && !video.is_none()).then(|| Place { haystack: part.haystack.clone(), most })
}
