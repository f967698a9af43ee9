//! What can be wrong with a collection of pictures.
//!
//! In: what a reader found. Out: messages that name the file and the key in it, and say what was expected.

use std::path::PathBuf;

use super::super::fault::{self, listed};
use crate::files;

/// Why no pack was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The collection cannot become a pack as it is.
    #[error("cannot make a pack: {}", listed(problems))]
    Problems {
        /// Every problem found, in the order of the source.
        problems: Vec<Problem>,
    },
    /// The directory of the pack holds something.
    #[error("`{}` already exists and is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// A file could not be read or written.
    #[error(transparent)]
    Files(#[from] files::Error),
    /// The pack that was made is not one.
    #[error("the pack that was made cannot be loaded")]
    Made(#[source] fault::Error),
}

/// One thing wrong in a collection.
pub type Problem = fault::Problem<Fault>;

/// The ways in which a collection can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Not what its format says.
    #[error("{0}")]
    Format(String),
    /// A key or column that must be there.
    #[error("missing; expected {0}")]
    Missing(&'static str),
    /// A column that means nothing.
    #[error("unknown column; expected {0}")]
    UnknownColumn(&'static str),
    /// A number that stands for nothing.
    #[error("{what} {id} is not in the file")]
    Unknown {
        /// `image` or `category`.
        what: &'static str,
        /// The id.
        id: u64,
    },
    /// A number that stands for two things.
    #[error("{id} is the id of an earlier entry of `{list}` already; expected each id once")]
    Repeated {
        /// `images`, `categories` or `licenses`.
        list: &'static str,
        /// The id.
        id: u64,
    },
    /// A box that is empty or outside its picture.
    #[error("the box has no part in the picture")]
    NoBox,
    /// An id that cannot stand in file names and URLs.
    #[error("`{0}` is not an id; expected ASCII letters, digits, `_` and `-`")]
    BadId(String),
    /// A picture beside the directory that the import is of: whoever wrote the file may have meant one that is not to be copied.
    #[error("`{0}` is not below the directory of the pictures; expected a path within it")]
    Outside(String),
    /// A link to what lies elsewhere: whoever made it may have meant a file that is not to be copied.
    #[error(
        "`{0}` is a link that leads out of the directory of the pictures; expected a file in it: copy what it leads to"
    )]
    Linked(String),
    /// The picture cannot be decoded.
    #[error("cannot be used: {0}")]
    Unreadable(String),
    /// The picture would be a smear.
    #[error("{width}x{height} is too small; expected {least} pixels per side, or set --least-side")]
    Small {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The least side.
        least: u32,
    },
    /// The picture is a strip.
    #[error("{width}x{height} is longer than {most}:1; set --most-aspect to allow it")]
    Long {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The most extreme proportions.
        most: u32,
    },
    /// The picture would be a blur in the frame.
    #[error(
        "{width}x{height} would be magnified more than {most} times to fill a frame of {frame_width}x{frame_height}; \
        expected a larger picture, or set a smaller --frame"
    )]
    Magnified {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// How many times it may be.
        most: u32,
        /// Width of the frame in pixels.
        frame_width: u32,
        /// Height of the frame in pixels.
        frame_height: u32,
    },
    /// A text that names nothing.
    #[error("`{0}` is a sentence; expected a name such as \"A dog.\"")]
    NoName(String),
    /// A text that names several things at once.
    #[error("`{0}` names several things, which cannot be counted as one; expected a name such as \"A dog.\"")]
    Several(String),
    /// None of a class's pictures can be used.
    #[error("no picture of `{label}` can be used, of {tried}; the best: {best}")]
    NoPicture {
        /// The class.
        label: String,
        /// How many there are.
        tried: usize,
        /// Why the best of them cannot.
        best: Box<Fault>,
    },
    /// A name that stands for two items.
    #[error("`{name}` is also {first}")]
    Duplicate {
        /// The name.
        name: String,
        /// What has it already.
        first: String,
    },
    /// A picture that is not in the source.
    #[error("no picture is called `{name}`{}", meant(nearest.as_ref()))]
    UnknownPicture {
        /// The name.
        name: String,
        /// What was perhaps meant.
        nearest: Option<String>,
    },
    /// A name of an item that is not there.
    #[error("no item is labelled `{0}`")]
    UnknownLabel(String),
    /// Two pictures that look the same.
    #[error(
        "`{one}` and `{other}` look alike: {distance} apart, expected {least}; --alike keeps them from meeting in a question"
    )]
    Near {
        /// A label.
        one: String,
        /// Another label.
        other: String,
        /// Their distance.
        distance: u32,
        /// What was expected.
        least: u32,
    },
    /// None of a class's videos can be used.
    #[error("no video of `{label}` can be used, of {tried}; the first: {first}")]
    NoVideo {
        /// The class.
        label: String,
        /// How many there are.
        tried: usize,
        /// Why the first of them cannot.
        first: Box<Fault>,
    },
    /// Nothing to import.
    #[error("holds no class; expected {0}")]
    Empty(&'static str),
}

/// What was perhaps meant, or what a name looks like.
fn meant(nearest: Option<&String>) -> String {
    nearest.map_or_else(
        || "; expected its path within the directory, such as `dogs/dog.png`".to_owned(),
        |nearest| format!("; did you mean `{nearest}`?"),
    )
}
