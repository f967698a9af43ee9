//! An answer that is a name of a vocabulary.
//!
//! In: the vocabulary and a reply. Out: the one label that is named, by its name or an alias; and its grade.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::value::{Asked, Grade, Pair, Reading, Value, Why, mean};
use crate::answers::extract::{HowMany, Mentions, read_values};
use crate::wording;

pub(super) fn truth(asked: &Asked, answer: &str) -> Result<Value, String> {
    place(asked, answer).map(Value::Label)
}

/// The place of a canonical name.
pub(super) fn place(asked: &Asked, name: &str) -> Result<usize, String> {
    let is_named = |aliases: &Vec<String>| aliases.first().is_some_and(|canonical| canonical == name);
    asked.vocabulary.iter().position(is_named).ok_or_else(|| {
        let names = asked.vocabulary.iter().filter_map(|aliases| aliases.first().map(String::as_str));
        let hint = wording::nearest(name, names)
            .map_or_else(String::new, |nearest| format!("; the nearest is `{nearest}`"));
        format!("answer `{name}` is not the first name of a label of the vocabulary{hint}")
    })
}

/// The canonical name of a label; `?` for a thing that the vocabulary does not hold.
pub(super) fn name<'a>(asked: &Asked<'a>, label: usize) -> &'a str {
    asked.vocabulary.get(label).and_then(|aliases| aliases.first()).map_or("?", String::as_str)
}

pub(super) fn read(asked: &Asked, reply: &str) -> Reading {
    let labels = Mentions::of_labels(asked.vocabulary);
    match read_values(reply, HowMany::One, &mut |_| Cow::Borrowed(&labels)) {
        Ok(found) => Reading::Value { value: Value::Label(found.values[0]), clue: found.clue },
        Err(why) => Reading::Unreadable(Why::of_open(why)),
    }
}

pub(super) fn grade(given: usize, truth: usize) -> Grade {
    Grade::new(given == truth, f64::from(u8::from(given == truth)))
}

pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<&'static str, f64> {
    let exact = |pair: &Pair| f64::from(u8::from(pair.given.as_ref() == Some(&pair.truth)));
    BTreeMap::from([("exact", mean(pairs.iter().map(exact), pairs.len()))])
}
