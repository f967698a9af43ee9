//! Playing recipes.
//!
//! In: a recipe, a number of samples, a rate. Out: those samples, of which the strongest has a fixed height. Nothing but additions,
//! multiplications and divisions reaches them.

use super::recipe::{Part, Recipe, Wave};
use super::wave::{self, Band, Noise};

/// Height of the strongest sample. What is mixed is scaled to a level of its own.
const PEAK: f64 = 20_000.0;
/// The natural logarithm of two.
const LN_2: f64 = std::f64::consts::LN_2;
/// Share of the sample rate above which no wave is played: close to half of it, it would be cut off by encoders.
const HIGHEST: f64 = 0.45;

/// The first `count` samples of a recipe.
pub(super) fn played(recipe: &Recipe, count: usize, sample_rate: u32) -> Vec<i16> {
    let mut sum = vec![0.0_f64; count];
    for (at, part) in recipe.parts.iter().enumerate() {
        add(&mut sum, part, at as u64, sample_rate);
    }
    let peak = sum.iter().fold(0.0_f64, |peak, value| peak.max(value.abs()));
    let scale = if peak > 0.0 { 1.0 / peak } else { 0.0 };
    let drive = f64::from(recipe.drive);
    let whole = |value: &f64| {
        let share = value * scale;
        let scaled = PEAK * share * (1.0 + drive) / (1.0 + drive * share.abs());
        (if scaled < 0.0 { scaled - 0.5 } else { scaled + 0.5 }) as i16
    };
    sum.iter().map(whole).collect()
}

/// Adds all pulses of a part.
fn add(sum: &mut [f64], part: &Part, seed: u64, rate: u32) {
    let samples = |millis: u64| (millis * u64::from(rate) / 1000) as usize;
    let round = part.every.map_or(usize::MAX, samples);
    let mut noise = Noise::new(seed);
    let mut rounds = 0_usize;
    loop {
        let Some(first) = round.checked_mul(rounds).filter(|&first| first < sum.len()) else { return };
        for &at in &part.at {
            let start = first.saturating_add(samples(at)).min(sum.len());
            let length = part.pulse.map_or(usize::MAX, samples);
            let end = start.saturating_add(length).min(sum.len());
            // Of a pulse that the end cuts off, the pitch goes on as it would.
            let whole = if part.pulse.is_some() { length } else { end - start };
            pulse(&mut sum[start..end], (part, whole), &mut noise, f64::from(rate));
        }
        if round == usize::MAX {
            return;
        }
        rounds += 1;
    }
}

/// Adds one pulse of `whole` samples, or as many of it as there is room for.
fn pulse(sum: &mut [f64], (part, whole): (&Part, usize), noise: &mut Noise, rate: f64) {
    let samples = |millis: u64| millis as f64 * rate / 1000.0;
    let (attack, release) = (samples(part.attack).max(1.0), samples(part.release).max(1.0));
    let falling = part.half.map_or(1.0, |half| wave::decay(LN_2 / samples(half).max(1.0)));
    let pitch = |share: f64| {
        let to = f64::from(part.to_hz.unwrap_or(part.hz));
        let share = if part.back { 1.0 - (2.0 * share - 1.0).abs() } else { share };
        f64::from(part.hz) + (to - f64::from(part.hz)) * share
    };
    let width = f64::from(part.width_hz.unwrap_or(1));
    let mut band = Band::new(f64::from(part.hz), width, rate);
    let (mut height, mut turns) = (f64::from(part.level) / 1000.0, 0.0_f64);
    for (at, value) in sum.iter_mut().enumerate() {
        let (at, left) = (at as f64, (whole - at) as f64);
        let ends = (at / attack).min(1.0) * (left / release).min(1.0);
        let hz = pitch(at / whole as f64);
        let made = match part.wave {
            Wave::Noise => band.next(noise.next()) * 4.0,
            Wave::Sine => harmonics(part, turns, hz / rate),
        };
        *value += made * height * ends;
        turns += hz / rate;
        turns -= turns.floor();
        height *= falling;
    }
}

/// The multiples of a pitch at one moment; `pitch` is a share of the sample rate.
fn harmonics(part: &Part, turns: f64, pitch: f64) -> f64 {
    let mut sum = 0.0;
    for (multiple, &level) in (1_u32..).zip(&part.harmonics) {
        let multiple = f64::from(multiple);
        if level > 0 && multiple * pitch < HIGHEST {
            sum += f64::from(level) / 1000.0 * wave::sine(multiple * turns);
        }
    }
    sum
}
