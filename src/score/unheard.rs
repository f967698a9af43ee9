//! Deafness: whether a run was ever played the sound that its questions are about.
//!
//! In: the rows of a dataset, a run's answers to it and to a control without the sound, and the figures of both. Out: each type whose
//! needles are heard and that was probably never heard, with what says so. Several tools drop sound without a word.
//!
//! | what says so | |
//! |---|---|
//! | `not-sent` | the answers record that the sound was not sent |
//! | `no-tokens` | with the sound and without a sound track the server counted the same tokens, request by request |
//! | `no-better` | the type is answered no better than in the control, or with the same replies |

use std::collections::BTreeMap;

use super::deaf::{Because, Unheard};
use super::figures::{Group, Main, RuleScores};
use super::file::Scores;
use super::sheet::{Sheet, SheetRow};
use super::try_shares::difference;
use crate::answers::{Answers, Known, SoundSent};
use crate::question::Control;

/// Samples of a type from which on its figures are compared; answers that are the same one by one say enough below.
const FEWEST: u64 = 10;
/// Replies from which on it says something that all are the same, and counts of tokens alike.
const FEWEST_REPLIES: u64 = 8;

/// How many answers of a type there are to look at, and how many of them say that there was no sound.
#[derive(Clone, Copy, Default)]
struct Counts {
    answers: u64,
    same: u64,
}

impl Counts {
    fn add(&mut self, is_same: bool) {
        self.answers += 1;
        self.same += u64::from(is_same);
    }

    fn is_always_same(self) -> bool {
        self.answers >= FEWEST_REPLIES && self.same == self.answers
    }
}

/// By type, what `look` finds in the answers to rows that need sound.
fn counted(sheet: &Sheet, look: impl Fn(&SheetRow) -> Option<bool>) -> BTreeMap<String, Counts> {
    let names = sheet.type_names();
    let mut kinds: BTreeMap<String, Counts> = BTreeMap::new();
    for row in sheet.rows.iter().filter(|row| row.audio_needed) {
        let counts = kinds.entry(names.name_of(&row.kind, row.form).into_owned()).or_default();
        if let Some(is_same) = look(row) {
            counts.add(is_same);
        }
    }
    kinds
}

/// The types that need sound and were asked without it, as their answers record.
pub(super) fn not_sent(sheet: &Sheet, answers: &Answers, types: &BTreeMap<String, Group>) -> Vec<Unheard> {
    let kinds = counted(sheet, |row| Some(answers.get(&row.id)?.sound? == SoundSent::None));
    let of = |(kind, Counts { answers, same }): (String, Counts)| {
        let with = types.get(&kind)?.main.value;
        let found =
            Unheard { kind, because: Because::NotSent, control: None, with, without: None, answers, same };
        (same > 0).then_some(found)
    };
    kinds.into_iter().filter_map(of).collect()
}

/// The types that need sound, and that the server and the model treat as if there were none: in comparison with a control without it.
///
/// Those that were asked without it, as `scores` says already, are none of them.
pub fn unheard(
    sheet: &Sheet,
    control: Control,
    (answers, control_answers): (&Answers, &Answers),
    (scores, figures): (&Scores, &RuleScores),
) -> Vec<Unheard> {
    let both = |row: &SheetRow| answers.get(&row.id).zip(control_answers.get(&row.id));
    let replies = counted(sheet, |row| {
        let (one, other) = both(row)?;
        Some(one.response?.trim() == other.response?.trim())
    });
    // A silent track has tokens, too: only where there is none do they tell.
    let tokens = counted(sheet, |row| {
        let count = |known: Known<'_>| known.prompt_tokens;
        let (one, other) = both(row).filter(|_| control == Control::Deaf)?;
        Some(count(one)? == count(other)?)
    });
    let of = |(kind, replies): (&String, &Counts)| {
        let is_told = |known: &Unheard| known.because == Because::NotSent && known.kind == *kind;
        let (own, other) = (scores.types.get(kind)?, figures.types.get(kind)?);
        let tokens = tokens.get(kind).copied().unwrap_or_default();
        let is_above = difference(ends(&own.main), ends(&other.main))[0] > 0.0;
        let is_no_better = own.samples.min(other.samples) >= FEWEST && !is_above;
        let (because, counts) = if tokens.is_always_same() {
            (Because::NoTokens, tokens)
        } else if replies.is_always_same() || is_no_better {
            (Because::NoBetter, *replies)
        } else {
            return None;
        };
        (!scores.unheard.iter().any(is_told)).then(|| Unheard {
            kind: kind.clone(),
            because,
            control: Some(control.name().to_owned()),
            with: own.main.value,
            without: Some(other.main.value),
            answers: counts.answers,
            same: counts.same,
        })
    };
    replies.iter().filter_map(of).collect()
}

fn ends(main: &Main) -> [f64; 3] {
    [main.interval[0], main.value, main.interval[1]]
}

#[cfg(test)]
mod tests {
    use super::super::tests::dataset;
    use super::super::{Options, score, score_control};
    use super::*;
    use crate::answers::{Answer, Counted};
    use crate::dataset::Row;

    /// Rows of which one type needs sound.
    fn rows(samples: usize) -> Vec<Row> {
        let mut rows = dataset(samples);
        rows.retain(|row| row.kind == "ret_edit1" || row.kind == "ord_edit1");
        for row in rows.iter_mut().filter(|row| row.kind == "ret_edit1") {
            row.audio_needed = true;
        }
        rows
    }

    /// Answers that are right where `is_right` says so, else an A, and what else they record.
    fn replies(rows: &[Row], is_right: impl Fn(usize) -> bool, record: impl Fn(Answer) -> Answer) -> Answers {
        let answer = |(at, row): (usize, &Row)| {
            let letter = if is_right(at) { row.gt_option.clone() } else { "A".to_owned() };
            record(Answer::new(&row.id, Some(letter)))
        };
        Answers::of(rows.iter().enumerate().map(answer)).unwrap()
    }

    /// What a run is told that compares itself with a control.
    fn told(rows: &[Row], control_of: Control, own: &Answers, without: &Answers) -> Vec<Unheard> {
        let options = Options::new("m");
        let scores = score(rows, own, &options).unwrap();
        let sheet = Sheet::of(rows);
        let figures = score_control(&sheet, without, &options).unwrap();
        let compared = unheard(&sheet, control_of, (own, without), (&scores, &figures));
        scores.unheard.into_iter().chain(compared).collect()
    }

    /// The types that a run is told it never heard: its replies are right where `heard` says so, and those of the control by chance.
    fn found(samples: usize, heard: impl Fn(usize) -> bool, copies: bool) -> Vec<Unheard> {
        let rows = rows(samples);
        let own = replies(&rows, &heard, |answer| answer);
        let without = replies(&rows, |at| copies && heard(at), |answer| answer);
        told(&rows, Control::Muted, &own, &without)
    }

    #[test]
    fn who_hears_is_better_than_without_the_sound() {
        assert!(found(20, |_| true, false).is_empty());
        let deaf = found(20, |_| false, false);
        assert_eq!(deaf.len(), 1, "only the type that needs sound");
        assert_eq!((deaf[0].kind.as_str(), deaf[0].same, deaf[0].answers), ("ret_edit1", 80, 80));
        assert_eq!((deaf[0].because, deaf[0].control.as_deref()), (Because::NoBetter, Some("muted")));
        // Right without the sound as well: every reply is the same.
        assert_eq!(found(3, |_| true, true).len(), 1);
        // Too few to say so.
        assert!(found(3, |at| at % 2 == 0, false).is_empty());
    }

    #[test]
    fn what_was_not_sent_is_told_once() {
        let rows = rows(12);
        let silent = |answer| Answer { sound: Some(SoundSent::None), ..answer };
        let own = replies(&rows, |_| false, silent);
        let all = told(&rows, Control::Muted, &own, &replies(&rows, |_| false, |answer| answer));
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(
            (all[0].because, all[0].answers, all[0].same, all[0].without),
            (Because::NotSent, 48, 48, None)
        );
        assert_eq!(
            all[0].sentence(),
            "ret_edit1: 48 of 48 questions that need the sound were asked without it"
        );
        let sent = replies(&rows, |_| true, |answer| Answer { sound: Some(SoundSent::InputAudio), ..answer });
        assert!(told(&rows, Control::Muted, &sent, &replies(&rows, |_| false, silent)).is_empty());
    }

    #[test]
    fn sound_that_costs_no_tokens_was_dropped() {
        let rows = rows(3);
        let of =
            |tokens: u64| move |answer| Answer { usage: Some(Counted { prompt_tokens: tokens }), ..answer };
        // Half are right, so that too few samples say nothing by themselves.
        let own = replies(&rows, |at| at % 2 == 0, of(90));
        let with_tokens =
            |control, tokens| told(&rows, control, &own, &replies(&rows, |_| false, of(tokens)));
        assert_eq!(with_tokens(Control::Deaf, 90)[0].because, Because::NoTokens);
        assert!(with_tokens(Control::Deaf, 70).is_empty());
        assert!(with_tokens(Control::Muted, 90).is_empty(), "a silent track has tokens as well");
    }
}
