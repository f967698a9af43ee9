//! What a detector sees in a frame.
//!
//! In: a label that was found. Out: how often a frame shows it, and where.

use crate::needle::PixelBox;

/// What one frame shows: a label so many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// What is shown.
    pub label: String,
    /// What it is shown for; empty where there are no keys.
    pub key: String,
    /// How many of it.
    pub count: usize,
    /// Where each of them is, as far as places are told apart.
    pub places: Vec<PixelBox>,
    /// Which of its frames a short video shows.
    pub moment: Option<u64>,
}

impl Detection {
    /// One thing, whose place says nothing.
    pub fn of(label: &str) -> Self {
        Self { label: label.to_owned(), key: String::new(), count: 1, places: Vec::new(), moment: None }
    }

    /// Whether the other shows the same.
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.label, &self.key) == (&other.label, &other.key)
    }
}
