//! Controls: what of a question's video a model is left with, so that one sees what its answers come from.
//!
//! In: names, as specs and manifests write them. Out: a [`Control`]. Question, options and target stay those of the
//! dataset; what is left of the video, the plan decides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is left of the videos of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Control {
    /// The haystack without any needle: what the scene and the question alone give away.
    NoNeedle,
    /// The same frames, cut into pieces and put in a random order; each needle keeps its frames. Only order is lost.
    Shuffled,
    /// One frame of the haystack, with what is drawn onto it.
    OneFrame,
    /// The same videos, in which what moves is held as its first frame shows it: what a place alone gives away.
    Still,
    /// No video at all: what the text alone gives away.
    TextOnly,
    /// No video, and the lines of its subtitle track: what these alone give away.
    SubtitlesOnly,
    /// The same videos, in whose sound no needle is: what the picture and the haystack's sound give away.
    Muted,
    /// The same pictures, without any sound track.
    Deaf,
    /// The same sound, under black pictures.
    AudioOnly,
    /// The same videos, without any time: neither when a frame is shown nor how long the video is.
    NoTimes,
}

impl Control {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NoNeedle,
        Self::Shuffled,
        Self::OneFrame,
        Self::Still,
        Self::TextOnly,
        Self::SubtitlesOnly,
        Self::Muted,
        Self::Deaf,
        Self::AudioOnly,
        Self::NoTimes,
    ];

    /// Its name in specs, files and directories.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoNeedle => "no-needle",
            Self::Shuffled => "shuffled",
            Self::OneFrame => "one-frame",
            Self::Still => "still",
            Self::TextOnly => "text-only",
            Self::SubtitlesOnly => "subtitles-only",
            Self::Muted => "muted",
            Self::Deaf => "deaf",
            Self::AudioOnly => "audio-only",
            Self::NoTimes => "no-times",
        }
    }

    /// What it leaves, as a sentence of a dataset's card.
    pub fn says(self) -> &'static str {
        match self {
            Self::NoNeedle => "the haystacks alone: no needle is in any video",
            Self::Shuffled => {
                "the same frames in another order: pieces of the video are shuffled, needles whole"
            }
            Self::OneFrame => "one frame of its haystacks each, with what is drawn onto it",
            Self::Still => "all, but what moves is held as its first frame shows it",
            Self::TextOnly => "the questions alone: there are no videos",
            Self::SubtitlesOnly => "the questions and the lines of the subtitle tracks: there are no videos",
            Self::Muted => "all, but no needle is in the sound: the haystack's own is as it was",
            Self::Deaf => "the pictures alone: the videos have no sound track",
            Self::AudioOnly => "the sound alone: all frames of the videos are black",
            Self::NoTimes => {
                "all, but no times: `vniah ask` and exports send no time of a frame and do not say how long a video is"
            }
        }
    }

    /// Whether there are videos.
    pub fn has_videos(self) -> bool {
        !matches!(self, Self::TextOnly | Self::SubtitlesOnly)
    }

    /// Whether needles that are heard are left out.
    pub fn is_silenced(self) -> bool {
        matches!(self, Self::Muted | Self::Deaf)
    }

    /// Whether each of its rows shows something else than the dataset's: what others leave out, not every video has.
    pub fn differs_everywhere(self) -> bool {
        !matches!(self, Self::Still | Self::Muted | Self::Deaf | Self::NoTimes)
    }

    /// Whether its prompts say how long a video is, and frames come with their times.
    pub fn states_times(self) -> bool {
        self != Self::NoTimes
    }

    /// The control of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.name() == name)
    }
}
