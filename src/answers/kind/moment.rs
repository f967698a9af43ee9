//! An answer that is a moment: the time at which something is there, or that it never is.
//!
//! In: a reply. Out: the one time that it names, or never; its grade by the times that are right; and who spoke up when.
//!
//! Right is a time from the first frame that shows the thing to [`DELAY_MILLIS`](crate::question::DELAY_MILLIS) after the last, or never
//! where it is not shown. A reply that names two times names none: whoever says both cannot be wrong.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::places::Places;
use super::span_text::{COUNTED, LENGTHS};
use super::spans::{millis_of, seconds, span_of, stated as span_text, without_tags};
use super::times::{FRAMES, Time, fps_millis, millis, next_time};
use super::value::{Asked, Grade, Pair, Reading, TimeSpan, Value, Why, mean};
use crate::answers::extract::{
    Clue, Hit, HowMany, Kind, MICROS, Mentions, Tokens, is_below_zero, never, read_values,
};
use crate::question::NEVER;
use crate::time::FrameRate;

/// Replies that say never, and nothing else.
const BARE: &[&str] = &[
    "never",
    "no",
    "none",
    "not shown",
    "n/a",
    "[]",
    "null",
    "没有",
    "无",
    "否",
    "从未",
    "没有出现",
    "从不",
];

pub(super) fn truth(answer: &str) -> Result<Value, String> {
    if answer == NEVER {
        return Ok(Value::Window(None));
    }
    span_of(answer).map(|window| Value::Window(Some(window))).ok_or_else(|| {
        format!(
            "answer `{answer}` is neither the times that are right, such as `12.40 - 16.40`, nor `{NEVER}`"
        )
    })
}

pub(super) fn given(answer: &str) -> Result<Value, String> {
    if answer == NEVER {
        return Ok(Value::Moment(None));
    }
    millis_of(answer).map(|millis| Value::Moment(Some(millis))).ok_or_else(|| {
        format!("answer `{answer}` is neither a time in seconds such as `12.40` nor `{NEVER}`")
    })
}

pub(super) fn text(moment: Option<u64>) -> String {
    moment.map_or_else(|| NEVER.to_owned(), seconds)
}

pub(super) fn stated(window: Option<TimeSpan>) -> String {
    window.map_or_else(|| NEVER.to_owned(), span_text)
}

pub(super) fn read(asked: &Asked, reply: &str) -> Reading {
    let bare = reply.trim().trim_end_matches(['.', '!', '。']).to_lowercase();
    if BARE.contains(&bare.as_str()) {
        return Reading::Value { value: Value::Moment(None), clue: Clue::Text };
    }
    let mut moments: Places<Option<u64>> = Places::new();
    let plain = without_tags(reply);
    let found = read_values(&plain, HowMany::One, &mut |tokens: &Tokens| {
        Cow::Owned(hits(tokens, asked.fps, &mut moments))
    });
    match found {
        Ok(found) => match found.values.first().and_then(|&place| moments.get(place)) {
            Some(moment) => Reading::Value { value: Value::Moment(moment), clue: found.clue },
            None => Reading::Unreadable(Why::NoAnswer),
        },
        Err(why) => Reading::Unreadable(Why::of_open(why)),
    }
}

/// What joins two times of one unit.
const JOINTS: &[&str] = &["-", "to", "~", "and", "or", "到", "至", "和", "或"];

/// Those of them that lead from one to the other.
const RANGES: &[&str] = &["-", "to", "~", "到", "至"];

/// A time that is mentioned.
struct Mentioned {
    at: usize,
    time: Time,
}

/// Where in `tokens` moments are mentioned; new ones join `moments`.
fn hits(tokens: &Tokens, fps: FrameRate, moments: &mut Places<Option<u64>>) -> Mentions {
    let mut hits = BTreeMap::new();
    let mut add = |at: usize, moment: Option<u64>, end: usize| {
        hits.insert(at, Hit { value: moments.of(moment), end });
    };
    let mut times: Vec<Mentioned> = Vec::new();
    let mut at = 0;
    // Where the time before ends, and whether it is none of a moment.
    let mut before = None;
    while at < tokens.len() {
        if let Some(end) = never(tokens, at) {
            add(at, None, end);
            at = end;
            continue;
        }
        let Some(time) = next_time(tokens, at).filter(|_| tokens.kind(at) == Kind::Word) else {
            at += 1;
            continue;
        };
        let last = times.last().map(|last| last.time.end);
        let is_none = is_no_time(tokens, at, time, before);
        if !is_beside(tokens, at, last) && !is_none {
            times.push(Mentioned { at, time });
        }
        before = Some(Before { end: time.end, is_none });
        at = time.end.max(at + 1);
    }
    // "Between 12 and 15 seconds" says two times: the unit of one is that of the other.
    for at in (1..times.len()).rev() {
        let (before, after) = (times[at - 1].time, times[at].time);
        if is_joined(tokens, before.end, times[at].at) && before.is_bare() {
            times[at - 1].time = Time { unit: after.written, frame: after.frame, ..before };
        }
    }
    // "10 s - 20" does, too; but "12 s and 3 others" does not.
    for at in 1..times.len() {
        let (before, after) = (times[at - 1].time, times[at].time);
        let is_range = RANGES.contains(&tokens.text(before.end));
        if is_range && is_joined(tokens, before.end, times[at].at) && after.is_bare() {
            times[at].time = Time { unit: before.written, frame: before.frame, ..after };
        }
    }
    // Beside times that say what they are, a bare number is something else.
    let is_plain = |mentioned: &Mentioned| mentioned.time.is_bare();
    let are_all_plain = times.iter().all(is_plain);
    for mentioned in times.iter().filter(|mentioned| are_all_plain || !is_plain(mentioned)) {
        let Mentioned { at, time } = *mentioned;
        let moment = if time.frame && time.unit.is_none() {
            fps_millis(fps, time.micros / MICROS as u64)
        } else {
            millis(time, time.unit.unwrap_or(1000))
        };
        add(at, Some(moment), time.end);
    }
    Mentions::of_hits(hits, moments.len(), false)
}

/// Whether a time says in brackets what the time before it says: "12.40 s (frame 310)".
fn is_beside(tokens: &Tokens, at: usize, last: Option<usize>) -> bool {
    at > 0 && tokens.text(at - 1) == "(" && last == Some(at - 1)
}

/// A time or a number before another one.
#[derive(Clone, Copy, Debug)]
struct Before {
    /// The token after it.
    end: usize,
    /// Whether it is a length or a count.
    is_none: bool,
}

/// Whether a word or a dash alone joins the time that ends at `end` to the one that begins at `at`.
fn is_joined(tokens: &Tokens, end: usize, at: usize) -> bool {
    end + 1 == at && JOINTS.contains(&tokens.text(end))
}

/// Whether a number is a length, a count, or less than nothing.
fn is_no_time(tokens: &Tokens, at: usize, time: Time, last: Option<Before>) -> bool {
    // "It lasts 3 - 4 seconds" says two lengths.
    if last.is_some_and(|last| last.is_none && is_joined(tokens, last.end, at)) {
        return true;
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |at| tokens.text(at));
    let is_length = LENGTHS.contains(&before(1)) && before(1) != "for"
        || LENGTHS.contains(&before(2)) && before(2) != "for";
    let is_count = time.unit.is_none() && !time.frame && COUNTED.contains(&tokens.text(time.end));
    let is_below = is_below_zero(tokens, at, last.map(|last| last.end));
    is_length || is_count || is_below || counts_frames(tokens, at, time)
}

/// Words before "310 frames" where that is a time, and words that may stand between.
const AT_FRAMES: &[&str] = &[
    "at", "after", "from", "to", "until", "till", "between", "around", "near", "and", "or", "answer", "time",
];
const ABOUT: &[&str] =
    &["about", "around", "approximately", "approx", "roughly", "is", "was", "be", "~", "*"];
/// Characters before "750帧" where that is a number of frames.
const ALL_FRAMES: &[&str] = &["共", "有", "总", "计", "长", "约", "是", "为"];

/// Whether the frames at `at` are so many, and not the one at which something is: "the video has 750 frames".
fn counts_frames(tokens: &Tokens, at: usize, time: Time) -> bool {
    let word = tokens.text(time.end.saturating_sub(1));
    let before = |at: usize| at.checked_sub(1).map_or("", |at| tokens.text(at));
    if !time.frame || FRAMES.contains(&tokens.text(at)) || !FRAMES.contains(&word) {
        return false;
    }
    if word == "帧" {
        return ALL_FRAMES.contains(&before(at));
    }
    let lead = (0..at).rev().take(4).find(|&at| !ABOUT.contains(&tokens.text(at)));
    let leads = |lead: usize| tokens.kind(lead) != Kind::Word || AT_FRAMES.contains(&tokens.text(lead));
    LENGTHS.contains(&tokens.text(time.end)) || !lead.is_none_or(leads)
}

/// Right within the times that are right, or never where there are none; credit alike.
pub(super) fn grade(given: Option<u64>, truth: Option<TimeSpan>) -> Grade {
    let is_right = Outcome::of(given, truth).is_right();
    Grade::new(is_right, f64::from(u8::from(is_right)))
}

/// What an answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// A time that is right.
    Hit,
    /// A time before the thing appears.
    Early,
    /// A time too long after it was there.
    Late,
    /// Never, of a thing that appears.
    Miss,
    /// A time, of a thing that never appears.
    FalseAlarm,
    /// Never, of a thing that never appears.
    Quiet,
}

impl Outcome {
    fn of(given: Option<u64>, truth: Option<TimeSpan>) -> Self {
        match (given, truth) {
            (Some(time), Some(window)) if time < window.start() => Self::Early,
            (Some(time), Some(window)) if time > window.end() => Self::Late,
            (Some(_), Some(_)) => Self::Hit,
            (None, Some(_)) => Self::Miss,
            (Some(_), None) => Self::FalseAlarm,
            (None, None) => Self::Quiet,
        }
    }

    fn is_right(self) -> bool {
        matches!(self, Self::Hit | Self::Quiet)
    }
}

/// Shares of what appears: `hit`, `early`, `late`, `miss`; of what never does: `false_alarm`. Replies that cannot be read are in none of
/// them. `delay`: seconds from the first frame to the reply, over the hits.
pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<&'static str, f64> {
    let windows = || {
        pairs.iter().filter_map(|pair| match (&pair.given, &pair.truth) {
            (Some(Value::Moment(given)), Value::Window(truth)) => Some((*given, *truth)),
            _ => None,
        })
    };
    let shown = pairs.iter().filter(|pair| matches!(pair.truth, Value::Window(Some(_)))).count();
    let absent = pairs.len() - shown;
    let count = |outcome: Outcome| {
        windows().filter(|(given, truth)| Outcome::of(*given, *truth) == outcome).count() as f64
    };
    let right = windows().filter(|(given, truth)| Outcome::of(*given, *truth).is_right()).count();
    let mut measures = BTreeMap::from([
        ("exact", mean(std::iter::once(right as f64), pairs.len())),
        ("read", windows().count() as f64),
    ]);
    if shown > 0 {
        for (name, outcome) in [
            ("hit", Outcome::Hit),
            ("early", Outcome::Early),
            ("late", Outcome::Late),
            ("miss", Outcome::Miss),
        ] {
            measures.insert(name, count(outcome) / shown as f64);
        }
    }
    if absent > 0 {
        measures.insert("false_alarm", count(Outcome::FalseAlarm) / absent as f64);
    }
    let delays: Vec<f64> = windows()
        .filter(|(given, truth)| Outcome::of(*given, *truth) == Outcome::Hit)
        .filter_map(|(given, truth)| Some((given? - truth?.start()) as f64 / 1000.0))
        .collect();
    if !delays.is_empty() {
        measures.insert("delay", mean(delays.iter().copied(), delays.len()));
    }
    measures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(given: Option<u64>, truth: &str) -> Pair {
        Pair { given: Some(Value::Moment(given)), truth: self::truth(truth).unwrap() }
    }

    fn unreadable(truth: &str) -> Pair {
        Pair { given: None, truth: self::truth(truth).unwrap() }
    }

    #[test]
    fn a_time_is_right_from_the_first_frame_to_the_end_of_the_delay() {
        let window = TimeSpan::from_millis(12_400, 16_400);
        for (given, outcome) in [
            (Some(12_399), Outcome::Early),
            (Some(12_400), Outcome::Hit),
            (Some(16_400), Outcome::Hit),
            (Some(16_401), Outcome::Late),
            (None, Outcome::Miss),
        ] {
            assert_eq!(Outcome::of(given, window), outcome, "{given:?}");
            assert_eq!(grade(given, window).is_correct(), outcome == Outcome::Hit);
        }
        assert!(grade(None, None).is_correct() && !grade(Some(0), None).is_correct());
        assert_eq!(truth("never"), Ok(Value::Window(None)));
        assert_eq!(given("never"), Ok(Value::Moment(None)));
        assert!(truth("12.40").is_err() && truth("12.4 - 13.4").is_err() && given("12.4").is_err());
    }

    #[test]
    fn measures_by_hand() {
        let window = "10.00 - 14.00";
        let pairs = [
            said(Some(10_500), window),
            said(Some(13_000), window),
            said(Some(9_000), window),
            said(Some(15_000), window),
            said(None, window),
            unreadable(window),
            said(None, "never"),
            said(Some(3_000), "never"),
            unreadable("never"),
            said(None, "never"),
        ];
        let wanted = [
            ("delay", 1.75),
            ("early", 1.0 / 6.0),
            ("exact", 0.4),
            ("false_alarm", 0.25),
            ("hit", 2.0 / 6.0),
            ("late", 1.0 / 6.0),
            ("miss", 1.0 / 6.0),
            ("read", 8.0),
        ];
        let found: Vec<(&str, f64)> = measures(&pairs).into_iter().collect();
        for ((name, value), (wanted_name, wanted)) in found.iter().zip(wanted) {
            assert!(*name == wanted_name && (value - wanted).abs() < 1e-12, "{name} {value} {wanted}");
        }
        assert_eq!(found.len(), wanted.len());
    }
}
