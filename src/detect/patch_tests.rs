//! Movers in drawn frames: each is found wherever between pixels it lies, and what is not there is not.

use image::{Rgb, RgbImage};

use super::patch::Detector;
use super::{Drawn, Thing};
use crate::media::colour::{Matrix, yuv_of_rgb};
use crate::needle::{Library, Look, PIXEL, PixelBox, moved};
use crate::spec::Difficulty;

const FRAME: (u32, u32) = (320, 180);
/// Where pictures stand, before they are moved.
const PLACE: PixelBox = PixelBox { x: 246, y: 60, w: 38, h: 38 };

#[test]
fn shapes_are_found_between_pixels() {
    let (library, difficulty) = (Library::embedded(), Difficulty::default());
    let drawn = Drawn { library: &library, size: FRAME, difficulty: &difficulty, spots: vec![None] };
    let shapes = library.pack("shapes").unwrap();
    let thing = |at: usize| {
        let item = &shapes.items[at];
        Thing { pack: "shapes", item: &item.id, label: &item.label }
    };
    let detectors: Vec<Detector> = (0..shapes.items.len())
        .map(|at| Detector::of_mover(&drawn, thing(at), &[(PLACE.w, PLACE.h)]).unwrap())
        .collect();
    // Thin things between light and dark are the hardest.
    for (ground, beside) in [([200; 3], [200; 3]), ([12; 3], [12; 3]), ([190, 190, 185], [5; 3])] {
        for (at, item) in shapes.items.iter().enumerate() {
            let look = Look::Patch { pack: "shapes".to_owned(), item: item.id.clone() };
            let picture = library.draw(&look, PLACE, FRAME.0, FRAME.1).unwrap();
            for (right, down) in [(85, 13), (341, 269), (128, 384), (384, 384)] {
                let mut frame = RgbImage::from_fn(FRAME.0, FRAME.1, |x, _| {
                    Rgb(if x < PLACE.x + PLACE.w / 2 { ground } else { beside })
                });
                for (x, y, over) in moved(&picture, [right, down]).enumerate_pixels() {
                    let under = frame.get_pixel_mut(PLACE.x + x, PLACE.y + y);
                    let alpha = u32::from(over[3]);
                    for (under, &over) in under.0.iter_mut().zip(&over.0) {
                        *under =
                            ((u32::from(over) * alpha + u32::from(*under) * (255 - alpha) + 127) / 255) as u8;
                    }
                }
                let frame = yuv_of_rgb(&frame, Matrix::Bt709);
                let is_looked_for = |other: usize| other == at || (right, down) == (341, 269);
                for (other, detector) in
                    detectors.iter().enumerate().filter(|(other, _)| is_looked_for(*other))
                {
                    let found = detector.look(&frame);
                    let said = format!(
                        "{} for {} at {right}, {down} over {ground:?}",
                        shapes.items[other].id, item.id
                    );
                    if other != at {
                        assert_eq!(found, None, "{said}");
                        continue;
                    }
                    let found = found.unwrap_or_else(|| panic!("no {said}"));
                    let [place] = found.places[..] else { panic!("{} places of {said}", found.places.len()) };
                    let apart = |found: u32, stood: u32, by: i64| {
                        (i64::from(found) * PIXEL - i64::from(stood) * PIXEL - by).abs()
                    };
                    let off = apart(place.x, PLACE.x, right).max(apart(place.y, PLACE.y, down));
                    assert!(off <= 2 * PIXEL, "{said}: {place:?}");
                }
            }
        }
    }
}
