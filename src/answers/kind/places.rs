//! Things that a reply names, each with the place by which its mentions go.
//!
//! In: things, in the order in which they are met. Out: the same place for the same thing, and the thing of a place.

use std::collections::BTreeMap;

/// Different things in the order in which they were met first.
#[derive(Clone, Debug)]
pub(super) struct Places<T> {
    things: Vec<T>,
    known: BTreeMap<T, usize>,
}

impl<T: Copy + Ord> Places<T> {
    pub(super) fn new() -> Self {
        Self { things: Vec::new(), known: BTreeMap::new() }
    }

    /// The place of `thing`, a new one if it is new.
    pub(super) fn of(&mut self, thing: T) -> usize {
        let things = &mut self.things;
        *self.known.entry(thing).or_insert_with(|| {
            things.push(thing);
            things.len() - 1
        })
    }

    /// The thing at `place`.
    pub(super) fn get(&self, place: usize) -> Option<T> {
        self.things.get(place).copied()
    }

    /// Number of things.
    pub(super) fn len(&self) -> usize {
        self.things.len()
    }
}
