//! Spans of time as replies write them: "12.4 - 15.0 s", "from 0:12 to 0:15", "starts at 1 min 5 s and ends at 1:20", `[12.4, 15]`.
//!
//! In: tokens. Out: where spans are mentioned, and the spans.

use std::collections::BTreeMap;

use super::places::Places;
use super::times::{FRAMES, Time, fps_millis, millis, next_time, time};
use super::value::TimeSpan;
use crate::answers::extract::{Hit, Kind, MICROS, Mentions, Tokens};
use crate::time::FrameRate;

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
pub(super) const LENGTHS: &[&str] =
    &["lasts", "lasting", "lasted", "duration", "for", "lengths", "long", "续", "长"];
/// Words after two numbers that count things.
pub(super) const COUNTED: &[&str] =
    &["times", "people", "cars", "objects", "items", "words", "%", "percent", "fps", "次", "个"];
/// Tokens looked at for the time at which a span ends.
const REACH: usize = 14;
const NEAR: usize = 8;

/// Where in `tokens` spans are mentioned; new ones join `spans`, nothing where the end is before the start.
pub(super) fn hits(tokens: &Tokens, fps: FrameRate, spans: &mut Places<Option<TimeSpan>>) -> Mentions {
    let mut hits = BTreeMap::new();
    let mut at = 0;
    // Where the span before ends.
    let mut after = None;
    while at < tokens.len() {
        let Some((span, end)) = span_at(tokens, at, fps) else {
            // Past a time that is no part of a span.
            at = time(tokens, at).map_or(at + 1, |time| time.end.max(at + 1));
            continue;
        };
        // "12.4 - 15.0 s (frames 310 - 374)" says the same again.
        if at > 0 && tokens.text(at - 1) == "(" && after == Some(at - 1) {
            at = end;
            continue;
        }
        after = Some(end);
        hits.insert(at, Hit { value: spans.of(span), end });
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
    let last = joined(tokens, first.end, Opening { starts, listed, and })?;
    if COUNTED.contains(&tokens.text(last.end)) {
        return None;
    }
    // The last frame is part of the span.
    let (start, end) = (end_millis(first, last, fps, 0), end_millis(last, first, fps, 1));
    Some((TimeSpan::from_millis(start, end), last.end))
}

/// Milliseconds of one end of a span. It has its own unit, or is of a frame, of which `more` are counted; a bare number shares what the
/// `other` end is.
fn end_millis(own: Time, other: Time, fps: FrameRate, more: u64) -> u64 {
    match own.unit {
        Some(unit) => millis(own, unit),
        None if own.frame || other.frame => fps_millis(fps, own.micros / MICROS as u64 + more),
        None => millis(own, other.written.unwrap_or(1000)),
    }
}

/// The token after what says in brackets what the time that ends at `end` says: "12.4 s (frame 310)".
fn past_brackets(tokens: &Tokens, end: usize) -> usize {
    let same = next_time(tokens, end + 1).filter(|_| tokens.text(end) == "(");
    same.filter(|same| tokens.text(same.end) == ")").map_or(end, |same| same.end + 1)
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

/// What stands before the first time of a span.
#[derive(Clone, Copy, Debug)]
struct Opening {
    /// A word that says that it starts there.
    starts: bool,
    /// A bracket: a comma leads to the end.
    listed: bool,
    /// "between": "and" leads to the end.
    and: bool,
}

/// The time that ends a span whose first time ends at `from`.
fn joined(tokens: &Tokens, from: usize, opening: Opening) -> Option<Time> {
    let Opening { starts, listed, and } = opening;
    let from = past_brackets(tokens, from);
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
        if !(starts || to || is_filler(tokens, at) || listed && text == "\n") {
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
