//! Attacks on the options of one question, which learn nothing from others.
//!
//! In: a sample's options and question. Out: what each attack takes: a letter, a rank among numbers, the longest or shortest
//! text, the middle of numbers or orders, or what differs most, the option that shares most with the others or with the
//! question.

use std::collections::BTreeSet;

use super::figure::Guess;
use super::sample::Sample;
use crate::question::is_yes;

/// What the attacks of this file know.
pub(super) const KNOWS: &str = "options";

/// What an attack takes of a sample, if it applies to it.
type Take = dyn Fn(&Sample<'_>) -> Option<Guess> + Sync;

/// One attack: its name, and what it takes of a sample, if it applies to it.
pub(super) struct Attack {
    pub(super) name: String,
    take: Box<Take>,
}

impl Attack {
    fn new(name: impl Into<String>, take: impl Fn(&Sample<'_>) -> Option<Guess> + Sync + 'static) -> Self {
        Self { name: name.into(), take: Box::new(take) }
    }

    pub(super) fn scored(
        name: &str,
        scores: impl Fn(&Sample<'_>) -> Option<Vec<f64>> + Sync + 'static,
    ) -> Self {
        Self::new(name, move |sample| scores(sample).map(|scores| Guess::best(&scores)))
    }

    /// What it takes of a sample.
    pub(super) fn guess(&self, sample: &Sample<'_>) -> Option<Guess> {
        (self.take)(sample)
    }
}

/// All attacks on questions of at most so many options.
pub(super) fn attacks(most_options: usize) -> Vec<Attack> {
    let mut attacks = Vec::new();
    for place in 0..most_options {
        let name = format!("always {}", crate::dataset::letter(place));
        attacks.push(Attack::new(name, move |sample| {
            (place < sample.contents.len()).then(|| Guess::Places(vec![place; sample.shown.len()]))
        }));
    }
    for rank in 0..most_options {
        attacks.push(Attack::new(format!("{} smallest number", ordinal(rank)), move |sample| {
            let numbers = sample.numbers()?;
            let mut sorted: Vec<usize> = (0..numbers.len()).collect();
            sorted.sort_by_key(|&at| numbers[at]);
            sorted.get(rank).map(|&at| Guess::Contents(vec![at]))
        }));
    }
    attacks.push(Attack::scored("middle number", |sample| distances(sample).map(negated)));
    attacks.push(Attack::scored("outer number", distances));
    attacks.push(Attack::scored("longest text", |sample| Some(lengths(sample))));
    attacks.push(Attack::scored("shortest text", |sample| Some(negated(lengths(sample)))));
    attacks.push(Attack::scored("centroid of orders", |sample| inversions(sample).map(negated)));
    attacks.push(Attack::scored("outlier of orders", inversions));
    attacks.push(Attack::scored("most agreeing order", agreements));
    for (name, is_so) in [("always yes", true), ("always no", false)] {
        attacks.push(Attack::scored(name, move |sample| truths(sample, is_so)));
    }
    attacks.push(Attack::scored("overlap of sets", overlaps));
    attacks.push(Attack::scored("least overlap of sets", |sample| overlaps(sample).map(negated)));
    attacks.push(Attack::scored("most common words", |sample| Some(words_with(sample, false))));
    attacks.push(Attack::scored("words of the question", |sample| Some(words_with(sample, true))));
    attacks
}

fn ordinal(rank: usize) -> String {
    match rank {
        0 => "1st".to_owned(),
        1 => "2nd".to_owned(),
        2 => "3rd".to_owned(),
        _ => format!("{}th", rank + 1),
    }
}

pub(super) fn negated(scores: Vec<f64>) -> Vec<f64> {
    scores.into_iter().map(|score| -score).collect()
}

fn lengths(sample: &Sample<'_>) -> Vec<f64> {
    sample.contents.iter().map(|text| text.chars().count() as f64).collect()
}

/// Each number's distance from all others.
fn distances(sample: &Sample<'_>) -> Option<Vec<f64>> {
    let numbers = sample.numbers()?;
    let from = |number: &i64| numbers.iter().map(|other| number.abs_diff(*other)).sum::<u64>() as f64;
    Some(numbers.iter().map(from).collect())
}

/// Pairs that each order places otherwise than the other options do: Kendall's distance, summed.
fn inversions(sample: &Sample<'_>) -> Option<Vec<f64>> {
    let orders = sample.orders()?;
    let distance = |one: &[&str], two: &[&str]| {
        let places: Vec<usize> = one
            .iter()
            .map(|thing| two.iter().position(|other| other == thing).unwrap_or(two.len()))
            .collect();
        let inverted = |late: usize| places[..late].iter().filter(|early| **early > places[late]).count();
        (0..places.len()).map(inverted).sum::<usize>()
    };
    let from = |order: &Vec<&str>| orders.iter().map(|other| distance(order, other)).sum::<usize>() as f64;
    Some(orders.iter().map(from).collect())
}

/// Places in which each order agrees with the other options.
fn agreements(sample: &Sample<'_>) -> Option<Vec<f64>> {
    let orders = sample.orders()?;
    let with = |order: &Vec<&str>| {
        let same = |other: &Vec<&str>| order.iter().zip(other).filter(|(one, two)| one == two).count();
        orders.iter().map(same).sum::<usize>() as f64
    };
    Some(orders.iter().map(with).collect())
}

/// Which option says yes, or no, where the question asks whether a thing is shown.
fn truths(sample: &Sample<'_>, is_so: bool) -> Option<Vec<f64>> {
    let says = |text: &String| f64::from(u8::from(is_yes(text, sample.row.language) == is_so));
    sample.row.question_kind.asks_whether().then(|| sample.contents.iter().map(says).collect())
}

/// The things that an option names.
pub(super) fn things(text: &str) -> Vec<&str> {
    text.split(", ").collect()
}

/// Things that each option shares with the others, where options name several and not all the same.
fn overlaps(sample: &Sample<'_>) -> Option<Vec<f64>> {
    let sets: Vec<BTreeSet<&str>> =
        sample.contents.iter().map(|text| things(text).into_iter().collect()).collect();
    let shared =
        |set: &BTreeSet<&str>| sets.iter().map(|other| set.intersection(other).count()).sum::<usize>() as f64;
    sets.iter().any(|set| set.len() > 1).then(|| sets.iter().map(shared).collect())
}

/// Words of a text, in lower case.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Words that each option shares with the question, or with the other options.
fn words_with(sample: &Sample<'_>, question: bool) -> Vec<f64> {
    let options: Vec<BTreeSet<String>> = sample.contents.iter().map(|text| words(text)).collect();
    let asked = words(&sample.row.question);
    let shared = |option: &BTreeSet<String>| {
        if question {
            return option.intersection(&asked).count() as f64;
        }
        options.iter().map(|other| option.intersection(other).count()).sum::<usize>() as f64
    };
    options.iter().map(shared).collect()
}
