//! An answer that is one or several spans of time.
//!
//! In: a reply. Out: spans in milliseconds, their grade, and the measures of temporal grounding.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::matching::assign;
use super::places::Places;
use super::span_text::hits;
use super::tags::{Tag, replaced};
use super::value::{Asked, Grade, Pair, Reading, TimeSpan, Value, Why, mean};
use crate::answers::extract::{Clue, HowMany, Tokens, decimal, read_values};
use crate::question::NO_SPANS;
use crate::question::span_law::{RECALL_AT, Share};

/// The overlap from which an answer is right.
const RIGHT: Share = Share { num: 1, den: 2 };
/// Tags around times, and what they read as.
const TAGS: &[(&str, &str)] = &[
    ("time", " "),
    ("timestamp", " "),
    ("timestamps", " "),
    ("span", " "),
    ("segment", " "),
    ("seconds", " "),
    ("start", " start "),
    ("end", " end "),
    ("start_time", " start "),
    ("end_time", " end "),
    ("t", " "),
];

/// Spans in order of time, none twice.
fn ordered(mut spans: Vec<TimeSpan>) -> Vec<TimeSpan> {
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Milliseconds of seconds as answers state them: with two or three decimals.
pub(super) fn millis_of(text: &str) -> Option<u64> {
    let (_, decimals) = text.split_once('.')?;
    (2..=3).contains(&decimals.len()).then_some(())?;
    u64::try_from(decimal(text)? / 1000).ok()
}

/// A span as answers state it: `12.40 - 15.00`.
pub(super) fn span_of(text: &str) -> Option<TimeSpan> {
    let (start, end) = text.split_once(" - ")?;
    TimeSpan::from_millis(millis_of(start)?, millis_of(end)?).filter(|span| span.length() > 0)
}

/// Seconds as answers state them.
pub(super) fn seconds(millis: u64) -> String {
    match millis % 10 {
        0 => format!("{}.{:02}", millis / 1000, millis % 1000 / 10),
        _ => format!("{}.{:03}", millis / 1000, millis % 1000),
    }
}

pub(super) fn truth(answer: &str) -> Result<Value, String> {
    let spans: Option<Vec<TimeSpan>> =
        if answer == NO_SPANS { Some(Vec::new()) } else { answer.split(", ").map(span_of).collect() };
    let spans = spans.ok_or_else(|| {
        format!(
            "answer `{answer}` is not a span of seconds such as `12.40 - 15.00`, or several joined by `, `"
        )
    })?;
    if ordered(spans.clone()) != spans {
        return Err(format!("the spans of answer `{answer}` are not in order of time"));
    }
    Ok(Value::Spans(spans))
}

/// A span as answers state it.
pub(super) fn stated(span: TimeSpan) -> String {
    format!("{} - {}", seconds(span.start()), seconds(span.end()))
}

pub(super) fn text(spans: &[TimeSpan]) -> String {
    if spans.is_empty() {
        return NO_SPANS.to_owned();
    }
    spans.iter().map(|span| stated(*span)).collect::<Vec<_>>().join(", ")
}

pub(super) fn read(asked: &Asked, reply: &str) -> Reading {
    if matches!(reply.trim().trim_end_matches('.').to_lowercase().as_str(), NO_SPANS | "[]" | "没有") {
        return Reading::Value { value: Value::Spans(Vec::new()), clue: Clue::Text };
    }
    // Nothing stands for a span that ends before it starts.
    let mut spans: Places<Option<TimeSpan>> = Places::new();
    let plain = without_tags(reply);
    let found = read_values(&plain, HowMany::Spans, &mut |tokens: &Tokens| {
        Cow::Owned(hits(tokens, asked.fps, &mut spans))
    });
    match found {
        Ok(found) => {
            let read: Option<Vec<TimeSpan>> =
                found.values.iter().map(|&place| spans.get(place).flatten()).collect();
            match read {
                Some(read) => Reading::Value { value: Value::Spans(ordered(read)), clue: found.clue },
                None => Reading::Unreadable(Why::EndBeforeStart),
            }
        }
        Err(why) => Reading::Unreadable(Why::of_open(why)),
    }
}

/// `reply` without tags around times.
pub(super) fn without_tags(reply: &str) -> Cow<'_, str> {
    replaced(reply, |tail| {
        let (name, closes) = tail.strip_prefix('/').map_or((tail, false), |name| (name, true));
        let (tag, read) = TAGS.iter().find(|(tag, _)| {
            name.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag))
                && name[tag.len()..].starts_with('>')
        })?;
        let length = usize::from(closes) + tag.len() + 1;
        Some(Tag { text: Cow::Borrowed(if closes { " " } else { *read }), length })
    })
}

/// Spans that do not touch, of the same times.
fn union(spans: &[TimeSpan]) -> Vec<TimeSpan> {
    let mut out: Vec<TimeSpan> = Vec::new();
    for span in ordered(spans.to_vec()) {
        match out.last_mut() {
            Some(last) if span.start() <= last.end() => {
                let end = last.end().max(span.end());
                *last = TimeSpan::from_millis(last.start(), end).unwrap_or(*last);
            }
            _ => out.push(span),
        }
    }
    out
}

/// Milliseconds that two answers share, and that either covers.
struct Overlap {
    both: u64,
    either: u64,
}

fn overlap(one: &[TimeSpan], other: &[TimeSpan]) -> Overlap {
    let (one, other) = (union(one), union(other));
    let total = |spans: &[TimeSpan]| spans.iter().map(|span| span.length()).sum::<u64>();
    let (mut both, mut left, mut right) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        let (a, b) = (one[left], other[right]);
        both += a.end().min(b.end()).saturating_sub(a.start().max(b.start()));
        if a.end() <= b.end() {
            left += 1;
        } else {
            right += 1;
        }
    }
    Overlap { both, either: total(&one) + total(&other) - both }
}

/// The time that both answers cover, over the time that either covers; 1 of two that are the same, 0 where neither has a length.
pub fn iou(one: &[TimeSpan], other: &[TimeSpan]) -> f64 {
    let overlap = overlap(one, other);
    match overlap.either {
        0 => f64::from(u8::from(one == other)),
        either => overlap.both as f64 / either as f64,
    }
}

/// Whether two answers overlap by this share, exactly.
fn reaches(one: &[TimeSpan], other: &[TimeSpan], least: Share) -> bool {
    let overlap = overlap(one, other);
    match overlap.either {
        0 => one == other,
        either => u128::from(overlap.both) * least.den as u128 >= u128::from(either) * least.num as u128,
    }
}

/// Right from an overlap of half, and credit by the overlap.
pub(super) fn grade(given: &[TimeSpan], truth: &[TimeSpan]) -> Grade {
    Grade::new(reaches(given, truth, RIGHT), iou(given, truth))
}

/// Pairs of spans in the assignment whose overlaps add up to the most.
fn matched(given: &[TimeSpan], truth: &[TimeSpan]) -> Vec<(TimeSpan, TimeSpan)> {
    let (rows, columns) = if given.len() <= truth.len() { (given, truth) } else { (truth, given) };
    let fits: Vec<Vec<f64>> =
        rows.iter().map(|row| columns.iter().map(|column| iou(&[*row], &[*column])).collect()).collect();
    assign(&fits).into_iter().zip(rows).map(|(column, row)| (*row, columns[column])).collect()
}

/// F1 of matched pairs that reach an overlap: twice their number over the number of spans in both answers.
fn f1(pairs: &[(TimeSpan, TimeSpan)], spans: usize, least: Share) -> f64 {
    if spans == 0 {
        return 1.0;
    }
    let hits = pairs.iter().filter(|(one, other)| reaches(&[*one], &[*other], least)).count();
    2.0 * hits as f64 / spans as f64
}

pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<String, f64> {
    let read: Vec<(&[TimeSpan], &[TimeSpan])> = pairs
        .iter()
        .filter_map(|pair| match (&pair.given, &pair.truth) {
            (Some(Value::Spans(given)), Value::Spans(truth)) => Some((given.as_slice(), truth.as_slice())),
            _ => None,
        })
        .collect();
    let count = pairs.len();
    let share = |is: bool| f64::from(u8::from(is));
    let mut measures = BTreeMap::from([
        ("mIoU".to_owned(), mean(read.iter().map(|(given, truth)| iou(given, truth)), count)),
        ("exact".to_owned(), mean(read.iter().map(|(given, truth)| share(given == truth)), count)),
        ("read".to_owned(), read.len() as f64),
    ]);
    for at in RECALL_AT {
        let recall = read.iter().map(|(given, truth)| share(reaches(given, truth, at)));
        measures.insert(format!("R@{at}"), mean(recall, count));
    }
    let several = |pair: &Pair| matches!(&pair.truth, Value::Spans(truth) if truth.len() != 1);
    if pairs.iter().any(several) {
        let same = read.iter().map(|(given, truth)| share(given.len() == truth.len()));
        measures.insert("span_count".to_owned(), mean(same, count));
        let matches: Vec<(Vec<(TimeSpan, TimeSpan)>, usize)> =
            read.iter().map(|(given, truth)| (matched(given, truth), given.len() + truth.len())).collect();
        for at in RECALL_AT {
            let f1s = matches.iter().map(|(pairs, spans)| f1(pairs, *spans, at));
            measures.insert(format!("F1@{at}"), mean(f1s, count));
        }
    }
    let single: Vec<(TimeSpan, TimeSpan)> = read
        .iter()
        .filter_map(|(given, truth)| match (given, truth) {
            ([given], [truth]) => Some((*given, *truth)),
            _ => None,
        })
        .collect();
    if !single.is_empty() {
        let secs = |millis: u64| millis as f64 / 1000.0;
        let bias = |of: fn(TimeSpan) -> u64| {
            mean(single.iter().map(|(given, truth)| secs(of(*given)) - secs(of(*truth))), single.len())
        };
        measures.insert("bias_start".to_owned(), bias(TimeSpan::start));
        measures.insert("bias_end".to_owned(), bias(TimeSpan::end));
        measures.insert("bias_length".to_owned(), bias(TimeSpan::length));
    }
    measures
}
