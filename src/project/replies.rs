//! What a reply reads as, and whether it is right: by the rules that scores are made with.
//!
//! In: what was asked, or a row, and a reply. Out: the answer in its canonical text with the reason, or why there is none; a grade.

use serde::Serialize;

use crate::answers::kind::{self, Value};
use crate::answers::{self, Rule};
use crate::dataset::Row;
use crate::letter;
use crate::question::AnswerKind;
use crate::score::asked;
use crate::time::FrameRate;

/// What was asked, as far as reading a reply needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What kind of answer is wanted.
    pub kind: AnswerKind,
    /// The options as they were shown; of a choice alone.
    pub options: Vec<String>,
    /// Labels that may be named, each with its aliases, the label first.
    pub vocabulary: Vec<Vec<String>>,
    /// Frames of the video, where replies may name frames for times.
    pub num_frames: u64,
    /// Its frame rate.
    pub fps: FrameRate,
}

/// What a reply reads as.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reply {
    /// The answer in its canonical text: of a choice, the text of the option; nothing where none can be read.
    pub answer: Option<String>,
    /// Of a choice, the letter of the option.
    pub letter: Option<String>,
    /// What in the reply gave the answer, or why none can be read: the words of `scores.json`.
    pub reason: &'static str,
    /// Whether it is right, where that is known; a reply that cannot be read is not.
    pub correct: Option<bool>,
    /// How much of it is right, from 0 to 1, where that is known.
    pub credit: Option<f64>,
}

/// Reads what `reply` answers. The rule is of letters alone: other answers have one.
pub fn extract(ask: &Ask, reply: &str, rule: Rule) -> Reply {
    let asked = kind::Asked {
        kind: ask.kind,
        options: &ask.options,
        vocabulary: &ask.vocabulary,
        num_frames: ask.num_frames,
        fps: ask.fps,
    };
    read(&asked, reply, rule).0
}

/// Reads a reply to a row, and grades it. A reply by itself: that the other tries of its question are right too is for scores to say.
pub fn grade(row: &Row, reply: &str, rule: Rule) -> Reply {
    let asked = asked(row);
    let (reply, value) = read(&asked, reply, rule);
    let truth = kind::truth(&asked, &row.answer).ok();
    let grade = value.zip(truth).map(|(given, truth)| kind::grade(&given, &truth));
    let credit = grade.map_or(0.0, |grade| grade.credit);
    Reply { correct: Some(grade.is_some_and(kind::Grade::is_correct)), credit: Some(credit), ..reply }
}

fn read(asked: &kind::Asked<'_>, reply: &str, rule: Rule) -> (Reply, Option<Value>) {
    let (value, reason) = if asked.kind == AnswerKind::Choice {
        let extracted = answers::extract(reply, asked.options, rule);
        (extracted.option().map(Value::Option), extracted.reason())
    } else {
        let reading = kind::read(asked, reply);
        let reason = reading.reason();
        (reading.value(), reason)
    };
    let letter = match value {
        Some(Value::Option(option)) => Some(letter::mark(option)),
        _ => None,
    };
    let answer = value.as_ref().map(|value| kind::text(asked, value));
    (Reply { answer, letter, reason, correct: None, credit: None }, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: AnswerKind) -> Ask {
        let options = if kind == AnswerKind::Choice {
            ["apple", "pear"].map(str::to_owned).to_vec()
        } else {
            Vec::new()
        };
        let vocabulary = [["red"], ["blue"]].map(|label| label.map(str::to_owned).to_vec()).to_vec();
        Ask { kind, options, vocabulary, num_frames: 250, fps: FrameRate::new(25, 1).unwrap() }
    }

    #[test]
    fn every_kind_of_answer_is_read_to_its_canonical_text() {
        for (kind, reply, answer) in [
            (AnswerKind::Choice, "The answer is (B).", "pear"),
            (AnswerKind::Number, "I count four of them.", "4"),
            (AnswerKind::Label, "It was Blue", "blue"),
            (AnswerKind::Set, "blue and red", "red, blue"),
            (AnswerKind::List, "blue, then red", "blue, red"),
            (AnswerKind::Spans, "from 0:01 to 0:02.5", "1.00 - 2.50"),
        ] {
            let read = extract(&ask(kind), reply, Rule::Robust);
            assert_eq!(read.answer.as_deref(), Some(answer), "{read:?}");
            assert_eq!(read.letter.as_deref(), (kind == AnswerKind::Choice).then_some("B"));
            assert_eq!((read.correct, read.credit), (None, None));
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let read = extract(&ask(AnswerKind::Choice), "A or B", Rule::Robust);
        assert_eq!((read.answer, read.letter, read.reason), (None, None, "several"));
        // VNBench's rule takes the first letter.
        assert_eq!(extract(&ask(AnswerKind::Choice), "A or B", Rule::Official).letter.as_deref(), Some("A"));
        assert_eq!(extract(&ask(AnswerKind::Number), "", Rule::Robust).reason, "empty");
    }

    #[test]
    fn a_reply_to_a_row_is_graded_as_it_is_scored() {
        let options = ["apple", "pear"].map(str::to_owned).to_vec();
        let gt = || "pear".to_owned();
        let row = Row { options, gt: gt(), answer: gt(), gt_option: "B".to_owned(), ..Row::unstated() };
        let graded = |reply| grade(&row, reply, Rule::Robust);
        assert_eq!((graded("B").correct, graded("B").credit), (Some(true), Some(1.0)));
        assert_eq!((graded("A").correct, graded("A").credit), (Some(false), Some(0.0)));
        assert_eq!((graded("hm").correct, graded("hm").answer), (Some(false), None));
    }
}
