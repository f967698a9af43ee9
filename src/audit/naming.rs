//! What options of different questions have in common: names under which an attack learns about them.
//!
//! In: samples. Out: for each option one or more names, as numbers.

use std::collections::BTreeMap;

use super::sample::Sample;

/// A way of naming options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Its place in the first try.
    Place,
    /// Its places in all tries.
    Path,
    /// Its rank among the numbers, or in the alphabet.
    Rank,
    /// Its text, within its type.
    Text,
    /// Its text, within its type, where all options are numbers.
    Number,
    /// Its words, its pairs of neighbours, and in an order what stands where and what before what; within its type.
    Words,
    /// Three letters in a row of it, within its type.
    Letters,
}

/// Names of all options of all samples.
pub(super) struct Names(Vec<Option<Vec<Vec<u32>>>>);

impl Names {
    /// Names of each content of the sample at this place among all; `None` where the naming has none.
    pub(super) fn of(&self, sample: usize) -> Option<&[Vec<u32>]> {
        self.0[sample].as_deref()
    }
}

impl Naming {
    /// All that are learnt without a fact: texts that are numbers are texts.
    pub(super) const ALL: [Self; 6] =
        [Self::Place, Self::Path, Self::Rank, Self::Text, Self::Words, Self::Letters];

    /// How a figure calls an attack that uses it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Place => "place right before",
            Self::Path => "places over the tries right before",
            Self::Rank => "rank right before",
            Self::Text => "text right before",
            Self::Number => "number right before",
            Self::Words => "words right before",
            Self::Letters => "letters right before",
        }
    }

    /// Names every option of `samples`.
    pub(super) fn names(self, samples: &[Sample<'_>]) -> Names {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut number = |name: String| {
            let next = known.len() as u32;
            *known.entry(name).or_insert(next)
        };
        let mut of = |sample: &Sample<'_>| {
            let texts = self.texts(sample)?;
            Some(texts.into_iter().map(|names| names.into_iter().map(&mut number).collect()).collect())
        };
        Names(samples.iter().map(&mut of).collect())
    }

    fn texts(self, sample: &Sample<'_>) -> Option<Vec<Vec<String>>> {
        let kind = sample.kind();
        let contents = 0..sample.contents.len();
        let text = |at: usize| sample.contents[at].to_lowercase();
        Some(match self {
            Self::Place => contents.map(|at| vec![at.to_string()]).collect(),
            Self::Path => {
                let place = |at: usize, shown: &Vec<usize>| shown.iter().position(|other| *other == at);
                let path = |at| sample.shown.iter().map(|shown| place(at, shown)).collect::<Vec<_>>();
                contents.map(|at| vec![format!("{:?}", path(at))]).collect()
            }
            Self::Rank => {
                let numbers = sample.numbers();
                let mut sorted: Vec<usize> = contents.clone().collect();
                sorted.sort_by_key(|&at| (numbers.as_ref().map(|numbers| numbers[at]), text(at)));
                let rank = |at: usize| sorted.iter().position(|other| *other == at).unwrap_or(0);
                contents.map(|at| vec![format!("{kind} {}", rank(at))]).collect()
            }
            Self::Number if sample.numbers().is_none() => return None,
            Self::Text | Self::Number => contents.map(|at| vec![format!("{kind} {}", text(at))]).collect(),
            Self::Words => {
                let orders = sample.orders();
                let words = |at: usize| match &orders {
                    Some(orders) => of_order(&orders[at]),
                    None => of_text(&text(at)),
                };
                let within = |word: String| format!("{kind} {word}");
                contents.map(|at| words(at).into_iter().map(within).collect()).collect()
            }
            Self::Letters => {
                let grams = |at: usize| {
                    let letters: Vec<char> = format!("^{}$", text(at)).chars().collect();
                    let grams = letters.windows(3.min(letters.len()));
                    grams.map(|gram| format!("{kind} {}", gram.iter().collect::<String>())).collect()
                };
                contents.map(grams).collect()
            }
        })
    }
}

fn of_text(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    pairs.chain(words.iter().map(|word| (*word).to_owned())).collect()
}

fn of_order(order: &[&str]) -> Vec<String> {
    let at = order.iter().enumerate().map(|(at, thing)| format!("{at} {thing}"));
    let before = order
        .iter()
        .enumerate()
        .flat_map(|(at, early)| order[at + 1..].iter().map(move |late| format!("{early} < {late}")));
    at.chain(before).collect()
}
