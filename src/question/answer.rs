//! What an answer is: its form, its kind and its canonical text.
//!
//! In: a value that a kind of question gives. Out: the text that rows, options and baselines have.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scene::{Cell, Point};
use super::words::{self, Course, Side};
use crate::language::Language;
use crate::time::{FrameRate, FrameSpan};

/// How a question is answered: by the letter of an option, or in words and numbers of the answerer's own.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// Options are shown, and one of them is named. Asked once for each rotation of the options.
    #[default]
    Choice,
    /// No options are shown. Asked once.
    Open,
}

impl Form {
    /// Both forms.
    pub const ALL: [Self; 2] = [Self::Choice, Self::Open];

    /// As it stands in specs and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Choice => "choice",
            Self::Open => "open",
        }
    }

    /// The form of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// What an answer is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnswerKind {
    /// The letter of an option.
    #[default]
    Choice,
    /// A number.
    Number,
    /// One label.
    Label,
    /// Labels in any order.
    Set,
    /// Labels in order.
    List,
    /// Spans of time.
    Spans,
    /// A point of the picture.
    Point,
    /// A time at which something is there, or that it never is.
    Moment,
}

impl AnswerKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Choice,
        Self::Number,
        Self::Label,
        Self::Set,
        Self::List,
        Self::Spans,
        Self::Point,
        Self::Moment,
    ];

    /// As it stands in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Choice => "choice",
            Self::Number => "number",
            Self::Label => "label",
            Self::Set => "set",
            Self::List => "list",
            Self::Spans => "spans",
            Self::Point => "point",
            Self::Moment => "moment",
        }
    }

    /// Whether answers name labels of a vocabulary.
    pub fn names_labels(self) -> bool {
        matches!(self, Self::Label | Self::Set | Self::List)
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The right answer to a question about a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// One label.
    Label(String),
    /// Labels in any order.
    Set(BTreeSet<String>),
    /// Labels in order.
    List(Vec<String>),
    /// How many.
    Number(u64),
    /// Frames, by first frame.
    Spans(Vec<FrameSpan>),
    /// Whether it is so.
    Truth(bool),
    /// On which side.
    Side(Side),
    /// How it moves.
    Course(Course),
    /// In which part of the picture.
    Place {
        /// The part.
        cell: Cell,
        /// Where in it.
        point: Point,
    },
    /// The frames on which it is first shown; nothing where it never is.
    Moment(Option<FrameSpan>),
}

impl Answer {
    /// The canonical text, which options show. Times are seconds with two decimals, three where two would not tell neighbouring
    /// frames apart.
    pub fn text(&self, fps: FrameRate, language: Language) -> String {
        match self {
            Self::Label(label) => label.clone(),
            Self::Set(labels) => labels.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            Self::List(labels) => labels.join(", "),
            Self::Number(number) => number.to_string(),
            Self::Spans(spans) if spans.is_empty() => NO_SPANS.to_owned(),
            Self::Spans(spans) => {
                spans.iter().map(|span| seconds_of(*span, fps)).collect::<Vec<_>>().join(", ")
            }
            Self::Truth(is_so) => words::truth(*is_so, language)[0].to_owned(),
            Self::Side(side) => side.names(language)[0].to_owned(),
            Self::Course(course) => course.names(language)[0].to_owned(),
            Self::Place { cell, .. } => words::cell(*cell, language),
            Self::Moment(shown) => shown.map_or_else(|| NEVER.to_owned(), |span| seconds(span.start(), fps)),
        }
    }

    /// What rows state as the right answer of this kind: the canonical text; where a point is asked for, the part of the picture in which
    /// it has to lie; where a moment is, the times that are right: from the first frame that shows it to [`DELAY_MILLIS`] after the last.
    pub fn stated(&self, kind: AnswerKind, fps: FrameRate, language: Language) -> String {
        match self {
            Self::Place { cell, .. } if kind == AnswerKind::Point => cell.region().to_string(),
            Self::Moment(Some(shown)) => in_time(*shown, fps),
            _ => self.text(fps, language),
        }
    }

    /// What somebody replies who knows it and is asked for an answer of this kind: the canonical text, or the point.
    pub fn replied(&self, kind: AnswerKind, fps: FrameRate, language: Language) -> String {
        match self {
            Self::Place { point, .. } if kind == AnswerKind::Point => point.to_string(),
            _ => self.text(fps, language),
        }
    }

    /// How many labels it names.
    pub fn labels(&self) -> usize {
        match self {
            Self::Set(labels) => labels.len(),
            Self::List(labels) => labels.len(),
            _ => 1,
        }
    }
}

/// What stands for a moment that never comes.
pub const NEVER: &str = "never";

/// What stands for no span of time.
pub const NO_SPANS: &str = "none";

/// For how long after a thing is gone it is still in time to say that it was there, in milliseconds.
pub const DELAY_MILLIS: u64 = 2000;

/// The times at which somebody says in time that a thing is shown on these frames. Ends are rounded outwards, so that the time of a frame
/// lies within however it is rounded.
fn in_time(shown: FrameSpan, fps: FrameRate) -> String {
    let fineness @ Fineness { unit, .. } = Fineness::of(fps);
    let (num, den) = (u128::from(fps.num()), u128::from(fps.den()));
    let delay = u128::from(DELAY_MILLIS) * unit / 1000;
    let start = u128::from(shown.start()) * den * unit / num;
    let end = (u128::from(shown.end()) * den * unit).div_ceil(num) + delay;
    format!("{} - {}", fineness.text(start), fineness.text(end))
}

/// Frames in a second up to which hundredths tell neighbouring frames apart.
const HUNDREDTHS: u64 = 100;

/// A span as `12.40 - 15.00`: the times of its first frame and of the frame after its last.
pub fn seconds_of(span: FrameSpan, fps: FrameRate) -> String {
    format!("{} - {}", seconds(span.start(), fps), seconds(span.end(), fps))
}

/// The time of a frame in seconds, rounded half up.
pub fn seconds(frame: u64, fps: FrameRate) -> String {
    let fineness @ Fineness { unit, .. } = Fineness::of(fps);
    let (num, den) = (u128::from(fps.num()), u128::from(fps.den()));
    fineness.text((u128::from(frame) * den * unit * 2 + num) / (2 * num))
}

/// How finely times are written, so that neighbouring frames have different ones.
#[derive(Clone, Copy)]
struct Fineness {
    /// Units of a second.
    unit: u128,
    /// Their decimals.
    digits: usize,
}

impl Fineness {
    fn of(fps: FrameRate) -> Self {
        let is_fine = u64::from(fps.num()) > HUNDREDTHS * u64::from(fps.den());
        if is_fine { Self { unit: 1000, digits: 3 } } else { Self { unit: 100, digits: 2 } }
    }

    /// A time of so many units.
    fn text(self, units: u128) -> String {
        let Self { unit, digits } = self;
        format!("{}.{:0digits$}", units / unit, units % unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: (Point, Cell) = (Point { x: 750_000, y: 400_000 }, Cell { column: 2, row: 1, cells: 3 });

    #[test]
    fn a_place_is_a_name_a_region_or_a_point() {
        let answer = Answer::Place { cell: PLACE.1, point: PLACE.0 };
        let (fps, zh) = (FrameRate::ONE, Language::Zh);
        assert_eq!(answer.stated(AnswerKind::Point, fps, zh), "x 0.666667 - 1, y 0.333334 - 0.666667");
        assert_eq!(answer.replied(AnswerKind::Point, fps, zh), "(0.75, 0.4)");
        assert_eq!(answer.stated(AnswerKind::Choice, fps, zh), "右侧中间");
        assert_eq!(answer.replied(AnswerKind::Choice, fps, zh), "右侧中间");
    }

    #[test]
    fn a_moment_is_the_time_of_its_first_frame_and_right_until_two_seconds_after_its_last() {
        let fps = FrameRate::new(30_000, 1001).unwrap();
        // Frame 311 is at 10.377 seconds, frame 331 at 11.044.
        let answer = Answer::Moment(FrameSpan::new(311, 331));
        assert_eq!(answer.replied(AnswerKind::Moment, fps, Language::En), "10.38");
        assert_eq!(answer.stated(AnswerKind::Moment, fps, Language::En), "10.37 - 13.05");
        assert_eq!(Answer::Moment(None).stated(AnswerKind::Moment, fps, Language::Zh), "never");
        let fine = FrameRate::new(240, 1).unwrap();
        let answer = Answer::Moment(FrameSpan::new(1, 2));
        assert_eq!(answer.stated(AnswerKind::Moment, fine, Language::En), "0.004 - 2.009");
    }

    #[test]
    fn canonical_texts_of_all_kinds() {
        let fps = FrameRate::new(30_000, 1001).unwrap();
        let spans = [(372, 450), (900, 930)].map(|(start, end)| FrameSpan::new(start, end).unwrap());
        let texts = [
            Answer::Label("Alice".to_owned()),
            Answer::List(vec!["red".to_owned(), "blue".to_owned()]),
            Answer::Set(["red".to_owned(), "blue".to_owned()].into()),
            Answer::Truth(false),
            Answer::Side(Side::Left),
            Answer::Place { cell: PLACE.1, point: PLACE.0 },
            Answer::Number(4),
            Answer::Spans(spans.to_vec()),
        ]
        .map(|answer| answer.text(fps, Language::En));
        assert_eq!(
            texts,
            [
                "Alice",
                "red, blue",
                "blue, red",
                "No",
                "farther left",
                "middle right",
                "4",
                "12.41 - 15.02, 30.03 - 31.03"
            ]
        );
        assert_eq!(seconds(1, FrameRate::new(240, 1).unwrap()), "0.004");
        assert_eq!(seconds(0, fps), "0.00");
        assert_eq!(Answer::Spans(Vec::new()).text(fps, Language::En), "none");
    }
}
