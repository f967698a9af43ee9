//! Looks: what a needle looks like, where it stands, and how it is drawn.
//!
//! In: a look, a frame's size and, for drawing, the place. Out: an even-numbered box within the frame, and straight-alpha
//! pixels of exactly its size. Each look has a file here that places and draws it, and a file in `src/detect` that finds
//! it in decoded frames. The ground around a picture is the renderer's.

mod clip;
mod limits;
mod link;
mod loudness;
mod mover;
mod patch;
mod picture;
mod text;

use image::RgbaImage;
pub use loudness::Loudness;
pub use mover::Moving;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::effects::Effects;
use super::fault::Error;
use super::ground::Ground;
use super::library::Library;
use super::motion::Mover;
use super::pixel_box::PixelBox;
use super::spot::Spot;
use super::way_in::WayIn;

/// What a needle looks like; with its place, everything that its drawing depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Look {
    /// A subtitle: text on a translucent box.
    Text {
        /// The text, unwrapped.
        text: String,
        /// Height of the letters' line, in per-mille of the frame's height.
        size_permille: u16,
        /// Opacity of the box behind the text, in per-mille.
        box_opacity_permille: u16,
    },
    /// A picture over the whole frame, fitted without distortion.
    Picture {
        /// Pack that holds the item.
        pack: String,
        /// Item of the pack.
        item: String,
        /// Item of the pack that an arrow leads from to the other, where both are shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// What fills the frame around the picture.
        ground: Ground,
    },
    /// A small picture pasted into the frame.
    Patch {
        /// Pack that holds the item.
        pack: String,
        /// Item of the pack.
        item: String,
    },
    /// Small pictures that move: each frame shows them elsewhere.
    Mover {
        /// The pictures and their paths; later ones hide earlier ones.
        movers: Vec<Mover>,
        /// What fills an inserted frame around them.
        ground: Ground,
    },
    /// A short video, over the whole frame or as a picture in the picture.
    Clip {
        /// Pack that holds the item.
        pack: String,
        /// Item of the pack.
        item: String,
        /// Whether it is played backward.
        is_reversed: bool,
        /// What fills an inserted frame around it; absent where it lies over footage.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ground: Option<Ground>,
        /// How loud its own sound is; absent where it is muted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sound: Option<Loudness>,
    },
    /// A sound that is mixed into the haystack's own.
    Sound {
        /// Pack that holds the item.
        pack: String,
        /// Item of the pack.
        item: String,
        /// Which of the item's recordings it is, from 0.
        #[serde(default, skip_serializing_if = "is_first")]
        take: u16,
        /// How much louder it is than the haystack where it sounds, in decibels; lower where negative.
        snr_db: i16,
    },
    /// A line of the subtitle track.
    Caption {
        /// What it says.
        text: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(take: &u16) -> bool {
    *take == 0
}

/// Which look a needle has, without what it shows; the names are those of [`Look`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LookKind {
    /// A subtitle.
    Text,
    /// A picture over the whole frame.
    Picture,
    /// A small picture somewhere in the frame.
    Patch,
    /// Small pictures that move.
    Mover,
    /// A short video.
    Clip,
    /// A sound.
    Sound,
    /// A line of the subtitle track.
    Caption,
}

impl LookKind {
    /// The name that families, plans and rows use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Picture => "picture",
            Self::Patch => "patch",
            Self::Mover => "mover",
            Self::Clip => "clip",
            Self::Sound => "sound",
            Self::Caption => "caption",
        }
    }
}

impl LookKind {
    /// The looks that leave every frame as it is.
    pub fn beside() -> [Self; 2] {
        [Self::Sound, Self::Caption]
    }

    /// How a needle of this look enters a video without a change of any frame; nothing where it is in the picture.
    pub fn beside_way(self) -> Option<WayIn> {
        match self {
            Self::Sound => Some(WayIn::Mix),
            Self::Caption => Some(WayIn::Subtitle),
            Self::Text | Self::Picture | Self::Patch | Self::Mover | Self::Clip => None,
        }
    }

    /// Whether it shows small pictures, whose size against the frame is the plan's choice.
    pub fn is_small(self) -> bool {
        matches!(self, Self::Patch | Self::Mover)
    }
}

impl Look {
    /// Which look it is.
    pub fn kind(&self) -> LookKind {
        match self {
            Self::Text { .. } => LookKind::Text,
            Self::Picture { .. } => LookKind::Picture,
            Self::Patch { .. } => LookKind::Patch,
            Self::Mover { .. } => LookKind::Mover,
            Self::Clip { .. } => LookKind::Clip,
            Self::Sound { .. } => LookKind::Sound,
            Self::Caption { .. } => LookKind::Caption,
        }
    }

    /// What fills the frame around it; `None` where it leaves that to the haystack.
    pub fn ground(&self) -> Option<Ground> {
        match self {
            Self::Picture { ground, .. } | Self::Mover { ground, .. } => Some(*ground),
            Self::Clip { ground, .. } => *ground,
            Self::Text { .. } | Self::Patch { .. } | Self::Sound { .. } | Self::Caption { .. } => None,
        }
    }

    /// Whether what is drawn depends on the frame.
    pub fn moves(&self) -> bool {
        matches!(self, Self::Mover { .. } | Self::Clip { .. })
    }

    /// Whether it is a short video that is played backward; nothing where it is none.
    pub fn is_reversed(&self) -> Option<bool> {
        if let Self::Clip { is_reversed, .. } = self { Some(*is_reversed) } else { None }
    }

    /// How loud it is; nothing where it is not heard.
    pub fn loudness(&self) -> Option<Loudness> {
        match self {
            Self::Sound { snr_db, .. } => Some(Loudness::Over { snr_db: *snr_db }),
            Self::Clip { sound, .. } => *sound,
            Self::Text { .. }
            | Self::Picture { .. }
            | Self::Patch { .. }
            | Self::Mover { .. }
            | Self::Caption { .. } => None,
        }
    }

    /// The same, not heard; nothing where it is a sound and nothing else.
    pub fn muted(self) -> Option<Self> {
        match self {
            Self::Sound { .. } => None,
            Self::Clip { pack, item, is_reversed, ground, sound: _ } => {
                Some(Self::Clip { pack, item, is_reversed, ground, sound: None })
            }
            other => Some(other),
        }
    }

    /// The things that move; none where what is drawn stays.
    pub fn movers(&self) -> &[Mover] {
        if let Self::Mover { movers, .. } = self { movers } else { &[] }
    }
}

impl Library {
    /// Where a subtitle or a picture usually goes in a frame. The place of a patch is the plan's choice.
    pub fn place(&self, look: &Look, frame_w: u32, frame_h: u32) -> Result<PixelBox, Error> {
        self.place_at(look, (None, 1000), frame_w, frame_h)
    }

    /// As [`Self::place`], at `spot`; a picture has `picture_permille` of the width and height that the frame allows.
    pub fn place_at(
        &self,
        look: &Look,
        (spot, picture_permille): (Option<Spot>, u16),
        frame_w: u32,
        frame_h: u32,
    ) -> Result<PixelBox, Error> {
        let frame = (frame_w, frame_h);
        limits::frame(frame)?;
        match look {
            Look::Text { text, size_permille, .. } => text::place(self, text, *size_permille, spot, frame),
            Look::Picture { from: Some(_), .. } => link::place(picture_permille, spot, frame),
            Look::Picture { pack, item, .. } => {
                picture::place(self, (pack, item), picture_permille, spot, frame)
            }
            Look::Patch { .. } => patch::place(),
            Look::Mover { movers, .. } => Ok(mover::place(movers, frame)),
            Look::Sound { .. } | Look::Caption { .. } => Ok(PixelBox::NONE),
            Look::Clip { pack, item, ground, .. } => {
                clip::place(self, (pack, item), (picture_permille, spot, ground.is_none()), frame)
            }
        }
    }

    /// Where in the frame the thing that a link leads from stands, and the thing that it leads to; `place` is the link's.
    pub fn linked(&self, pack: &str, items: [&str; 2], place: PixelBox) -> Result<[PixelBox; 2], Error> {
        let [from, to] = link::squares(place);
        let stand = |item: &str, square: PixelBox| -> Result<PixelBox, Error> {
            let within = link::within(square, self.aspect(pack, item)?);
            Ok(PixelBox { x: place.x + within.x, y: place.y + within.y, ..within })
        };
        Ok([stand(items[0], from)?, stand(items[1], to)?])
    }

    /// Draws the pictures of a look that moves, with what makes them harder to see; nothing where it stays. `frame_h` is the height of
    /// the frame in pixels.
    pub fn moving(&self, look: &Look, effects: &Effects, frame_h: u32) -> Result<Option<Moving>, Error> {
        let Look::Mover { movers, .. } = look else { return Ok(None) };
        mover::drawn(self, movers, effects, frame_h).map(Some)
    }

    /// Height in pixels of the lines in which a subtitle is set in a frame: less than is asked for where it is long.
    pub fn line_px(&self, look: &Look, frame_w: u32, frame_h: u32) -> Result<Option<u32>, Error> {
        let Look::Text { text, size_permille, .. } = look else { return Ok(None) };
        text::line_px(self, text, *size_permille, (frame_w, frame_h)).map(Some)
    }

    /// Draws a look that stays at its place: straight alpha, `place.w` x `place.h`, the same bytes each time.
    pub fn draw(&self, look: &Look, place: PixelBox, frame_w: u32, frame_h: u32) -> Result<RgbaImage, Error> {
        let frame = (frame_w, frame_h);
        limits::frame(frame)?;
        limits::place(place, frame)?;
        match look {
            Look::Text { text, size_permille, box_opacity_permille } => {
                text::draw(self, text, (*size_permille, *box_opacity_permille), place, frame)
            }
            Look::Picture { pack, item, from: Some(from), .. } => link::draw(self, pack, (from, item), place),
            Look::Picture { pack, item, .. } => picture::draw(self, (pack, item), place),
            Look::Patch { pack, item } => patch::draw(self, (pack, item), place),
            Look::Mover { .. } | Look::Clip { .. } => Err(Error::Moving),
            Look::Sound { .. } | Look::Caption { .. } => Err(Error::Unseen),
        }
    }
}
