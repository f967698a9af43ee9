//! Exact intervals of a share: Clopper and Pearson's (Biometrika 26, 1934), by summing the binomial distribution.
//!
//! In: hits, trials, the probability that may lie outside. Out: the ends of the interval. Nothing but `+ - * /` is used, so
//! that the ends are the same on every platform.

/// Terms of the distribution that are this much smaller than its largest one change no sum.
const NEGLIGIBLE: f64 = 1e-40;
/// Halvings of an interval of length 1: what is left is below the spacing of floats near 1.
const HALVINGS: u32 = 60;

/// The probability that `of` trials of probability `p` hit at least `hits` times.
pub(super) fn at_least(hits: u64, of: u64, p: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > of || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    // Relative to the largest term, whose place is the mode, no term overflows, and those far away vanish.
    let mode = (((of + 1) as f64 * p) as u64).min(of);
    let odds = p / (1.0 - p);
    let (mut all, mut tail) = (0.0, 0.0);
    let mut add = |at: u64, term: f64| {
        all += term;
        if at >= hits {
            tail += term;
        }
    };
    add(mode, 1.0);
    let (mut at, mut term) = (mode, 1.0);
    while at < of && term > NEGLIGIBLE {
        term *= (of - at) as f64 / (at + 1) as f64 * odds;
        at += 1;
        add(at, term);
    }
    (at, term) = (mode, 1.0);
    while at > 0 && term > NEGLIGIBLE {
        term *= at as f64 / (of - at + 1) as f64 / odds;
        at -= 1;
        add(at, term);
    }
    tail / all
}

/// The interval of the share of which `low` to `high` hits out of `of` are an observation, where a share is not a whole
/// number of hits; the true share lies outside with probability `alpha` at most. All of 0 to 1 if there are no trials.
pub(super) fn clopper_pearson(low: u64, high: u64, of: u64, alpha: f64) -> [f64; 2] {
    if of == 0 {
        return [0.0, 1.0];
    }
    // The lower end is the share at which so many hits or more are just too unlikely; the upper end mirrors it.
    let lower = if low == 0 { 0.0 } else { root(|p| at_least(low, of, p) > alpha / 2.0) };
    let upper = if high >= of { 1.0 } else { root(|p| 1.0 - at_least(high + 1, of, p) < alpha / 2.0) };
    [lower, upper]
}

/// Where in 0 to 1 `is_above` turns from false to true.
fn root(is_above: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if is_above(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-6, "{found} is not {wanted}");
    }

    #[test]
    fn tails_are_exact() {
        // 1, 5, 10, 10, 5, 1 of 32.
        for (hits, ways) in [(0, 32.0), (1, 31.0), (2, 26.0), (3, 16.0), (4, 6.0), (5, 1.0), (6, 0.0)] {
            near(at_least(hits, 5, 0.5), ways / 32.0);
        }
        near(at_least(2, 3, 0.25), 3.0 * 0.0625 * 0.75 + 0.015_625);
        // Far out and in large numbers the sum stays a probability.
        assert!(at_least(1_000_000, 1_000_000, 0.25) < 1e-300);
        // Edgeworth's expansion: 1/2 + phi(0) / sigma * (1/2 - (1 - 2p) / 6), with sigma = 433.0127.
        near(at_least(250_000, 1_000_000, 0.25), 0.500_383_9);
    }

    #[test]
    fn intervals_are_those_of_the_tables() {
        // Closed forms where no trial hits: 1 - (alpha / 2)^(1 / n), with n = 10 and n = 3.
        let [low, high] = clopper_pearson(0, 0, 10, 0.05);
        near(low, 0.0);
        near((0..10).map(|_| 1.0 - high).product(), 0.025);
        let [low, high] = clopper_pearson(3, 3, 3, 0.05);
        near(low * low * low, 0.025);
        near(high, 1.0);
        // R: binom.test(3, 10), binom.test(80, 150).
        let [low, high] = clopper_pearson(3, 3, 10, 0.05);
        near(low, 0.066_739_5);
        near(high, 0.652_452_9);
        let [low, high] = clopper_pearson(80, 80, 150, 0.05);
        near(at_least(80, 150, low), 0.025);
        near(1.0 - at_least(81, 150, high), 0.025);
        assert_eq!(clopper_pearson(0, 0, 0, 0.05).map(f64::to_bits), [0.0, 1.0].map(f64::to_bits));
    }
}
