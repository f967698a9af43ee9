//! The clock of a stream: when each frame is shown, and at which rate.
//!
//! In: packets as read. Out: sorted frame times and the rate that they keep, or the standard rate nearest to their usual distance.

use serde::{Deserialize, Serialize};

use crate::media::probe::Packet;
use crate::time::FrameRate;

/// Rates that cameras, films and screens have; a source of variable rate is made one of them.
const STANDARD_RATES: [(u32, u32); 12] = [
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

/// Frame times and rate of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Start of each frame in display order, in units of [`Self::time_base`].
    pub times: Vec<i64>,
    /// How long the last frame lasts, in the same units.
    pub last_duration: i64,
    /// Seconds per unit of time, as a fraction.
    pub time_base: (i64, i64),
    /// Its constant frame rate, or the standard rate nearest to the usual distance of its frames.
    pub fps: FrameRate,
    /// Whether every frame lasts equally long.
    pub constant: bool,
    /// Whether times are the packets' display times; else they only count frames in order.
    pub timed: bool,
}

impl Clock {
    /// When the first frame is shown, as a fraction of seconds.
    pub(super) fn start(&self) -> (i64, i64) {
        (self.times[0] * self.time_base.0, self.time_base.1)
    }

    /// Reads the clock off a stream's packets; there is at least one.
    pub(super) fn of(packets: &[Packet], time_base: (i64, i64)) -> Self {
        let timed = packets.iter().all(|packet| packet.pts.is_some());
        let mut times: Vec<i64> = packets
            .iter()
            .enumerate()
            .map(|(at, packet)| if timed { packet.pts } else { packet.dts }.unwrap_or(at as i64))
            .collect();
        times.sort_unstable();
        let first = times[0];
        let steps = times.len() as i64 - 1;
        let reach = times[times.len() - 1] - first;
        let duration = packets.iter().map(|packet| packet.duration).find(|&duration| duration > 0);
        let mean = if steps > 0 { reach / steps } else { duration.unwrap_or(1) }.max(1);
        let last_duration = duration.unwrap_or(mean).min(mean * 2).max(1);
        // Units of time from the first frame to frame `at` at a rate of num/den, times num.
        let holds = |rate: FrameRate| {
            let (num, den) = (i128::from(rate.num()), i128::from(rate.den()));
            times.iter().enumerate().all(|(at, &time)| {
                let ideal = at as i128 * den * i128::from(time_base.1);
                let real = i128::from(time - first) * num * i128::from(time_base.0);
                // Containers round to their own ticks: one tick of difference is no difference.
                (ideal - real).abs() <= num * i128::from(time_base.0)
            })
        };
        let rate = |num: i64, den: i64| FrameRate::new(u32::try_from(num).ok()?, u32::try_from(den).ok()?);
        let exact = rate(time_base.1, time_base.0 * mean);
        let standard = || STANDARD_RATES.iter().filter_map(|&(num, den)| FrameRate::new(num, den));
        // Steps that are all equal say the rate exactly; where a container has rounded them to its ticks, such as 33, 33
        // and 34 ms, a standard rate that fits says it.
        let equal_steps = times.windows(2).all(|pair| pair[1] - pair[0] == mean);
        let constant = exact
            .filter(|_| equal_steps)
            .or_else(|| standard().find(|&rate| holds(rate)))
            .or_else(|| exact.filter(|&rate| holds(rate)));
        let nearest = || {
            let (frames, reach) = usual_steps(&times).unwrap_or((1, reach.max(1)));
            standard()
                .min_by_key(|rate| {
                    let ideal =
                        i128::from(frames) * i128::from(rate.den()) * i128::from(time_base.1) * 1_000_000
                            / (i128::from(rate.num()) * i128::from(time_base.0));
                    (ideal - i128::from(reach) * 1_000_000).abs()
                })
                .expect("the table is not empty")
        };
        Self {
            time_base,
            last_duration,
            fps: constant.unwrap_or_else(nearest),
            constant: constant.is_some(),
            timed,
            times,
        }
    }
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

    fn rate(times: impl Iterator<Item = i64>, time_base: (i64, i64)) -> (String, bool) {
        let packets: Vec<Packet> = times.map(|time| Packet::shown_at(time, 1)).collect();
        let clock = Clock::of(&packets, time_base);
        (clock.fps.to_string(), clock.constant)
    }

    #[test]
    fn rates_are_read_off_frame_times() {
        // A short clip at 24 frames a second drifts less than a tick from 23.976.
        assert_eq!(rate(0..100, (1, 24)), ("24".into(), true));
        assert_eq!(rate((0..300).map(|at| at * 1001), (1, 30000)), ("30000/1001".into(), true));
        assert_eq!(rate((0..300).map(|at| at * 2999), (1, 90000)), ("90000/2999".into(), true));
        // Milliseconds, rounded.
        assert_eq!(rate((0..300).map(|at| (at * 1000 + 15) / 30), (1, 1000)), ("30".into(), true));
        assert_eq!(
            rate((0..3000).map(|at| (at * 1_001_000 + 15_000) / 30_000), (1, 1000)),
            ("30000/1001".into(), true)
        );
        assert_eq!(
            rate((0..300).map(|at| at * 40 + i64::from(at > 100) * 80), (1, 1000)),
            ("25".into(), false)
        );
        // A phone holds its first frame; a screen recorder drops what does not change.
        assert_eq!(
            rate((0..40).map(|at| at * 2999 + i64::from(at > 0) * 13_611), (1, 90000)),
            ("30".into(), false)
        );
        assert_eq!(
            rate((0..300).filter(|at| at % 7 > 1).map(|at| at * 512), (1, 15360)),
            ("30".into(), false)
        );
    }
}
