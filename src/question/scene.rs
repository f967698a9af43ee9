//! A scene: all that is shown and can be asked for, in order of time.
//!
//! In: needles that were planned, stated by a row, or detected in pixels. Out: [`Scene`]s, of which a kind of question tells the
//! right answer. Distractors are no part of it: they are chosen so that the question does not ask for them.

use crate::time::FrameSpan;

/// One thing that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it is, in the words of the options.
    pub label: String,
    /// Frames on which it is shown.
    pub span: FrameSpan,
}

/// All that is shown, by first frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene(Vec<Sighting>);

impl Scene {
    /// The sightings, by first frame; those that share it keep their order.
    pub fn sightings(&self) -> &[Sighting] {
        &self.0
    }
}

impl FromIterator<Sighting> for Scene {
    fn from_iter<T: IntoIterator<Item = Sighting>>(sightings: T) -> Self {
        let mut sightings: Vec<Sighting> = sightings.into_iter().collect();
        sightings.sort_by_key(|sighting| sighting.span.start());
        Self(sightings)
    }
}
