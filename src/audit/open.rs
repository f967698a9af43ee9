//! Attacks on open questions, which show no options.
//!
//! In: rows by sample. Out: tallies. What was right most often in other samples of the type is answered again, learnt as all attacks
//! learn: from the folds before. Spans are answered by the best constant span of their law, whose credit is the overlap. Chance
//! is what the rows print. Where a label is asked for that belongs to a key, a chain or a box, the label that is shown first, or last, is
//! tried too: chance is one of those that are shown and can be it.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::Tally;
use super::learn::{FOLDS, shuffled_folds};
use super::sample::{Sweeps, join_groups};
use super::shown;
use crate::answers::kind::{self, TimeSpan, Value};
use crate::dataset::Row;
use crate::question::{self, AnswerKind, QuestionKind};
use crate::score::asked;

/// The attack on answers that are no spans.
const FREQUENT: &str = "answer right before";
const FREQUENT_KNOWS: &str = "answers of other samples";
/// The attack on spans.
const SPAN: &str = "best constant span";
const SPAN_KNOWS: &str = "law of the times";
/// The attack on moments beside never.
const TIME: &str = "usual time";
/// Times that are tried at most.
const MOST_TIMES: usize = 500;

/// Every attack on every type that is asked openly.
pub(super) fn tallies(groups: &[Vec<&Row>]) -> Vec<Tally> {
    let mut types: BTreeMap<(&str, AnswerKind), Vec<&Row>> = BTreeMap::new();
    for row in groups.iter().filter_map(|rows| rows.first()).filter(|row| !row.has_options()) {
        types.entry((&row.kind, row.answer_kind)).or_default().push(row);
    }
    let tally = |((kind, answers), rows): ((&str, AnswerKind), Vec<&Row>)| match answers {
        AnswerKind::Spans => vec![constant(kind, &rows)],
        AnswerKind::Moment => vec![frequent(kind, &rows), usual_time(kind, &rows)],
        _ => vec![frequent(kind, &rows), shown(kind, &rows, false), shown(kind, &rows, true)],
    };
    types.into_iter().flat_map(tally).flatten().collect()
}

/// The label that is shown first, or last before the moment that is asked about, of those that can be the answer.
fn shown(kind: &str, rows: &[&Row], is_last: bool) -> Option<Tally> {
    let name = if is_last { "shown last" } else { "shown first" };
    let questions = questions(rows);
    let trial = |(row, question): (&&Row, usize)| {
        let labels = candidates(row)?;
        let said = if is_last { labels.last() } else { labels.first() }?;
        let luck = f64::from(u8::from(*said == row.answer));
        let distinct: BTreeSet<&String> = labels.iter().collect();
        Some((question, 1.0 / distinct.len() as f64, luck))
    };
    let trials: Option<Vec<(usize, f64, f64)>> = rows.iter().zip(questions).map(trial).collect();
    Tally::of_credits([name, shown::KNOWS, kind], trials?)
}

/// Labels that can be the answer for all that one knows who sees them without what they belong to, in the order of time: of keys and
/// chains all that are shown, of states what each box has then. Nothing where seeing them is the answer, or no one label is asked for.
fn candidates(row: &Row) -> Option<Vec<String>> {
    if row.answer_kind != AnswerKind::Label {
        return None;
    }
    let scene = row.scene();
    let (is_states, things) = (row.question_kind == QuestionKind::State, &row.query.things);
    if !is_states && !matches!(row.question_kind, QuestionKind::Key | QuestionKind::Chain) {
        return None;
    }
    let moment = things.get(1..3);
    let is_moment = |of: &question::Sighting| moment == Some(&[of.key.clone(), of.label.clone()]);
    let all = scene.sightings();
    let all = &all[..all.iter().position(is_moment).unwrap_or(all.len())];
    let is_over = |at: usize| is_states && all[at + 1..].iter().any(|later| later.key == all[at].key);
    let can_be = (0..all.len()).filter(|&at| !is_over(at) && !things.contains(&all[at].label));
    Some(can_be.map(|at| all[at].label.clone()).collect())
}

/// The question of each row: those of one group, and those that differ in length or in difficulty alone, are one trial.
fn questions<'a>(rows: &[&'a Row]) -> Vec<usize> {
    let mut first = BTreeMap::new();
    let mut in_cell: BTreeMap<_, u32> = BTreeMap::new();
    let mut swept = Sweeps::of(rows.iter().copied());
    let question = |(at, &row): (usize, &&'a Row)| {
        if let Some(question) = swept.question(row, at) {
            return question;
        }
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
    let mut questions: Vec<usize> = rows.iter().enumerate().map(question).collect();
    join_groups(&mut rows.iter().copied().zip(&mut questions).collect::<Vec<_>>());
    questions
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

/// The time that would have been in time most often before, said of every video.
fn usual_time(kind: &str, rows: &[&Row]) -> Option<Tally> {
    let questions = questions(rows);
    let folds = shuffled_folds(&questions);
    let windows: Vec<Option<TimeSpan>> = rows.iter().map(|row| window(row)).collect();
    let is_in_time = |at: usize, time: u64| {
        windows[at].is_some_and(|window| (window.start()..=window.end()).contains(&time))
    };
    let usual = |fold: usize| {
        let known: Vec<usize> = (0..rows.len()).filter(|&at| folds[at] < fold).collect();
        let times = known.iter().filter_map(|&at| Some(windows[at]?.start())).take(MOST_TIMES);
        let hits = |time: u64| known.iter().filter(|&&at| is_in_time(at, time)).count();
        times.max_by_key(|&time| (hits(time), time))
    };
    let usual: Vec<Option<u64>> = (0..FOLDS).map(usual).collect();
    let trial = |at: usize| {
        let luck = usual[folds[at]].map_or(rows[at].chance, |time| f64::from(u8::from(is_in_time(at, time))));
        (questions[at], rows[at].chance, luck)
    };
    Tally::of_credits([TIME, FREQUENT_KNOWS, kind], (0..rows.len()).map(trial))
}

/// The times that are right; nothing where none is.
fn window(row: &Row) -> Option<TimeSpan> {
    match value(row, &row.answer)? {
        Value::Window(window) => window,
        _ => None,
    }
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
