//! What is unusual about when a source's frames are shown, in words; and what is impossible.
//!
//! In: a clock, and what was seen while packets were read. Out: warnings, one sentence each, or the reason for which the
//! source is refused.

use crate::media::clock::Clock;
use crate::media::reading::Seen;
use crate::wording;

/// A frame that is held for longer is told.
const LONG_MILLIS: i64 = 10_000;
/// A source that lasts longer than this, at a hundred times the frames that it has, has wrong times.
const DAY_MILLIS: i64 = 24 * 3_600_000;
/// How many times as many frames as a source has make it suspicious.
const SUSPICIOUS: i128 = 100;
/// Difference of two ends that is told, in milliseconds.
const DIFFERENT_MILLIS: i64 = 1000;

/// Says why these times cannot be.
pub(super) fn impossible(clock: &Clock) -> Option<String> {
    let millis = clock.millis(clock.span());
    let frames = i128::from(millis) * i128::from(clock.fps.num()) / (i128::from(clock.fps.den()) * 1000);
    let read = clock.times.len();
    (millis > DAY_MILLIS && frames > read as i128 * SUSPICIOUS)
        .then(|| format!("has impossible times: its {read} frames would last {} hours", millis / 3_600_000))
}

/// Says what is unusual.
pub(super) fn remarks(clock: &Clock, seen: &Seen) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |holds: bool, what: String| {
        if holds {
            said.push(what);
        }
    };
    let secs = |millis: i64| format!("{:.1} s", millis as f64 / 1000.0);
    if let Some(jump) = clock.jumps.first() {
        let at = clock.millis(jump.from - clock.times[0]);
        let times = clock.jumps.len();
        let often = if times == 1 { "once".to_owned() } else { format!("{times} times") };
        let what = format!(
            "its clock starts again or jumps {often}, first after {}: time goes on by one frame",
            secs(at)
        );
        say(true, what);
    }
    say(
        seen.packets > 0 && seen.timed == 0,
        format!("its frames have no times: they are taken to run at {} frames a second", clock.fps),
    );
    say(
        clock.left_out > 0,
        format!(
            "its first {} cannot be decoded, as where a recording starts between keyframes: left out",
            wording::count(clock.left_out, "frame")
        ),
    );
    say(
        seen.incomplete > 0,
        format!("{} of its packets are incomplete, as after a loss in transmission", seen.incomplete),
    );
    say(seen.breaks_off, "it cannot be read to its end: what lies before the fault is used".to_owned());
    let (left_out, frames) = (too_fast(clock), clock.times.len());
    say(
        left_out > 0,
        format!("{left_out} of its {frames} frames come faster than {} a second and are left out", clock.fps),
    );
    let steps = clock.times.windows(2).map(|pair| pair[1] - pair[0]);
    let held = clock.millis(steps.max().unwrap_or(0));
    say(held > LONG_MILLIS, format!("a frame is held for {}, as its times say", secs(held)));
    let last = clock.millis(clock.last_duration);
    say(last > DIFFERENT_MILLIS && !clock.constant, format!("its last frame is held for {}", secs(last)));
    let end = clock.millis(clock.times[clock.times.len() - 1].saturating_add(clock.last_duration));
    if clock.jumps.is_empty() {
        let file = seen.stated.filter(|stated| seen.end.max(end) + DIFFERENT_MILLIS < *stated);
        let pictures = seen.stated_pictures.filter(|stated| end + DIFFERENT_MILLIS < *stated);
        if let Some(stated) = pictures.or(file) {
            let what = format!("its frames end at {} of the {} that it announces", secs(end), secs(stated));
            say(true, what);
        }
        if let Some(sound) = seen.sound_end.filter(|sound| end + DIFFERENT_MILLIS < *sound) {
            let what = format!(
                "its sound is longer than its pictures: {} of it after the last frame are left out",
                secs(sound - end)
            );
            say(true, what);
        }
    }
    said
}

/// Frames that a constant rate has no room for, since others come too soon after them.
fn too_fast(clock: &Clock) -> usize {
    if clock.constant {
        return 0;
    }
    // Frames of the constant rate whose middles lie before a time.
    let before = |time: i64| {
        let num = (i128::from(time) - i128::from(clock.times[0]))
            * i128::from(clock.time_base.0)
            * i128::from(clock.fps.num());
        let den = i128::from(clock.time_base.1) * i128::from(clock.fps.den());
        (2 * num + den - 1).div_euclid(2 * den)
    };
    let end = clock.times[clock.times.len() - 1].saturating_add(clock.last_duration);
    let ends = clock.times.iter().skip(1).copied().chain([end]);
    clock.times.iter().zip(ends).filter(|(start, end)| before(**start) >= before(*end)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::timestamps::{Jump, Rule};
    use crate::time::FrameRate;

    fn clock(times: Vec<i64>, last_duration: i64, constant: bool) -> Clock {
        Clock {
            times,
            last_duration,
            time_base: (1, 1000),
            fps: FrameRate::new(25, 1).unwrap(),
            constant,
            timed: true,
            left_out: 0,
            jumps: Vec::new(),
            rule: Rule::Never,
            last_is_revised: false,
        }
    }

    #[test]
    fn times_that_cannot_be_are_refused() {
        let days = |days: i64, frames: i64| {
            let mut times: Vec<i64> = (0..frames).map(|at| at * 40).collect();
            times.push(days * DAY_MILLIS);
            impossible(&clock(times, 40, false))
        };
        assert!(days(3, 100).unwrap().contains("its 101 frames would last 72 hours"));
        // Half a day of a still, and days of frames, are possible.
        assert_eq!(days(0, 100), None);
        let sparse = (0..100_000).map(|at| at * 2000).collect();
        assert_eq!(impossible(&clock(sparse, 2000, true)), None);
    }

    #[test]
    fn frames_that_come_too_fast_are_counted() {
        assert_eq!(too_fast(&clock((0..100).map(|at| at * 40 + at % 7).collect(), 40, false)), 0);
        assert_eq!(too_fast(&clock((0..100).map(|at| at * 10).collect(), 10, false)), 75);
    }

    #[test]
    fn ends_are_compared_with_what_they_are_the_ends_of() {
        let clock = clock((0..150).map(|at| at * 40).collect(), 40, true);
        let said = |seen: Seen| remarks(&clock, &seen).join("; ");
        let whole = Seen { stated: Some(9_000), end: 9_000, sound_end: Some(9_000), ..Seen::default() };
        assert_eq!(
            said(whole),
            "its sound is longer than its pictures: 3.0 s of it after the last frame are left out"
        );
        let cut = Seen { stated: Some(9_000), end: 6_100, sound_end: Some(6_100), ..Seen::default() };
        assert_eq!(said(cut), "its frames end at 6.0 s of the 9.0 s that it announces");
        let short = Seen { stated_pictures: Some(9_000), ..whole };
        assert!(said(short).contains("of the 9.0 s that it announces"));
        assert_eq!(said(Seen { stated: Some(6_000), end: 6_000, ..Seen::default() }), "");
    }

    #[test]
    fn jumps_and_stills_are_told() {
        let mut jumped = clock(vec![0, 40, 80], 13_000, false);
        jumped.jumps = vec![Jump { from: 80, to: 0, shift: 80 }];
        let said = remarks(&jumped, &Seen::default()).join("; ");
        assert!(said.starts_with("its clock starts again or jumps once, first after 0.1 s"), "{said}");
        assert!(said.ends_with("its last frame is held for 13.0 s"), "{said}");
        let still = remarks(&clock(vec![0, 40, 15_000], 40, false), &Seen::default()).join("; ");
        assert!(still.contains("a frame is held for 15.0 s"), "{still}");
    }
}
