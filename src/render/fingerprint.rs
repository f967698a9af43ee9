//! Fingerprints of prepared haystacks: equal if and only if the bytes are.
//!
//! In: a source's digest and what is made of it. Out: the name of the prepared file in the cache.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::digest;
use crate::media;
use crate::media::encode::Settings;
use crate::media::prepare;
use crate::media::prepare_sound;
use crate::media::target::{self, Target};
use crate::time::FrameRate;

/// Everything that a prepared video depends on.
#[derive(Serialize)]
pub(super) struct Fingerprint {
    kind: &'static str,
    sha256: String,
    size: [u32; 2],
    fps: FrameRate,
    encoder: String,
    gop: u64,
    b_frames: u8,
    ffmpeg: String,
}

impl Fingerprint {
    /// Of a video; `revised` says that earlier versions prepared it otherwise.
    pub(super) fn of(sha256: &str, target: Target, revised: bool) -> Self {
        Self {
            kind: if revised { "video 3" } else { "video 2" },
            sha256: sha256.to_owned(),
            size: [target.width, target.height],
            fps: target.fps,
            encoder: Settings::describe(target.crf),
            gop: target::gop(target.fps),
            b_frames: target::B_FRAMES,
            ffmpeg: media::versions().release,
        }
    }

    /// Where it lies in a cache.
    pub(super) fn path(&self, cache: &Path) -> PathBuf {
        prepare::cached(cache, &digest::of_value(self))
    }
}

/// Where the prepared sound of a source lies in a cache. `widened` is its number of channels where that is not the source's;
/// `revised` says that earlier versions prepared it otherwise.
pub(super) fn sound_path(cache: &Path, sha256: &str, widened: Option<u16>, revised: bool) -> PathBuf {
    let kind = if revised { "sound 3" } else { "sound 2" };
    let (rate, release) = (prepare_sound::SAMPLE_RATE, media::versions().release);
    let key = match widened {
        None => digest::of_value(&(kind, sha256, rate, release)),
        Some(channels) => digest::of_value(&(kind, sha256, rate, release, channels)),
    };
    cache.join("prepared").join(format!("{key}.sound"))
}
