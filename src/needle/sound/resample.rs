//! Another sample rate.
//!
//! In: samples at a rate. Out: the same sound at another one. The weights are those of a windowed sine, as whole numbers, so that the
//! result is the same on every machine.

use super::wave::sine;

/// Zero crossings of the sine on either side.
const REACH: i64 = 16;
/// Places between two samples that weights are made for.
const PHASES: i64 = 512;
/// The sum of the weights of one place.
const WHOLE: i64 = 1 << 24;

/// The samples at rate `to`; as they are where that is their own.
pub(super) fn resampled(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to {
        return samples.to_vec();
    }
    let (from, to) = (i64::from(from), i64::from(to));
    let kernel = Kernel::new(from, to);
    let count = (samples.len() as i64 * to + from - 1) / from;
    let sample = |at: i64| usize::try_from(at).ok().and_then(|at| samples.get(at)).copied().unwrap_or(0);
    let mut out = Vec::with_capacity(count as usize);
    for at in 0..count {
        let (whole, rest) = (at * from / to, at * from % to);
        let phase = (rest * PHASES + to / 2) / to;
        let (whole, phase) = if phase == PHASES { (whole + 1, 0) } else { (whole, phase) };
        let weights = &kernel.weights[phase as usize];
        let sum: i64 = (-kernel.reach + 1..=kernel.reach)
            .zip(weights)
            .map(|(offset, weight)| weight * i64::from(sample(whole + offset)))
            .sum();
        out.push(((sum + WHOLE / 2).div_euclid(WHOLE)).clamp(i16::MIN.into(), i16::MAX.into()) as i16);
    }
    out
}

/// Weights by place between two samples.
struct Kernel {
    /// Samples on either side.
    reach: i64,
    weights: Vec<Vec<i64>>,
}

impl Kernel {
    fn new(from: i64, to: i64) -> Self {
        // Where samples become fewer, the sine is as much wider.
        let wider = (from as f64 / to as f64).max(1.0);
        let reach = (REACH as f64 * wider) as i64 + 1;
        let weights = (0..PHASES).map(|phase| {
            let exact: Vec<f64> = (-reach + 1..=reach)
                .map(|offset| weight((offset as f64 - phase as f64 / PHASES as f64) / wider))
                .collect();
            let sum: f64 = exact.iter().sum();
            let whole =
                |weight: &f64| (weight / sum * WHOLE as f64 + if *weight < 0.0 { -0.5 } else { 0.5 }) as i64;
            let mut weights: Vec<i64> = exact.iter().map(whole).collect();
            // What rounding has lost belongs to the middle.
            let lost = WHOLE - weights.iter().sum::<i64>();
            weights[reach as usize - 1] += lost;
            weights
        });
        Self { reach, weights: weights.collect() }
    }
}

/// A sine over its argument, under a window of the raised cosine that is nothing at both ends.
fn weight(x: f64) -> f64 {
    let reach = REACH as f64;
    if x.abs() >= reach {
        return 0.0;
    }
    let window = 0.5 + 0.5 * sine(x / (2.0 * reach) + 0.25);
    let cardinal = if x.abs() < 1e-9 { 1.0 } else { sine(x / 2.0) / (std::f64::consts::PI * x) };
    cardinal * window
}
