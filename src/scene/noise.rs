//! Noise and waves in arithmetic that gives the same bits on every platform.
//!
//! In: coordinates and a seed. Out: values in `0..=1` (noise) or `-1..=1` (waves). Only `+ - * /` and `sqrt` touch a
//! float here: IEEE 754 defines each of them to the last bit, and no library's sine does.

/// The largest integer that is not above `x`. A cast and a comparison, where `f32::floor` is a call.
pub(super) fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole.saturating_sub(i32::from((whole as f32) > x))
}

/// Adding this to a float below 2^22 rounds it to a whole number, which then stands in the low bits.
const ROUNDER: f32 = 12_582_912.0;

/// The lattice point below `x`, modulo 2^22, and how far `x` is above it. Noise asks for little but this: two additions
/// and a comparison cost a third less than a cast, which has to care for values out of range. Frames never reach 2^22
/// features.
fn lattice(x: f32) -> (u32, f32) {
    let shifted = x + ROUNDER;
    let near = shifted - ROUNDER;
    let over = near > x;
    let whole = if over { near - 1.0 } else { near };
    (shifted.to_bits().wrapping_sub(u32::from(over)), x - whole)
}

/// Mixes two coordinates and a seed into 32 bits.
pub(super) const fn hash(x: i32, y: i32, seed: u32) -> u32 {
    let mut h = seed ^ (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    h ^ (h >> 15)
}

/// A number of `0..1` that belongs to a cell of the plane.
pub(super) fn unit(x: i32, y: i32, seed: u32) -> f32 {
    (hash(x, y, seed) >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Cubic step: 0 below `low`, 1 above `high`, smooth between.
pub(super) fn smooth(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `a` at 0, `b` at 1.
pub(super) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Side of the noise table, a power of two.
const SIDE: usize = 128;

/// Heights at the lattice's points. A look-up costs a third of a hash, and every pixel needs dozens; the pattern comes
/// again after 128 features, which is more than a frame shows of any.
static TABLE: [f32; SIDE * SIDE] = table();

#[expect(clippy::large_stack_arrays, reason = "the compiler evaluates it; no stack at run time holds it")]
const fn table() -> [f32; SIDE * SIDE] {
    let mut table = [0.0; SIDE * SIDE];
    let mut i = 0;
    while i < SIDE * SIDE {
        table[i] = (hash(i as i32, 77, 0x7AB1E) >> 8) as f32 * (1.0 / 16_777_216.0);
        i += 1;
    }
    table
}

/// Value noise of the plane, one feature a unit. A seed shifts the table.
pub(super) fn value(x: f32, y: f32, seed: u32) -> f32 {
    let ((ix, fx), (iy, fy)) = (lattice(x), lattice(y));
    let (sx, sy) = (fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy));
    let shift = (seed ^ (seed >> 15)).wrapping_mul(0x9E37_79B1);
    let (column, row) = (ix.wrapping_add(shift >> 16) as usize, iy.wrapping_add(shift >> 24) as usize);
    let at = |column: usize, row: usize| TABLE[(row % SIDE) * SIDE + column % SIDE];
    let upper = mix(at(column, row), at(column.wrapping_add(1), row), sx);
    let lower = mix(at(column, row.wrapping_add(1)), at(column.wrapping_add(1), row.wrapping_add(1)), sx);
    mix(upper, lower, sy)
}

/// Value noise of the line: the table's rows, end to end.
pub(super) fn value1(x: f32, seed: u32) -> f32 {
    let (ix, fx) = lattice(x);
    let shift = (seed ^ (seed >> 15)).wrapping_mul(0x85EB_CA77) >> 16;
    let at = ix.wrapping_add(shift) as usize;
    let (left, right) = (TABLE[at % (SIDE * SIDE)], TABLE[at.wrapping_add(1) % (SIDE * SIDE)]);
    mix(left, right, fx * fx * (3.0 - 2.0 * fx))
}

/// Noise summed over octaves, each half as high and twice as fine as the one before.
pub(super) fn fbm(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut height, mut total) = (0.0, 0.5, 0.0);
    let (mut x, mut y) = (x, y);
    for octave in 0..octaves {
        sum += height * value(x, y, seed.wrapping_add(octave * 101));
        total += height;
        height *= 0.5;
        // The offset keeps the octaves' lattices from lining up.
        (x, y) = (x * 2.0 + 17.3, y * 2.0 + 9.7);
    }
    sum / total
}

/// [`fbm`] of the line.
pub(super) fn fbm1(x: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut height, mut total, mut x) = (0.0, 0.5, 0.0, x);
    for octave in 0..octaves {
        sum += height * value1(x, seed.wrapping_add(octave * 101));
        total += height;
        height *= 0.5;
        x = x * 2.0 + 17.3;
    }
    sum / total
}

/// A wave of period 1 that rises through 0 at 0: two parabolas, within 0.06 of the sine.
pub(super) fn wave(t: f32) -> f32 {
    let f = t - floor(t) as f32;
    if f < 0.5 { 16.0 * f * (0.5 - f) } else { -16.0 * (f - 0.5) * (1.0 - f) }
}

/// The unit vector that has made `t` turns from `(1, 0)`, nearly at constant speed.
pub(super) fn turned(t: f32) -> (f32, f32) {
    let (c, s) = (wave(t + 0.25), wave(t));
    let length = (c * c + s * s).sqrt();
    (c / length, s / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_fixed_for_ever_and_in_range() {
        assert_eq!(hash(3, -7, 11), 2_523_192_252);
        assert_eq!(floor(-0.5), -1);
        for x in [-3.0_f32, -2.5, -0.000_001, 0.0, 0.5, 0.999_999_9, 1.0, 1.5, 2.5, 2_097_151.5] {
            let (point, above) = lattice(x);
            assert_eq!((point << 10) as i32 >> 10, floor(x), "{x}");
            assert!((above - (x - floor(x) as f32)).abs() == 0.0, "{x}");
        }
        for step in 0..2000 {
            let x = step as f32 * 0.173 - 150.0;
            assert!((0.0..=1.0).contains(&fbm(x, -x * 0.7, 5, 9)));
            assert!((0.0..=1.0).contains(&fbm1(x, 5, 9)));
            assert!((-1.0..=1.0).contains(&wave(x)));
            let (c, s) = turned(x);
            assert!((c * c + s * s - 1.0).abs() < 1e-5);
        }
    }
}
