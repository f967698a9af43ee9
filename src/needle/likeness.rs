//! Whether a frame shows something like a needle: its picture, searched at every size and place.
//!
//! In: frames, and pictures of items. Out: for each item the distance of the place that is most like it, from 0 (it is there)
//! to 1000 (nothing of it is). It finds the same picture, however large and however compressed; it knows nothing of things,
//! and finds no real car because of a drawn one.
//!
//! A picture is compared with a square of the frame in 8 x 8 cells of mean colours. What is transparent takes the mean colour
//! of the square there. The distance is what differs, in per-mille of the picture's own contrast: a plain square is not like
//! a plain fruit, since there it would have no contrast to its ground. Integers alone.

use image::{RgbImage, RgbaImage};

use super::art::within;
use super::fault::Error;
use super::library::Library;
use super::signature::{FARTHEST, SIDE, luma_chroma};

/// Longer side of the frames that are searched, in pixels: a cell of the smallest square is two pixels wide.
pub const FRAME_SIDE: u32 = 192;
/// Cells of a square in each direction, and in the search that comes before the closer look.
const CELLS: usize = 8;
const COARSE: usize = 4;
/// Smallest square, in pixels.
const LEAST_SIDE: u32 = 16;
/// How many places of a frame are looked at closer.
const LOOKS: usize = 6;
/// The distance of a picture that would not be seen at a place.
const UNLIKE: u32 = u32::MAX;
/// Weight of what is transparent, in 255ths: the ground of a pasted needle is rarely one colour.
const GROUND_WEIGHT: i32 = 48;
/// Mean contrast, in levels of luma and chroma together, that a picture needs to be seen at all.
const LEAST_CONTRAST: i32 = 12;

type Colour = [i32; 3];

/// Luma and chroma from 0 to 255.
fn colour(rgb: [i32; 3]) -> Colour {
    let [light, cb, cr] = luma_chroma(rgb);
    [light, 128 + cb, 128 + cr]
}

fn apart(one: Colour, other: Colour) -> i32 {
    (one[0] - other[0]).abs() + (one[1] - other[1]).abs() + (one[2] - other[2]).abs()
}

/// A picture to search for.
#[derive(Clone, Debug)]
pub struct Template {
    coarse: Vec<Cell>,
    fine: Vec<Cell>,
}

/// Part of a picture: its colour times its opacity, and the opacity, both in 255ths.
#[derive(Clone, Copy, Debug)]
struct Cell {
    colour: Colour,
    cover: i32,
}

impl Template {
    fn of(drawn: &RgbaImage) -> Self {
        let cells = |count: usize| {
            let mut sums = vec![([0_i32; 3], 0_i32); count * count];
            let (left, top) = ((SIDE - drawn.width()) / 2, (SIDE - drawn.height()) / 2);
            for (x, y, pixel) in drawn.enumerate_pixels() {
                let (x, y) = ((x + left) as usize, (y + top) as usize);
                let (sum, cover) = &mut sums[y * count / SIDE as usize * count + x * count / SIDE as usize];
                let [r, g, b, alpha] = pixel.0.map(i32::from);
                for (sum, value) in sum.iter_mut().zip(colour([r, g, b])) {
                    *sum += value * alpha;
                }
                *cover += alpha;
            }
            let area = (SIDE * SIDE) as i32 / (count * count) as i32;
            sums.into_iter()
                .map(|(sum, cover)| Cell { colour: sum.map(|sum| sum / area), cover: cover / area })
                .collect()
        };
        Self { coarse: cells(COARSE), fine: cells(CELLS) }
    }
}

impl Library {
    /// The picture of an item, to be searched for.
    pub fn template(&self, pack: &str, item: &str) -> Result<Template, Error> {
        let (w, h) = within(self.aspect(pack, item)?, SIDE, SIDE);
        Ok(Template::of(&self.picture(pack, item, w, h)?))
    }
}

/// A frame that can be searched: sums of colours over all pixels above and left of each.
#[derive(Clone, Debug)]
pub struct Field {
    width: u32,
    height: u32,
    sums: Vec<[i32; 3]>,
}

/// A square of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Square {
    x: u32,
    y: u32,
    side: u32,
}

impl Field {
    /// Takes in a frame whose longer side has at most [`FRAME_SIDE`] pixels.
    pub fn of(frame: &RgbImage) -> Self {
        let (width, height) = frame.dimensions();
        let row = width as usize + 1;
        let mut sums = vec![[0_i32; 3]; row * (height as usize + 1)];
        for y in 0..height as usize {
            let mut line = [0_i32; 3];
            for x in 0..width as usize {
                let pixel = colour(frame.get_pixel(x as u32, y as u32).0.map(i32::from));
                for channel in 0..3 {
                    line[channel] += pixel[channel];
                    sums[(y + 1) * row + x + 1][channel] = sums[y * row + x + 1][channel] + line[channel];
                }
            }
        }
        Self { width, height, sums }
    }

    /// Mean colours of the cells of a square, row by row.
    fn cells(&self, square: Square, count: usize, means: &mut Vec<Colour>) {
        let row = self.width as usize + 1;
        let edge = |start: u32, at: usize| start as usize + square.side as usize * at / count;
        means.clear();
        for v in 0..count {
            let (top, foot) = (edge(square.y, v), edge(square.y, v + 1));
            for u in 0..count {
                let (left, right) = (edge(square.x, u), edge(square.x, u + 1));
                let area = ((foot - top) * (right - left)) as i32;
                let [a, b, c, d] = [(top, left), (top, right), (foot, left), (foot, right)]
                    .map(|(y, x)| self.sums[y * row + x]);
                means.push(std::array::from_fn(|at| (d[at] - b[at] - c[at] + a[at]) / area));
            }
        }
    }

    /// Every square of the search: sizes that fall by a quarter, at steps of a fifth of a side.
    fn squares(&self) -> Vec<Square> {
        let mut squares = Vec::new();
        let mut side = self.width.min(self.height);
        while side >= LEAST_SIDE {
            let step = side as usize / 5;
            for y in (0..=self.height - side).step_by(step) {
                squares.extend((0..=self.width - side).step_by(step).map(|x| Square { x, y, side }));
            }
            side = side * 3 / 4;
        }
        squares
    }

    /// The distance of each picture from the place that is most like it.
    pub fn nearest(&self, templates: &[Template]) -> Vec<u32> {
        let mut means = Vec::new();
        let mut best: Vec<Vec<(u32, Square)>> = vec![Vec::new(); templates.len()];
        for square in self.squares() {
            self.cells(square, COARSE, &mut means);
            for (template, best) in templates.iter().zip(&mut best) {
                let found = distance(&template.coarse, &means);
                if found < UNLIKE && (best.len() < LOOKS || best.last().is_some_and(|last| found < last.0)) {
                    best.insert(best.partition_point(|one| one.0 <= found), (found, square));
                    best.truncate(LOOKS);
                }
            }
        }
        templates
            .iter()
            .zip(best)
            .map(|(template, best)| {
                best.into_iter()
                    .map(|(_, square)| self.closer(template, square))
                    .min()
                    .unwrap_or(FARTHEST)
                    .min(FARTHEST)
            })
            .collect()
    }

    /// The distance at the best place near a square: steps that get smaller, each taken while it helps.
    fn closer(&self, template: &Template, mut square: Square) -> u32 {
        let mut means = Vec::new();
        let mut at = |square: Square| {
            self.cells(square, CELLS, &mut means);
            distance(&template.fine, &means)
        };
        let mut least = at(square);
        for share in [8, 16, 32] {
            let step = (square.side / share).max(1) as i32;
            loop {
                let moves = [
                    (step, 0, 0),
                    (-step, 0, 0),
                    (0, step, 0),
                    (0, -step, 0),
                    (0, 0, step),
                    (0, 0, -step),
                    (-step, -step, 2 * step),
                    (step, step, -2 * step),
                ];
                let tried =
                    moves.iter().filter_map(|by| self.moved(square, *by)).map(|square| (at(square), square));
                match tried.min_by_key(|(found, _)| *found) {
                    Some((found, to)) if found < least => (least, square) = (found, to),
                    _ => break,
                }
            }
        }
        least
    }

    fn moved(&self, square: Square, (x, y, side): (i32, i32, i32)) -> Option<Square> {
        let side = square.side.checked_add_signed(side).filter(|side| *side >= LEAST_SIDE)?;
        let (x, y) = (square.x.checked_add_signed(x)?, square.y.checked_add_signed(y)?);
        (x + side <= self.width && y + side <= self.height).then_some(Square { x, y, side })
    }
}

/// What differs between a picture and a square, in per-mille of the contrast that the picture would have there.
fn distance(picture: &[Cell], square: &[Colour]) -> u32 {
    let mut ground = [0_i32; 3];
    let mut clear = 0;
    for (cell, mean) in picture.iter().zip(square) {
        let share = 255 - cell.cover;
        clear += share;
        for channel in 0..3 {
            ground[channel] += share * mean[channel];
        }
    }
    let ground = ground.map(|sum| if clear > 0 { sum / clear } else { 0 });
    let shown = |cell: &Cell| -> Colour {
        std::array::from_fn(|at| (cell.colour[at] + (255 - cell.cover) * ground[at]) / 255)
    };
    let weight = |cell: &Cell| cell.cover.max(GROUND_WEIGHT);
    let (mut sum, mut weights) = ([0_i32; 3], 0);
    for cell in picture {
        let (weight, shown) = (weight(cell), shown(cell));
        weights += weight;
        for channel in 0..3 {
            sum[channel] += weight * shown[channel];
        }
    }
    let mean = sum.map(|sum| sum / weights);
    let (mut differs, mut contrast) = (0, 0);
    for (cell, found) in picture.iter().zip(square) {
        let (weight, shown) = (weight(cell), shown(cell));
        differs += weight * apart(shown, *found);
        contrast += weight * apart(shown, mean);
    }
    if contrast < LEAST_CONTRAST * weights {
        return UNLIKE;
    }
    (i64::from(differs) * i64::from(FARTHEST) / i64::from(contrast)) as u32
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, imageops};

    use super::*;

    /// A lemon at this size on a striped frame, and how far the fruits are from it.
    fn lemon(side: u32, x: i64, y: i64) -> Vec<(u32, String)> {
        let library = Library::embedded();
        let items = &library.pack("fruits").unwrap().items;
        let templates: Vec<Template> =
            items.iter().map(|item| library.template("fruits", &item.id).unwrap()).collect();
        let frame = RgbImage::from_fn(192, 108, |x, y| {
            Rgb([40 + x as u8 / 2, 60, if (x + y) % 40 < 20 { 90 } else { 130 }])
        });
        let mut frame = DynamicImage::ImageRgb8(frame);
        if side > 0 {
            imageops::overlay(&mut frame, &library.picture("fruits", "lemon", side, side).unwrap(), x, y);
        }
        let field = Field::of(&frame.into_rgb8());
        let mut found: Vec<(u32, String)> = field
            .nearest(&templates)
            .into_iter()
            .zip(items)
            .map(|(far, item)| (far, item.id.clone()))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn a_picture_is_found_at_any_size_and_place_and_nothing_else_is() {
        for (side, x, y) in [(24, 7, 70), (50, 111, 33), (100, 60, 5)] {
            let found = lemon(side, x, y);
            assert!(found[0].1 == "lemon" && found[0].0 < 400 && found[1].0 > 500, "{side}: {found:?}");
        }
        let found = lemon(0, 0, 0);
        assert!(found[0].0 > 700, "{found:?}");
    }

    #[test]
    fn a_plain_frame_is_like_no_fruit_of_its_colour() {
        let library = Library::embedded();
        let template = library.template("fruits", "orange").unwrap();
        let frame = RgbImage::from_pixel(96, 96, Rgb([244, 144, 12]));
        assert!(Field::of(&frame).nearest(&[template])[0] > 500);
        // Smaller than any square.
        assert_eq!(
            Field::of(&RgbImage::new(15, 90)).nearest(&[library.template("fruits", "pear").unwrap()]),
            [FARTHEST]
        );
    }
}
