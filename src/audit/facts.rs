//! Facts about a video that stand in its row, and may tell what is right.
//!
//! In: samples, and the lengths of haystacks where they are known. Out: of each fact, in which bin each sample lies. Bins
//! depend on facts alone, never on what is right.

use std::collections::{BTreeMap, BTreeSet};

use super::sample::Sample;
use crate::dataset::{NeedleRow, Row};
use crate::question::QuestionKind;

/// The most bins of a fact that is a number: with more, a few hundred samples teach nothing.
const BINS: usize = 8;

/// A fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// None: all samples lie in one bin.
    Nothing,
    /// Length of the video.
    Length,
    /// Length beyond that of the haystack, or of the shortest video that is made of the same haystacks.
    ExtraLength,
    /// Depth of the cell, or of the only needle.
    Depth,
    /// Haystacks.
    Haystack,
    /// Frame rate and size.
    Form,
    /// The question's words.
    Question,
    /// Where in the file the question stands, modulo the number of its options.
    Order,
    /// When it is asked, of a video that goes on.
    AskTime,
    /// Which of the questions about its video it is, in the order of time.
    AskTurn,
    /// Share of the frame that the first needle covers.
    NeedleArea,
    /// Where the first needle lies from left to right.
    NeedleX,
    /// Where the first needle lies from top to bottom.
    NeedleY,
    /// How long the first needle is shown.
    NeedleDuration,
}

/// A fact's value.
enum Value {
    Number(f64),
    Name(String),
}

/// Lengths of videos without needles, in seconds: by haystacks.
pub(super) struct Bases<'a>(BTreeMap<&'a [String], f64>);

impl<'a> Bases<'a> {
    /// From the lengths of haystacks that are known, or else of the shortest video of each.
    pub(super) fn new(samples: &[Sample<'a>], known: &BTreeMap<String, f64>) -> Self {
        let mut bases: BTreeMap<&[String], f64> = BTreeMap::new();
        for row in samples.iter().map(|sample| sample.row) {
            let base = bases.entry(&row.haystack_ids).or_insert(f64::INFINITY);
            *base = base.min(row.length);
            if let [one] = &row.haystack_ids[..]
                && let Some(known) = known.get(one)
            {
                *base = base.min(*known);
            }
        }
        Self(bases)
    }
}

impl Fact {
    /// All but [`Self::Nothing`].
    pub(super) const ALL: [Self; 13] = [
        Self::Length,
        Self::ExtraLength,
        Self::Depth,
        Self::Haystack,
        Self::Form,
        Self::Question,
        Self::Order,
        Self::AskTime,
        Self::AskTurn,
        Self::NeedleArea,
        Self::NeedleX,
        Self::NeedleY,
        Self::NeedleDuration,
    ];

    /// What a figure says that its attack knows.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "options of other samples",
            Self::Length => "length",
            Self::ExtraLength => "length beyond the haystack's",
            Self::Depth => "depth",
            Self::Haystack => "haystack",
            Self::Form => "frame rate and size",
            Self::Question => "question",
            Self::Order => "place in the file",
            Self::AskTime => "when it is asked",
            Self::AskTurn => "which question about its video",
            Self::NeedleArea => "size of the first needle",
            Self::NeedleX => "first needle, left to right",
            Self::NeedleY => "first needle, top to bottom",
            Self::NeedleDuration => "duration of the first needle",
        }
    }

    /// Whether it is a fact about needles, which shows their labels: a long name has a wide subtitle.
    pub(super) fn is_of_needles(self) -> bool {
        matches!(self, Self::NeedleArea | Self::NeedleX | Self::NeedleY | Self::NeedleDuration)
    }

    /// The fact of each sample. Of a type in which only some samples have it, none has: that there is one needle alone, for
    /// one, would tell how many there are.
    fn values(self, samples: &[&Sample<'_>], bases: &Bases<'_>) -> Vec<Option<Value>> {
        let mut values: Vec<Option<Value>> = samples.iter().map(|it| self.value(it, bases)).collect();
        let without = samples.iter().zip(&values).filter(|(_, value)| value.is_none());
        let without: BTreeSet<&str> = without.map(|(sample, _)| sample.kind()).collect();
        for (sample, value) in samples.iter().zip(&mut values) {
            if without.contains(sample.kind()) {
                *value = None;
            }
        }
        values
    }

    fn value(self, sample: &Sample<'_>, bases: &Bases<'_>) -> Option<Value> {
        let row = sample.row;
        let millis = |secs: f64| Value::Number((secs * 1000.0).round());
        let first = || row.needles.iter().find(|needle| !needle.is_distractor);
        let permille = |part: u64, whole: u64| Value::Number((part * 1000 / whole.max(1)) as f64);
        let (width, height) = (u64::from(row.width), u64::from(row.height));
        Some(match self {
            Self::Nothing => Value::Number(0.0),
            Self::Length => millis(row.length),
            Self::ExtraLength => millis(row.length - bases.0.get(&row.haystack_ids[..])?),
            Self::Depth => Value::Number(depth(sample)?),
            Self::Haystack => Value::Name(row.haystack_ids.join("\n")),
            Self::Form => {
                Value::Name(format!("{}/{} {}x{}", row.fps_num, row.fps_den, row.width, row.height))
            }
            Self::Question => Value::Name(row.question.clone()),
            Self::Order => Value::Number((sample.place % sample.contents.len()) as f64),
            Self::AskTime => permille(asked_early(row)?, row.num_frames),
            Self::AskTurn => {
                asked_early(row)?;
                Value::Number(sample.turn as f64)
            }
            Self::NeedleArea => {
                let NeedleRow { w, h, .. } = first()?;
                permille(u64::from(*w) * u64::from(*h), width * height)
            }
            Self::NeedleX => permille(first().map(|it| u64::from(it.x) + u64::from(it.w / 2))?, width),
            Self::NeedleY => permille(first().map(|it| u64::from(it.y) + u64::from(it.h / 2))?, height),
            Self::NeedleDuration => {
                let NeedleRow { start_frame, end_frame, .. } = first()?;
                let frames = end_frame.saturating_sub(*start_frame);
                permille(frames * u64::from(row.fps_den), u64::from(row.fps_num))
            }
        })
    }

    /// The fact as numbers, where it is one.
    pub(super) fn numbers(self, samples: &[&Sample<'_>], bases: &Bases<'_>) -> Vec<Option<f64>> {
        let number = |value: Option<Value>| match value? {
            Value::Number(number) => Some(number),
            Value::Name(_) => None,
        };
        self.values(samples, bases).into_iter().map(number).collect()
    }

    /// The bin of each sample that has the fact, and how many bins there are.
    pub(super) fn bins(self, samples: &[&Sample<'_>], bases: &Bases<'_>) -> (Vec<Option<u32>>, usize) {
        let values = self.values(samples, bases);
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        let mut numbers = Vec::new();
        for value in values.iter().flatten() {
            match value {
                Value::Name(name) => {
                    let next = names.len() as u32;
                    names.entry(name).or_insert(next);
                }
                Value::Number(number) => numbers.push(*number),
            }
        }
        let edges = edges(numbers);
        let bin = |value: &Value| match value {
            Value::Name(name) => names[name.as_str()],
            Value::Number(number) => edges.partition_point(|edge| edge <= number) as u32,
        };
        let bins: Vec<Option<u32>> = values.iter().map(|value| value.as_ref().map(bin)).collect();
        let mut distinct: Vec<u32> = bins.iter().flatten().copied().collect();
        distinct.sort_unstable();
        distinct.dedup();
        (bins, distinct.len())
    }
}

/// The frame before which a question is asked, where that is before the end of its video.
fn asked_early(row: &Row) -> Option<u64> {
    (!row.sees_all()).then_some(row.ask_frame)
}

/// The depth that a sample has: several needles lie at several. Of a question that asks when, it is the answer.
fn depth(sample: &Sample<'_>) -> Option<f64> {
    let row = sample.row;
    if row.question_kind == QuestionKind::When {
        return None;
    }
    if row.cell_depth_permille >= 0 {
        return Some(f64::from(row.cell_depth_permille));
    }
    match (&row.depth_permille[..], &row.needle_time[..]) {
        ([permille], _) => Some(f64::from(*permille)),
        ([], [start]) if row.length > 0.0 => Some((start / row.length * 1000.0).round()),
        _ => None,
    }
}

/// Lower ends of all bins but the first: between all values where they are few, else between equal shares of them.
fn edges(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    let mut distinct = numbers.clone();
    distinct.dedup_by(|one, two| one.total_cmp(two).is_eq());
    if distinct.len() <= BINS {
        return distinct.into_iter().skip(1).collect();
    }
    let mut edges: Vec<f64> = (1..BINS).map(|bin| numbers[bin * numbers.len() / BINS]).collect();
    edges.dedup_by(|one, two| one.total_cmp(two).is_eq());
    edges
}
