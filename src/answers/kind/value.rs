//! What all kinds of answers share: what was asked, an answer's value, what a reply reads as, and a grade.
//!
//! In: nothing. Out: types.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answers::extract;
use crate::question::{AnswerKind, Point, Region};
use crate::time::FrameRate;

/// What was asked, as far as reading a reply needs it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What kind of answer is wanted.
    pub kind: AnswerKind,
    /// The options as they were shown; empty if the kind is not [`AnswerKind::Choice`].
    pub options: &'a [String],
    /// Labels, each with its aliases; the first of each is the canonical name.
    pub vocabulary: &'a [Vec<String>],
    /// Frames of the video.
    pub num_frames: u64,
    /// Its frame rate, by which frame numbers in replies are times.
    pub fps: FrameRate,
}

/// A number, exact to a millionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    micros: i64,
}

impl Decimal {
    /// `micros` millionths.
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// In millionths.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// For means.
    pub fn as_f64(self) -> f64 {
        self.micros as f64 / extract::MICROS as f64
    }
}

impl From<u32> for Decimal {
    fn from(whole: u32) -> Self {
        Self { micros: i64::from(whole) * extract::MICROS }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.micros / extract::MICROS, self.micros % extract::MICROS);
        if part == 0 {
            return write!(f, "{whole}");
        }
        let part = format!("{part:06}");
        write!(f, "{whole}.{}", part.trim_end_matches('0'))
    }
}

/// A span of time in whole milliseconds; its end is not before its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan {
    start: u64,
    end: u64,
}

impl TimeSpan {
    /// From `start` to `end` in milliseconds; `None` if the end is before the start.
    pub fn from_millis(start: u64, end: u64) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    /// Where it starts, in milliseconds.
    pub fn start(self) -> u64 {
        self.start
    }

    /// Where it ends, in milliseconds.
    pub fn end(self) -> u64 {
        self.end
    }

    /// Its length in milliseconds.
    pub fn length(self) -> u64 {
        self.end - self.start
    }
}

/// An answer's value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// The option, from 0.
    Option(usize),
    /// The number.
    Number(Decimal),
    /// The place of the label in the vocabulary.
    Label(usize),
    /// Places in the vocabulary; from its length on, things that it does not hold.
    Set(BTreeSet<usize>),
    /// The same in their order.
    List(Vec<usize>),
    /// Spans in order of time, none twice.
    Spans(Vec<TimeSpan>),
    /// A point of the picture, which a reply gives.
    Point(Point),
    /// The part of the picture in which a point has to lie: what is right.
    Region(Region),
    /// A time in milliseconds, which a reply gives; nothing where it says never.
    Moment(Option<u64>),
    /// The times that are right, or nothing where none is.
    Window(Option<TimeSpan>),
}

/// Why a reply cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// There is no text, or none after the reasoning.
    Empty,
    /// The reasoning has no end.
    Unfinished,
    /// No option is named.
    NoOption,
    /// A letter is named that no option has.
    NoSuchOption,
    /// No number, label, span, point or moment is named.
    NoAnswer,
    /// Several answers are named.
    Several,
    /// What is named is also denied, or named as two things.
    Contradiction,
    /// A span ends before it starts.
    EndBeforeStart,
    /// The numbers are none of the scale that is asked for, and do not say of which they are.
    Scale,
}

impl Why {
    /// The reason's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unfinished => "unfinished",
            Self::NoOption => "no-option",
            Self::NoSuchOption => "no-such-option",
            Self::NoAnswer => "no-answer",
            Self::Several => "several",
            Self::Contradiction => "contradiction",
            Self::EndBeforeStart => "end-before-start",
            Self::Scale => "scale",
        }
    }

    /// The same reason where no options are shown.
    pub(super) fn of_open(why: extract::Why) -> Self {
        match why {
            extract::Why::NoOption | extract::Why::NoSuchOption => Self::NoAnswer,
            other => Self::from(other),
        }
    }
}

impl From<extract::Why> for Why {
    fn from(why: extract::Why) -> Self {
        match why {
            extract::Why::Empty => Self::Empty,
            extract::Why::Unfinished => Self::Unfinished,
            extract::Why::NoOption => Self::NoOption,
            extract::Why::NoSuchOption => Self::NoSuchOption,
            extract::Why::Several => Self::Several,
            extract::Why::Contradiction => Self::Contradiction,
        }
    }
}

/// What a reply reads as.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading {
    /// It gives an answer.
    Value {
        /// The answer.
        value: Value,
        /// What in the reply gave it.
        clue: extract::Clue,
    },
    /// It gives none, or more than one.
    Unreadable(Why),
}

impl Reading {
    /// The answer, if there is one.
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Value { value, .. } => Some(value),
            Self::Unreadable(_) => None,
        }
    }

    /// The name in files of the clue, or of why the reply cannot be read.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Value { clue, .. } => clue.name(),
            Self::Unreadable(why) => why.name(),
        }
    }
}

/// Whether an answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Verdict {
    /// It is.
    Correct,
    /// It is not.
    Incorrect,
}

/// How good an answer is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grade {
    /// Whether it is right.
    pub verdict: Verdict,
    /// How much of it is right, from 0 to 1.
    pub credit: f64,
}

impl Grade {
    /// An answer that is wrong.
    pub const WRONG: Self = Self { verdict: Verdict::Incorrect, credit: 0.0 };

    pub(super) fn new(is_right: bool, credit: f64) -> Self {
        Self { verdict: if is_right { Verdict::Correct } else { Verdict::Incorrect }, credit }
    }

    /// Whether the answer is right.
    pub fn is_correct(self) -> bool {
        self.verdict == Verdict::Correct
    }
}

/// What was read from one reply, and what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Nothing where the reply is missing or unreadable.
    pub given: Option<Value>,
    /// The right answer.
    pub truth: Value,
}

/// The mean of `values` over `count`, 0 of none.
pub(super) fn mean(values: impl Iterator<Item = f64>, count: usize) -> f64 {
    if count == 0 { 0.0 } else { values.sum::<f64>() / count as f64 }
}
