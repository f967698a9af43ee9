//! Where in a frame patches lie.
//!
//! In: a number of patches of one object, the frame's size, a random stream. Out: boxes inside the frame that do not
//! touch. Each lies in its own cell of a 3 x 3 raster, so that places are found without trying: a frame of any shape
//! holds nine.

use crate::needle::PixelBox;
use crate::seed::Stream;

/// Longest side of a patch, in per-mille of the frame's shorter side; each patch draws one of these.
pub const PATCH_SIZES_PERMILLE: [u64; 3] = [180, 220, 260];

/// The sizes that patches of this aspect (width, height) have in a frame of `width` x `height`, in pixels.
pub fn patch_sizes(aspect: (u32, u32), (width, height): (u32, u32)) -> [(u32, u32); 3] {
    PATCH_SIZES_PERMILLE
        .map(|size| fit(even((u64::from(width.min(height)) * size / 1000) as u32).max(2), aspect))
}

/// Cells of the raster in one direction: a third of the shorter side is more than the largest patch.
const CELLS: u32 = 3;

/// Boxes of `count` patches, at most nine, of this aspect (width, height) in a frame of `width` x `height`.
pub(super) fn boxes(
    count: usize,
    aspect: (u32, u32),
    (width, height): (u32, u32),
    stream: &mut Stream,
) -> Vec<PixelBox> {
    let cell = (even(width / CELLS), even(height / CELLS));
    let sizes = patch_sizes(aspect, (width, height));
    let cells = stream.distinct(count, (CELLS * CELLS) as usize);
    let one = |index: usize| {
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
    cells.into_iter().map(one).collect()
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
    fn patches_lie_inside_and_apart_in_any_frame() {
        let mut stream = Seed::new(3).stream("patches", 0);
        for size in [(16, 16), (128, 72), (72, 128), (640, 272), (1920, 1080), (2160, 3840), (16, 8192)] {
            for aspect in [(1, 1), (2, 1), (1, 3), (640, 427), (1, 1000)] {
                for count in 1..=9 {
                    let boxes = boxes(count, aspect, size, &mut stream);
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
