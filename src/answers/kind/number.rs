//! An answer that is a number.
//!
//! In: a reply. Out: the number, its grade, and the measures of counting.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::places::Places;
use super::value::{Decimal, Grade, Pair, Reading, Value, Why, mean};
use crate::answers::extract::{
    Clue, Hit, HowMany, Kind, MICROS, Mentions, Thousands, Tokens, counts, decimal, is_below_zero, numeral,
    read_values,
};

/// Marks and words between the ends of a range.
const RANGE: &[&str] = &["-", "to", "~", "至", "到"];
/// Words for 1 time and more.
const MULTIPLES: &[&str] = &["once", "twice", "thrice"];
/// All that a reply says that counts nothing.
const NOTHING: &[&str] = &["none", "nothing", "nil", "没有", "无"];
/// Steps of mean relative accuracy, and twice as many as thresholds below 1.
const STEPS: i64 = 20;
const THRESHOLDS: i64 = 10;

pub(super) fn truth(answer: &str) -> Result<Value, String> {
    decimal(answer)
        .map(Decimal::from_micros)
        .filter(|number| number.to_string() == answer)
        .map(Value::Number)
        .ok_or_else(|| format!("answer `{answer}` is not a number such as `4`"))
}

pub(super) fn read(reply: &str) -> Reading {
    let bare: String = reply.trim().trim_end_matches(['.', '!', '。']).to_lowercase();
    if NOTHING.contains(&bare.as_str()) {
        return Reading::Value { value: Value::Number(Decimal::from(0)), clue: Clue::Text };
    }
    // Nothing stands for a range, which names no number.
    let mut numbers: Places<Option<Decimal>> = Places::new();
    let found =
        read_values(reply, HowMany::One, &mut |tokens: &Tokens| Cow::Owned(hits(tokens, &mut numbers)));
    match found {
        Ok(found) => match found.values.first().and_then(|&value| numbers.get(value).flatten()) {
            Some(number) => Reading::Value { value: Value::Number(number), clue: found.clue },
            None => Reading::Unreadable(Why::Several),
        },
        Err(why) => Reading::Unreadable(Why::of_open(why)),
    }
}

/// The numbers of a text that measure nothing else.
fn hits(tokens: &Tokens, numbers: &mut Places<Option<Decimal>>) -> Mentions {
    let mut hits = BTreeMap::new();
    let words = tokens.words().len();
    let mut at = 0;
    // Where the number before ends.
    let mut after = None;
    while at < tokens.len() {
        let Some(found) = numeral(tokens, at, Thousands::Grouped) else {
            at += 1;
            continue;
        };
        let (number, end) = match range(tokens, found.end) {
            Some(end) => (None, end),
            None => (Some(Decimal::from_micros(found.micros)), found.end),
        };
        // The whole reply is a number and its unit.
        let whole = words <= end - at + 1;
        let is_below = is_below_zero(tokens, at, after);
        if !is_below && (whole || counts(tokens, at, end)) {
            hits.insert(at, Hit { value: numbers.of(number), end });
        }
        after = Some(end);
        at = end;
    }
    // "It appears twice": a number only where no other one is.
    let is_last = |at: usize| !matches!(tokens.kind(at + 1), Kind::Word);
    let multiple = |at: &usize| MULTIPLES.contains(&tokens.text(*at)) && is_last(*at);
    if hits.is_empty()
        && let Some(at) = (0..tokens.len()).find(multiple)
        && let Some(times) = MULTIPLES.iter().position(|word| *word == tokens.text(at))
    {
        let number = Some(Decimal::from_micros((times as i64 + 1) * MICROS));
        hits.insert(at, Hit { value: numbers.of(number), end: at + 1 });
    }
    Mentions::of_hits(hits, numbers.len(), true)
}

/// The end of a range whose first number ends at `end`.
fn range(tokens: &Tokens, end: usize) -> Option<usize> {
    let tight = tokens.text(end) != "-" || tokens.is_spaced(end) == tokens.is_spaced(end + 1);
    let second = numeral(tokens, end + 1, Thousands::Grouped).filter(|_| tight)?;
    (RANGE.contains(&tokens.text(end)) && counts(tokens, end + 1, second.end)).then_some(second.end)
}

/// Exact, and credit by mean relative accuracy.
pub(super) fn grade(given: Decimal, truth: Decimal) -> Grade {
    Grade::new(given == truth, relative_accuracy(given, truth))
}

/// The share of thresholds t in 0.50, 0.55, ..., 0.95 for which |given - truth| / truth <= 1 - t; of a truth of 0, whether it is
/// given.
fn relative_accuracy(given: Decimal, truth: Decimal) -> f64 {
    if truth.micros() == 0 {
        return f64::from(u8::from(given == truth));
    }
    let error = i128::from((given.micros() - truth.micros()).abs());
    let within = |step: &i64| error * i128::from(STEPS) <= i128::from(truth.micros()) * i128::from(*step);
    (1..=THRESHOLDS).filter(within).count() as f64 / THRESHOLDS as f64
}

pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<&'static str, f64> {
    let read: Vec<(Decimal, Decimal)> = pairs
        .iter()
        .filter_map(|pair| match (&pair.given, &pair.truth) {
            (Some(Value::Number(given)), Value::Number(truth)) => Some((*given, *truth)),
            _ => None,
        })
        .collect();
    let error = |(given, truth): &(Decimal, Decimal)| given.as_f64() - truth.as_f64();
    let share = |is: &dyn Fn(&(Decimal, Decimal)) -> f64| mean(read.iter().map(is), pairs.len());
    let mut measures = BTreeMap::from([
        ("exact", share(&|(given, truth)| f64::from(u8::from(given == truth)))),
        ("off_by_one", share(&|pair| f64::from(u8::from(error(pair).abs() <= 1.0)))),
        ("mra", share(&|(given, truth)| relative_accuracy(*given, *truth))),
        ("read", read.len() as f64),
    ]);
    if !read.is_empty() {
        measures.insert("mae", mean(read.iter().map(|pair| error(pair).abs()), read.len()));
        measures.insert("bias", mean(read.iter().map(error), read.len()));
    }
    measures
}
