//! Borders between packets whose windows have other slopes.
//!
//! In: the samples of a block in which a packet of our encoder meets a copied one. Out: samples that our encoder has to be given,
//! so that the block decodes to what it was.
//!
//! The two packets that share a block each hold half of it: sample `n` and its mirror image weighed by the window and added or
//! subtracted (ISO/IEC 14496-3, 4.6.11). Samples come out only where both used the same slope. Where our
//! encoder takes another than the decoder, the samples are folded by the decoder's, and unfolded by ours.

use std::f64::consts::PI;
use std::sync::OnceLock;

/// Samples of a block, and of the slope of a short window, which stands in the middle of one.
const SIZE: usize = 1024;
const SHORT: usize = 128;

/// How a window rises or falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slope {
    /// Over the whole block, or as the first and the last of short windows do.
    pub(super) is_long: bool,
    /// Derived from a Kaiser-Bessel window, or a sine.
    pub(super) is_kaiser: bool,
}

impl Slope {
    /// Its samples, rising.
    fn samples(self) -> &'static [f64] {
        static ALL: OnceLock<[Vec<f64>; 4]> = OnceLock::new();
        let all = ALL.get_or_init(|| {
            [sine(SIZE), kaiser(SIZE, 4.0), in_middle(&sine(SHORT)), in_middle(&kaiser(SHORT, 6.0))]
        });
        &all[usize::from(self.is_kaiser) + 2 * usize::from(!self.is_long)]
    }
}

/// A short slope in the middle of a block.
fn in_middle(short: &[f64]) -> Vec<f64> {
    let beside = (SIZE - SHORT) / 2;
    [&vec![0.0; beside], short, &vec![1.0; beside]].concat()
}

fn sine(size: usize) -> Vec<f64> {
    let step = PI / (2 * size) as f64;
    (0..size).map(|at| sine_of(step * (at as f64 + 0.5))).collect()
}

/// Sine of an angle of the first quadrant, by its series: the same on every machine.
fn sine_of(angle: f64) -> f64 {
    let (mut term, mut sum) = (angle, angle);
    for at in 1..14 {
        term *= -angle * angle / f64::from(2 * at * (2 * at + 1));
        sum += term;
    }
    sum
}

/// The slope that is derived from a Kaiser-Bessel window of this parameter.
fn kaiser(size: usize, parameter: f64) -> Vec<f64> {
    let weight = |at: usize| {
        let from_middle = 2.0 * at as f64 / size as f64 - 1.0;
        bessel(parameter * PI * (1.0 - from_middle * from_middle).sqrt())
    };
    let all: f64 = (0..=size).map(weight).sum();
    let mut sum = 0.0;
    let mut rising = Vec::with_capacity(size);
    for at in 0..size {
        sum += weight(at);
        rising.push((sum / all).sqrt());
    }
    rising
}

/// The modified Bessel function of the first kind and of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for at in 1..60 {
        let part = x / 2.0 / f64::from(at);
        term *= part * part;
        sum += term;
    }
    sum
}

/// Which packet of a block is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ours {
    /// The first: the block is its second half.
    First,
    /// The second: the block is its first half.
    Second,
}

/// Changes a block so that the packet that is ours, which the encoder folds by one slope, holds what one holds that is folded by
/// the decoder's. The other half of the block, which the copied packet holds, stays as the encoder would have it.
pub(super) fn refold(block: &mut [f32], ours: Ours, encoder: Slope, decoder: Slope) {
    let (encoded, decoded) = (encoder.samples(), decoder.samples());
    for at in 0..SIZE / 2 {
        let mirror = SIZE - 1 - at;
        let (near, far) = (f64::from(block[at]), f64::from(block[mirror]));
        // What the second packet holds, and what the first one does.
        let second = |slope: &[f64]| slope[at] * near - slope[mirror] * far;
        let first = |slope: &[f64]| slope[mirror] * near + slope[at] * far;
        let (second, first) = match ours {
            Ours::Second => (second(decoded), first(encoded)),
            Ours::First => (second(encoded), first(decoded)),
        };
        block[at] = (encoded[at] * second + encoded[mirror] * first) as f32;
        block[mirror] = (encoded[at] * first - encoded[mirror] * second) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Slope; 4] = [
        Slope { is_long: true, is_kaiser: true },
        Slope { is_long: true, is_kaiser: false },
        Slope { is_long: false, is_kaiser: true },
        Slope { is_long: false, is_kaiser: false },
    ];

    #[test]
    fn slopes_are_those_of_the_standard() {
        for slope in ALL {
            let samples = slope.samples();
            for (one, mirrored) in samples.iter().zip(samples.iter().rev()) {
                assert!((one * one + mirrored * mirrored - 1.0).abs() < 1e-12, "{slope:?}");
            }
        }
        // The first values of the tables of ISO/IEC 13818-7.
        let [kaiser, sine, short_kaiser, short_sine] = ALL.map(Slope::samples);
        assert!((kaiser[0] - 0.000_292_561).abs() < 1e-8 && (sine[0] - 0.000_766_990).abs() < 1e-8);
        assert!((short_kaiser[448] - 0.000_043_795).abs() < 1e-7, "{}", short_kaiser[448]);
        assert!((short_sine[448] - 0.006_135_885).abs() < 1e-8 && short_sine[447] < 1e-12);
    }

    #[test]
    fn a_packet_holds_what_the_slope_of_the_decoder_would_have_folded() {
        let block: Vec<f32> = (0..SIZE).map(|at| (at * 37 % 101) as f32 / 101.0 - 0.5).collect();
        let fold = |block: &[f32], slope: Slope, ours| -> Vec<f64> {
            let (slope, mirrored) = (slope.samples(), |at| SIZE - 1 - at);
            let pair = |at: usize| (f64::from(block[at]), f64::from(block[mirrored(at)]));
            let folded = |at: usize| match ours {
                Ours::Second => slope[at] * pair(at).0 - slope[mirrored(at)] * pair(at).1,
                Ours::First => slope[mirrored(at)] * pair(at).0 + slope[at] * pair(at).1,
            };
            (0..SIZE / 2).map(folded).collect()
        };
        for (ours, other) in [(Ours::First, Ours::Second), (Ours::Second, Ours::First)] {
            for (encoder, decoder) in ALL.into_iter().flat_map(|one| ALL.map(|other| (one, other))) {
                let mut changed = block.clone();
                refold(&mut changed, ours, encoder, decoder);
                let alike = |one: Vec<f64>, other: Vec<f64>| {
                    one.iter().zip(&other).all(|(one, other)| (one - other).abs() < 1e-5)
                };
                assert!(alike(fold(&changed, encoder, ours), fold(&block, decoder, ours)));
                assert!(alike(fold(&changed, encoder, other), fold(&block, encoder, other)));
                let is_same = changed.iter().zip(&block).all(|(one, other)| (one - other).abs() < 1e-5);
                assert_eq!(is_same, encoder == decoder);
            }
        }
    }
}
