//! The sound of a video: what of its haystacks sounds when, and the needles that are mixed in.
//!
//! In: a planned video, its timeline, prepared haystacks, packs. Out: the sound as it is without needles, and the needles as
//! samples at its rate.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::media::mix::Needle;
use crate::media::mux::{Sound, Stretch};
use crate::media::sound;
use crate::needle::Library;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::ready::Ready;
use crate::render::timeline::{Run, Timeline};

/// The sound along the timeline: the haystack's own, and silence in inserts; silence alone where no haystack has any and needles
/// are to be heard.
pub(super) fn sound(
    video: &PlannedVideo,
    timeline: &Timeline,
    ready: &BTreeMap<String, Ready>,
) -> Result<Option<Sound>, Error> {
    if !video.audio {
        return Ok(None);
    }
    let like = match video.parts.iter().find_map(|part| ready[&part.haystack].audio.clone()) {
        Some(track) => track,
        None => Arc::new(sound::silent_track()?),
    };
    let sample = |frame: u64| video.fps.audio_sample(frame, like.sample_rate);
    let stretches = timeline.runs().iter().map(|run| match run {
        Run::Haystack { at, haystack, span, .. } => Stretch {
            track: ready[haystack].audio.clone(),
            at_output: sample(*at),
            at_source: sample(span.start()),
        },
        Run::Insert { at, .. } => Stretch { track: None, at_output: sample(*at), at_source: 0 },
    });
    Ok(Some(Sound { stretches: stretches.collect(), like, mixed: BTreeMap::new() }))
}

/// The needles that are heard, at the rate of the track that they are mixed into.
pub(super) fn needles(video: &PlannedVideo, library: &Library, sound: &Sound) -> Result<Vec<Needle>, Error> {
    let rate = sound.like.sample_rate;
    let mut needles = Vec::new();
    for planned in &video.needles {
        let Some(loudness) = planned.look.loudness() else { continue };
        let Some(pcm) = library.sound(&planned.look, planned.span.count(), video.fps, rate)? else {
            continue;
        };
        if pcm.sample_rate != rate {
            let reason =
                format!("needle `{}` has {} samples a second, not {rate}", planned.label, pcm.sample_rate);
            return Err(Error::Plan { video: video.name.clone(), reason });
        }
        let first = video.fps.audio_sample(planned.span.start(), rate);
        let (video, name) = (video.name.clone(), planned.label.clone());
        needles.push(Needle { video, name, first, samples: pcm.samples, loudness });
    }
    Ok(needles)
}
