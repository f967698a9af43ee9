//! The baseline that does not look.
//!
//! In: rows. Out: a guess for each, from what somebody knows who has read the documentation and not seen the video. Its share of
//! right answers is the chance that rows state, or less.

use crate::answers;
use crate::dataset::{Row, letter};
use crate::question::{self, AnswerKind, Point, QuestionKind};
use crate::seed::{Seed, Stream};

/// Points on each side of the picture.
const MILLIONTHS: u64 = 1_000_000;

/// Guesses: each row answered alone from a stream of its own.
pub fn blind(rows: &[Row], seed: Seed) -> Vec<answers::Answer> {
    rows.iter()
        .map(|row| super::answer(row, "blind", Some(guess(row, seed.stream(format!("blind/{}", row.id), 0)))))
        .collect()
}

/// A guess at a row.
pub(super) fn guess(row: &Row, mut stream: Stream) -> String {
    match row.answer_kind {
        AnswerKind::Choice => letter(stream.below(row.options.len().max(1) as u64) as usize),
        AnswerKind::Label => labels(row, 1, &mut stream),
        AnswerKind::Set | AnswerKind::List => labels(row, labels_named(row), &mut stream),
        AnswerKind::Number if row.question_kind == QuestionKind::Bounces => {
            let numbers = question::BOUNCES;
            numbers[stream.below(numbers.len() as u64) as usize].to_string()
        }
        AnswerKind::Number => {
            let (fewest, most) = number_range(row);
            stream.between(fewest, most).to_string()
        }
        AnswerKind::Spans => match row.span_law() {
            Some(law) => question::seconds_of(law.chance().span, row.fps()),
            // Whatever is asked for lies within the video.
            None => format!("0.00 - {}", question::seconds(row.num_frames, row.fps())),
        },
        // Half of what is asked about never comes, and no time is as likely.
        AnswerKind::Moment => question::NEVER.to_owned(),
        AnswerKind::Point => {
            let mut part = || stream.below(MILLIONTHS) as u32;
            Point { x: part(), y: part() }.to_string()
        }
    }
}

/// So many of the labels that may be named; what the question names is not the answer.
fn labels(row: &Row, number: usize, stream: &mut Stream) -> String {
    let names = row.vocabulary.iter().map(|names| names[0].as_str());
    let is_out = |name: &str| {
        !row.question_kind.answers_with_named() && row.query.things.iter().any(|thing| thing == name)
    };
    let known: Vec<&str> = names.filter(|name| !is_out(name)).collect();
    let chosen = stream.distinct(number.min(known.len()), known.len());
    chosen.into_iter().map(|at| known[at]).collect::<Vec<_>>().join(", ")
}

/// How many labels an answer names, which the question says: keys that it names, values of a key, or all that is shown.
fn labels_named(row: &Row) -> usize {
    match row.question_kind {
        QuestionKind::Key => row.answer.split(", ").count(),
        _ => number_range(row).1 as usize,
    }
}

/// Fewest and most needles that there may be, as the row states them.
fn number_range(row: &Row) -> (u64, u64) {
    let text = row.difficulty.count.as_str();
    let (fewest, most) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.parse().unwrap_or(1);
    let fewest = number(fewest);
    (fewest, number(most).max(fewest))
}
