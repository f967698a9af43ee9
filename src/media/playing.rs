//! Clips as they are played: the drawing of a needle that is a short video, frame by frame.
//!
//! In: a needle's look, its size, how many frames it has and at which rate. Out: the picture of each of its frames. The sound of a clip
//! is left out.

use image::{DynamicImage, RgbaImage};

use crate::media::Error;
use crate::media::reel::Frames;
use crate::needle::{Effects, Footage, Library, Look};
use crate::time::FrameRate;

/// A clip that is played.
pub struct Playing {
    footage: Footage,
    frames: Frames,
    is_reversed: bool,
    fps: FrameRate,
    effects: Effects,
    /// Height of the frames that it is drawn onto, in pixels.
    frame_h: u32,
}

/// How a clip is played.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// Width and height of its box, in pixels.
    pub size: (u32, u32),
    /// Frames of the needle.
    pub count: u64,
    /// Rate of the video that it is in.
    pub fps: FrameRate,
    /// What makes it harder to see.
    pub effects: Effects,
    /// Height of the video's frames, in pixels.
    pub frame_h: u32,
}

impl Playing {
    /// Opens the clip of a look; nothing where the look is none.
    ///
    /// # Errors
    /// The clip cannot be decoded, or is not what its pack states.
    pub fn open(library: &Library, look: &Look, how: How) -> Result<Option<Self>, Error> {
        let Look::Clip { pack, item, is_reversed, .. } = look else { return Ok(None) };
        let How { size, count, fps, effects, frame_h } = how;
        let footage = library.footage(pack, item)?.1.clone();
        let last = footage.frame(count.saturating_sub(1), (count, fps), false);
        let frames = Frames::open(&footage, size, last + 1)?;
        Ok(Some(Self { footage, frames, is_reversed: *is_reversed, fps, effects, frame_h }))
    }

    /// The drawing of frame `at` of the needle's `count`.
    pub fn drawing(&self, at: u64, count: u64) -> RgbaImage {
        let picture = self.frames.frame(self.footage.frame(at, (count, self.fps), self.is_reversed));
        self.effects.apply(DynamicImage::from(picture).into_rgba8(), self.frame_h)
    }
}
