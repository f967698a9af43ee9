//! Families that ask at times of a video before its end.
//!
//! In: a family whose file states `ask.times`. Out: whether it can; how many times, and how many needles lie before, between and
//! after them.

use super::family::Family;
use super::question_kind::QuestionKind;
use super::raw::{Labels, Raw};

/// At how many times of one video it can be asked.
const TIMES: std::ops::RangeInclusive<usize> = 1..=8;
/// The most needles that are shown after the last time at which needles are counted.
const MOST_LATER: usize = 2;

/// What tells the question at the time with this index from the others about its video.
pub(super) fn named(at: usize) -> String {
    format!("t{}", at + 1)
}

/// Whether a family can be asked at as many times of a video as its file says.
pub(super) fn check(raw: &Raw, kind: QuestionKind, problems: &mut Vec<String>) {
    match raw.ask.times {
        None if kind.is_of_times() => problems.push(format!(
            "ask.times: missing; say at how many times of one video `kind = \"{}\"` is asked",
            kind.name()
        )),
        Some(times) if !TIMES.contains(&times) => {
            problems.push(format!("ask.times: is outside {}..={}", TIMES.start(), TIMES.end()));
        }
        _ => {}
    }
    if kind.lies_anywhere() {
        if raw.distractors.is_some() {
            problems.push(
                "distractors: all needles but one are shown beside what is asked for; leave it out"
                    .to_owned(),
            );
        }
        if raw.needle.clips.is_some() {
            problems.push(format!(
                "needle.clips: needles stand alone where `kind = \"{}\"`; leave it out",
                kind.name()
            ));
        }
        if raw.needle.labels == Labels::Distinct {
            problems.push(
                "needle.labels: has to be `same` where a question names the one thing that it asks about"
                    .to_owned(),
            );
        }
    }
    if raw.ask.times.is_none() || kind != QuestionKind::Count {
        return;
    }
    if raw.distractors.is_some() {
        problems.push(
            "distractors: are not shown where it is asked at times of a video; leave it out".to_owned(),
        );
    }
    if raw.needle.clips.is_some() {
        problems
            .push("needle.clips: needles stand alone where it is asked at times; leave it out".to_owned());
    }
    if raw.needle.labels == Labels::Distinct {
        problems
            .push("needle.labels: has to be `same` where it is asked how many there were so far".to_owned());
    }
}

impl Family {
    /// At how many times of one video it is asked; 0 where it is asked when the video has been shown.
    pub fn ask_times(&self) -> usize {
        self.raw.ask.times.unwrap_or(0)
    }

    /// Whether its needles lie at depths that are asked for: not where times are drawn, of needles or of questions.
    pub fn has_depths(&self) -> bool {
        !self.question_kind().draws_times() && self.most_between().is_empty()
    }

    /// How many neighbouring numbers can be right at one time.
    pub(super) fn numbers_at_once(&self) -> usize {
        self.count().1 - self.count().0 + 1
    }

    /// The most needles that are shown before the first time, between two times, and after the last; nothing where it is asked at no
    /// times, unless needles lie anywhere: then all are in one stretch. Which video has how many says nothing of when it is asked.
    pub fn most_between(&self) -> Vec<usize> {
        if self.question_kind().lies_anywhere() {
            return vec![self.totals().1];
        }
        let times = self.ask_times();
        if times == 0 {
            return Vec::new();
        }
        let (first, next, later) = match self.question_kind() {
            QuestionKind::Count => (self.count().1, 2 * self.numbers_at_once() - 1, MOST_LATER),
            QuestionKind::Last => (self.options_number(), self.options_number(), 1),
            _ => (1, 2, 1),
        };
        std::iter::once(first).chain(std::iter::repeat_n(next, times - 1)).chain([later]).collect()
    }

    /// Fewest and most needles of one video, where it is asked at times.
    pub(super) fn totals_at_times(&self) -> Option<(usize, usize)> {
        let times = self.ask_times();
        let before = times.checked_sub(1)?;
        Some(match self.question_kind() {
            QuestionKind::Count => {
                let (least, most) = self.count();
                let earlier = before * self.numbers_at_once();
                (least + earlier + 1, most + earlier + MOST_LATER)
            }
            QuestionKind::Last => {
                let all = times * self.options_number() + 1;
                (all, all)
            }
            _ => (2 * times, 2 * times),
        })
    }
}
