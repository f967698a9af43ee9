//! Tracks: where the things that move are, frame by frame.
//!
//! In: what is searched for, frames with their numbers. Out: a scene of one sighting for each thing that was found, with its place on
//! every frame that shows it whole. A frame on which a thing is cut off by a border, or hidden by another, has no place of it.

use std::collections::BTreeMap;

use super::Error;
use super::search::Search;
use crate::detect::Detector;
use crate::media;
use crate::media::yuv::Yuv;
use crate::question::{Glimpse, Point, Query, Scene, Sighting};
use crate::time::FrameSpan;

/// The places of each thing, by label, in order of time.
pub(super) type Tracks = BTreeMap<String, Vec<Glimpse>>;

/// Where each thing is on these frames.
pub(super) fn tracks(
    search: &Search<'_>,
    (question, query): (&str, &Query),
    frames: impl Iterator<Item = Result<(u64, Yuv), media::Error>>,
) -> Result<Tracks, Error> {
    let Detector::Patch(detectors) = search.detector(question, query)? else { return Ok(Tracks::new()) };
    let mut tracks = Tracks::new();
    for frame in frames {
        let (frame, picture) = frame?;
        for detector in &detectors {
            let places = detector.look(&picture).map(|seen| seen.places).unwrap_or_default();
            let centres = places.into_iter().map(|place| Point::centre_of(place, search.size()));
            let glimpses = centres.map(|centre| Glimpse { frame, centre });
            tracks.entry(detector.label().to_owned()).or_default().extend(glimpses);
        }
    }
    Ok(tracks)
}

/// The frames between which anything was seen; nothing where nothing was.
pub(super) fn seen(tracks: &Tracks) -> Option<FrameSpan> {
    let frames = || tracks.values().flatten().map(|glimpse| glimpse.frame);
    FrameSpan::new(frames().min()?, frames().max()? + 1)
}

/// The scene that tracks make. What lies farther from the others than `gap` frames is none of a needle's: of several groups the
/// largest is it.
pub(super) fn scene(tracks: &Tracks, gap: u64) -> Scene {
    let sighting = |(label, track): (&String, &Vec<Glimpse>)| {
        let mut groups: Vec<Vec<Glimpse>> = Vec::new();
        for &glimpse in track {
            match groups.last_mut() {
                Some(group) if group.last().is_some_and(|last| glimpse.frame - last.frame <= gap) => {
                    group.push(glimpse)
                }
                _ => groups.push(vec![glimpse]),
            }
        }
        let track = groups.into_iter().rev().max_by_key(Vec::len)?;
        let span = FrameSpan::new(track.first()?.frame, track.last()?.frame + 1)?;
        Some(Sighting { track, ..Sighting::of(label, span) })
    };
    tracks.iter().filter_map(sighting).collect()
}
