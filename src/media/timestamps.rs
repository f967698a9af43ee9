//! Clocks that start again or jump, as in recordings that were joined byte by byte, made to go on.
//!
//! In: the timestamps of packets, in the order in which they are read. Out: timestamps that go on by one frame where the
//! stream's clock steps back, or jumps ahead in a format that allows it. FFmpeg's own program has the same rule. The
//! pictures say where the clock jumps; sound follows them, so that both stay together.

use serde::{Deserialize, Serialize};

/// Seconds per unit of time, as a fraction.
type TimeBase = (i64, i64);

/// Milliseconds by which decoding times may step back without a jump: containers round.
const BACK_MILLIS: i64 = 100;
/// The same of display times, whose order is not that of decoding; and frames, whichever is more.
const REORDERED_MILLIS: i64 = 1000;
const REORDERED_FRAMES: i64 = 16;
/// Milliseconds by which time may go ahead without a jump, in a format whose clock may jump.
const AHEAD_MILLIS: i64 = 10_000;

/// A jump of the clock of the pictures, in their units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jump {
    /// The time at which the frame after the jump would be expected, as the container states times.
    pub from: i64,
    /// The time that it has.
    pub to: i64,
    /// What is added to times from here on.
    pub shift: i64,
}

/// Which steps of a clock are jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// None: a table of durations says the times, and cannot step back.
    Never,
    /// A step back: times ahead are frames that are held.
    Back,
    /// A step back, or far ahead: the format's clock may be set anew, as in MPEG-TS.
    BackAndAhead,
}

/// Times of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) pts: Option<i64>,
    pub(super) dts: Option<i64>,
    pub(super) duration: i64,
}

impl Stamp {
    /// Of a packet.
    pub(super) fn of(packet: &ffmpeg_next::Packet) -> Self {
        Self { pts: packet.pts(), dts: packet.dts(), duration: packet.duration() }
    }

    /// Writes the times into a packet.
    pub(super) fn put(self, packet: &mut ffmpeg_next::Packet) {
        packet.set_pts(self.pts);
        packet.set_dts(self.dts);
    }

    fn shifted(self, shift: i64) -> Self {
        let add = |time: Option<i64>| time.map(|time| time.saturating_add(shift));
        Self { pts: add(self.pts), dts: add(self.dts), ..self }
    }
}

/// Finds the jumps of the pictures' clock.
#[derive(Debug)]
pub(super) struct Finder {
    rule: Rule,
    time_base: TimeBase,
    /// The latest time since the last jump, and the last step from one to the next.
    last: Option<i64>,
    step: i64,
    /// Jumps so far.
    pub(super) jumps: Vec<Jump>,
}

impl Finder {
    /// Of a stream with this time base.
    pub(super) fn new(rule: Rule, time_base: TimeBase) -> Self {
        Self { rule, time_base, last: None, step: 0, jumps: Vec::new() }
    }

    /// The times of the next packet, on a clock that goes on.
    pub(super) fn next(&mut self, stamp: Stamp) -> Stamp {
        // A format whose clock may jump states when packets are decoded, which steps evenly. Others state when they are
        // shown, and the rest is FFmpeg's guess, which a jump confuses.
        let by_decoding = self.rule == Rule::BackAndAhead && stamp.dts.is_some();
        let time = if by_decoding { stamp.dts } else { stamp.pts.or(stamp.dts) };
        let Some(time) = time else { return stamp.shifted(self.shift()) };
        let last = self.last.unwrap_or(time);
        let expected = last.saturating_add(self.step.max(1));
        let step = time.saturating_sub(last);
        let back = if by_decoding {
            self.units(BACK_MILLIS)
        } else {
            self.units(REORDERED_MILLIS).max(self.step.saturating_mul(REORDERED_FRAMES))
        };
        let ahead = time.saturating_sub(expected) > self.units(AHEAD_MILLIS);
        let is_jump = match self.rule {
            Rule::Never => false,
            Rule::Back => step < -back,
            Rule::BackAndAhead => step < -back || ahead && self.last.is_some(),
        };
        if is_jump {
            let shift = expected.saturating_add(self.shift()).saturating_sub(time);
            // Of the time of display, as that of the sound is.
            let delay = stamp.pts.unwrap_or(time).saturating_sub(time);
            let [from, to] = [expected, time].map(|time| time.saturating_add(delay));
            self.jumps.push(Jump { from, to, shift });
        }
        if stamp.duration > 0 {
            self.step = stamp.duration;
        } else if by_decoding && step > 0 && !is_jump {
            self.step = step;
        }
        self.last = Some(if is_jump { time } else { time.max(last) });
        stamp.shifted(self.shift())
    }

    fn shift(&self) -> i64 {
        self.jumps.last().map_or(0, |jump| jump.shift)
    }

    fn units(&self, millis: i64) -> i64 {
        convert(millis, (1, 1000), self.time_base)
    }
}

/// Carries the jumps of the pictures' clock over to sound.
#[derive(Debug)]
pub(super) struct Follower<'a> {
    jumps: &'a [Jump],
    /// Of the pictures.
    video: TimeBase,
    /// Of the sound.
    time_base: TimeBase,
    /// Jumps that the sound has made.
    made: usize,
    /// Where its last packet ends.
    end: Option<i64>,
}

impl<'a> Follower<'a> {
    /// Of sound with this time base.
    pub(super) fn new(jumps: &'a [Jump], video: TimeBase, time_base: TimeBase) -> Self {
        Self { jumps, video, time_base, made: 0, end: None }
    }

    /// The times of the next packet of sound; `read` is the number of jumps that the pictures have made in the file so far.
    pub(super) fn next(&mut self, stamp: Stamp, read: usize) -> Stamp {
        let Some(time) = stamp.dts.or(stamp.pts) else { return stamp.shifted(self.shift()) };
        match self.end {
            None => self.made = read,
            // A packet of sound may be read on either side of the pictures' jump, so its own time says which side it is on.
            Some(end) => {
                let (time, end) = (self.of_video(time), self.of_video(end));
                let near = convert(50, (1, 1000), self.video);
                let far = convert(AHEAD_MILLIS / 2, (1, 1000), self.video);
                while let Some(jump) = self.jumps.get(self.made) {
                    let jumps = if jump.to < jump.from { time < end - near } else { time > end + far };
                    if !jumps || time.abs_diff(jump.to) >= time.abs_diff(end) {
                        break;
                    }
                    self.made += 1;
                }
            }
        }
        self.end = Some(time.saturating_add(stamp.duration.max(0)));
        stamp.shifted(self.shift())
    }

    fn of_video(&self, time: i64) -> i64 {
        convert(time, self.time_base, self.video)
    }

    fn shift(&self) -> i64 {
        let made = self.made.checked_sub(1).and_then(|last| self.jumps.get(last));
        made.map_or(0, |jump| convert(jump.shift, self.video, self.time_base))
    }
}

/// A time in other units, rounded to the nearest.
pub(super) fn convert(time: i64, from: TimeBase, to: TimeBase) -> i64 {
    let num = i128::from(time) * i128::from(from.0) * i128::from(to.1);
    let den = (i128::from(from.1) * i128::from(to.0)).max(1);
    i64::try_from((2 * num + den).div_euclid(2 * den)).unwrap_or(if num < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TS: TimeBase = (1, 90_000);

    fn stamp(time: i64, duration: i64) -> Stamp {
        Stamp { pts: Some(time), dts: Some(time), duration }
    }

    fn gone_on(rule: Rule, times: &[i64]) -> (Vec<i64>, Vec<Jump>) {
        let mut finder = Finder::new(rule, TS);
        let times = times.iter().filter_map(|&time| finder.next(stamp(time, 3600)).pts).collect();
        (times, finder.jumps)
    }

    #[test]
    fn a_clock_that_starts_again_goes_on_by_one_frame() {
        let long: Vec<i64> = (0..75).chain(0..75).map(|at| 1000 + at * 3600).collect();
        for rule in [Rule::Back, Rule::BackAndAhead] {
            let (times, jumps) = gone_on(rule, &long);
            assert_eq!(times, (0..150).map(|at| 1000 + at * 3600).collect::<Vec<i64>>());
            assert_eq!(jumps, [Jump { from: 271_000, to: 1000, shift: 270_000 }]);
        }
        // Far ahead is a jump where the format's clock may jump, and a held frame elsewhere.
        let ahead = [0, 3600, 7200, 3_240_000_000, 3_240_003_600, 0];
        assert_eq!(gone_on(Rule::BackAndAhead, &ahead).0, [0, 3600, 7200, 10_800, 14_400, 18_000]);
        assert_eq!(gone_on(Rule::Back, &ahead).0[3..5], ahead[3..5]);
        assert_eq!(gone_on(Rule::Never, &ahead), (ahead.to_vec(), vec![]));
        // Ten seconds without a frame, and steps back within rounding, are none.
        let held = [0, 3600, 903_600, 900_000];
        assert_eq!(gone_on(Rule::BackAndAhead, &held), (held.to_vec(), vec![]));
    }

    #[test]
    fn frames_out_of_order_are_no_jump() {
        // As Matroska states `I P B B`: display times, with decoding times guessed, and wrong after a jump.
        let shown = [0, 160, 80, 40, 120, 320, 240, 200, 280, 1800, 1720, 1680, 1760];
        let guessed = [None, None, Some(0), Some(40), Some(80)];
        let mut finder = Finder::new(Rule::Back, (1, 1000));
        let mut times = Vec::new();
        for part in 0..2 {
            for (at, pts) in shown.iter().enumerate() {
                let dts = if part == 0 { guessed.get(at).copied().flatten() } else { Some(*pts) };
                times.push(finder.next(Stamp { pts: Some(*pts), dts, duration: 40 }).pts.unwrap());
            }
        }
        assert_eq!(times[..13], shown);
        assert_eq!(times[13..], shown.map(|time| time + 1840));
        assert_eq!(finder.jumps.len(), 1);
    }

    #[test]
    fn sound_follows_the_pictures_whichever_is_read_first() {
        let jumps = [Jump { from: 270_000, to: 0, shift: 270_000 }];
        let mut sound = Follower::new(&jumps, TS, (1, 1000));
        let mut at = |time, read| sound.next(stamp(time, 20), read).pts.unwrap();
        assert_eq!((at(0, 0), at(20, 0), at(2_980, 0)), (0, 20, 2_980));
        // The last packet before the jump is read after the pictures have jumped.
        assert_eq!((at(3_000, 1), at(5, 1), at(25, 1)), (3_000, 3_005, 3_025));
        // Sound that starts after the jump starts there.
        let mut late = Follower::new(&jumps, TS, (1, 1000));
        assert_eq!(late.next(stamp(40, 20), 1).pts, Some(3_040));
        // A gap in the sound alone is one.
        let far = [Jump { from: 270_000, to: 90_000_000, shift: -89_730_000 }];
        let mut gap = Follower::new(&far, TS, (1, 1000));
        assert_eq!(gap.next(stamp(0, 20), 0).pts, Some(0));
        assert_eq!(gap.next(stamp(2_000, 20), 0).pts, Some(2_000));
        assert_eq!(gap.next(stamp(1_000_010, 20), 1).pts, Some(3_010));
    }
}
