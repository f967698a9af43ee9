//! An answer that is several names of a vocabulary in their order.
//!
//! In: the vocabulary and a reply. Out: the labels in order, their grade, the share of places that are right, and Kendall's tau.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::label;
use super::value::{Asked, Grade, Pair, Reading, Value, Why, mean};
use crate::answers::extract::{Clue, HowMany, Mentions, read_values};

/// What separates names in canonical texts, and the text of an empty list.
const SEPARATOR: &str = ", ";
const NONE: &str = "none";
/// What a reply says that names nothing on purpose.
const NOTHING: &[&str] = &["none", "none of them", "nothing", "[]", "{}", "没有", "无", "都没有"];

pub(super) fn truth(asked: &Asked, answer: &str) -> Result<Value, String> {
    places(asked, answer).map(Value::List)
}

/// The labels of a canonical text. Where a name holds the separator, the longest name counts.
pub(super) fn places(asked: &Asked, answer: &str) -> Result<Vec<usize>, String> {
    if answer == NONE && label::place(asked, NONE).is_err() {
        return Ok(Vec::new());
    }
    let parts: Vec<&str> = answer.split(SEPARATOR).collect();
    let mut places = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let longest = (at + 1..=parts.len()).rev().find_map(|end| {
            label::place(asked, &parts[at..end].join(SEPARATOR)).ok().map(|place| (place, end))
        });
        match longest {
            Some((place, end)) => {
                places.push(place);
                at = end;
            }
            None => return Err(label::place(asked, parts[at]).err().unwrap_or_default()),
        }
    }
    Ok(places)
}

pub(super) fn text(asked: &Asked, labels: impl Iterator<Item = usize>) -> String {
    let names: Vec<&str> = labels.map(|place| label::name(asked, place)).collect();
    if names.is_empty() { NONE.to_owned() } else { names.join(SEPARATOR) }
}

pub(super) fn read(asked: &Asked, reply: &str) -> Reading {
    read_as(asked, reply, HowMany::Ordered, Value::List)
}

/// Reads labels, and makes a value of them.
pub(super) fn read_as(
    asked: &Asked,
    reply: &str,
    wanted: HowMany,
    value: impl Fn(Vec<usize>) -> Value,
) -> Reading {
    let bare = reply.trim().trim_end_matches(['.', '!', '。']).to_lowercase();
    if NOTHING.contains(&bare.as_str()) && label::place(asked, NONE).is_err() {
        return Reading::Value { value: value(Vec::new()), clue: Clue::Text };
    }
    let labels = Mentions::of_labels(asked.vocabulary);
    match read_values(reply, wanted, &mut |_| Cow::Borrowed(&labels)) {
        // Things that the vocabulary does not hold are no answer by themselves.
        Ok(found) if found.values.iter().all(|&place| place >= asked.vocabulary.len()) => {
            Reading::Unreadable(Why::NoAnswer)
        }
        Ok(found) => Reading::Value { value: value(found.values), clue: found.clue },
        Err(why) => Reading::Unreadable(Why::of_open(why)),
    }
}

/// Exact, and credit by the share of places.
pub(super) fn grade(given: &[usize], truth: &[usize]) -> Grade {
    Grade::new(given == truth, positions(given, truth))
}

/// The share of the places of the longer list that hold the same label in both; of two empty lists 1.
fn positions(given: &[usize], truth: &[usize]) -> f64 {
    let longest = given.len().max(truth.len());
    if longest == 0 {
        return 1.0;
    }
    given.iter().zip(truth).filter(|(given, truth)| given == truth).count() as f64 / longest as f64
}

/// Kendall's tau of the labels that both lists hold, by the first place of each: pairs in the same order less pairs in the other,
/// over all pairs. Of lists that are equal it is 1, of others with fewer than two labels in common 0.
fn tau(given: &[usize], truth: &[usize]) -> f64 {
    if given == truth {
        return 1.0;
    }
    let first = |list: &[usize]| {
        let mut places = BTreeMap::new();
        for (place, label) in list.iter().enumerate() {
            places.entry(*label).or_insert(place);
        }
        places
    };
    let (given, truth) = (first(given), first(truth));
    let common: BTreeSet<(usize, usize)> =
        truth.iter().filter_map(|(label, place)| Some((*place, *given.get(label)?))).collect();
    let places: Vec<usize> = common.into_iter().map(|(_, place)| place).collect();
    let pairs = places.len() * places.len().saturating_sub(1) / 2;
    if pairs == 0 {
        return 0.0;
    }
    let discordant: usize = places
        .iter()
        .enumerate()
        .map(|(at, place)| places[at + 1..].iter().filter(|&next| next < place).count())
        .sum();
    (pairs as f64 - 2.0 * discordant as f64) / pairs as f64
}

pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<&'static str, f64> {
    let lists: Vec<(&[usize], &[usize])> = pairs
        .iter()
        .filter_map(|pair| match (&pair.given, &pair.truth) {
            (Some(Value::List(given)), Value::List(truth)) => Some((given.as_slice(), truth.as_slice())),
            _ => None,
        })
        .collect();
    let count = pairs.len();
    let exact = |(given, truth): &(&[usize], &[usize])| f64::from(u8::from(given == truth));
    BTreeMap::from([
        ("exact", mean(lists.iter().map(exact), count)),
        ("positions", mean(lists.iter().map(|(given, truth)| positions(given, truth)), count)),
        ("tau", mean(lists.iter().map(|(given, truth)| tau(given, truth)), count)),
    ])
}
