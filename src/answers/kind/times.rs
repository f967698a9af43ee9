//! Times as replies write them: "12.4", "12 seconds", "1 min 5 s", "1:02:03.5", "1m5s", "frame 310".
//!
//! In: tokens and a position. Out: the time that begins there.

use crate::answers::extract::{Kind, MICROS, Thousands, Tokens, decimal, numeral};
use crate::time::FrameRate;

/// Milliseconds of units, by how replies write them.
const UNITS: &[(&str, u64)] = &[
    ("h", 3_600_000),
    ("hr", 3_600_000),
    ("hrs", 3_600_000),
    ("hour", 3_600_000),
    ("hours", 3_600_000),
    ("m", 60_000),
    ("min", 60_000),
    ("mins", 60_000),
    ("minute", 60_000),
    ("minutes", 60_000),
    ("s", 1000),
    ("sec", 1000),
    ("secs", 1000),
    ("second", 1000),
    ("seconds", 1000),
    ("秒", 1000),
    ("ms", 1),
    ("msec", 1),
    ("millisecond", 1),
    ("milliseconds", 1),
    ("分", 60_000),
    ("时", 3_600_000),
];
/// Units of two characters.
const LONG_UNITS: &[(&str, &str, u64)] =
    &[("小", "时", 3_600_000), ("分", "钟", 60_000), ("毫", "秒", 1), ("秒", "钟", 1000)];
/// Words that call a number that of a frame.
pub(super) const FRAMES: &[&str] = &["frame", "frames", "帧"];
/// The latest time in milliseconds; what is later is as good as this.
const LATEST: u64 = 1 << 42;
/// A time in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    /// In millionths of its unit.
    pub(super) micros: u64,
    /// Milliseconds of the unit, where there is one.
    pub(super) unit: Option<u64>,
    /// Milliseconds of the smallest unit that is written, which a bare number beside it shares.
    pub(super) written: Option<u64>,
    /// Whether it is the number of a frame.
    pub(super) frame: bool,
    pub(super) end: usize,
}

impl Time {
    /// Whether it says neither its unit nor that it is a frame.
    pub(super) fn is_bare(&self) -> bool {
        self.unit.is_none() && !self.frame
    }
}

/// When a frame starts, in milliseconds, rounded half up.
pub(super) fn fps_millis(fps: FrameRate, frame: u64) -> u64 {
    let (num, den) = (u128::from(fps.num()), u128::from(fps.den()));
    u64::try_from((2 * 1000 * u128::from(frame) * den + num) / (2 * num))
        .map_or(LATEST, |millis| millis.min(LATEST))
}

pub(super) fn millis(time: Time, unit: u64) -> u64 {
    let all = u128::from(time.micros) * u128::from(unit);
    u64::try_from((all + MICROS as u128 / 2) / MICROS as u128).map_or(LATEST, |millis| millis.min(LATEST))
}

/// The time at `at`, which the word "frame" or "第" may lead.
pub(super) fn next_time(tokens: &Tokens, at: usize) -> Option<Time> {
    let text = tokens.text(at);
    if FRAMES.contains(&text) || text == "第" {
        let mut found = time(tokens, at + 1)?;
        found.frame |= FRAMES.contains(&text);
        return Some(found);
    }
    let mut found = time(tokens, at)?;
    found.frame |= at > 0 && FRAMES.contains(&tokens.text(at - 1));
    Some(found)
}

/// The time that begins at `at`.
pub(super) fn time(tokens: &Tokens, at: usize) -> Option<Time> {
    if tokens.kind(at) != Kind::Word {
        return None;
    }
    if let Some(found) = clock(tokens, at) {
        return Some(found);
    }
    let mut total: Option<(u64, u64)> = None;
    let mut end = at;
    while let Some(part) = measured(tokens, end).or_else(|| glued(tokens, end)) {
        // A smaller unit goes on: "1 min 5 s"; anything else is another time.
        let Some(unit) = part.unit else {
            if total.is_none() {
                return Some(part);
            }
            break;
        };
        let (sum, smallest) = total.unwrap_or((0, u64::MAX));
        if unit >= smallest {
            break;
        }
        total = Some((sum.saturating_add(millis(part, unit)), unit));
        end = part.end;
        let next = past_joint(tokens, end);
        if next > end && measured(tokens, next).is_some_and(|next| next.unit.is_some_and(|next| next < unit))
        {
            end = next;
        }
    }
    let (sum, smallest) = total?;
    Some(Time {
        micros: sum.saturating_mul(MICROS as u64),
        unit: Some(1),
        written: Some(smallest),
        frame: false,
        end,
    })
}

/// The token after what may stand between a unit and a smaller one: "1 minute, 5 seconds", "1 minute, and 5 seconds".
fn past_joint(tokens: &Tokens, at: usize) -> usize {
    let past = at + usize::from(tokens.text(at) == ",");
    past + usize::from(tokens.text(past) == "and")
}

/// The millionths of a second that a comma and three digits, without a space, write at `at`: "00:01:12,040".
fn after_comma(tokens: &Tokens, at: usize) -> Option<u64> {
    let digits = tokens.text(at + 1);
    let is_tight = !tokens.is_spaced(at) && !tokens.is_spaced(at + 1);
    let is_clock = tokens.text(at + 2) == ":" && !tokens.is_spaced(at + 2);
    let is_written = tokens.text(at) == "," && is_tight && digits.len() == 3 && !is_clock;
    digits.parse::<u64>().ok().filter(|_| is_written).map(|millis| millis * 1000)
}

/// "1:02:03.5", "0:12", "00:01:12,040".
fn clock(tokens: &Tokens, at: usize) -> Option<Time> {
    let colon = |at: usize| tokens.text(at) == ":" && !tokens.is_spaced(at) && !tokens.is_spaced(at + 1);
    let part = |at: usize| {
        let text = tokens.text(at);
        let text = text.strip_suffix('s').unwrap_or(text);
        let whole = text.split('.').next().unwrap_or_default();
        if (1..=3).contains(&whole.len()) {
            decimal(text).and_then(|micros| u64::try_from(micros).ok())
        } else {
            None
        }
    };
    let first = part(at).filter(|_| colon(at + 1))?;
    let second = part(at + 2)?;
    let mut end = at + 3;
    let mut micros = first * 60 + second;
    if colon(end)
        && let Some(third) = part(end + 1)
    {
        micros = micros * 60 + third;
        end += 2;
    }
    if let Some(part) = after_comma(tokens, end).filter(|_| micros % MICROS as u64 == 0) {
        micros += part;
        end += 2;
    }
    if let Some((_, _)) = unit(tokens, end) {
        end += 1;
    }
    Some(Time { micros, unit: Some(1000), written: Some(1000), frame: false, end })
}

/// The unit at `at`, and the position after it.
fn unit(tokens: &Tokens, at: usize) -> Option<(u64, usize)> {
    let pair = (tokens.text(at), tokens.text(at + 1));
    if let Some((_, _, millis)) = LONG_UNITS.iter().find(|(first, second, _)| (*first, *second) == pair) {
        return Some((*millis, at + 2));
    }
    UNITS.iter().find(|(name, _)| *name == pair.0).map(|(_, millis)| (*millis, at + 1))
}

/// "12.4", "12 seconds", "twelve seconds", "310 frames".
fn measured(tokens: &Tokens, at: usize) -> Option<Time> {
    let found = numeral(tokens, at, Thousands::Apart)?;
    let micros = u64::try_from(found.micros).ok()?;
    let next =
        if tokens.text(found.end) == "-" && !tokens.is_spaced(found.end) { found.end + 1 } else { found.end };
    if let Some((unit, end)) = unit(tokens, next) {
        return Some(Time { micros, unit: Some(unit), written: Some(unit), frame: false, end });
    }
    let frame = FRAMES.contains(&tokens.text(found.end));
    let end = found.end + usize::from(frame);
    let is_digits = tokens.text(at).bytes().any(|byte| byte.is_ascii_digit());
    (is_digits || frame).then_some(Time { micros, unit: None, written: None, frame, end })
}

/// "12.4s", "1m5s", "1h2m3s" in one word.
fn glued(tokens: &Tokens, at: usize) -> Option<Time> {
    let mut rest = tokens.text(at);
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut total = 0;
    let mut smallest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (name, next) = tail.split_at(letters);
        let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == name).filter(|(_, unit)| *unit < smallest)?;
        let micros = u64::try_from(decimal(number)?).ok()?;
        total += millis(Time { micros, unit: None, written: None, frame: false, end: at }, *unit);
        smallest = *unit;
        rest = next;
    }
    // In milliseconds, but a smaller unit than the last may go on.
    Some(Time {
        micros: total.saturating_mul(MICROS as u64) / smallest,
        unit: Some(smallest),
        written: Some(smallest),
        frame: false,
        end: at + 1,
    })
}
