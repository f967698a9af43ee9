//! Quantiles of the normal distribution, for d'.
//!
//! In: a share. Out: the value below which that share of a normal distribution lies. Nothing but `+ - * /` and the square root is used,
//! so that it is the same on every platform.

/// Beyond this many deviations a double holds no other share than 0 and 1.
const FARTHEST: f64 = 8.0;
/// Halvings of an interval of that length: what is left is below what is printed by far.
const HALVINGS: u32 = 60;
/// Terms after which neither series changes, for arguments up to [`FARTHEST`].
const TERMS: u32 = 300;

/// The value below which the share `p`, above 0 and below 1, of a normal distribution lies.
pub(super) fn quantile(p: f64) -> f64 {
    if p < 0.5 {
        return -quantile(1.0 - p);
    }
    let (mut low, mut high) = (0.0, FARTHEST);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if 0.5 + between_0_and(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The share between 0 and `x`: the density at `x` times the sum of `x^(2k+1) / (1 * 3 * ... * (2k+1))`, all of whose terms are positive.
fn between_0_and(x: f64) -> f64 {
    let (mut term, mut sum) = (x, 0.0);
    for k in 0..TERMS {
        sum += term;
        term *= x * x / f64::from(2 * k + 3);
    }
    sum / (exponential(x * x / 2.0) * std::f64::consts::TAU.sqrt())
}

/// `e` to the power of `x`, which is not negative.
fn exponential(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 0.0);
    for k in 0..TERMS {
        sum += term;
        term *= x / f64::from(k + 1);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, want) in [
            (0.5, 0.0),
            (0.95, 1.644_853_626_95),
            (0.975, 1.959_963_984_54),
            (0.1, -1.281_551_565_54),
            (0.999_968_328_758, 4.0),
        ] {
            assert!((quantile(p) - want).abs() < 1e-6, "{p}: {}", quantile(p));
        }
    }
}
