//! Where in a frame patches lie.
//!
//! In: the shapes of patches, the frame's size, a random stream. Out: boxes inside the frame that do not
//! touch. Each lies in its own cell of a 3 x 3 raster, so that places are found without trying: a frame of any shape
//! holds nine.

use crate::needle::{PixelBox, Spot};
use crate::question::{Area, Cell};
use crate::seed::Stream;

/// The sizes of patches against the one in the middle, in elevenths; each patch draws one of these.
const SIZES_ELEVENTHS: [u64; 3] = [9, 11, 13];

/// The sizes that patches of this aspect (width, height) have in a frame of `width` x `height`, in pixels, where the longest
/// side of one of the middle size has `permille` of the frame's shorter side.
pub fn patch_sizes(aspect: (u32, u32), permille: u16, (width, height): (u32, u32)) -> [(u32, u32); 3] {
    SIZES_ELEVENTHS.map(|elevenths| {
        let side = u64::from(width.min(height)) * u64::from(permille) * elevenths / 11_000;
        fit(even(side as u32).max(2), aspect)
    })
}

/// Cells of the raster in one direction: a third of the shorter side is more than the largest patch.
const CELLS: u32 = 3;

/// Boxes of patches, at most nine, of these aspects (width, height) and this size in a frame of `width` x `height`: in the
/// cells next to `spot`, or in any.
pub(super) fn boxes(
    (aspects, permille): (&[(u32, u32)], u16),
    spot: Option<Spot>,
    (width, height): (u32, u32),
    stream: &mut Stream,
) -> Vec<PixelBox> {
    let cell = (even(width / CELLS), even(height / CELLS));
    let (count, all) = (aspects.len(), (CELLS * CELLS) as usize);
    let mut cells = stream.distinct(if spot.is_some() { all } else { count }, all);
    if let Some((column, row)) = spot.map(Spot::cell) {
        let distance = |index: usize| {
            let index = index as u32;
            (index % CELLS).abs_diff(column).pow(2) + (index / CELLS).abs_diff(row).pow(2)
        };
        cells.sort_by_key(|&index| distance(index));
        cells.truncate(count);
    }
    let one = |(index, aspect): (usize, &(u32, u32))| {
        let sizes = patch_sizes(*aspect, permille, (width, height));
        let (w, h) = sizes[stream.below(sizes.len() as u64) as usize];
        let mut along = |cell: u32, size: u32, column: u32| {
            // Two pixels to the next cell keep neighbours apart, where the frame is large enough to have them.
            let room = (cell - size).saturating_sub(2);
            column * cell + 2 * stream.below(u64::from(room / 2) + 1) as u32
        };
        let x = along(cell.0, w, index as u32 % CELLS);
        let y = along(cell.1, h, index as u32 / CELLS);
        PixelBox { x, y, w, h }
    };
    cells.into_iter().zip(aspects).map(one).collect()
}

/// The box of one patch in a part of the frame, with half its size between it and the borders of that part: nobody has to guess on
/// which side of a border it lies. Where the part has no room for that, it lies in its middle.
pub(super) fn within(
    cell: Cell,
    (aspect, permille): ((u32, u32), u16),
    (width, height): (u32, u32),
    stream: &mut Stream,
) -> PixelBox {
    let sizes = patch_sizes(aspect, permille, (width, height));
    let (w, h) = sizes[stream.below(sizes.len() as u64) as usize];
    let mut along = |index: u32, frame: u32, size: u32| {
        let (start, end) = (frame * index / cell.cells, frame * (index + 1) / cell.cells);
        let room = (end - start).saturating_sub(2 * size);
        let first = start + ((end - start).saturating_sub(room + size)) / 2;
        even(first + stream.below(u64::from(room) + 1) as u32).min(even(frame - size))
    };
    PixelBox { x: along(cell.column, width, w), y: along(cell.row, height, h), w, h }
}

/// The box in which something moves.
pub(super) fn area(area: Area, (width, height): (u32, u32), stream: &mut Stream) -> PixelBox {
    /// A square has so many quarters of the shorter side of its column.
    const QUARTERS: u32 = 3;
    let Area::Square { column, columns } = area else {
        return PixelBox { x: 0, y: 0, w: even(width), h: even(height) };
    };
    let room = even(width / columns.max(1));
    let side = even(room.min(height) * QUARTERS / 4);
    let mut along = |room: u32| 2 * stream.below(u64::from((room - side) / 2) + 1) as u32;
    PixelBox { x: column * room + along(room), y: along(even(height)), w: side, h: side }
}

/// The even box of `aspect` whose longer side is `side`.
fn fit(side: u32, (width, height): (u32, u32)) -> (u32, u32) {
    let shorter = |part: u32, whole: u32| {
        even((u64::from(side) * u64::from(part) / u64::from(whole.max(1))) as u32).max(2)
    };
    if width >= height { (side, shorter(height, width)) } else { (shorter(width, height), side) }
}

fn even(size: u32) -> u32 {
    size & !1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn each_patch_has_its_own_shape() {
        let mut stream = Seed::new(3).stream("patches", 0);
        let boxes = boxes((&[(1, 1), (2, 1), (1, 3)], 220), None, (640, 360), &mut stream);
        let [square, wide, high] = boxes.as_slice() else { panic!("{boxes:?}") };
        assert_eq!(square.w, square.h);
        assert!(wide.w.abs_diff(2 * wide.h) <= 2 && high.h.abs_diff(3 * high.w) <= 4, "{boxes:?}");
    }

    #[test]
    fn patches_lie_inside_and_apart_in_any_frame() {
        let mut stream = Seed::new(3).stream("patches", 0);
        for size in [(16, 16), (128, 72), (72, 128), (640, 272), (1920, 1080), (2160, 3840), (16, 8192)] {
            for aspect in [(1, 1), (2, 1), (1, 3), (640, 427), (1, 1000)] {
                for count in 1..=9 {
                    let spot = (count % 2 == 0).then_some(Spot::BOTTOM);
                    let aspects = vec![aspect; count];
                    let boxes = boxes((&aspects, 220), spot, size, &mut stream);
                    for (at, one) in boxes.iter().enumerate() {
                        assert!(one.x + one.w <= size.0 && one.y + one.h <= size.1, "{one:?} in {size:?}");
                        assert!([one.x, one.y, one.w, one.h].iter().all(|side| side % 2 == 0));
                        assert!(one.w > 0 && one.h > 0);
                        for other in &boxes[..at] {
                            let apart_x = one.x + one.w <= other.x || other.x + other.w <= one.x;
                            let apart_y = one.y + one.h <= other.y || other.y + other.h <= one.y;
                            assert!(apart_x || apart_y, "{one:?} on {other:?} in {size:?}");
                        }
                    }
                }
            }
        }
    }
}
