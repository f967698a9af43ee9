//! A source: what is known of a video once it has been probed.
//!
//! In: what probing found. Out: the facts, kept in a cache between runs.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::media::clock::Clock;
use crate::media::colour::{Matrix, Tags};
use crate::media::first_frames::Scan;
use crate::media::index::{AudioTrack, VideoTrack};
use crate::media::size::Size;

/// Smallest width and height that can be coded and hold a needle.
pub const SMALLEST: u32 = 16;

/// A source video as probed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file; not kept with the rest, since JSON has no word for a name that is not UTF-8.
    #[serde(skip)]
    pub path: PathBuf,
    /// Width as shown: square pixels, upright. It may be odd.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// When its frames are shown.
    pub clock: Clock,
    /// Clockwise rotation that shows it upright, in degrees.
    pub rotation: u32,
    /// Whether its frames are two fields.
    pub scan: Scan,
    /// Matrix of its colours.
    pub matrix: Matrix,
    /// What it says of its colours.
    pub tags: Tags,
    /// Whether its samples use the full range.
    pub full_range: bool,
    /// Index of the video stream.
    pub stream: usize,
    /// The packets, where they can be spliced as they are; else why not, one reason each.
    pub as_is: Result<VideoTrack, Vec<String>>,
    /// Sound: its stream, and the packets or why they cannot be copied.
    pub audio: Option<(usize, Result<AudioTrack, String>)>,
    /// Channels of its sound once prepared, 1 or 2; 0 where it has no sound.
    pub prepared_channels: u16,
    /// What is unusual about it, one sentence each.
    pub warnings: Vec<String>,
    /// What is unusual about its sound.
    pub sound_warning: Option<String>,
    /// What preparing makes of it that earlier versions did not.
    pub revised: Revised,
}

/// What earlier versions prepared otherwise: it has another name in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revised {
    /// The frames, or their colours.
    pub pictures: bool,
    /// The sound, or where it starts.
    pub sound: bool,
}

impl Source {
    /// Its size as shown.
    pub(super) fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// The same source, by this name of its file.
    #[must_use]
    pub fn named(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.path);
        if let Ok(track) = &mut self.as_is {
            path.clone_into(&mut track.path);
        }
        if let Some((_, Ok(track))) = &mut self.audio {
            path.clone_into(&mut track.path);
        }
        self
    }
}
