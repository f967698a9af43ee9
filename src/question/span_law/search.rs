//! Searches over the borders of an answer: all of few, coarse and then fine among many.
//!
//! In: bounds and what is to be maximised. Out: where it is greatest; of equals the first that was tried, so that a result
//! is always the same.

/// Whole numbers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) low: i64,
    pub(super) high: i64,
}

impl Bounds {
    pub(super) fn count(self) -> i64 {
        (self.high - self.low + 1).max(0)
    }

    /// What both hold.
    pub(super) fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// Numbers in steps of `step`, the last one included.
    fn steps(self, step: i64) -> impl Iterator<Item = i64> {
        let inner = (0..).map(move |at| self.low + at * step).take_while(move |&number| number < self.high);
        inner.chain((self.low <= self.high).then_some(self.high))
    }
}

/// An answer's borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Borders {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// Numbers that are all tried.
const FEW: i64 = 256;

/// The number with the greatest `value`; exact for up to 256 numbers and wherever there is one peak.
pub(super) fn best_number(bounds: Bounds, mut value: impl FnMut(i64) -> f64) -> i64 {
    let mut step = if bounds.count() <= FEW { 1 } else { bounds.count() / (FEW / 2) };
    let mut within = bounds;
    loop {
        let mut best = (within.low, f64::NEG_INFINITY);
        for number in within.steps(step) {
            let found = value(number);
            if found > best.1 {
                best = (number, found);
            }
        }
        if step == 1 {
            return best.0;
        }
        within = Bounds { low: best.0 - step, high: best.0 + step }.and(bounds);
        step = (step / 8).max(1);
    }
}

/// The best of at most `points` by `points` borders that are spread evenly, and the steps between them.
pub(super) fn best_on_grid(
    starts: Bounds,
    ends: Bounds,
    points: i64,
    mut value: impl FnMut(Borders) -> f64,
) -> (Borders, Borders) {
    let step = |bounds: Bounds| ((bounds.count() + points - 1) / points).max(1);
    let steps = Borders { start: step(starts), end: step(ends) };
    let mut best = (Borders { start: starts.low, end: ends.low }, f64::NEG_INFINITY);
    for start in starts.steps(steps.start) {
        for end in ends.steps(steps.end) {
            let borders = Borders { start, end };
            let found = value(borders);
            if found > best.1 {
                best = (borders, found);
            }
        }
    }
    (best.0, steps)
}

/// Climbs from `from` to the best of eight neighbours until none is better, then in half the steps, down to `least` frames.
pub(super) fn climb(
    starts: Bounds,
    ends: Bounds,
    from: Borders,
    steps: Borders,
    least: i64,
    mut value: impl FnMut(Borders) -> f64,
) -> Borders {
    let mut best = (from, value(from));
    let mut steps = steps;
    loop {
        let centre = best.0;
        for (start, end) in [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)] {
            let borders = Borders {
                start: (centre.start + start * steps.start).clamp(starts.low, starts.high),
                end: (centre.end + end * steps.end).clamp(ends.low, ends.high),
            };
            if borders == centre {
                continue;
            }
            let found = value(borders);
            if found > best.1 {
                best = (borders, found);
            }
        }
        if best.0 != centre {
            continue;
        }
        if steps.start <= least && steps.end <= least {
            return best.0;
        }
        steps = Borders { start: (steps.start / 2).max(least), end: (steps.end / 2).max(least) };
    }
}
