//! An answer that is several names of a vocabulary, in whatever order.
//!
//! In: the vocabulary and a reply. Out: the set of labels, its grade, and precision, recall and F1.

use std::collections::{BTreeMap, BTreeSet};

use super::list;
use super::value::{Asked, Grade, Pair, Reading, Value, mean};
use crate::answers::extract::HowMany;

pub(super) fn truth(asked: &Asked, answer: &str) -> Result<Value, String> {
    let places = list::places(asked, answer)?;
    let set: BTreeSet<usize> = places.iter().copied().collect();
    if set.len() < places.len() {
        return Err(format!("answer `{answer}` names a label twice, and is a set"));
    }
    Ok(Value::Set(set))
}

pub(super) fn read(asked: &Asked, reply: &str) -> Reading {
    list::read_as(asked, reply, HowMany::Several, |labels| Value::Set(labels.into_iter().collect()))
}

/// How two sets agree.
struct Agreement {
    precision: f64,
    recall: f64,
    f1: f64,
}

/// Of two empty sets all is 1.
fn agreement(given: &BTreeSet<usize>, truth: &BTreeSet<usize>) -> Agreement {
    let both = given.intersection(truth).count() as f64;
    let share = |of: usize| if of == 0 { f64::from(u8::from(given == truth)) } else { both / of as f64 };
    let sum = given.len() + truth.len();
    let f1 = if sum == 0 { 1.0 } else { 2.0 * both / sum as f64 };
    Agreement { precision: share(given.len()), recall: share(truth.len()), f1 }
}

/// Exact, and credit by F1.
pub(super) fn grade(given: &BTreeSet<usize>, truth: &BTreeSet<usize>) -> Grade {
    Grade::new(given == truth, agreement(given, truth).f1)
}

pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<&'static str, f64> {
    let all: Vec<(bool, Agreement)> = pairs
        .iter()
        .filter_map(|pair| match (&pair.given, &pair.truth) {
            (Some(Value::Set(given)), Value::Set(truth)) => Some((given == truth, agreement(given, truth))),
            _ => None,
        })
        .collect();
    let count = pairs.len();
    BTreeMap::from([
        ("exact", mean(all.iter().map(|(exact, _)| f64::from(u8::from(*exact))), count)),
        ("precision", mean(all.iter().map(|(_, agreement)| agreement.precision), count)),
        ("recall", mean(all.iter().map(|(_, agreement)| agreement.recall), count)),
        ("f1", mean(all.iter().map(|(_, agreement)| agreement.f1), count)),
    ])
}
