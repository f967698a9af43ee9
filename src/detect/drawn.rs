//! What is searched for, and how it is drawn.
//!
//! In: what draws needles, and where they may stand. Out: records that each look's detector is made of.

use crate::needle::{Library, Spot};
use crate::spec::Difficulty;

/// How needles are drawn and where they may stand: the same for all that are searched for.
pub struct Drawn<'a> {
    /// Draws them.
    pub library: &'a Library,
    /// Width and height of the frames.
    pub size: (u32, u32),
    /// What makes them hard to see.
    pub difficulty: &'a Difficulty,
    /// Where subtitles and pictures may stand; `None` is where their like usually does.
    pub spots: Vec<Option<Spot>>,
}

/// An item of a pack that may be shown.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    /// Its pack.
    pub pack: &'a str,
    /// Its id there.
    pub item: &'a str,
    /// What a sight of it is called.
    pub label: &'a str,
}
