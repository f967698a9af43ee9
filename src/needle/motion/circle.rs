//! Points of a circle, in integers.
//!
//! In: an angle in 65,536ths of a turn. Out: cosine and sine in 2^30ths, the same on every machine. A Taylor series to the
//! eleventh power, over an eighth of a turn at most: its error is below a 2^28th.

use super::units::ROUND;

/// Fractional bits of what is given.
pub(super) const BITS: u32 = 30;

/// Cosine and sine of an angle.
pub(super) fn point(angle: i64) -> [i64; 2] {
    let angle = angle.rem_euclid(ROUND);
    // An eighth of a turn is the farthest from the nearest of the four axes.
    let (quarter, rest) = ((angle + ROUND / 8) / (ROUND / 4), angle);
    let from_axis = rest - quarter * (ROUND / 4);
    let (cos, sin) = near_axis(from_axis);
    match quarter % 4 {
        0 => [cos, sin],
        1 => [-sin, cos],
        2 => [-cos, -sin],
        _ => [sin, -cos],
    }
}

/// Cosine and sine of an angle of at most an eighth of a turn, either way.
fn near_axis(angle: i64) -> (i64, i64) {
    /// A turn, 2 pi, in 2^30ths.
    const TURN: i128 = 6_746_518_852;
    let x = i128::from(angle) * TURN / i128::from(ROUND);
    let times = |a: i128, b: i128| (a * b) >> BITS;
    let square = times(x, x);
    let (mut cos, mut sin) = (1_i128 << BITS, x);
    let (mut even, mut odd) = (1_i128 << BITS, x);
    for step in 1..=5_i128 {
        even = -times(even, square) / ((2 * step - 1) * (2 * step));
        odd = -times(odd, square) / ((2 * step) * (2 * step + 1));
        cos += even;
        sin += odd;
    }
    (cos as i64, sin as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_circle() {
        for angle in -70_000..70_000_i64 {
            let turns = angle as f64 / ROUND as f64 * std::f64::consts::TAU;
            let [x, y] = point(angle).map(|value| value as f64 / f64::from(1 << BITS));
            let (cos, sin) = (libm::cos(turns), libm::sin(turns));
            assert!((x - cos).abs() < 4e-9 && (y - sin).abs() < 4e-9, "{angle}: {x} {y}");
        }
        assert_eq!(point(0), [1 << BITS, 0]);
        assert_eq!(point(ROUND / 4), [0, 1 << BITS]);
    }
}
