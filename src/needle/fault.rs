//! What can be wrong with needles: faults of packs, gathered, and failures to place or draw.
//!
//! In: what a reader found. Out: messages that name the file, the key, what was expected and the nearest known name.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

/// Why needles could not be loaded, placed or drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Packs or the font are not what they should be.
    #[error("needles have {}", listed(problems))]
    Packs {
        /// Every problem found, in the order of the directories.
        problems: Vec<Problem>,
    },
    /// No pack has this id.
    #[error("no needle pack `{pack}`{}", did_you_mean(nearest.as_ref()))]
    UnknownPack {
        /// The id asked for.
        pack: String,
        /// The nearest known id.
        nearest: Option<String>,
    },
    /// No item of the pack has this id.
    #[error("no item `{item}` in needle pack `{pack}`{}", did_you_mean(nearest.as_ref()))]
    UnknownItem {
        /// The pack.
        pack: String,
        /// The id asked for.
        item: String,
        /// The nearest known id.
        nearest: Option<String>,
    },
    /// A picture of an item of a text pack was asked for.
    #[error("item `{item}` of needle pack `{pack}` has no picture")]
    NoPicture {
        /// The pack.
        pack: String,
        /// The item.
        item: String,
    },
    /// A short video of an item that has none was asked for.
    #[error("item `{item}` of needle pack `{pack}` has no video")]
    NoFootage {
        /// The pack.
        pack: String,
        /// The item.
        item: String,
    },
    /// The font cannot write the text.
    #[error("the font has no glyph for `{character}` (U+{:04X}) in `{text}`; set `needles.font` to the file or the name of a font that \
         has, such as \"Noto Sans CJK SC\" for Chinese", u32::from(*character))]
    Glyph {
        /// The character that the font lacks.
        character: char,
        /// The text.
        text: String,
    },
    /// The text is of a script whose letters join or run from right to left.
    #[error(
        "`{character}` (U+{:04X}) in `{text}` is of a script that needs shaping, which subtitles do not do",
        u32::from(*character)
    )]
    Script {
        /// The first such character.
        character: char,
        /// The text.
        text: String,
    },
    /// There is nothing to write.
    #[error("a text needle without text")]
    NoText,
    /// Opacities and sizes are shares of one.
    #[error("{what} of {permille} per-mille is outside 1..=1000")]
    Permille {
        /// Which setting.
        what: &'static str,
        /// Its value.
        permille: u16,
    },
    /// The text is too long for the frame, however small it is written.
    #[error("no room for `{text}` in {width}x{height} pixels")]
    NoRoom {
        /// The text.
        text: String,
        /// Width of the room.
        width: u32,
        /// Height of the room.
        height: u32,
    },
    /// The frame is smaller than any needle can be seen in.
    #[error("a frame of {width}x{height} is too small for needles; expected at least {least}x{least}")]
    SmallFrame {
        /// Width of the frame.
        width: u32,
        /// Height of the frame.
        height: u32,
        /// The least width and height.
        least: u32,
    },
    /// A patch goes where the plan says, not where the library would.
    #[error("a patch has no place of its own; the plan chooses it")]
    PatchPlace,
    /// What moves has a drawing for each frame.
    #[error("a needle that moves is drawn frame by frame")]
    Moving,
    /// The item has no sound.
    #[error("item `{item}` of needle pack `{pack}` has no such sound")]
    NoSound {
        /// The pack.
        pack: String,
        /// The item.
        item: String,
    },
    /// A file that is no longer a sound.
    #[error("cannot play `{asset}` of needle pack `{pack}`: {reason}")]
    Sound {
        /// The pack.
        pack: String,
        /// The file.
        asset: String,
        /// What the decoder found.
        reason: String,
    },
    /// What is not in the picture has no drawing.
    #[error("a needle that is heard or read has no drawing")]
    Unseen,
    /// The place is not a box within the frame.
    #[error("the box {w}x{h} at {x},{y} is empty or outside the frame of {width}x{height}")]
    Outside {
        /// Left edge.
        x: u32,
        /// Upper edge.
        y: u32,
        /// Width.
        w: u32,
        /// Height.
        h: u32,
        /// Width of the frame.
        width: u32,
        /// Height of the frame.
        height: u32,
    },
    /// The picture cannot be decoded.
    #[error("cannot draw `{asset}` of needle pack `{pack}`")]
    Picture {
        /// The pack.
        pack: String,
        /// The picture's file.
        asset: String,
        /// What the decoder found.
        #[source]
        source: Unusable,
    },
    /// The picture is not the one that was loaded.
    #[error("`{asset}` of needle pack `{pack}` has changed since the pack was loaded")]
    Changed {
        /// The pack.
        pack: String,
        /// The picture's file.
        asset: String,
    },
    /// A file could not be read.
    #[error(transparent)]
    Files(#[from] crate::files::Error),
}

/// Why bytes are not a usable picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The SVG reader refused.
    #[error("not an SVG that can be drawn: {0}")]
    Svg(String),
    /// The SVG rests on something outside it.
    #[error("the SVG has a `<{0}>` element, which depends on fonts or other files; convert it to paths")]
    SvgElement(String),
    /// The picture decoder refused.
    #[error("not a PNG, JPEG, WebP, BMP or SVG picture: {0}")]
    Raster(image::ImageError),
    /// The SVG asks for more than a picture needs.
    #[error("the SVG is too costly to draw: {0}; simplify it, or convert it to a PNG")]
    SvgSize(String),
    /// The picture has more pixels than are read.
    #[error("the picture has {width}x{height} pixels, over {most}; make it smaller")]
    Large {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The most pixels.
        most: u64,
    },
    /// The picture has no pixels.
    #[error("the picture is empty")]
    Empty,
}

/// One thing wrong in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem<F = Fault> {
    /// The file, or the directory where a file was expected.
    pub file: PathBuf,
    /// Key path, row or option; empty where the file as a whole is meant.
    pub key: String,
    /// What is wrong.
    pub fault: F,
}

impl Error {
    /// Whether all that is wrong is that files cannot be read.
    pub fn is_unreadable(&self) -> bool {
        let is_read = |problem: &Problem| !matches!(problem.fault, Fault::Unreadable(_));
        matches!(self, Self::Packs { problems } if !problems.iter().any(is_read))
    }
}

/// The ways in which a pack can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The system refused.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Not TOML.
    #[error("line {line}: {message}")]
    Syntax {
        /// 1-based line.
        line: usize,
        /// The parser's message.
        message: String,
    },
    /// A key that means nothing.
    #[error("unknown key{}", did_you_mean(.0.as_ref()))]
    UnknownKey(Option<String>),
    /// A key that must be there.
    #[error("missing; expected {0}")]
    Missing(&'static str),
    /// A value of another type.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: &'static str,
    },
    /// A text of blanks only.
    #[error("empty; expected {0}")]
    Blank(&'static str),
    /// An id that cannot stand in file names and URLs.
    #[error("`{0}` is not an id; expected ASCII letters, digits, `_` and `-`")]
    BadId(String),
    /// A name that stands for two items.
    #[error("`{name}` is also {first}")]
    Duplicate {
        /// The name.
        name: String,
        /// Key path of its first use.
        first: String,
    },
    /// Two packs of the user have one id.
    #[error("pack `{id}` is also in `{}`", first.display())]
    DuplicatePack {
        /// The id.
        id: String,
        /// The file that has it already.
        first: PathBuf,
    },
    /// `alike` names an item that is not there.
    #[error("no item `{id}` in this pack{}", did_you_mean(nearest.as_ref()))]
    UnknownItem {
        /// The id.
        id: String,
        /// The nearest known id.
        nearest: Option<String>,
    },
    /// `alike` names the item itself.
    #[error("an item is always alike to itself; name others only")]
    AlikeItself,
    /// An asset elsewhere would make the pack depend on where it lies.
    #[error("`{0}` is not below the pack's directory; keep pictures in a subdirectory, such as `pictures`")]
    Outside(String),
    /// A link by which the pack would show what lies elsewhere.
    #[error(
        "`{0}` is a link that leads out of the pack's directory; expected a file of the pack: copy what it leads to"
    )]
    Linked(String),
    /// An asset or a folder that is not there.
    #[error("`{asset}` is not there{}", did_you_mean(nearest.as_ref()))]
    MissingAsset {
        /// The name asked for.
        asset: String,
        /// The nearest name in its directory.
        nearest: Option<String>,
    },
    /// An asset that is no picture.
    #[error("`{asset}`: {reason}")]
    NotPicture {
        /// The file.
        asset: String,
        /// What the decoder found.
        reason: String,
    },
    /// Some items have pictures and others have none.
    #[error("missing, while other items have one; expected a picture for all items or for none")]
    Mixed,
    /// Some items have videos and others have none.
    #[error(
        "has no video, while other items have one; expected a video or a scene for all items or for none"
    )]
    MixedFootage,
    /// Some items have sounds and others have none.
    #[error("has no sound, while other items have one; expected a sound for all items or for none")]
    MixedSound,
    /// Two sources of one sound.
    #[error("states more than one of `sound`, `recordings` and `asset`; expected one of them")]
    TwoSounds,
    /// What is stated of a sound means nothing, or its file is none.
    #[error("{0}")]
    Sound(String),
    /// What is stated of a video means nothing.
    #[error("{0}")]
    Footage(String),
    /// A video of which nothing is stated.
    #[error(
        "missing; expected size, rate and number of frames of `{0}`, as `vniah needles import --as videofolder` writes them"
    )]
    NoFacts(String),
    /// Two sources of frames for one item.
    #[error("states both `scene` and `asset`; expected one of them")]
    TwoReels,
    /// `footage` says something of a picture, or of nothing.
    #[error("says something of a video, and the item's `asset` is none")]
    FactsOfNothing,
    /// `soundtrack` is heard with no video.
    #[error("is heard with a video, and the item's `asset` is none")]
    SoundOfNothing,
    /// Videos in a folder, of which nothing is stated.
    #[error(
        "`{asset}` is a video; expected it under `[[items]]`, as `vniah needles import --as videofolder` writes it"
    )]
    VideoInFolder {
        /// The file.
        asset: String,
    },
    /// A scene that there is not.
    #[error("no scene `{name}`{}", did_you_mean(nearest.as_ref()))]
    UnknownScene {
        /// The name.
        name: String,
        /// The nearest scene.
        nearest: Option<String>,
    },
    /// No items.
    #[error("the pack has no items")]
    EmptyPack,
    /// A directory without packs.
    #[error("holds no `pack.toml`, and no directory with one")]
    NoPack,
    /// Not a font.
    #[error("not a TrueType or OpenType font")]
    NotFont,
}

impl<F> Problem<F> {
    pub(super) fn of(file: &Path, key: impl Into<String>, fault: F) -> Self {
        Self { file: file.to_owned(), key: key.into(), fault }
    }
}

impl<F: Display> Display for Problem<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.key.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{} (`{}`)", self.key, self.fault, self.file.display())
    }
}

/// Problems, counted, one a line.
pub(super) fn listed<F: Display>(problems: &[Problem<F>]) -> String {
    let mut text = match problems {
        [_] => "1 problem".to_owned(),
        _ => format!("{} problems", problems.len()),
    };
    for problem in problems {
        text.push_str("\n  ");
        text.push_str(&problem.to_string());
    }
    text
}

fn did_you_mean(nearest: Option<&String>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
