//! The clock of a stream: when each frame is shown, and at which rate.
//!
//! In: packets as read, their clock made to go on, and what the container states. Out: sorted frame times and the rate that
//! they keep, or the usual rate nearest to their usual distance. Packets without a time of display are timed by when they
//! are decoded, and packets without any time by the rate that is stated.

use serde::{Deserialize, Serialize};

use crate::media::packet::Packet;
use crate::media::rates::{self, Stated, Times};
use crate::media::reading::Known;
use crate::media::timestamps::{Jump, Rule, convert};
use crate::time::FrameRate;

/// A last frame that stays for longer than this beyond the others is held: a source of constant rate would lose it.
const HELD_MILLIS: i64 = 1000;

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
    /// Frames before the first of [`Self::times`] that nobody can decode: the file starts between two keyframes.
    pub left_out: u64,
    /// Where the stream's clock starts again or jumps; [`Self::times`] go on.
    pub jumps: Vec<Jump>,
    /// Which steps of its clock are jumps.
    pub rule: Rule,
    /// Whether the last frame lasts longer than the others: it lasted as long in earlier versions.
    pub last_is_revised: bool,
}

impl Clock {
    /// When the first frame is shown, as a fraction of seconds.
    pub(super) fn start(&self) -> (i64, i64) {
        (self.times[0].saturating_mul(self.time_base.0), self.time_base.1)
    }

    /// From the first frame to the end of the last, in units of time.
    pub(super) fn span(&self) -> i64 {
        (self.times[self.times.len() - 1] - self.times[0]).saturating_add(self.last_duration)
    }

    /// Whether earlier versions had other frames at the same rate.
    pub(super) fn is_revised(&self) -> bool {
        self.left_out > 0 || !self.jumps.is_empty() || self.last_is_revised
    }

    /// Whether earlier versions had the first of these frames at another time, or later ones.
    pub(super) fn starts_otherwise(&self, packets: &[Packet]) -> bool {
        let time = |packet: &Packet| if self.timed { packet.pts } else { packet.dts };
        let first = packets.iter().filter_map(time).min();
        !self.jumps.is_empty() || first.is_some_and(|first| first != self.times[0])
    }

    /// Milliseconds of a number of units of time.
    pub(super) fn millis(&self, units: i64) -> i64 {
        convert(units, self.time_base, (1, 1000))
    }

    /// Reads the clock off a stream's packets, of which there is at least one; or says why there is none.
    pub(super) fn of(packets: &[Packet], known: Known) -> Result<Self, String> {
        let Known { time_base, stated, jumps, rule, first, failed } = known;
        let timed = packets.iter().all(|packet| packet.pts.is_some());
        let unit = time_base;
        let (mut times, time_base) = if timed {
            (packets.iter().filter_map(|packet| packet.pts).collect(), time_base)
        } else {
            decoding_times(packets, time_base, &stated)?
        };
        times.sort_unstable();
        let left_out = match first {
            Some(first) if timed => times.partition_point(|&time| time < first),
            _ if timed => 0,
            _ => packets.iter().position(|packet| packet.key).unwrap_or(0).min(failed),
        };
        // A time of the first frame beyond all others is no time of this stream.
        let left_out = if left_out < times.len() { left_out } else { 0 };
        times.drain(..left_out);
        let reach = times[times.len() - 1].checked_sub(times[0]);
        let reach = reach.filter(|reach| reach.checked_mul(4).is_some()).ok_or("has impossible times")?;
        let steps = times.len() as i64 - 1;
        // Frames that are counted have no durations: these are in other units.
        let durations = if time_base == unit { packets } else { &[] };
        let duration = durations.iter().map(|packet| packet.duration).find(|&duration| duration > 0);
        let mean = if steps > 0 { reach / steps } else { duration.unwrap_or(1) }.max(1);
        let of = Times { of: &times, time_base, mean };
        let usual = duration.unwrap_or(mean).min(mean.saturating_mul(2)).max(1);
        // A last frame that is held is held; one that is cut short is shown as long as the others.
        let last = last_duration(durations).unwrap_or(usual).max(usual);
        let held = last > usual.saturating_add(convert(HELD_MILLIS, (1, 1000), time_base));
        let rate = rates::constant(of, &stated);
        let constant = rate.is_some() && !held;
        Ok(Self {
            time_base,
            last_duration: if constant { usual } else { last },
            fps: rate.unwrap_or_else(|| rates::nearest(of)),
            constant,
            timed,
            left_out: left_out as u64,
            jumps,
            rule,
            last_is_revised: !constant && last != usual,
            times,
        })
    }
}

/// How long the frame lasts that is shown last, where the container says so.
fn last_duration(packets: &[Packet]) -> Option<i64> {
    let last = packets.iter().max_by_key(|packet| packet.pts.or(packet.dts))?;
    Some(last.duration).filter(|&duration| duration > 0)
}

/// Times of frames of which not all say when they are shown, and their unit: the times at which they are decoded, set off
/// so that the first is shown when it says, or one frame after the other at the stated rate.
fn decoding_times(
    packets: &[Packet],
    time_base: (i64, i64),
    stated: &Stated,
) -> Result<(Vec<i64>, (i64, i64)), String> {
    let rate = stated.rates.first();
    if packets.iter().all(|packet| packet.dts.is_none() && packet.pts.is_none()) {
        let rate = rate.ok_or("has frames without times, and states no frame rate")?;
        return Ok(((0..packets.len() as i64).collect(), (i64::from(rate.den()), i64::from(rate.num()))));
    }
    let step =
        rate.map_or(1, |rate| convert(1, (i64::from(rate.den()), i64::from(rate.num())), time_base).max(1));
    let after = |packet: &Packet| if packet.duration > 0 { packet.duration } else { step };
    let first = packets.iter().position(|packet| packet.dts.is_some());
    let start = match first {
        Some(at) => packets[at].dts.unwrap_or(0) - packets[..at].iter().map(after).sum::<i64>(),
        None => packets.iter().find_map(|packet| packet.pts).unwrap_or(0),
    };
    let delay = packets.iter().find_map(|packet| Some(packet.pts? - packet.dts?)).unwrap_or(0);
    let mut next = start;
    let times = packets.iter().map(|packet| {
        let time = packet.dts.unwrap_or(next);
        next = time.saturating_add(after(packet));
        time.saturating_add(delay)
    });
    Ok((times.collect(), time_base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(packets: &[Packet], time_base: (i64, i64), rates: &[FrameRate]) -> Clock {
        let stated = Stated { rates: rates.to_vec(), exact_times: false };
        let known = Known { time_base, stated, jumps: Vec::new(), rule: Rule::Never, first: None, failed: 0 };
        Clock::of(packets, known).unwrap()
    }

    fn packet(pts: Option<i64>, dts: Option<i64>, duration: i64) -> Packet {
        Packet { pts, dts, ..Packet::shown_at(0, duration) }
    }

    fn rate(times: impl Iterator<Item = i64>, time_base: (i64, i64)) -> (String, bool) {
        let packets: Vec<Packet> = times.map(|time| Packet::shown_at(time, 1)).collect();
        let clock = clock(&packets, time_base, &[]);
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

    #[test]
    fn frames_without_times_of_display_are_shown_when_the_first_says() {
        // `I P B B P B B` of MPEG-2, of which only the first packet of each 2 KB has a time of display.
        let dts = [45_000, 48_600, 52_200, 55_800, 59_400, 63_000, 66_600];
        let pts = [Some(48_600), Some(59_400), Some(52_200), Some(55_800), None, Some(63_000), None];
        let packets: Vec<Packet> =
            dts.iter().zip(pts).map(|(dts, pts)| packet(pts, Some(*dts), 3600)).collect();
        let found = clock(&packets, (1, 90_000), &[]);
        assert_eq!(found.times, (0..7).map(|at| 48_600 + at * 3600).collect::<Vec<i64>>());
        assert_eq!((found.fps.to_string(), found.timed), ("25".to_owned(), false));
    }

    #[test]
    fn frames_without_any_time_run_at_the_stated_rate() {
        let packets: Vec<Packet> = (0..150).map(|_| packet(None, None, 48_000)).collect();
        let rate = FrameRate::new(30_000, 1001).unwrap();
        let found = clock(&packets, (1, 1_200_000), &[rate]);
        assert_eq!((found.fps, found.constant, found.span()), (rate, true, 150));
        assert_eq!(found.time_base, (1001, 30_000));
        let none = Known {
            time_base: (1, 1_200_000),
            stated: Stated::default(),
            jumps: Vec::new(),
            rule: Rule::Never,
            first: None,
            failed: 0,
        };
        assert!(Clock::of(&packets, none).unwrap_err().contains("without times"));
    }

    #[test]
    fn a_last_frame_that_is_held_is_held() {
        let mut packets: Vec<Packet> = (0..50).map(|at| Packet::shown_at(at * 40, 40)).collect();
        packets[49].duration = 8_000;
        let found = clock(&packets, (1, 1000), &[]);
        assert_eq!((found.fps.to_string(), found.constant, found.span()), ("25".into(), false, 9_960));
        // A little more is how containers round, or a recorder's last moment; the rate stays constant.
        packets[49].duration = 60;
        let found = clock(&packets, (1, 1000), &[]);
        assert_eq!((found.constant, found.span()), (true, 2_000));
    }

    #[test]
    fn frames_before_the_first_that_can_be_decoded_are_left_out() {
        let packets: Vec<Packet> = (0..50).map(|at| Packet::shown_at(at * 40, 40)).collect();
        let known = Known {
            time_base: (1, 1000),
            stated: Stated::default(),
            jumps: Vec::new(),
            rule: Rule::Never,
            first: Some(400),
            failed: 10,
        };
        let found = Clock::of(&packets, known).unwrap();
        assert_eq!((found.left_out, found.times.len(), found.start()), (10, 40, (400, 1000)));
    }
}
