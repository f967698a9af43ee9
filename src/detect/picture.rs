//! Full-frame pictures, told by the pattern of their colours.
//!
//! In: all pictures that may be shown, drawn as they would be. Out: which of them a frame shows, if any.

use image::RgbaImage;

use super::pattern::{Pattern, matrices, points};
use super::{Detection, Drawn, Error, Placed, Thing};
use crate::media::yuv::Yuv;
use crate::needle::{self, Look, PixelBox};

struct Template {
    label: String,
    /// Its points lie where they lie in the frame.
    pattern: Pattern,
}

/// The raster on which pictures are compared: about two thousand points are plenty to tell them apart.
fn step((width, height): (u32, u32)) -> u32 {
    (width.min(height) / 64 * 2).max(2)
}

/// A picture in the colours of each matrix.
fn templates_of(
    label: &str,
    drawing: &RgbaImage,
    place: PixelBox,
    step: u32,
) -> impl Iterator<Item = Template> {
    matrices().into_iter().map(move |matrix| {
        let mut points = points(drawing, matrix, step);
        for point in &mut points {
            (point.x, point.y) = (point.x + place.x, point.y + place.y);
        }
        Template { label: label.to_owned(), pattern: Pattern::new(points) }
    })
}

/// All pictures that may be shown.
pub struct Detector {
    templates: Vec<Template>,
    /// What links may lead from, where two things are shown at once; empty elsewhere.
    from: Vec<Template>,
}

impl Detector {
    /// Draws the pictures.
    ///
    /// # Errors
    /// One cannot be drawn.
    pub fn new(drawn: &Drawn<'_>, things: &[Thing<'_>]) -> Result<Self, Error> {
        let (width, height) = drawn.size;
        let step = step(drawn.size);
        let mut templates = Vec::new();
        for thing in things {
            let ground = drawn.difficulty.ground;
            let (pack, item) = (thing.pack.to_owned(), thing.item.to_owned());
            let look = Look::Picture { pack, item, from: None, ground };
            for &spot in &drawn.spots {
                let size = drawn.difficulty.picture_size_permille;
                let place = drawn.library.place_at(&look, (spot, size), width, height)?;
                let drawing = drawn.library.draw(&look, place, width, height)?;
                templates.extend(templates_of(thing.label, &drawing, place, step));
            }
        }
        Ok(Self { templates, from: Vec::new() })
    }

    /// Draws all that links may lead from and to.
    ///
    /// # Errors
    /// One cannot be drawn.
    pub fn of_links(drawn: &Drawn<'_>, things: &[Thing<'_>]) -> Result<Self, Error> {
        let (width, height) = drawn.size;
        let step = step(drawn.size);
        let (mut templates, mut from) = (Vec::new(), Vec::new());
        for thing in things {
            let (pack, item) = (thing.pack.to_owned(), thing.item.to_owned());
            let look =
                Look::Picture { pack, from: Some(item.clone()), item, ground: drawn.difficulty.ground };
            for &spot in &drawn.spots {
                let size = drawn.difficulty.picture_size_permille;
                let place = drawn.library.place_at(&look, (spot, size), width, height)?;
                let [left, right] = drawn.library.linked(thing.pack, [thing.item, thing.item], place)?;
                for (place, of) in [(left, &mut from), (right, &mut templates)] {
                    let patch = Look::Patch { pack: thing.pack.to_owned(), item: thing.item.to_owned() };
                    let drawing = drawn.library.draw(&patch, place, width, height)?;
                    of.extend(templates_of(thing.label, &drawing, place, step));
                }
            }
        }
        Ok(Self { templates, from })
    }

    /// Draws one picture at its place.
    pub(super) fn of_needle(needle: &Placed<'_>, label: &str) -> Result<Self, needle::Error> {
        let (width, height) = needle.size;
        let drawing = needle.library.draw(needle.look, needle.place, width, height)?;
        let drawing = needle.effects.apply(drawing, height);
        let templates = templates_of(label, &drawing, needle.place, step(needle.size)).collect();
        Ok(Self { templates, from: Vec::new() })
    }

    /// Whether all of its pictures can be told from footage: one that covers next to nothing, or has one tone, cannot.
    pub(super) fn is_distinct(&self) -> bool {
        self.templates.iter().all(|template| template.pattern.is_distinct())
    }

    /// The picture whose colours a frame has most nearly, of those whose pattern it has.
    pub fn look(&self, frame: &Yuv) -> Option<Detection> {
        let label = nearest(&self.templates, frame)?;
        if self.from.is_empty() {
            return Some(Detection::of(label));
        }
        let key = nearest(&self.from, frame)?.to_owned();
        Some(Detection { key, ..Detection::of(label) })
    }
}

/// The label of the picture whose colours a frame has most nearly.
fn nearest<'a>(templates: &'a [Template], frame: &Yuv) -> Option<&'a str> {
    let shown = templates.iter().filter_map(|template| {
        let fit = template.pattern.fit(frame, 0, 0);
        template.pattern.is_shown(fit).then_some((fit.difference, template.label.as_str()))
    });
    shown.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, label)| label)
}
