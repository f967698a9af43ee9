//! A haystack that can be spliced: its packets, and how segments between them have to be encoded.
//!
//! In: what [`haystacks`](super::haystacks) made ready. Out: settings of the encoder, and which haystacks may be joined.

use std::sync::Arc;

use crate::haystack::Haystack;
use crate::job::Job;
use crate::media::encode::Settings;
use crate::media::index::{AudioTrack, VideoTrack};
use crate::media::target::Target;
use crate::render::Error;
use crate::render::cache::Held;
use crate::render::watch::{Stamp, Watched};

/// Consecutive B-frames of segments spliced into a source that has some itself.
pub(super) const AS_IS_B_FRAMES: u8 = 2;

/// A haystack that can be spliced.
#[derive(Clone, Debug)]
pub struct Ready {
    /// What the plan knows of it.
    pub haystack: Haystack,
    /// Its packets.
    pub video: Arc<VideoTrack>,
    /// Its sound, where it has any and it is kept.
    pub audio: Option<Arc<AudioTrack>>,
    /// Whether the source itself is spliced; else a prepared form of it.
    pub as_is: bool,
    pub(super) crf: u8,
    /// Who had it made ready.
    pub(super) job: Job,
    /// The source, where it is a file.
    pub(super) watched: Option<Arc<Watched>>,
    /// What it has of the cache, which nobody may remove meanwhile.
    pub(super) held: Arc<[Held]>,
}

impl Ready {
    /// Settings of segments that are spliced into this haystack.
    pub fn settings(&self) -> Settings {
        let track = &self.video;
        let target = Target { width: track.width, height: track.height, fps: track.fps, crf: self.crf };
        let settings = target.settings();
        if !self.as_is {
            return settings;
        }
        let b_frames = if track.delay() == 0 { 0 } else { AS_IS_B_FRAMES };
        let parameter_set =
            track.free_parameter_set().expect("a track without a free id is never used as it is");
        Settings { tags: track.tags, b_frames, parameter_set, ..settings }
    }

    /// Frames between decoding and display in a video spliced from this haystack, at most.
    pub fn delay(&self) -> u64 {
        // x264 keeps one B-frame as a reference of the others, which costs a second frame of delay.
        self.video.delay().max(if self.settings().b_frames == 0 { 0 } else { 2 })
    }

    /// Stamps of all files that videos of it are copied from; an error where one is not as it was when it was made ready.
    pub(super) fn stamps(&self) -> Result<Vec<Stamp>, Error> {
        let prepared = self.held.iter().map(|held| &held.watched);
        prepared.chain(self.watched.as_deref()).map(Watched::stamp).collect()
    }

    /// Whether packets of both may stand in one file.
    pub fn joins(&self, other: &Self) -> bool {
        let sound = |ready: &Self| ready.audio.as_ref().map(|audio| audio.config.clone());
        let same_sound = sound(self).is_none() || sound(other).is_none() || sound(self) == sound(other);
        let (own, its) = (&self.video, &other.video);
        own.avcc == its.avcc && own.tags == its.tags && own.fps == its.fps && same_sound
    }
}
