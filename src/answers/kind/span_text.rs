//! Spans of time as replies write them: "12.4 - 15.0 s", "from 0:12 to 0:15", "starts at 1 min 5 s and ends at 1:20", `[12.4, 15]`.
//!
//! In: tokens. Out: where spans are mentioned, and the spans.

use std::collections::BTreeMap;

use super::value::TimeSpan;
use crate::answers::extract::{Hit, Kind, MICROS, Mentions, Thousands, Tokens, decimal, numeral};
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
const FRAMES: &[&str] = &["frame", "frames", "帧"];
/// Words before the first time of a span that may be part of it, and words that say that it starts there.
const FROM: &[&str] = &["from", "between", "从", "自", "在"];
const STARTS: &[&str] = &[
    "start",
    "starts",
    "starting",
    "started",
    "begin",
    "begins",
    "beginning",
    "began",
    "appears",
    "appear",
    "appeared",
    "onset",
    "starttime",
    "enters",
    "first",
    "visible",
    "shown",
    "开",
    "出",
    "起",
];
/// Words between the times of a span.
const TO: &[&str] = &["-", "to", "~", ">", "until", "till", "through", "thru", "到", "至"];
/// Words that say that it ends at the next time.
const ENDS: &[&str] = &[
    "end",
    "ends",
    "ending",
    "ended",
    "until",
    "till",
    "disappears",
    "disappear",
    "disappeared",
    "vanishes",
    "stops",
    "finishes",
    "leaves",
    "gone",
    "to",
    "through",
    "last",
    "endtime",
    "结",
    "消",
    "到",
    "至",
    "止",
];
/// Words around a time that change nothing.
const FILLERS: &[&str] = &[
    "at",
    "is",
    "on",
    "around",
    "about",
    "approximately",
    "roughly",
    "approx",
    "the",
    "time",
    "second",
    "seconds",
    "timestamp",
    "mark",
    "of",
    "in",
    "ca",
    "于",
    "大",
    "约",
    "第",
    "frame",
    "frames",
    "and",
    "为",
    "是",
    "在",
    "始",
    "现",
    "sec",
    "s",
    "video",
    "it",
    "its",
];
/// Marks around times.
const DRESS: &str = "*_`\"'$\\<>[](){}:=~,#|";
/// Words before a span that is a length.
const LENGTHS: &[&str] = &["lasts", "lasting", "lasted", "duration", "for", "lengths", "long", "持续", "长"];
/// Words after two numbers that count things.
const COUNTED: &[&str] =
    &["times", "people", "cars", "objects", "items", "words", "%", "percent", "fps", "次", "个"];
/// The latest time in milliseconds; what is later is as good as this.
const LATEST: u64 = 1 << 42;
/// Tokens looked at for the time at which a span ends.
const REACH: usize = 14;
const NEAR: usize = 8;

/// A time in a text.
#[derive(Clone, Copy, Debug)]
struct Time {
    /// In millionths of its unit.
    micros: u64,
    /// Milliseconds of the unit, where there is one.
    unit: Option<u64>,
    /// Milliseconds of the smallest unit that is written, which a bare number beside it shares.
    written: Option<u64>,
    /// Whether it is the number of a frame.
    frame: bool,
    end: usize,
}

/// Where in `tokens` spans are mentioned; new ones join `spans`, nothing where the end is before the start.
pub(super) fn hits(tokens: &Tokens, fps: FrameRate, spans: &mut Vec<Option<TimeSpan>>) -> Mentions {
    let mut known: BTreeMap<Option<TimeSpan>, usize> =
        spans.iter().enumerate().map(|(place, span)| (*span, place)).collect();
    let mut hits = BTreeMap::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((span, end)) = span_at(tokens, at, fps) else {
            // Past a time that is no part of a span.
            at = time(tokens, at).map_or(at + 1, |time| time.end.max(at + 1));
            continue;
        };
        let place = *known.entry(span).or_insert_with(|| {
            spans.push(span);
            spans.len() - 1
        });
        hits.insert(at, Hit { value: place, end });
        at = end;
    }
    Mentions::of_hits(hits, spans.len(), false)
}

/// The span that begins at `at`, and the position after it.
fn span_at(tokens: &Tokens, at: usize, fps: FrameRate) -> Option<(Option<TimeSpan>, usize)> {
    if tokens.kind(at) != Kind::Word {
        return None;
    }
    let word = tokens.text(at);
    let starts = STARTS.contains(&word);
    let leads = starts || FROM.contains(&word);
    let first = if leads || FRAMES.contains(&word) || word == "第" {
        let next = (at + 1..tokens.len()).take(NEAR).find(|&next| !is_filler(tokens, next))?;
        next_time(tokens, next)?
    } else {
        next_time(tokens, at)?
    };
    let before = at.checked_sub(1).map_or("", |before| tokens.text(before));
    if LENGTHS.contains(&before) {
        return None;
    }
    if COUNTED.contains(&tokens.text(first.end)) {
        return None;
    }
    let listed = is_bracketed(tokens, at);
    let and = leads && word != "from";
    let last = joined(tokens, first.end, starts, listed, and)?;
    if COUNTED.contains(&tokens.text(last.end)) {
        return None;
    }
    let frame = first.frame || last.frame;
    let (start, end) = if frame {
        let millis = |index: u64| fps_millis(fps, index);
        (millis(first.micros / MICROS as u64), millis(last.micros / MICROS as u64 + 1))
    } else {
        let unit = last.written.or(first.written).unwrap_or(1000);
        (millis(first, first.unit.unwrap_or(unit)), millis(last, last.unit.unwrap_or(unit)))
    };
    Some((TimeSpan::from_millis(start, end), last.end))
}

/// When a frame starts, in milliseconds, rounded half up.
fn fps_millis(fps: FrameRate, frame: u64) -> u64 {
    let (num, den) = (u128::from(fps.num()), u128::from(fps.den()));
    u64::try_from((2 * 1000 * u128::from(frame) * den + num) / (2 * num))
        .map_or(LATEST, |millis| millis.min(LATEST))
}

fn millis(time: Time, unit: u64) -> u64 {
    let all = u128::from(time.micros) * u128::from(unit);
    u64::try_from((all + MICROS as u128 / 2) / MICROS as u128).map_or(LATEST, |millis| millis.min(LATEST))
}

fn is_filler(tokens: &Tokens, at: usize) -> bool {
    let text = tokens.text(at);
    match tokens.kind(at) {
        Kind::Mark => text.chars().all(|c| DRESS.contains(c)),
        Kind::Word => FILLERS.contains(&text),
        Kind::Break => false,
    }
}

/// Whether an opening bracket, and nothing but quotes, stands before `at`.
fn is_bracketed(tokens: &Tokens, at: usize) -> bool {
    let before = (0..at).rev().take(4).map(|at| tokens.text(at));
    let mut before = before.skip_while(|text| matches!(*text, "\"" | "'" | "*" | "`" | "\n"));
    before.next().is_some_and(|text| matches!(text, "[" | "(" | "<" | "{"))
}

/// The time that ends a span whose first time ends at `from`.
fn joined(tokens: &Tokens, from: usize, starts: bool, listed: bool, and: bool) -> Option<Time> {
    let mut joins = false;
    let reach = if starts { REACH } else { NEAR };
    for at in from..tokens.len().min(from + reach) {
        let text = tokens.text(at);
        if tokens.kind(at) == Kind::Word
            && let Some(time) = next_time(tokens, at)
        {
            return joins.then_some(time);
        }
        let to = TO.contains(&text) && !(text == ">" && is_closing(tokens, at));
        joins |= to || listed && text == "," || and && text == "and" || ENDS.contains(&text) && starts;
        // "12秒开始，15秒结束".
        let chinese = matches!(text, "开" | "出") && matches!(tokens.text(at + 1), "始" | "现");
        if chinese && let Some(time) = ending(tokens, at + 2) {
            return Some(time);
        }
        if !starts && !to && !is_filler(tokens, at) && !(listed && text == "\n") {
            return None;
        }
    }
    None
}

/// Whether the `>` at `at` closes a `<`.
fn is_closing(tokens: &Tokens, at: usize) -> bool {
    (0..at).rev().take(4).any(|before| tokens.text(before) == "<")
}

/// A time after which words say that something ends there.
fn ending(tokens: &Tokens, from: usize) -> Option<Time> {
    let at = (from..tokens.len()).take(NEAR).find(|&at| next_time(tokens, at).is_some())?;
    let time = next_time(tokens, at)?;
    (time.end..tokens.len()).take(3).any(|at| matches!(tokens.text(at), "结" | "消")).then_some(time)
}

/// The time at `at`, which the word "frame" or "第" may lead.
fn next_time(tokens: &Tokens, at: usize) -> Option<Time> {
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
fn time(tokens: &Tokens, at: usize) -> Option<Time> {
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
        if tokens.text(end) == "and" && measured(tokens, end + 1).is_some_and(|next| next.unit < Some(unit)) {
            end += 1;
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

/// "1:02:03.5", "0:12".
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
    let frame = FRAMES.contains(&tokens.text(found.end)) && tokens.text(found.end) == "帧";
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
