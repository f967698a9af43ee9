//! Frame rates: which one the times of a stream keep.
//!
//! In: sorted frame times and the rates that the container states. Out: the constant rate that they keep to within a unit
//! of time, or the usual rate nearest to their usual distance.

use crate::time::FrameRate;

/// Rates that cameras, films and screens have, and that a stream keeps when it fits several.
const STANDARD: [(u32, u32); 12] = [
    (8, 1),
    (10, 1),
    (12, 1),
    (15, 1),
    (24000, 1001),
    (24, 1),
    (25, 1),
    (30000, 1001),
    (30, 1),
    (50, 1),
    (60000, 1001),
    (60, 1),
];
/// Rates of games, headsets and slow motion.
const FAST: [(u32, u32); 11] = [
    (48000, 1001),
    (48, 1),
    (72, 1),
    (75, 1),
    (90, 1),
    (100, 1),
    (120_000, 1001),
    (120, 1),
    (144, 1),
    (240_000, 1001),
    (240, 1),
];

/// What a container says of a stream's rate.
#[derive(Clone, Debug, Default)]
pub(super) struct Stated {
    /// Rates, the most trusted first.
    pub(super) rates: Vec<FrameRate>,
    /// Whether times are exact, as in MP4: then they say more than the rates.
    pub(super) exact_times: bool,
}

/// Frame times and their unit.
#[derive(Clone, Copy)]
pub(super) struct Times<'a> {
    /// In display order; there is at least one.
    pub(super) of: &'a [i64],
    /// Seconds per unit, as a fraction.
    pub(super) time_base: (i64, i64),
    /// Usual units from one frame to the next.
    pub(super) mean: i64,
}

/// The rate that all times keep, if there is one.
pub(super) fn constant(times: Times<'_>, stated: &Stated) -> Option<FrameRate> {
    let exact = rate(times.time_base.1, times.time_base.0.checked_mul(times.mean)?);
    let equal_steps = times.of.windows(2).all(|pair| pair[1] - pair[0] == times.mean);
    let keeps = |rate: &FrameRate| keeps(times, *rate);
    // Milliseconds may be as equal as 11, 11 and 11, and their rate is still not 90.909; where a unit of time is a frame, or
    // times are exact, equal steps do say it.
    let trusted = || {
        let coarse = !stated.exact_times && times.mean > 1;
        stated.rates.iter().copied().filter(|rate| coarse && is_known(*rate)).find(keeps)
    };
    // Steps that are all equal say the rate exactly; where a container has rounded them to its ticks, such as 33, 33
    // and 34 ms, a standard rate that fits says it.
    trusted()
        .or_else(|| exact.filter(|_| equal_steps))
        .or_else(|| table(&STANDARD).find(keeps))
        .or_else(|| exact.filter(keeps))
        .or_else(|| table(&FAST).find(keeps))
        .or_else(|| stated.rates.iter().copied().find(keeps))
}

/// The known rate nearest to the usual distance of the times.
pub(super) fn nearest(times: Times<'_>) -> FrameRate {
    let reach = times.of[times.of.len() - 1] - times.of[0];
    let (frames, reach) = usual_steps(times.of).unwrap_or((1, reach.max(1)));
    table(&STANDARD)
        .chain(table(&FAST))
        .min_by_key(|rate| {
            let ideal =
                i128::from(frames) * i128::from(rate.den()) * i128::from(times.time_base.1) * 1_000_000
                    / (i128::from(rate.num()) * i128::from(times.time_base.0));
            (ideal - i128::from(reach) * 1_000_000).abs()
        })
        .expect("the table is not empty")
}

/// A rate of a fraction, if both parts fit.
pub(super) fn rate(num: i64, den: i64) -> Option<FrameRate> {
    FrameRate::new(u32::try_from(num).ok()?, u32::try_from(den).ok()?)
}

fn table(rates: &'static [(u32, u32)]) -> impl Iterator<Item = FrameRate> {
    rates.iter().filter_map(|&(num, den)| FrameRate::new(num, den))
}

fn is_known(rate: FrameRate) -> bool {
    table(&STANDARD).chain(table(&FAST)).any(|known| known == rate)
}

/// Whether every time lies within a unit of where this rate has it: containers round to their own ticks, so that one tick
/// of difference is no difference.
fn keeps(times: Times<'_>, rate: FrameRate) -> bool {
    let (num, den) = (i128::from(rate.num()), i128::from(rate.den()));
    let (unit, units) = (i128::from(times.time_base.0), i128::from(times.time_base.1));
    times.of.iter().enumerate().all(|(at, &time)| {
        let ideal = at as i128 * den * units;
        let real = (i128::from(time) - i128::from(times.of[0])) * num * unit;
        (ideal - real).abs() <= num * unit
    })
}

/// Number of the steps that are about as long as the median, and their sum: a camera that dropped some frames, or held
/// its first, still runs at this rate, while the mean of all steps is a rate at which no frame was taken.
fn usual_steps(times: &[i64]) -> Option<(i64, i64)> {
    let mut steps: Vec<i64> =
        times.windows(2).map(|pair| pair[1] - pair[0]).filter(|&step| step > 0).collect();
    steps.sort_unstable();
    let median = *steps.get(steps.len() / 2)?;
    let usual = steps.iter().filter(|&&step| (step - median).abs() <= median / 4);
    Some(usual.fold((0, 0), |(count, sum), step| (count + 1, sum + step)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(of: &[i64], time_base: (i64, i64)) -> Times<'_> {
        let steps = of.len() as i64 - 1;
        Times { of, time_base, mean: ((of[of.len() - 1] - of[0]) / steps).max(1) }
    }

    fn millis(rate: (i64, i64), count: i64) -> Vec<i64> {
        (0..count).map(|at| (at * 1000 * rate.1 + rate.0 / 2) / rate.0).collect()
    }

    #[test]
    fn fast_rates_are_read_off_milliseconds_stated_or_not() {
        let of_rates = [(48, 1), (72, 1), (90, 1), (100, 1), (120_000, 1001), (120, 1), (144, 1), (240, 1)];
        for (num, den) in of_rates {
            let expected = FrameRate::new(num, den).unwrap();
            let times = millis((i64::from(num), i64::from(den)), 3000);
            let stated = Stated { rates: vec![expected], exact_times: false };
            assert_eq!(constant(of(&times, (1, 1000)), &Stated::default()), Some(expected));
            // A few frames fit many rates, of which the stated one is right.
            for count in [4, 10, 50, 3000] {
                assert_eq!(constant(of(&times[..count], (1, 1000)), &stated), Some(expected), "{count}");
            }
        }
        let odd = FrameRate::new(165, 1).unwrap();
        let stated = Stated { rates: vec![FrameRate::new(60, 1).unwrap(), odd], exact_times: false };
        assert_eq!(constant(of(&millis((165, 1), 1000), (1, 1000)), &stated), Some(odd));
        // A stated rate that the times do not keep is no rate of theirs.
        assert_eq!(
            constant(of(&millis((72, 1), 1000), (1, 1000)), &Stated { rates: vec![odd], ..stated })
                .map(|rate| rate.to_string()),
            Some("72".to_owned())
        );
    }

    #[test]
    fn slow_motion_keeps_its_rate() {
        // 240 frames a second with a pause.
        let times: Vec<i64> = (0..480).map(|at| at * 375 + i64::from(at > 200) * 9_000).collect();
        assert_eq!(constant(of(&times, (1, 90_000)), &Stated::default()), None);
        assert_eq!(nearest(of(&times, (1, 90_000))).to_string(), "240");
    }
}
