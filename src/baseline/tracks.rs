//! Tracks: where the things that move are, frame by frame.
//!
//! In: what is searched for, frames with their numbers. Out: a scene of one sighting for each thing that was found, with its place on
//! every frame that shows it whole. A frame on which a thing is cut off by a border, or hidden by another, has no place of it.

use std::collections::BTreeMap;

use super::Error;
use super::search::Search;
use crate::detect::{Detector, Patches};
use crate::media;
use crate::media::yuv::Yuv;
use crate::needle::PixelBox;
use crate::question::{Glimpse, Point, Query, Scene, Sighting};
use crate::time::FrameSpan;

/// The places of each thing, by label, in order of time.
pub(super) type Tracks = BTreeMap<String, Vec<Glimpse>>;

/// A way of looking for each thing that may move.
pub(super) fn detectors(
    search: &Search<'_>,
    (question, query): (&str, &Query),
) -> Result<Vec<Patches>, Error> {
    let detector = search.detector(question, query)?;
    Ok(if let Detector::Patch(detectors) = detector { detectors } else { Vec::new() })
}

/// Where each thing is on these frames.
pub(super) fn tracks(
    search: &Search<'_>,
    detectors: &[Patches],
    frames: impl Iterator<Item = Result<(u64, Yuv), media::Error>>,
) -> Result<Tracks, Error> {
    let sides = || detectors.iter().map(Patches::largest);
    let largest =
        (sides().map(|side| side.0).max().unwrap_or(0), sides().map(|side| side.1).max().unwrap_or(0));
    let mut tracks = Tracks::new();
    for frame in frames {
        let (frame, mut picture) = frame?;
        if search.crosses_borders() {
            picture = continued(&picture, largest);
        }
        for detector in detectors {
            let places = detector.look(&picture).map(|seen| seen.places).unwrap_or_default();
            let mut centres: Vec<Point> =
                places.into_iter().map(|place| centre(place, search.size())).collect();
            // What lies beyond a border of a picture that goes on lies at the other border, too.
            centres.sort_unstable();
            centres.dedup();
            let glimpses = centres.into_iter().map(|centre| Glimpse { frame, centre });
            tracks.entry(detector.label().to_owned()).or_default().extend(glimpses);
        }
    }
    Ok(tracks)
}

/// The middle of a place; beyond the right and the lower border the picture begins anew.
fn centre(place: PixelBox, (width, height): (u32, u32)) -> Point {
    let (x, y) = (place.x + place.w / 2, place.y + place.h / 2);
    Point::centre_of(PixelBox { x: x % width, y: y % height, w: 0, h: 0 }, (width, height))
}

/// A frame that goes on to the right and below with its own left and upper parts: what lies across its borders is whole there.
fn continued(frame: &Yuv, (more_w, more_h): (u32, u32)) -> Yuv {
    let (more_w, more_h) = (more_w.min(frame.width), more_h.min(frame.height));
    let plane = |plane: &[u8], [w, h]: [u32; 2], [right, below]: [u32; 2]| {
        let pixel = |x: u32, y: u32| plane[(y % h * w + x % w) as usize];
        (0..h + below).flat_map(|y| (0..w + right).map(move |x| pixel(x, y))).collect::<Vec<u8>>()
    };
    let (whole, half) = ([frame.width, frame.height], [frame.width / 2, frame.height / 2]);
    let (more, half_more) = ([more_w, more_h], [more_w / 2, more_h / 2]);
    Yuv {
        width: frame.width + more_w,
        height: frame.height + more_h,
        y: plane(&frame.y, whole, more),
        u: plane(&frame.u, half, half_more),
        v: plane(&frame.v, half, half_more),
    }
}

/// The frames between which anything was seen; nothing where nothing was.
pub(super) fn seen(tracks: &Tracks) -> Option<FrameSpan> {
    let frames = || tracks.values().flatten().map(|glimpse| glimpse.frame);
    FrameSpan::new(frames().min()?, frames().max()? + 1)
}

/// Of the largest group, so many parts are one that is shown, too, where things are shown several times.
const PARTS: usize = 4;

/// The scene that tracks make. What lies farther from the others than `gap` frames is none of a needle's: of several groups the
/// largest is it, and, where `is_spread` over several clips, all that are about as large.
pub(super) fn scene(tracks: &Tracks, gap: u64, is_spread: bool) -> Scene {
    let sighting = |(label, track): (&String, &Vec<Glimpse>)| {
        let mut groups: Vec<Vec<Glimpse>> = Vec::new();
        for &glimpse in track {
            match groups.last_mut() {
                Some(group) if group.last().is_some_and(|last| glimpse.frame - last.frame <= gap) => {
                    group.push(glimpse);
                }
                _ => groups.push(vec![glimpse]),
            }
        }
        let largest = groups.iter().map(Vec::len).max()?;
        let track = if is_spread {
            groups.retain(|group| group.len() * PARTS >= largest);
            groups.concat()
        } else {
            groups.into_iter().rev().max_by_key(Vec::len)?
        };
        let span = FrameSpan::new(track.first()?.frame, track.last()?.frame + 1)?;
        Some(Sighting { track, ..Sighting::of(label, span) })
    };
    tracks.iter().filter_map(sighting).collect()
}
