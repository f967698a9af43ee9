//! A scene: all that is shown and can be asked for, in order of time.
//!
//! In: needles that were planned, stated by a row, or detected in pixels. Out: [`Scene`]s, of which a kind of question tells the
//! right answer. Distractors are no part of it: they are chosen so that the question does not ask for them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::needle::PixelBox;
use crate::time::FrameSpan;

/// Parts of a picture's width or height in which points are stated.
const WHOLE: u64 = 1_000_000;

/// A point of the picture, in millionths of its width and height from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// From the left.
    pub x: u32,
    /// From above.
    pub y: u32,
}

impl Point {
    /// The centre of an area of a picture of this width and height in pixels.
    pub fn centre_of(area: PixelBox, (width, height): (u32, u32)) -> Self {
        let share = |start: u32, size: u32, whole: u32| {
            let doubled = 2 * u64::from(start) + u64::from(size);
            u32::try_from(doubled * WHOLE / (2 * u64::from(whole.max(1)))).unwrap_or(u32::MAX)
        };
        Self { x: share(area.x, area.w, width), y: share(area.y, area.h, height) }
    }

    /// The cell in which it lies, where the picture is divided into so many on each side.
    pub fn cell(self, cells: u32) -> Cell {
        let of = |at: u32| {
            let cell = u64::from(at) * u64::from(cells) / WHOLE;
            u32::try_from(cell).unwrap_or(u32::MAX).min(cells.saturating_sub(1))
        };
        Cell { column: of(self.x), row: of(self.y), cells }
    }
}

/// A cell of a picture that is divided into as many columns as rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Column from the left, from 0.
    pub column: u32,
    /// Row from above, from 0.
    pub row: u32,
    /// Columns, and rows.
    pub cells: u32,
}

impl Cell {
    /// All cells, row by row.
    pub fn all(cells: u32) -> Vec<Self> {
        (0..cells).flat_map(|row| (0..cells).map(move |column| Self { column, row, cells })).collect()
    }
}

/// One thing that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it is shown for: the key of a value, the box of a state, what a link leads from. Empty where there is none.
    pub key: String,
    /// What it is, in the words of the options.
    pub label: String,
    /// Frames on which it is shown.
    pub span: FrameSpan,
    /// Where its middle is, where that is known.
    pub centre: Option<Point>,
}

impl Sighting {
    /// A thing without a key, at no stated place.
    pub fn of(label: &str, span: FrameSpan) -> Self {
        Self { key: String::new(), label: label.to_owned(), span, centre: None }
    }
}

/// All that is shown, by first frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene(Vec<Sighting>);

impl Scene {
    /// The sightings, by first frame; those that share it keep their order.
    pub fn sightings(&self) -> &[Sighting] {
        &self.0
    }

    /// The sightings with this key, by first frame.
    pub(super) fn with_key<'a>(&'a self, key: &'a str) -> impl DoubleEndedIterator<Item = &'a Sighting> {
        self.0.iter().filter(move |sighting| sighting.key == key)
    }

    /// The first sighting of this label.
    pub(super) fn of_label(&self, label: &str) -> Option<&Sighting> {
        self.0.iter().find(|sighting| sighting.label == label)
    }
}

impl FromIterator<Sighting> for Scene {
    fn from_iter<T: IntoIterator<Item = Sighting>>(sightings: T) -> Self {
        let mut sightings: Vec<Sighting> = sightings.into_iter().collect();
        sightings.sort_by_key(|sighting| sighting.span.start());
        Self(sightings)
    }
}
