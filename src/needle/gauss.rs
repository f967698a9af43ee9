//! A Gaussian blur of any width, below a pixel too, with the same bytes on every machine.
//!
//! In: planes of whole numbers and a standard deviation in thousandths of a pixel. Out: planes. The kernel is the discrete
//! Gaussian (Lindeberg 1990), whose variance is exactly what is asked for however narrow it is, which samples of the curve
//! miss below a pixel. Its weights come from additions, multiplications and divisions alone, which IEEE 754 fixes to the last
//! bit, and are rounded to whole numbers before a pixel is touched. Of wide blurs three box filters do the most.

/// The sum of a kernel's weights.
const WHOLE: u32 = 1 << 16;
/// The variance, in square pixels, up to which the kernel does all; and the least that it does where boxes do the rest.
const NARROW: u64 = 64;
const LEFT: u64 = 16;

/// Weights of a blur: the middle one, then those to either side; together [`WHOLE`]. Their variance is `variance`, in
/// millionths of a square pixel.
pub(super) fn kernel(variance: u64) -> Vec<u32> {
    if variance == 0 {
        return vec![WHOLE];
    }
    let t = variance as f64 / 1e6;
    // Weights are in proportion to the modified Bessel functions of the first kind, I(n, t). Their recurrence is stable
    // downwards, from beyond where they vanish.
    let reach = 4 * (variance / 1_000_000).isqrt() as usize + 5;
    let start = 2 * reach + 10;
    let mut weights = vec![0.0_f64; start + 2];
    weights[start] = 1e-280;
    for n in (1..=start).rev() {
        weights[n - 1] = weights[n + 1] + 2.0 * n as f64 / t * weights[n];
        if weights[n - 1] > 1e200 {
            // The ratio alone counts; what becomes too small for a number is too small for a pixel.
            for weight in &mut weights[n - 1..] {
                *weight *= 1e-250;
            }
        }
    }
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    let side = |weight: f64| (weight / sum * f64::from(WHOLE) + 0.5) as u32;
    let mut kernel: Vec<u32> = weights.into_iter().take(reach + 1).map(side).collect();
    let sides: u32 = kernel[1..].iter().sum();
    kernel[0] = WHOLE - 2 * sides;
    while kernel.len() > 1 && kernel.last() == Some(&0) {
        kernel.pop();
    }
    kernel
}

/// Blurs a plane of `w` x `h` by a standard deviation of `milli` thousandths of a pixel. Beyond its edges lie zeros.
pub(super) fn blurred(plane: &[u32], (w, h): (usize, usize), milli: u32) -> Vec<u32> {
    let variance = u64::from(milli) * u64::from(milli);
    let (radius, variance) = split(variance);
    let kernel = kernel(variance);
    let along = |plane: &[u32], w: usize, h: usize| {
        let boxed =
            (0..if radius > 0 { 3 } else { 0 }).fold(plane.to_vec(), |plane, _| boxed(&plane, w, h, radius));
        weighted(&boxed, w, &kernel)
    };
    let rows = along(plane, w, h);
    transposed(&along(&transposed(&rows, w, h), h, w), h, w)
}

/// The radius of three boxes, and the variance that is left for the kernel, of a variance in millionths.
fn split(variance: u64) -> (usize, u64) {
    if variance <= NARROW * 1_000_000 {
        return (0, variance);
    }
    // Three boxes of radius r have a variance of r (r + 1).
    let room = variance / 1_000_000 - LEFT;
    let mut radius = room.isqrt();
    if radius * (radius + 1) > room {
        radius -= 1;
    }
    (radius as usize, variance - radius * (radius + 1) * 1_000_000)
}

/// Each value as the mean of those around it by a kernel's weights, along rows.
fn weighted(plane: &[u32], w: usize, kernel: &[u32]) -> Vec<u32> {
    let mut out = Vec::with_capacity(plane.len());
    let half = u64::from(WHOLE / 2);
    for row in plane.chunks_exact(w) {
        let at = |x: Option<usize>| x.and_then(|x| row.get(x)).map_or(0, |&value| u64::from(value));
        for x in 0..w {
            let mut sum = at(Some(x)) * u64::from(kernel[0]) + half;
            for (distance, &weight) in kernel.iter().enumerate().skip(1) {
                sum += (at(x.checked_sub(distance)) + at(Some(x + distance))) * u64::from(weight);
            }
            out.push((sum / u64::from(WHOLE)) as u32);
        }
    }
    out
}

/// The mean of `radius` values to either side of each, along rows; beyond their ends lie zeros.
fn boxed(plane: &[u32], w: usize, h: usize, radius: usize) -> Vec<u32> {
    let size = 2 * radius as u64 + 1;
    let mut out = Vec::with_capacity(w * h);
    for row in plane.chunks_exact(w) {
        let mut sum: u64 = row.iter().take(radius).map(|&value| u64::from(value)).sum();
        for x in 0..w {
            sum += row.get(x + radius).map_or(0, |&value| u64::from(value));
            out.push(((sum + size / 2) / size) as u32);
            sum -= x.checked_sub(radius).map_or(0, |left| u64::from(row[left]));
        }
    }
    out
}

fn transposed(plane: &[u32], w: usize, h: usize) -> Vec<u32> {
    (0..w).flat_map(|x| (0..h).map(move |y| plane[y * w + x])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_whole_and_as_wide_as_asked_for() {
        for milli in [63_u64, 100, 180, 360, 540, 1000, 1500, 2000, 4000, 8000] {
            let kernel = kernel(milli * milli);
            assert_eq!(kernel[0] + 2 * kernel[1..].iter().sum::<u32>(), WHOLE, "{milli}");
            assert!(kernel.windows(2).all(|pair| pair[0] >= pair[1]), "{milli}: {kernel:?}");
            let variance: u64 = (0..).zip(&kernel).map(|(at, &weight)| 2 * at * at * u64::from(weight)).sum();
            let (found, asked) = (variance as f64 / f64::from(WHOLE), (milli * milli) as f64 / 1e6);
            assert!((found - asked).abs() < 0.01 * asked + 0.0002, "{milli}: {found} for {asked}");
        }
        // Of a standard deviation of 1: e^-1 I(n, 1).
        let expected = [0.465_759_6, 0.207_910_4, 0.049_938_8, 0.008_155_3, 0.001_006_9];
        for (found, expected) in kernel(1_000_000).into_iter().zip(expected) {
            assert!((f64::from(found) / f64::from(WHOLE) - expected).abs() < 4e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn wide_blurs_have_the_same_variance_and_lose_nothing() {
        for milli in [7_900, 8_001, 9_500, 20_000, 40_300] {
            // A line across: what it loses to one side it gets from the other, but for the ends.
            let (w, h) = (401_usize, 301_usize);
            let mut plane = vec![0; w * h];
            plane.iter_mut().skip(200).step_by(w).for_each(|value| *value = 60_000_000);
            let plane = blurred(&plane, (w, h), milli);
            let found = &plane[150 * w..151 * w];
            let whole: u64 = found.iter().map(|&value| u64::from(value)).sum();
            let variance: f64 = (0_i32..)
                .zip(found)
                .map(|(x, &value)| f64::from((x - 200) * (x - 200)) * f64::from(value))
                .sum();
            let asked = f64::from(milli) * f64::from(milli) / 1e6;
            let found = variance / whole as f64;
            assert!((found - asked).abs() < asked * 0.01, "{milli}: {found} for {asked}");
        }
    }
}
