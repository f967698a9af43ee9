//! Attacks on open questions, which show no options.
//!
//! In: rows by sample. Out: tallies. What was right most often in other samples of the type is answered again, learnt as all attacks
//! learn: from the folds before. Spans are answered by the best constant span of their law, whose credit is the overlap. Chance
//! is what the rows print.

use std::collections::BTreeMap;

use super::figure::Tally;
use super::learn::{FOLDS, shuffled_folds};
use crate::answers::kind::{self, Value};
use crate::dataset::Row;
use crate::question::{self, AnswerKind};
use crate::score::asked;

/// The attack on answers that are no spans.
const FREQUENT: &str = "answer right before";
const FREQUENT_KNOWS: &str = "answers of other samples";
/// The attack on spans.
const SPAN: &str = "best constant span";
const SPAN_KNOWS: &str = "law of the times";

/// Every attack on every type that is asked openly.
pub(super) fn tallies(groups: &[Vec<&Row>]) -> Vec<Tally> {
    let mut types: BTreeMap<(&str, AnswerKind), Vec<&Row>> = BTreeMap::new();
    for row in groups.iter().filter_map(|rows| rows.first()).filter(|row| !row.has_options()) {
        types.entry((&row.kind, row.answer_kind)).or_default().push(row);
    }
    let tally = |((kind, answers), rows): ((&str, AnswerKind), Vec<&Row>)| match answers {
        AnswerKind::Spans => constant(kind, &rows),
        _ => frequent(kind, &rows),
    };
    types.into_iter().filter_map(tally).collect()
}

/// The question of each row: those that differ in length alone are one trial.
fn questions(rows: &[&Row]) -> Vec<usize> {
    let mut first = BTreeMap::new();
    let mut in_cell: BTreeMap<_, u32> = BTreeMap::new();
    let question = |(at, row): (usize, &&Row)| {
        if row.cell_length.is_empty() {
            return at;
        }
        let labels: Vec<String> = row.needles.iter().map(|needle| needle.label.clone()).collect();
        let key = (row.question.clone(), labels, row.cell_depth_permille);
        let before = in_cell.entry((key.clone(), row.cell_length.clone())).or_default();
        let question = *first.entry((key, *before)).or_insert(at);
        *before += 1;
        question
    };
    rows.iter().enumerate().map(question).collect()
}

/// What was right most often before.
fn frequent(kind: &str, rows: &[&Row]) -> Option<Tally> {
    let questions = questions(rows);
    let folds = shuffled_folds(&questions);
    let mut by_fold: Vec<BTreeMap<&str, u32>> = vec![BTreeMap::new(); FOLDS];
    for (row, &fold) in rows.iter().zip(&folds) {
        for later in by_fold.iter_mut().skip(fold + 1) {
            *later.entry(row.answer.as_str()).or_default() += 1;
        }
    }
    let best = |known: &BTreeMap<&'_ str, u32>| {
        let most = known.values().max().copied()?;
        // Of equals the first.
        known.iter().find(|(_, count)| **count == most).map(|(answer, _)| (*answer).to_owned())
    };
    let best: Vec<Option<String>> = by_fold.iter().map(best).collect();
    let trial = |at: usize| {
        // Of the first fold nothing is known: its luck is chance.
        let luck = best[folds[at]]
            .as_ref()
            .map_or(rows[at].chance, |best| f64::from(u8::from(*best == rows[at].answer)));
        (questions[at], rows[at].chance, luck)
    };
    Tally::of_credits([FREQUENT, FREQUENT_KNOWS, kind], (0..rows.len()).map(trial))
}

/// The best constant span of the law.
fn constant(kind: &str, rows: &[&Row]) -> Option<Tally> {
    let questions = questions(rows);
    let mut guesses = BTreeMap::new();
    let trials: Option<Vec<(usize, f64, f64)>> = rows
        .iter()
        .zip(questions)
        .map(|(row, question)| {
            let law = row.span_law()?;
            let key = (law.least(), law.most(), law.frames());
            let span = *guesses.entry(key).or_insert_with(|| law.chance().span);
            let [guess, truth] =
                [question::seconds_of(span, row.fps()), row.answer.clone()].map(|text| value(row, &text));
            Some((question, row.chance, kind::grade(&guess?, &truth?).credit))
        })
        .collect();
    Tally::of_credits([SPAN, SPAN_KNOWS, kind], trials?)
}

fn value(row: &Row, text: &str) -> Option<Value> {
    kind::truth(&asked(row), text).ok()
}
