//! The baseline that looks at single frames: it knows what is shown, for which key and in which part of the picture, and not when.
//!
//! In: a row, and a scene that was detected. Out: the best reply of somebody who has every frame of the video, and neither their
//! order nor their time: a model that retrieves frames and reads each for itself. What it solves asks to find and to read; what it
//! does not solve takes the order of time.

use std::collections::BTreeMap;

use super::{Unordered, blind, reply};
use crate::dataset::{Row, letter};
use crate::question::{QuestionKind, Scene, Sighting};
use crate::seed::Stream;
use crate::time::FrameSpan;

/// Orders of time that are tried until one of them gives an option: of four orders of four things, one in six does.
const TRIES: u32 = 200;

/// What somebody replies to a row who found this scene on single frames.
pub fn reply_unordered(row: &Row, found: &Scene, unordered: Unordered) -> Option<String> {
    // The tries of one question are answered alike: what is drawn depends on the question, not on the order of its options.
    let mut stream = unordered.seed.stream(format!("frames-only/{}", row.sample_id), 0);
    if row.question_kind == QuestionKind::When {
        // Nothing that it knows says anything about a time.
        return if row.has_options() { any(row, &mut stream) } else { Some(blind::guess(row, stream)) };
    }
    if !row.question_kind.needs_order() {
        return reply(row, found);
    }
    if found.sightings().is_empty() {
        return None;
    }
    let told = (0..TRIES).find_map(|_| reply(row, &in_any_order(found, &mut stream)));
    // A thing that was not found is in no order.
    told.or_else(|| row.has_options().then(|| any(row, &mut stream)).flatten())
}

/// What was found, each as long as the others, in an order that is drawn.
fn in_any_order(found: &Scene, stream: &mut Stream) -> Scene {
    let mut sightings = found.sightings().to_vec();
    stream.shuffle(&mut sightings);
    // Things that share a frame still do.
    let mut frames: Vec<u64> =
        sightings.iter().flat_map(|sighting| &sighting.track).map(|glimpse| glimpse.frame).collect();
    frames.extend(sightings.iter().flat_map(|sighting| &sighting.played).map(|played| played.frame));
    frames.sort_unstable();
    frames.dedup();
    let mut moved = frames.clone();
    stream.shuffle(&mut moved);
    let to: BTreeMap<u64, u64> = frames.into_iter().zip(moved).collect();
    let at = |(place, mut sighting): (u64, Sighting)| {
        for glimpse in &mut sighting.track {
            glimpse.frame = to[&glimpse.frame];
        }
        sighting.track.sort_by_key(|glimpse| glimpse.frame);
        for played in &mut sighting.played {
            played.frame = to[&played.frame];
        }
        sighting.played.sort_by_key(|played| played.frame);
        Sighting { span: FrameSpan::new(2 * place, 2 * place + 1).expect("a span of one frame"), ..sighting }
    };
    (0..).zip(sightings).map(at).collect()
}

/// Any of the options, whatever their order.
fn any(row: &Row, stream: &mut Stream) -> Option<String> {
    let mut options: Vec<&String> = row.options.iter().collect();
    options.sort_unstable();
    let chosen = *options.get(stream.below(options.len().max(1) as u64) as usize)?;
    row.options.iter().position(|option| option == chosen).map(letter)
}
