//! How often the best guess is right of somebody who knows the law of the answers and does not look.
//!
//! In: a law. Out: the chance of an exact answer.

/// The law of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Law {
    /// Each of so many values is as likely.
    Uniform(u64),
    /// Values are as likely as these weights.
    Weighted(Vec<u64>),
    /// Each set of `size` out of `of` things is as likely.
    Subsets {
        /// Things to choose from.
        of: u64,
        /// Things in the answer.
        size: u64,
    },
    /// Each list of `size` different things out of `of` is as likely.
    Arrangements {
        /// Things to choose from.
        of: u64,
        /// Things in the answer.
        size: u64,
    },
}

impl Law {
    /// The probability of the most likely answer; 0 if no answer is possible.
    pub fn chance(&self) -> f64 {
        let arrangements = |of: u64, size: u64| (0..size).map(|taken| (of - taken) as f64).product::<f64>();
        match self {
            Self::Uniform(values) if *values > 0 => 1.0 / *values as f64,
            Self::Weighted(weights) => {
                let total: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
                let most = weights.iter().max().copied().unwrap_or(0);
                if total == 0 { 0.0 } else { most as f64 / total as f64 }
            }
            Self::Subsets { of, size } if size <= of => arrangements(*size, *size) / arrangements(*of, *size),
            Self::Arrangements { of, size } if size <= of => 1.0 / arrangements(*of, *size),
            _ => 0.0,
        }
    }
}
