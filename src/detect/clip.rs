//! Clips, told by the nearest of their frames in little.
//!
//! In: all clips that may be shown, in little, and where they may stand. Out: which of them a frame shows, if any, and which of the
//! clip's frames that is. In little, the encoder's noise and fine detail are gone, and what moves is not.

use super::pattern::{Pattern, Point, matrices};
use super::{Detection, Drawn, Error, Placed, Thing};
use crate::media::cells::{Part, cells};
use crate::media::yuv::Yuv;
use crate::media::{self, colour::Matrix, reel};
use crate::needle::{self, Footage, Look, PixelBox};

/// Columns and rows of a clip in little.
const CELLS: (u32, u32) = (32, 18);

/// Difference of colours, of all planes added up, above which a frame shows something that is only like a clip: clips themselves stay below
/// 9 over footage, and other shots of the same scenes above 20.
const MOST_DIFFERENCE: f64 = 15.0;

/// A clip that may be shown.
struct Clip {
    label: String,
    /// Its frames, each in the colours of each matrix.
    frames: Vec<Vec<Pattern>>,
    /// Where it may stand.
    places: Vec<PixelBox>,
}

impl Clip {
    fn new(label: &str, footage: &Footage, places: Vec<PixelBox>) -> Result<Self, media::Error> {
        let patterns = |picture: &image::RgbImage| {
            let of = |matrix: Matrix| {
                let points = picture.enumerate_pixels();
                Pattern::new(points.map(|(x, y, pixel)| Point { x, y, yuv: matrix.yuv(pixel.0) }).collect())
            };
            matrices().into_iter().map(of).collect::<Vec<Pattern>>()
        };
        let frames = reel::thumbnails(footage, CELLS)?.iter().map(patterns).collect();
        Ok(Self { label: label.to_owned(), frames, places })
    }
}

/// All clips that may be shown.
pub struct Detector {
    clips: Vec<Clip>,
}

/// A frame of a clip that fits, and how far its colours are off.
#[derive(Clone, Copy)]
struct Fit {
    difference: f64,
    at: usize,
}

impl Detector {
    /// Looks for clips: over footage where `is_over`, or as inserts.
    ///
    /// # Errors
    /// One cannot be decoded.
    pub fn new(drawn: &Drawn<'_>, things: &[Thing<'_>], is_over: bool) -> Result<Self, Error> {
        let (width, height) = drawn.size;
        let mut clips = Vec::new();
        for thing in things {
            let ground = (!is_over).then_some(drawn.difficulty.ground);
            let (pack, item) = (thing.pack.to_owned(), thing.item.to_owned());
            let look = Look::Clip { pack, item, is_reversed: false, ground, sound: None };
            let size = drawn.difficulty.clip_size_permille(is_over);
            let stand = |spot| drawn.library.place_at(&look, (spot, size), width, height);
            let places = drawn
                .spots
                .iter()
                .map(|&spot| stand(spot))
                .collect::<Result<Vec<PixelBox>, needle::Error>>()?;
            clips.push(Clip::new(thing.label, drawn.library.footage(thing.pack, thing.item)?.1, places)?);
        }
        Ok(Self { clips })
    }

    /// Looks for one clip at its place.
    pub(super) fn of_needle(needle: &Placed<'_>, (pack, item): (&str, &str)) -> Result<Self, media::Error> {
        let footage = needle.library.footage(pack, item)?.1;
        Ok(Self { clips: vec![Clip::new(item, footage, vec![needle.place])?] })
    }

    /// Whether all frames of its clips can be told from footage.
    pub(super) fn is_distinct(&self) -> bool {
        self.clips.iter().all(|clip| clip.frames.iter().flatten().all(Pattern::is_distinct))
    }

    /// The clip of which a frame has the colours most nearly, of those whose pattern it has.
    pub fn look(&self, frame: &Yuv) -> Option<Detection> {
        let mut known: Vec<Little> = Vec::new();
        let mut best: Option<(Fit, &str)> = None;
        for clip in &self.clips {
            for &place in &clip.places {
                let at = known.iter().position(|little| little.place == place).unwrap_or_else(|| {
                    known.push(Little::new(frame, place));
                    known.len() - 1
                });
                let fit = nearest(clip, &known[at]);
                let is_better = |fit: &Fit| best.is_none_or(|(other, _)| fit.difference < other.difference);
                if let Some(fit) = fit.filter(is_better) {
                    best = Some((fit, &clip.label));
                }
            }
        }
        best.map(|(fit, label)| Detection { moment: Some(fit.at as u64), ..Detection::of(label) })
    }
}

/// What a frame shows at a place, in little.
struct Little {
    place: PixelBox,
    /// The means of cells, row by row.
    cells: Vec<[u8; 3]>,
    /// Of each plane.
    sums: [i64; 3],
    /// Sum of squared distances to the means of planes.
    energy: f64,
}

impl Little {
    fn new(frame: &Yuv, place: PixelBox) -> Self {
        let cells = in_little(frame, place);
        let (mut sums, mut squares) = ([0_i64; 3], 0_i64);
        for cell in &cells {
            for (sum, &value) in sums.iter_mut().zip(cell) {
                *sum += i64::from(value);
                squares += i64::from(value).pow(2);
            }
        }
        let means = sums.iter().map(|&sum| sum as f64 * sum as f64 / cells.len() as f64).sum::<f64>();
        Self { place, sums, energy: squares as f64 - means, cells }
    }
}

/// The frame of a clip that this fits best, if it fits one.
fn nearest(clip: &Clip, little: &Little) -> Option<Fit> {
    let each = clip.frames.iter().enumerate().flat_map(|(at, patterns)| {
        let could = patterns.iter().filter(|pattern| pattern.could_show(little.sums, little.energy));
        could.filter_map(move |pattern| {
            let fit = pattern.fit_by(|point| little.cells[(point.y * CELLS.0 + point.x) as usize]);
            (pattern.is_shown(fit) && fit.difference < MOST_DIFFERENCE)
                .then_some(Fit { difference: fit.difference, at })
        })
    });
    each.min_by(|one, other| one.difference.total_cmp(&other.difference))
}

/// The means of cells of a frame at a place, row by row.
fn in_little(frame: &Yuv, place: PixelBox) -> Vec<[u8; 3]> {
    let plane = |plane: &[u8], stride: u32, [x, y, w, h]: [u32; 4]| -> Vec<u8> {
        let (columns, rows) = (cells(w, CELLS.0), cells(h, CELLS.1));
        let mean = |row: &[Part], column: &[Part]| {
            let (mut sum, mut weight) = (0_u64, 0_u64);
            for line in row {
                let start = (y as usize + line.at) * stride as usize + x as usize;
                for sample in column {
                    let share = line.weight * sample.weight;
                    sum += share * u64::from(plane[start + sample.at]);
                    weight += share;
                }
            }
            ((sum + weight / 2) / weight.max(1)) as u8
        };
        rows.iter()
            .flat_map(|row| columns.iter().map(|column| mean(row, column)).collect::<Vec<u8>>())
            .collect()
    };
    let whole = [place.x, place.y, place.w, place.h];
    let half = whole.map(|edge| edge / 2);
    let luma = plane(&frame.y, frame.width, whole);
    let [u, v] = [&frame.u, &frame.v].map(|chroma| plane(chroma, frame.width / 2, half));
    luma.into_iter().zip(u.into_iter().zip(v)).map(|(y, (u, v))| [y, u, v]).collect()
}

#[cfg(test)]
mod tests {
    use image::imageops;

    use super::*;
    use crate::media::colour::yuv_of_rgb;
    use crate::media::reel::Frames;
    use crate::needle::{Library, Spot};
    use crate::scene::Scene;
    use crate::spec::Difficulty;
    use crate::time::FrameRate;

    #[test]
    fn clips_are_told_by_their_frames_wherever_they_stand() {
        let (library, difficulty) = (Library::embedded(), Difficulty::default());
        let size = (320, 180);
        let film = Scene::new("harbour", 4, size.0, size.1, FrameRate::new(25, 1).unwrap(), 50).unwrap();
        let bare = yuv_of_rgb(&film.frame(20), Matrix::Bt709);
        for (is_over, spots) in [(false, vec![None]), (true, Spot::all().map(Some).collect::<Vec<_>>())] {
            let drawn = Drawn { library: &library, size, difficulty: &difficulty, spots };
            let pack = library.pack("scenes").unwrap();
            let things: Vec<Thing<'_>> = pack
                .items
                .iter()
                .map(|item| Thing { pack: "scenes", item: &item.id, label: &item.label })
                .collect();
            let detector = Detector::new(&drawn, &things, is_over).unwrap();
            assert!(detector.is_distinct());
            assert_eq!(detector.look(&bare), None, "footage is no clip");
            for (clip, item) in detector.clips.iter().zip(&pack.items) {
                let place = clip.places[clip.places.len() / 2];
                let frames = Frames::open(item.footage.as_ref().unwrap(), (place.w, place.h), 50).unwrap();
                for at in [0, 13, 49] {
                    let mut picture = film.frame(at);
                    imageops::replace(&mut picture, &frames.frame(at), place.x.into(), place.y.into());
                    // The matrix of a video is not known to who looks.
                    let matrix = if at == 13 { Matrix::Bt601 } else { Matrix::Bt709 };
                    let seen = detector.look(&yuv_of_rgb(&picture, matrix)).unwrap();
                    assert_eq!(seen.label, item.label, "frame {at}");
                    assert!(seen.moment.unwrap().abs_diff(at) <= 2, "{seen:?} for frame {at}");
                }
            }
        }
    }
}
