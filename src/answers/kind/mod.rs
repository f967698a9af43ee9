//! Kinds of answers: what each looks like as text, how a reply is read, how it is graded, and what is measured.
//!
//! In: what was asked, a reply, the right answer. Out: a value or why there is none, a grade, and the measures of a field. Each kind is
//! one file; adding one is adding a file, and the compiler names the places below that have to know it. All kinds are read by the
//! clause model of [`extract`](super::extract), so what takes an answer back or doubts it does so whatever the answer is.

mod choice;
mod label;
mod list;
mod matching;
#[cfg(test)]
mod measures_tests;
mod moment;
mod number;
mod places;
mod point;
mod point_axes;
mod point_tags;
mod point_text;
mod set;
mod span_text;
mod spans;
mod tags;
#[cfg(test)]
mod tests;
mod times;
mod value;

use std::collections::BTreeMap;

pub use crate::question::AnswerKind;
pub use spans::iou;
pub use value::{Asked, Decimal, Grade, Pair, Reading, TimeSpan, Value, Verdict, Why};

/// The value of a canonical text.
///
/// # Errors
///
/// A sentence that says what is wrong with the text.
pub fn truth(asked: &Asked, answer: &str) -> Result<Value, String> {
    match asked.kind {
        AnswerKind::Choice => choice::truth(asked, answer),
        AnswerKind::Number => number::truth(answer),
        AnswerKind::Label => label::truth(asked, answer),
        AnswerKind::Set => set::truth(asked, answer),
        AnswerKind::List => list::truth(asked, answer),
        AnswerKind::Spans => spans::truth(answer),
        AnswerKind::Point => point::truth(answer),
        AnswerKind::Moment => moment::truth(answer),
    }
}

/// The value of a canonical text that is given as an answer. That of points is a point, and what is right is a part of the picture; that of
/// moments is a time, and what is right is a span of them.
///
/// # Errors
///
/// A sentence that says what is wrong with the text.
pub fn given(asked: &Asked, answer: &str) -> Result<Value, String> {
    match asked.kind {
        AnswerKind::Point => point::given(answer),
        AnswerKind::Moment => moment::given(answer),
        _ => truth(asked, answer),
    }
}

/// The canonical text of a value.
pub fn text(asked: &Asked, value: &Value) -> String {
    match value {
        Value::Option(option) => asked.options.get(*option).cloned().unwrap_or_default(),
        Value::Number(number) => number.to_string(),
        Value::Label(label) => label::name(asked, *label).to_owned(),
        Value::Set(labels) => list::text(asked, labels.iter().copied()),
        Value::List(labels) => list::text(asked, labels.iter().copied()),
        Value::Spans(spans) => spans::text(spans),
        Value::Point(point) => point.to_string(),
        Value::Region(region) => region.to_string(),
        Value::Moment(millis) => moment::text(*millis),
        Value::Window(window) => moment::stated(*window),
    }
}

/// Reads what `reply` answers.
pub fn read(asked: &Asked, reply: &str) -> Reading {
    match asked.kind {
        AnswerKind::Choice => choice::read(asked, reply),
        AnswerKind::Number => number::read(reply),
        AnswerKind::Label => label::read(asked, reply),
        AnswerKind::Set => set::read(asked, reply),
        AnswerKind::List => list::read(asked, reply),
        AnswerKind::Spans => spans::read(asked, reply),
        AnswerKind::Point => point::read(reply),
        AnswerKind::Moment => moment::read(asked, reply),
    }
}

/// Grades an answer; values of different kinds are never alike.
pub fn grade(given: &Value, truth: &Value) -> Grade {
    match (given, truth) {
        (Value::Option(given), Value::Option(truth)) | (Value::Label(given), Value::Label(truth)) => {
            label::grade(*given, *truth)
        }
        (Value::Number(given), Value::Number(truth)) => number::grade(*given, *truth),
        (Value::Set(given), Value::Set(truth)) => set::grade(given, truth),
        (Value::List(given), Value::List(truth)) => list::grade(given, truth),
        (Value::Spans(given), Value::Spans(truth)) => spans::grade(given, truth),
        (Value::Point(given), Value::Region(truth)) => point::grade(*given, *truth),
        (Value::Moment(given), Value::Window(truth)) => moment::grade(*given, *truth),
        _ => Grade::WRONG,
    }
}

/// The measure that stands for a type of this kind: a share from 0 to 1.
pub fn main_measure(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Choice => "circular",
        AnswerKind::Spans => "mIoU",
        AnswerKind::Number
        | AnswerKind::Label
        | AnswerKind::Set
        | AnswerKind::List
        | AnswerKind::Point
        | AnswerKind::Moment => "exact",
    }
}

/// The field's measures over `pairs`, by name.
///
/// A reply that is missing or unreadable counts as wrong, except where a measure is an
/// error in units: that is of the `read` replies alone, and is left out where there are none. `choice` has `exact`, the share of tries;
/// what is made of circular tries is the scorer's.
pub fn measures(kind: AnswerKind, pairs: &[Pair]) -> BTreeMap<String, f64> {
    let measures = match kind {
        AnswerKind::Choice | AnswerKind::Label => label::measures(pairs),
        AnswerKind::Number => number::measures(pairs),
        AnswerKind::Set => set::measures(pairs),
        AnswerKind::List => list::measures(pairs),
        AnswerKind::Spans => return spans::measures(pairs),
        AnswerKind::Point => point::measures(pairs),
        AnswerKind::Moment => moment::measures(pairs),
    };
    measures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
