//! A needle as it is drawn at its place: what is looked for there.
//!
//! In: what draws it, what is drawn, where. Out: one record that each look's detector is made of.

use crate::needle::{Effects, Library, Look, PixelBox};

/// A needle as it is drawn at its place.
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    /// Draws it.
    pub library: &'a Library,
    /// Width and height of the frames.
    pub size: (u32, u32),
    /// What is drawn.
    pub look: &'a Look,
    /// Where.
    pub place: PixelBox,
    /// What makes it harder to see.
    pub effects: Effects,
}
