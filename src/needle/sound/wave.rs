//! Functions of waves, to the last bit the same on every machine.
//!
//! In: numbers. Out: sines, powers and noise, by additions, multiplications and divisions alone, which IEEE 754 fixes.

/// A turn's half, in radians.
const PI: f64 = std::f64::consts::PI;

/// The sine of `turns` whole turns, to about 1e-9.
pub(super) fn sine(turns: f64) -> f64 {
    let turns = turns - turns.floor();
    // To a quarter turn on either side of none.
    let turns = if turns > 0.75 {
        turns - 1.0
    } else if turns > 0.25 {
        0.5 - turns
    } else {
        turns
    };
    let x = 2.0 * PI * turns;
    let square = x * x;
    let (mut term, mut sum) = (x, x);
    for n in 1..9_u32 {
        term *= -square / f64::from(2 * n * (2 * n + 1));
        sum += term;
    }
    sum
}

/// The exponential of `-x`, for `x` of 0 to about 4.
pub(super) fn decay(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..40_u32 {
        term *= -x / f64::from(n);
        sum += term;
    }
    sum
}

/// White noise.
#[derive(Clone, Debug)]
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next value, from -1 to 1.
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // 53 bits, which a double holds.
        (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// A filter that lets a band of frequencies through.
#[derive(Clone, Debug)]
pub(super) struct Band {
    gain: f64,
    first: f64,
    second: f64,
    before: [f64; 2],
}

impl Band {
    /// A band around `hz`, `width_hz` wide, at `rate` samples a second.
    pub(super) fn new(hz: f64, width_hz: f64, rate: f64) -> Self {
        let radius = decay(PI * width_hz / rate);
        let cosine = sine(hz / rate + 0.25);
        Self {
            gain: (1.0 - radius * radius) / 2.0,
            first: 2.0 * radius * cosine,
            second: -radius * radius,
            before: [0.0; 2],
        }
    }

    /// The next value of what comes through.
    pub(super) fn next(&mut self, value: f64) -> f64 {
        let [last, last_but_one] = self.before;
        let through = self.gain * value + self.first * last + self.second * last_but_one;
        self.before = [through, last];
        through
    }
}
