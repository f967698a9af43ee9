//! Full-frame pictures, told by their colours.
//!
//! In: all pictures of a pack that could be asked for, drawn as they would be. Out: which of them a frame shows, if any.

use crate::baseline::{Error, Point, Search, Sight, difference, matrices, points};
use crate::media::yuv::Yuv;
use crate::needle::Look;

/// Mean difference of a point's three planes, added up, below which a frame shows a picture. Encoded pictures lie below
/// 8, other pictures of a pack and footage above 30.
const LIKE: u32 = 16;

struct Template {
    label: String,
    points: Vec<Point>,
}

/// All pictures of a pack.
pub(super) struct Detector {
    templates: Vec<Template>,
}

impl Detector {
    pub(super) fn new(search: &Search<'_>, question: &str) -> Result<Self, Error> {
        let (width, height) = search.size;
        // About two thousand points are plenty to tell pictures apart.
        let step = (width.min(height) / 64 * 2).max(2);
        let mut templates = Vec::new();
        for item in search.items.iter().filter(|item| search.asks_for(question, item)) {
            let ground = search.difficulty().ground;
            let look = Look::Picture { pack: search.pack.to_owned(), item: item.id.clone(), ground };
            for spot in search.spots() {
                let size = search.difficulty().picture_size_permille;
                let place = search.library.place_at(&look, (spot, size), width, height)?;
                let drawing = search.library.draw(&look, place, width, height)?;
                for matrix in matrices() {
                    let mut points = points(&drawing, matrix, step);
                    for point in &mut points {
                        (point.x, point.y) = (point.x + place.x, point.y + place.y);
                    }
                    templates.push(Template { label: item.label.clone(), points });
                }
            }
        }
        Ok(Self { templates })
    }

    pub(super) fn look(&self, frame: &Yuv) -> Option<Sight> {
        let best = self.templates.iter().filter_map(|template| {
            let most = template.points.len() as u32 * LIKE;
            let mut sum = 0;
            for point in &template.points {
                sum += difference(frame, point.x, point.y, point.yuv);
                if sum > most {
                    return None;
                }
            }
            Some((u64::from(sum) * 1000 / template.points.len().max(1) as u64, &template.label))
        });
        let (_, label) = best.min()?;
        Some(Sight { label: label.clone(), count: 1 })
    }
}
