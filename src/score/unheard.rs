//! Deafness: whether a run was ever played the sound that its questions are about.
//!
//! In: the rows of a dataset, a run's answers to it and to a control without the sound, and the figures of both. Out: each type whose
//! needles are heard and whose answers are no better with the sound than without it. Several tools drop sound without a word.

use std::collections::BTreeMap;

use super::figures::{Main, RuleScores};
use super::file::Scores;
use super::try_shares::difference;
use crate::answers::Answers;
use crate::dataset::Row;

/// Samples of a type from which on its figures are compared; answers that are the same one by one say enough below.
const FEWEST: u64 = 10;
/// Replies from which on it says something that all are the same.
const FEWEST_REPLIES: u64 = 8;

/// A type that a run answers no better with the sound than without it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unheard {
    /// The type.
    pub kind: String,
    /// Its main figure.
    pub with: f64,
    /// Its main figure in the control.
    pub without: f64,
    /// Replies that are the same with and without the sound.
    pub same: u64,
    /// Replies that there are both with and without it.
    pub replies: u64,
}

/// The types that need sound and are answered no better than in a control without it.
pub fn unheard(
    rows: &[Row],
    (answers, control_answers): (&Answers, &Answers),
    (scores, control): (&Scores, &RuleScores),
) -> Vec<Unheard> {
    let mut kinds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.audio_needed) {
        let (same, replies) = kinds.entry(&row.kind).or_default();
        if let Some((one, other)) = answers.response(&row.id).zip(control_answers.response(&row.id)) {
            *replies += 1;
            *same += u64::from(one.trim() == other.trim());
        }
    }
    let of = |(kind, (same, replies)): (&str, (u64, u64))| {
        let (own, other) = (scores.types.get(kind)?, control.types.get(kind)?);
        let found =
            Unheard { kind: kind.to_owned(), with: own.main.value, without: other.main.value, same, replies };
        let is_same = replies >= FEWEST_REPLIES && same == replies;
        let is_above = difference(ends(&own.main), ends(&other.main))[0] > 0.0;
        let is_no_better = own.samples.min(other.samples) >= FEWEST && !is_above;
        (is_same || is_no_better).then_some(found)
    };
    kinds.into_iter().filter_map(of).collect()
}

fn ends(main: &Main) -> [f64; 3] {
    [main.interval[0], main.value, main.interval[1]]
}

#[cfg(test)]
mod tests {
    use super::super::tests::dataset;
    use super::super::{Options, control, score};
    use super::*;
    use crate::answers::Answer;

    /// The types that a run is told it never heard: its replies are right where `heard` says so, and those of the control by chance.
    fn found(samples: usize, heard: impl Fn(usize) -> bool, copies: bool) -> Vec<Unheard> {
        let mut rows = dataset(samples);
        rows.retain(|row| row.kind == "ret_edit1" || row.kind == "ord_edit1");
        for row in rows.iter_mut().filter(|row| row.kind == "ret_edit1") {
            row.audio_needed = true;
        }
        let replies = |is_right: &dyn Fn(usize) -> bool| -> Answers {
            let answer = |(at, row): (usize, &Row)| {
                let letter = if is_right(at) { row.gt_option.clone() } else { "A".to_owned() };
                Answer::new(&row.id, Some(letter))
            };
            Answers::of(rows.iter().enumerate().map(answer)).unwrap()
        };
        let (own, options) = (replies(&heard), Options::new("m"));
        let without = if copies { replies(&heard) } else { replies(&|_| false) };
        let scores = score(&rows, &own, &options).unwrap();
        let figures = control(&rows, &without, &options).unwrap();
        unheard(&rows, (&own, &without), (&scores, &figures))
    }

    #[test]
    fn who_hears_is_better_than_without_the_sound() {
        assert!(found(20, |_| true, false).is_empty());
        let deaf = found(20, |_| false, false);
        assert_eq!(deaf.len(), 1, "only the type that needs sound");
        assert_eq!((deaf[0].kind.as_str(), deaf[0].same, deaf[0].replies), ("ret_edit1", 80, 80));
        // Right without the sound as well: every reply is the same.
        assert_eq!(found(3, |_| true, true).len(), 1);
        // Too few to say so.
        assert!(found(3, |at| at % 2 == 0, false).is_empty());
    }
}
