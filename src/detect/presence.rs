//! Presence: whether a frame shows one needle where the plan has it.
//!
//! In: a needle as it is drawn at its place, and texts that could be taken for it. Out: whether a frame shows it there, by what
//! detection goes by elsewhere, but without a search; and whether that can be relied on.

use super::{Clips, Patches, Pictures, Placed, Texts};
use crate::media::Error;
use crate::media::colour::{Layer, Matrix};
use crate::media::playing::{How, Playing};
use crate::media::yuv::Yuv;
use crate::needle::{self, Look, Moving, PixelBox};
use crate::time::FrameRate;

/// The even ground on which a look is tried: a middle grey.
const GROUND: [u8; 3] = [126, 128, 128];

/// Frames of a needle that moves, among which one is tried on that ground.
const TRIED: u64 = 64;

/// Looks for one needle at its place.
pub struct Presence {
    detector: Detector,
    place: PixelBox,
    is_dependable: bool,
}

/// The way of looking that fits its look.
enum Detector {
    Text(Texts),
    Picture(Pictures),
    Patch(Patches),
    /// Movers, of which each frame shows other drawings.
    Movers(Moving),
    Clip(Clips),
}

impl Presence {
    /// Draws the needle. A text that stands there instead is none of it if it is more like one of `rivals`.
    ///
    /// # Errors
    /// The needle cannot be drawn, or is not in the picture at all.
    pub fn new(needle: &Placed<'_>, rivals: &[String]) -> Result<Self, Error> {
        let (detector, is_distinct) = match needle.look {
            Look::Text { .. } => (Detector::Text(Texts::of_needle(needle, rivals)?), true),
            Look::Picture { item, .. } => {
                let pictures = Pictures::of_needle(needle, item)?;
                let is_distinct = pictures.is_distinct();
                (Detector::Picture(pictures), is_distinct)
            }
            Look::Patch { item, .. } => {
                let patches = Patches::of_needle(needle, item)?;
                let is_distinct = patches.is_distinct();
                (Detector::Patch(patches), is_distinct)
            }
            Look::Mover { .. } => {
                let (_, height) = needle.size;
                let moving = needle.library.moving(needle.look, &needle.effects, height)?;
                let moving = moving.expect("a look of movers moves");
                let is_distinct =
                    moving.movers().iter().all(|(_, picture)| Patches::of_drawing(picture).is_distinct());
                (Detector::Movers(moving), is_distinct)
            }
            Look::Clip { pack, item, .. } => {
                let clips = Clips::of_needle(needle, (pack, item))?;
                let is_distinct = clips.is_distinct();
                (Detector::Clip(clips), is_distinct)
            }
            Look::Sound { .. } | Look::Caption { .. } => return Err(needle::Error::Unseen.into()),
        };
        let mut presence = Self { detector, place: needle.place, is_dependable: false };
        presence.is_dependable = is_distinct && presence.tells(needle)?;
        Ok(presence)
    }

    /// Whether a frame shows the needle where it is on its frame `at` of `count`. Of movers, those whose whole picture is in the frame
    /// have to be there; where there is none, none is seen.
    pub fn is_seen(&self, frame: &Yuv, (at, count): (u64, u64)) -> bool {
        match &self.detector {
            Detector::Movers(moving) => {
                let mut whole = moving.whole_tiles(at, count).peekable();
                whole.peek().is_some()
                    && whole.all(|tile| Patches::of_drawing(&tile.drawing).is_at(frame, tile.place))
            }
            Detector::Clip(clips) => clips.look(frame).is_some(),
            Detector::Text(texts) => texts.look(frame).is_some(),
            Detector::Picture(pictures) => pictures.look(frame).is_some(),
            Detector::Patch(patch) => patch.is_at(frame, self.place),
        }
    }

    /// Whether its frame `at` of `count` shows anything that can be told: not where all that moves is cut off or hidden.
    pub fn is_expected(&self, (at, count): (u64, u64)) -> bool {
        !matches!(&self.detector, Detector::Movers(moving) if moving.whole_tiles(at, count).next().is_none())
    }

    /// Whether the needle can be told by detection at all: on an even ground it is seen, and without it is not. A thing
    /// of one tone, or one that is translucent throughout, cannot.
    pub fn is_dependable(&self) -> bool {
        self.is_dependable
    }

    fn tells(&self, needle: &Placed<'_>) -> Result<bool, Error> {
        let (width, height) = needle.size;
        let mut frame = Yuv::filled(width, height, GROUND);
        if let Some(moving) = needle.library.moving(needle.look, &needle.effects, height)? {
            let whole = |at: &u64| moving.whole_tiles(*at, TRIED).next().is_some();
            let Some(at) = (0..TRIED).find(whole) else { return Ok(false) };
            if self.is_seen(&frame, (at, TRIED)) {
                return Ok(false);
            }
            for tile in moving.tiles(at, TRIED) {
                let layer = Layer::new(&tile.drawing, tile.place.x, tile.place.y, Matrix::Bt709);
                layer.apply(&mut frame, 1000, needle.effects.tint_permille);
            }
            return Ok(self.is_seen(&frame, (at, TRIED)));
        }
        if self.is_seen(&frame, (0, 1)) {
            return Ok(false);
        }
        let how = How {
            size: (needle.place.w, needle.place.h),
            count: 1,
            fps: FrameRate::ONE,
            effects: needle.effects,
            frame_h: height,
        };
        if let Some(playing) = Playing::open(needle.library, needle.look, how)? {
            let drawing = playing.drawing(0, 1);
            let layer = Layer::new(&drawing, needle.place.x, needle.place.y, Matrix::Bt709);
            layer.apply(&mut frame, 1000, needle.effects.tint_permille);
            return Ok(self.is_seen(&frame, (0, 1)));
        }
        let drawing = needle.library.draw(needle.look, needle.place, width, height)?;
        let drawing = needle.effects.apply(drawing, height);
        let layer = Layer::new(&drawing, needle.place.x, needle.place.y, Matrix::Bt709);
        layer.apply(&mut frame, 1000, needle.effects.tint_permille);
        Ok(self.is_seen(&frame, (0, 1)))
    }
}
