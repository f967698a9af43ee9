//! Full-frame pictures, told by the pattern of their colours.
//!
//! In: all pictures that may be shown, drawn as they would be. Out: which of them a frame shows, if any.

use super::pattern::{Pattern, matrices, points};
use super::{Detection, Drawn, Error, Thing};
use crate::media::yuv::Yuv;
use crate::needle::Look;

struct Template {
    label: String,
    /// Its points lie where they lie in the frame.
    pattern: Pattern,
}

/// All pictures that may be shown.
pub struct Detector {
    templates: Vec<Template>,
}

impl Detector {
    /// Draws the pictures.
    ///
    /// # Errors
    /// One cannot be drawn.
    pub fn new(drawn: &Drawn<'_>, things: &[Thing<'_>]) -> Result<Self, Error> {
        let (width, height) = drawn.size;
        // About two thousand points are plenty to tell pictures apart.
        let step = (width.min(height) / 64 * 2).max(2);
        let mut templates = Vec::new();
        for thing in things {
            let ground = drawn.difficulty.ground;
            let look = Look::Picture { pack: thing.pack.to_owned(), item: thing.item.to_owned(), ground };
            for &spot in &drawn.spots {
                let size = drawn.difficulty.picture_size_permille;
                let place = drawn.library.place_at(&look, (spot, size), width, height)?;
                let drawing = drawn.library.draw(&look, place, width, height)?;
                for matrix in matrices() {
                    let mut points = points(&drawing, matrix, step);
                    for point in &mut points {
                        (point.x, point.y) = (point.x + place.x, point.y + place.y);
                    }
                    let pattern = Pattern::new(points);
                    templates.push(Template { label: thing.label.to_owned(), pattern });
                }
            }
        }
        Ok(Self { templates })
    }

    /// The picture whose colours a frame has most nearly, of those whose pattern it has.
    pub fn look(&self, frame: &Yuv) -> Option<Detection> {
        let shown = self.templates.iter().filter_map(|template| {
            let fit = template.pattern.fit(frame, 0, 0);
            template.pattern.is_shown(fit).then_some((fit.difference, &template.label))
        });
        let (_, label) = shown.min_by(|one, other| one.0.total_cmp(&other.0))?;
        Some(Detection { label: label.clone(), count: 1 })
    }
}
